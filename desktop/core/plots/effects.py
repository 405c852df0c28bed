"""How large is the effect: one row a comparison, its interval, and the zero line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..advice.decision import Effect
from ..types import Rung
from .scales import linear_ticks, signed
from .shapes import Line, Mark, Picture, Shape, Spot, Words, mark_of, role_of

ROW = 34.0
TONES = {"Better": "success", "Worse": "danger", "Room left": "info"}
_TOP = 4.0
_AXIS = 24.0
_NAMES = 0.29  # share of the width for the names at the left
_FIGURES = 150.0


def effect_words(effect: Effect) -> str:
    """The row as a sentence without its full stop."""
    digits = _digits([effect])
    return (f"{effect.b} against {effect.a}: {signed(effect.difference, digits)}, "
            f"{signed(effect.low, digits)} to {signed(effect.high, digits)}, "
            f"{effect.verdict.lower()}")


def effects_picture(
    effects: Sequence[Effect], rungs: Mapping[str, Rung], width: float
) -> Picture:
    """Rows in the given order, in a picture `width` pixels wide; empty (height 0) without any."""
    if not effects:
        return Picture(width, 0, ())
    digits = _digits(effects)
    right = width - _FIGURES
    ticks = linear_ticks(min(0.0, *(e.low for e in effects)), max(0.0, *(e.high for e in effects)))
    left, span = width * _NAMES + 12, ticks[-1] - ticks[0]

    def x(value: float) -> float:
        return left + (value - ticks[0]) / span * (right - 24 - left)

    bottom = _TOP + ROW * len(effects)
    shapes = [shape for tick in ticks for shape in _tick(tick, x(tick), bottom, span, digits)]
    for place, effect in enumerate(effects):
        top = _TOP + ROW * place
        places = (x(effect.low), x(effect.difference), x(effect.high))
        shapes += _row(effect, rungs.get(effect.b, Rung.BASELINE), top, width * _NAMES, places)
        shapes += _figures(effect, top, right, digits)
    spots = tuple(Spot(0, _TOP + ROW * place, width, ROW, effect_words(effect), place)
                  for place, effect in enumerate(effects))
    return Picture(width, bottom + _AXIS, tuple(shapes), spots)


def _digits(effects: Sequence[Effect]) -> int:
    """Shares with two decimals, tokens with none, thousandths of a dollar with what they need."""
    largest = max(max(abs(e.low), abs(e.high)) for e in effects)
    if largest >= 100:
        return 0
    return 2 if largest >= 0.02 or largest == 0 else 4


def _tick(value: float, x: float, bottom: float, span: float, digits: int) -> list[Shape]:
    zero = abs(value) < span / 1e6
    words = signed(0.0 if zero else value, 1 if digits == 2 and span > 0.3 else digits)
    return [
        Line(((x, _TOP), (x, bottom)), "border_strong" if zero else "border", 2 if zero else 1),
        Words(x, bottom + 16, words, "text_muted", "middle", step=-2),
    ]


def _row(
    effect: Effect, rung: Rung, top: float, room: float, places: tuple[float, float, float]
) -> list[Shape]:
    low, middle, high = places
    role, y = role_of(rung), top + ROW / 2 - 1
    return [
        Words(0, top + 13, effect.b, bold=True, room=room),
        Words(0, top + 28, f"against {effect.a}", "text_muted", step=-1, room=room),
        Line(((low, y), (high, y)), role, 2),
        Line(((low, y - 5), (low, y + 5)), role, 2),
        Line(((high, y - 5), (high, y + 5)), role, 2),
        Mark(middle, y, mark_of(rung), role),
    ]


def _figures(effect: Effect, top: float, x: float, digits: int) -> list[Shape]:
    interval = f"{signed(effect.low, digits)} to {signed(effect.high, digits)}"
    return [
        Words(x, top + 13, signed(effect.difference, digits), bold=True, room=46),
        Words(x + 48, top + 13, interval, "text_muted", step=-1, room=_FIGURES - 48),
        Words(x, top + 28, effect.verdict, TONES.get(effect.verdict, "text_muted"), step=-1,
              room=_FIGURES),
    ]
