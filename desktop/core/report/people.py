"""What people preferred without knowing whose answers they saw, and what the judge preferred."""

from __future__ import annotations

from ..advice.phrases import counted, plain
from ..evaluation.blind import WinRate
from .blocks import Block, Section, Subheading, Table, Text
from .material import Material


def people(found: Material) -> Section | None:
    """Win rates with their intervals, where anybody compared."""
    blocks: list[Block] = []
    if found.wins:
        heads = ("Comparison", "Preferred in", "95 % interval", "Won, tied, lost", "p, corrected",
                 "Finding")
        blocks += [
            Text("Pairs of answers were shown side by side, shuffled and without their columns' "
                 "names. A tie counts half."),
            Table(heads, tuple(map(_row, found.wins)), frozenset((1, 2, 3, 4))),
        ]
    if found.judge_wins:
        blocks += [
            Subheading("Compared by the judge"),
            Table(("Comparison", "Preferred in", "Finding"),
                  tuple((line.name, line.figure, line.meaning) for line in found.judge_wins)),
        ]
    return Section("people", "Compared blind", tuple(blocks)) if blocks else None


def _row(each: WinRate) -> tuple[str, ...]:
    finding = f"{each.better} is preferred" if each.better else "No difference shown"
    return (
        f"{each.a} against {each.b}", f"{each.rate.mean:.0%} of {counted(each.rate.n, 'case')}",
        f"{plain(each.rate.low)} to {plain(each.rate.high)}",
        f"{each.wins}, {each.ties}, {each.losses}",
        f"{each.p_value:.3f}" if each.p_value >= 0.001 else "under 0.001", finding,
    )
