"""Counts as bars: why answers fail."""

from __future__ import annotations

from collections.abc import Mapping

from .shapes import Bar, Picture, Shape, Spot, Words

ROW = 26.0
_NAMES = 170.0
_COUNT = 40.0


def bars_picture(counts: Mapping[str, int], width: float, role: str = "documents") -> Picture:
    """One bar a name, longest first as given; the count stands at its end."""
    most = max(counts.values(), default=0)
    shapes: list[Shape] = []
    spots = []
    for place, (name, number) in enumerate(counts.items()):
        top = ROW * place
        length = (width - _NAMES - _COUNT) * number / most if most else 0.0
        shapes += [
            Words(0, top + 17, name, room=_NAMES - 8),
            Bar(_NAMES, top + 7, max(length, 1.0), 12, role),
            Words(_NAMES + length + 8, top + 17, f"{number:,}", bold=True),
        ]
        spots.append(Spot(0, top, width, ROW, f"{name}: {number}"))
    return Picture(width, ROW * len(counts), tuple(shapes), tuple(spots))
