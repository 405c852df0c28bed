"""The shot curve: the score over examples in the prompt, each with its interval."""

from __future__ import annotations

from collections.abc import Callable

from ..advice.phrases import plain
from ..advice.shots import ShotCurve, ShotPoint
from ..types import Rung
from .scales import linear_ticks
from .shapes import Line, Mark, Picture, Shape, Spot, Words, mark_of, role_of

HEIGHT = 96.0
_LEFT, _TOP, _AXIS = 44.0, 20.0, 36.0
_MOST = 460.0  # wider says no more


def point_words(point: ShotPoint) -> str:
    """`2 examples: 0.36 (0.31 to 0.41)`."""
    score = point.score
    return (f"{point.shots} examples: {plain(score.mean)} "
            f"({plain(score.low)} to {plain(score.high)})")


def shots_picture(curve: ShotCurve, rung: Rung, width: float) -> Picture:
    """Evenly spaced: from 2 on each step doubles the examples."""
    points = curve.points
    ticks = linear_ticks(min(p.score.low for p in points), max(p.score.high for p in points), 4)
    right = min(width, _MOST)
    step = (right - _LEFT - 64) / max(1, len(points) - 1)
    bottom = _TOP + HEIGHT

    def x(place: int) -> float:
        return _LEFT + 24 + place * step

    def y(value: float) -> float:
        return bottom - (value - ticks[0]) / (ticks[-1] - ticks[0]) * HEIGHT

    shapes: list[Shape] = []
    for tick in ticks:
        shapes += [Line(((_LEFT, y(tick)), (right, y(tick))), "border"),
                   Words(_LEFT - 6, y(tick) + 4, plain(tick), "text_muted", "end", step=-2)]
    role = role_of(rung)
    shapes.append(Line(tuple((x(place), y(p.score.mean)) for place, p in enumerate(points)),
                       role, 2))
    for place, point in enumerate(points):
        shapes += _point(x(place), y, point, role, rung)
        shapes.append(Words(x(place), bottom + 16, str(point.shots), "text_muted", "middle",
                            step=-2))
    shapes.append(Words((x(0) + x(len(points) - 1)) / 2, bottom + 32, "examples in the prompt",
                        "text_muted", "middle", step=-2))
    spots = tuple(Spot(x(place) - step / 2, 0, step, bottom, point_words(point), place)
                  for place, point in enumerate(points))
    return Picture(width, bottom + _AXIS, tuple(shapes), spots)


def _point(
    x: float, y: Callable[[float], float], point: ShotPoint, role: str, rung: Rung
) -> list[Shape]:
    low, high = y(point.score.low), y(point.score.high)
    middle = y(point.score.mean)
    return [
        Line(((x, low), (x, high)), role), Line(((x - 4, low), (x + 4, low)), role),
        Line(((x - 4, high), (x + 4, high)), role), Mark(x, middle, mark_of(rung), role, 8),
        Words(x + 8, middle - 6, plain(point.score.mean), bold=True, step=-1),
    ]
