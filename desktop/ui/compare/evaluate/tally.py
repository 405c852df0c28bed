"""States, means and filters of a grid, kept up to date cell by cell. No Qt.

Thousands of cells change while a run goes on; what is counted over all of them is painted many
times a second. Adding up anew each time took 30 ms of every repaint with 8,000 cells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from ....core.evaluation.types import Cell

Kind = TypeVar("Kind")
Scores = Callable[[], Iterable[float | None]]


class Tally(Generic[Kind]):
    """Sums that follow single changes; `forget` when all may be other."""

    def __init__(self) -> None:
        self.states: Counter[str] = Counter()
        self._sums: dict[int, tuple[float, int]] = {}  # by strategy: the sum, and of how many
        self._kinds: Counter[Kind] | None = None
        self._changed: set[int] = set()  # case ids whose kinds are not counted

    def forget(self) -> None:
        """Another metric, other ratings, other cells."""
        self._sums.clear()
        self._kinds = None
        self._changed.clear()

    def count(self, before: Cell | None, after: Cell) -> None:
        """A cell is new, or other than before."""
        if before is not None:
            self.states[str(before.state)] -= 1
        self.states[str(after.state)] += 1

    def change(self, strategy_id: int, before: float | None, after: float | None) -> None:
        """The score of one case under a strategy."""
        if strategy_id not in self._sums or before == after:
            return
        total, number = self._sums[strategy_id]
        if before is not None:
            total, number = total - before, number - 1
        if after is not None:
            total, number = total + after, number + 1
        self._sums[strategy_id] = total, number

    def mean(self, strategy_id: int, scores: Scores) -> tuple[float | None, int]:
        """The mean of a column and over how many; `scores` gives them all, when needed."""
        if strategy_id not in self._sums:
            known = [score for score in scores() if score is not None]
            self._sums[strategy_id] = sum(known), len(known)
        total, number = self._sums[strategy_id]
        return (total / number if number else None), number

    def list_again(self, case_id: int, before: frozenset[Kind] | None) -> None:
        """Which filters list a case may be other; `before`: what was known of it."""
        if self._kinds is None or case_id in self._changed:
            return
        if before is None:
            self._kinds = None  # counted without having been remembered: count anew
            self._changed.clear()
            return
        self._kinds.subtract(before)
        self._changed.add(case_id)

    def listed(
        self, kinds: Iterable[Kind], case_ids: Sequence[int],
        kinds_of: Callable[[int], frozenset[Kind]],
    ) -> dict[Kind, int]:
        """How many cases each filter lists."""
        if self._kinds is None:
            self._kinds, self._changed = Counter(), set(case_ids)
        for case_id in self._changed:
            self._kinds.update(kinds_of(case_id))
        self._changed.clear()
        return {kind: self._kinds[kind] for kind in kinds}
