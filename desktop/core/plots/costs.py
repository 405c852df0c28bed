"""What a month costs over its number of calls, on logarithmic axes, with crossing points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from ..advice.cost import VOLUMES, Crossing, MonthlyCost, monthly_curve
from ..types import Rung
from .scales import count, decades, dollars
from .shapes import Line, Mark, Picture, Shape, Spot, Words, mark_of, role_of

HEIGHT = 200.0
_LEFT, _TOP, _BOTTOM = 62.0, 12.0, 40.0
_LABEL = 17.0  # between two names at the right


def drawable(costs: Sequence[MonthlyCost]) -> list[MonthlyCost]:
    """Those that cost something: 0 has no place on a logarithmic axis."""
    return [cost for cost in costs if cost.call > 0 or cost.fixed > 0]


def costs_picture(
    costs: Sequence[MonthlyCost], rungs: Mapping[str, Rung], width: float,
    plan: int | None = None, crossings: Sequence[Crossing] = (), chosen: str = "",
) -> Picture:
    """Empty (height 0) when nothing costs anything. `chosen`: whose cost at the plan is told."""
    shown = drawable(costs)
    if not shown:
        return Picture(width, 0, ())
    axes = _Axes(shown, width)
    shapes = axes.grid()
    if plan and axes.calls[0] <= plan <= axes.calls[-1]:
        shapes += _plan(axes, plan)
        shapes += [shape for cost in shown if cost.strategy == chosen and not cost.estimate
                   for shape in _planned(axes, cost, plan, _rung(cost, rungs))]
    seen: set[str] = set()
    for cost in shown:
        rung = _rung(cost, rungs)
        shapes += _curve(axes, cost, rung, second=role_of(rung) in seen)
        seen.add(role_of(rung))
    placed = [shape for each in crossings for shape in _crossing(axes, each, shown)]
    shapes += placed + _names(axes, shown)
    height = HEIGHT + _TOP + _BOTTOM
    spot = Spot(0, 0, width, height, ". ".join(cost_words(shown, plan, crossings)))
    return Picture(width, height, tuple(shapes), (spot,))


def cost_words(
    costs: Sequence[MonthlyCost], plan: int | None, crossings: Sequence[Crossing]
) -> list[str]:
    """The curve as sentences without their full stops."""
    at = plan or 100_000
    return [f"{cost.label}: {dollars(cost.at(at))} a month at {count(at)} calls"
            for cost in costs] + [
        f"Above {count(each.calls)} calls a month {each.cheaper} costs less than {each.dearer}"
        for each in crossings
    ]


class _Axes:
    def __init__(self, costs: Sequence[MonthlyCost], width: float) -> None:
        spent = [cost.at(calls) for cost in costs for calls in (VOLUMES[0], VOLUMES[-1])]
        self.calls = decades(VOLUMES[0], VOLUMES[-1])
        self.dollars = decades(max(min(spent), max(spent) / 1e6), max(spent))
        longest = max(len(cost.label) for cost in costs)
        self.left, self.right = _LEFT, width - min(width * 0.3, 14 + longest * 7.4)
        self.top, self.bottom = _TOP, _TOP + HEIGHT

    def x(self, calls: float) -> float:
        low, high = math.log10(self.calls[0]), math.log10(self.calls[-1])
        return self.left + (math.log10(calls) - low) / (high - low) * (self.right - self.left)

    def y(self, spent: float) -> float:
        low, high = math.log10(self.dollars[0]), math.log10(self.dollars[-1])
        share = (math.log10(max(spent, self.dollars[0])) - low) / (high - low)
        return self.bottom - share * (self.bottom - self.top)

    def grid(self) -> list[Shape]:
        shapes: list[Shape] = []
        for value in self.dollars:
            y = self.y(value)
            words = f"${value:,.0f}" if value >= 1 else f"${value:g}"
            shapes += [Line(((self.left, y), (self.right, y)), "border"),
                       Words(self.left - 6, y + 4, words, "text_muted", "end", step=-2)]
        for value in self.calls:
            x = self.x(value)
            shapes += [Line(((x, self.top), (x, self.bottom)), "border"),
                       Words(x, self.bottom + 16, count(value), "text_muted", "middle", step=-2)]
        middle = (self.left + self.right) / 2
        return [*shapes, Words(middle, self.bottom + 32, "calls a month", "text_muted", "middle",
                               step=-2)]


def _rung(cost: MonthlyCost, rungs: Mapping[str, Rung]) -> Rung:
    return rungs.get(cost.strategy, Rung.FINE_TUNED if cost.estimate else Rung.BASELINE)


def _curve(axes: _Axes, cost: MonthlyCost, rung: Rung, second: bool) -> list[Shape]:
    """A line above the lowest tick; estimates and a second one of a rung are dashed."""
    role, floor = role_of(rung), axes.dollars[0]
    points = [(axes.x(each.calls), axes.y(each.dollars)) for each in monthly_curve(cost)
              if each.dollars >= floor]
    marked = [calls for calls in axes.calls[1:-1] if cost.at(calls) >= floor]
    marks = [Mark(axes.x(calls), axes.y(cost.at(calls)), mark_of(rung), role, 8)
             for calls in marked]
    return [Line(tuple(points), role, 2, cost.estimate or second), *marks]


def _plan(axes: _Axes, plan: int) -> list[Shape]:
    x = axes.x(plan)
    late = x > (axes.left + axes.right) / 2
    return [
        Line(((x, axes.top), (x, axes.bottom)), "text_muted", 2, dashed=True),
        Words(x - 6 if late else x + 6, axes.bottom - 6, f"Your plan: {count(plan)} a month",
              "text_muted", "end" if late else "start", step=-1),
    ]


def _planned(axes: _Axes, cost: MonthlyCost, plan: int, rung: Rung) -> list[Shape]:
    x, y = axes.x(plan), axes.y(cost.at(plan))
    return [Mark(x, y, mark_of(rung), role_of(rung), 8),
            Words(x - 8, y - 6, dollars(cost.at(plan)), anchor="end", bold=True, step=-1)]


def _crossing(axes: _Axes, crossing: Crossing, shown: Sequence[MonthlyCost]) -> list[Shape]:
    inside = axes.calls[0] <= crossing.calls <= axes.calls[-1]
    drawn = {cost.label for cost in shown}
    if not inside or not {crossing.cheaper, crossing.dearer} <= drawn:
        return []
    x, y = axes.x(crossing.calls), axes.y(crossing.dollars)
    early = x < axes.left + 140
    return [
        Mark(x, y, "hollow", "text", 12),
        Words(x + 10 if early else x - 8, y - 10, f"equal at {count(crossing.calls)}", "text",
              "start" if early else "end", step=-1),
    ]


def _names(axes: _Axes, costs: Sequence[MonthlyCost]) -> list[Shape]:
    """Each line's name at its right end, moved apart where two would touch."""
    wanted = sorted((axes.y(cost.at(VOLUMES[-1])) + 4, cost.label) for cost in costs)
    shapes: list[Shape] = []
    last = -_LABEL
    for y, words in wanted:
        last = max(y, last + _LABEL)
        shapes.append(Words(axes.right + 8, last, words, bold=True, step=-1))
    return shapes
