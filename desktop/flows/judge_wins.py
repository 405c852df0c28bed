"""How often one column beats another with a judge: win rates over cases, with intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from ..core.evaluation.calibration import FEWEST_LABELS, Judged, good_enough
from ..core.evaluation.calibration_words import Line
from ..core.evaluation.types import Cell, Interval, Run
from ..core.ports import Compute


@dataclass(frozen=True, slots=True)
class Wins:
    """`name` against `other` over cases; repeats of a case are averaged. A tie is half a win."""

    name: str
    other: str
    won: int
    tied: int
    lost: int
    rate: Interval


async def win_rates(
    run: Run, cells: Sequence[Cell], judged: Judged, compute: Compute
) -> list[Wins]:
    """Each couple of columns that the judge has compared, the later column against the
    earlier."""
    names = [each.id for each in run.strategies]
    by_id = {cell.id: cell for cell in cells}
    values: dict[tuple[int, int], dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for each in judged.judgements:
        one, other = by_id.get(each.cell_id), by_id.get(each.other_cell_id or 0)
        if each.value is None or one is None or other is None:
            continue
        later, earlier = one.strategy_id, other.strategy_id
        turned = names.index(later) < names.index(earlier)
        pair = (earlier, later) if turned else (later, earlier)
        values[pair][one.case_id].append(1.0 - each.value if turned else each.value)
    rows = [[fmean(found) for found in by_case.values()] for by_case in values.values()]
    rates = await compute.intervals(rows) if rows else []
    shown = {each.id: each.name for each in run.strategies}
    return [
        Wins(shown[a], shown[b], sum(v > 0.5 for v in row), sum(v == 0.5 for v in row),
             sum(v < 0.5 for v in row), rate)
        for (a, b), row, rate in zip(values, rows, rates, strict=True)
    ]


def win_lines(found: Sequence[Wins], judged: Judged) -> list[Line]:
    """In words. A judge that was not held against people's pairs decides nothing."""
    counts = good_enough(judged.calibration.pairs)
    return [Line(f"{each.name} against {each.other}", _figure(each),
                 _meaning(each) if counts else
                 f"Not calibrated on pairs ({judged.calibration.pairs.n} of {FEWEST_LABELS} "
                 "labels), not counted.", not counts) for each in found]


def _figure(found: Wins) -> str:
    rate = found.rate
    return (f"{found.won:,} won, {found.tied:,} tied, {found.lost:,} lost: win rate "
            f"{rate.mean:.2f} ({rate.low:.2f} to {rate.high:.2f})")


def _meaning(found: Wins) -> str:
    if found.rate.low > 0.5:
        return f"The judge prefers {found.name}."
    if found.rate.high < 0.5:
        return f"The judge prefers {found.other}."
    return "No difference shown."
