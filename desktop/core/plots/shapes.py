"""What a plot is made of, before anyone paints it.

The window, the printed report and the HTML report draw the same picture: each only knows how to
paint these shapes. Lengths are pixels at 100 % text size, y grows downwards; `role` names a
colour of the theme, so that a picture follows light and dark by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ..types import Rung

Anchor = Literal["start", "middle", "end"]
MarkKind = Literal["hollow", "square", "circle", "triangle", "star", "diamond"]


@dataclass(frozen=True, slots=True)
class Line:
    """A stroke through two or more points."""

    points: tuple[tuple[float, float], ...]
    role: str
    width: float = 1.0
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    role: str


@dataclass(frozen=True, slots=True)
class Mark:
    """The sign of a rung at a point: never hue alone."""

    x: float
    y: float
    kind: MarkKind
    role: str
    size: float = 10.0


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text; `y` is its baseline, `room` the width after which it is cut."""

    x: float
    y: float
    text: str
    role: str = "text"
    anchor: Anchor = "start"
    bold: bool = False
    step: int = 0  # points against the body size
    room: float | None = None


Shape = Line | Bar | Mark | Words


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of the picture that stands for something: read aloud, and opened by a click."""

    x: float
    y: float
    width: float
    height: float
    words: str
    row: int = 0  # of what was drawn, from 0


@dataclass(frozen=True, slots=True)
class Picture:
    """Shapes in painting order, and the spots over them from top to bottom."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    spots: tuple[Spot, ...] = ()

    @property
    def words(self) -> str:
        """The picture for those who cannot see it."""
        return ". ".join(spot.words for spot in self.spots)


_MARKS: dict[Rung, MarkKind] = {
    Rung.BASELINE: "hollow",
    Rung.PROMPT: "square",
    Rung.WHOLE_DOCUMENTS: "circle",
    Rung.DOCUMENTS: "circle",
    Rung.FINE_TUNED: "triangle",
    Rung.FINE_TUNED_DOCUMENTS: "star",
    Rung.CEILING: "diamond",
    Rung.ELSEWHERE: "hollow",
}


def mark_of(rung: Rung) -> MarkKind:
    """The plot mark of a rung."""
    return _MARKS[rung]


def role_of(rung: Rung) -> str:
    """The colour role of a rung; whole documents stand on the documents' rung."""
    if rung is Rung.ELSEWHERE:
        return "text_muted"
    return "documents" if rung is Rung.WHOLE_DOCUMENTS else rung.name.lower()
