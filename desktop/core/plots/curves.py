"""Loss or accuracy of a fine-tuning job over its steps: training, validation, checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from ..tuning import Checkpoint, MetricsPoint
from .scales import linear_ticks
from .shapes import Line, Mark, Picture, Shape, Spot, Words

Measure = Literal["loss", "accuracy"]
Read = Callable[[MetricsPoint], float | None]
HEIGHT = 170.0
TRAINING, VALIDATION = "fine_tuned", "text"  # colour roles
_LEFT, _TOP, _BOTTOM = 38.0, 18.0, 36.0
_ROOM = 112.0  # at the right, for the names of the lines
_LABEL = 15.0  # between two names
_MOST = 150  # points of a line that are drawn; a longer one is drawn by the means of some steps

_READ: dict[Measure, tuple[Read, Read, Read]] = {
    "loss": (lambda p: p.train_loss, lambda p: p.valid_loss, lambda p: p.full_valid_loss),
    "accuracy": (lambda p: p.train_accuracy, lambda p: p.valid_accuracy,
                 lambda p: p.full_valid_accuracy),
}


def curves_picture(
    points: Sequence[MetricsPoint], checkpoints: Sequence[Checkpoint], measure: Measure,
    width: float, total_steps: int | None = None,
) -> Picture:
    """Empty (height 0) where nothing of the kind was measured."""
    training, validation = series(points, measure)
    if not training and not validation:
        return Picture(width, 0, ())
    last = max(total_steps or 0, *(step for step, _ in (*training, *validation)))
    axes = _Axes([value for _, value in (*training, *validation)], last, width, measure)
    every = -(-len(training) // _MOST)
    drawn = means(training, every)
    shapes = axes.grid(f"step (training: means of {every})" if every > 1 else "step")
    shapes += _checkpoints(axes, checkpoints)
    shapes += _line(axes, drawn, TRAINING) + _line(axes, validation, VALIDATION, marked=True)
    shapes += _names(axes, training, validation)
    height = _TOP + HEIGHT + _BOTTOM
    words = ". ".join(curve_words(points, measure))
    return Picture(width, height, tuple(shapes), (Spot(0, 0, width, height, words),))


def series(
    points: Sequence[MetricsPoint], measure: Measure
) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
    """`(step, value)` of training and of validation. Where all of the validation file was
    measured, and batches of it never, that counts."""
    train, valid, full = _READ[measure]
    batches = _of(points, valid)
    return _of(points, train), batches or _of(points, full)


def curve_words(points: Sequence[MetricsPoint], measure: Measure) -> list[str]:
    """The curves as sentences without their full stops."""
    said = []
    for name, line in zip(("Training", "Validation"), series(points, measure), strict=True):
        if line:
            said.append(f"{name} {measure} from {line[0][1]:.2f} to {line[-1][1]:.2f} "
                        f"at step {line[-1][0]:,}")
    return said


def means(line: Sequence[tuple[int, float]], every: int) -> list[tuple[int, float]]:
    """The means of so many values each, at the last step of each: batches differ so much that a
    curve of all of them is a band."""
    parts = [line[start:start + every] for start in range(0, len(line), max(every, 1))]
    return [(part[-1][0], sum(value for _, value in part) / len(part)) for part in parts]


def _of(points: Sequence[MetricsPoint], read: Read) -> list[tuple[int, float]]:
    return [(point.step, value) for point in points if (value := read(point)) is not None]


class _Axes:
    def __init__(
        self, values: Sequence[float], last: int, width: float, measure: Measure
    ) -> None:
        high = 1.0 if measure == "accuracy" else max(values)
        self.values = linear_ticks(0.0, high or 1.0)
        self.last = max(last, 1)
        self.left, self.right = _LEFT, max(width - _ROOM, _LEFT + 80)
        self.top, self.bottom = _TOP, _TOP + HEIGHT

    def x(self, step: float) -> float:
        return self.left + step / self.last * (self.right - self.left)

    def y(self, value: float) -> float:
        low, high = self.values[0], self.values[-1]
        share = min(max((value - low) / (high - low), 0.0), 1.0)
        return self.bottom - share * (self.bottom - self.top)

    def grid(self, name: str) -> list[Shape]:
        shapes: list[Shape] = []
        for value in self.values:
            y = self.y(value)
            strong = value == self.values[0]
            shapes += [
                Line(((self.left, y), (self.right, y)), "border_strong" if strong else "border"),
                Words(self.left - 6, y + 4, f"{value:g}", "text_muted", "end", step=-2)]
        for step in (0, self.last // 2, self.last):
            shapes.append(Words(self.x(step), self.bottom + 15, f"{step:,}", "text_muted",
                                "middle", step=-2))
        middle = (self.left + self.right) / 2
        return [*shapes, Words(middle, self.bottom + 30, name, "text_muted", "middle", step=-2)]


def _checkpoints(axes: _Axes, checkpoints: Sequence[Checkpoint]) -> list[Shape]:
    shapes: list[Shape] = []
    before = -1000.0
    for number, each in enumerate(checkpoints, start=1):
        x = axes.x(each.step)
        if each.step > axes.last:
            continue
        shapes.append(Line(((x, axes.top), (x, axes.bottom)), "text_muted", dashed=True))
        if x - before > 76:  # else its name would stand in the one before
            shapes.append(Words(x, axes.top - 5, f"checkpoint {number}", "text_muted", "middle",
                                step=-2))
            before = x
    return shapes


def _line(
    axes: _Axes, line: Sequence[tuple[int, float]], role: str, marked: bool = False
) -> list[Shape]:
    if not line:
        return []
    places = [(axes.x(step), axes.y(value)) for step, value in line]
    shapes: list[Shape] = [Line(tuple(places), role, 2, dashed=marked)] if len(places) > 1 else []
    if marked or len(places) == 1:
        shown = places[::-(-len(places) // 12)]
        shapes += [Mark(x, y, "hollow" if marked else "triangle", role, 7) for x, y in shown]
    return shapes


def _names(
    axes: _Axes, training: Sequence[tuple[int, float]], validation: Sequence[tuple[int, float]]
) -> list[Shape]:
    """Each line's name and newest value beside its end, moved apart where two would touch."""
    ends = [(axes.y(line[-1][1]) + 4, axes.x(line[-1][0]), f"{name} {line[-1][1]:.2f}", role)
            for name, line, role in (("training", training, TRAINING),
                                     ("validation", validation, VALIDATION)) if line]
    shapes: list[Shape] = []
    last = -_LABEL
    for y, x, words, role in sorted(ends):
        last = max(y, last + _LABEL)
        shapes.append(Words(x + 8, last, words, role, bold=True, step=-1))
    return shapes
