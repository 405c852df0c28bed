"""What a report is written from, gathered before a word is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..advice.decision import Decision
from ..evaluation.blind import WinRate
from ..evaluation.calibration import Judged
from ..evaluation.calibration_words import Line
from ..evaluation.summary import Averages
from ..evaluation.types import Cell, Run, UseCase
from ..strategies import rung_of
from ..types import Case, PromptVersion, Rung, Strategy


@dataclass(frozen=True)
class Material:
    """One run and the decision on it. `cells` carry their passages where examples need them."""

    use_case: UseCase
    decision: Decision
    run: Run
    cases: Sequence[Case]
    cells: Sequence[Cell]
    versions: Sequence[PromptVersion]
    documents: Sequence[str] = ()  # names, and the beginning of each file's hash
    program: str = ""
    today: str = ""  # ISO date
    embedder: str = ""
    whole: Mapping[int, Cell] = field(default_factory=dict)  # by id, with passages
    judged: Judged = field(default_factory=Judged)
    wins: Sequence[WinRate] = ()  # by people, blind
    judge_wins: Sequence[Line] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)  # name -> version
    overlaps: Sequence[str] = ()  # between what was taught and what is tested, in words
    prices_of: str = ""  # the day of the price table, an ISO date

    @property
    def metric(self) -> str:
        """What strategies are ranked by; "" when nothing could be scored."""
        return self.decision.metric

    @cached_property
    def averages(self) -> Averages:
        return Averages(self.run, self.cells)

    def leader(self) -> Strategy | None:
        """The recommended strategy, else the one with the best mean."""
        named = [s for s in self.run.strategies if s.name == self.decision.strategy]
        best = self.averages.best_first(self.metric, self.run.strategies) if self.metric else []
        return next(iter([*named, *best]), None)

    def rungs(self) -> dict[str, Rung]:
        """By strategy name."""
        return {strategy.name: rung_of(strategy) for strategy in self.run.strategies}

    def case(self, case_id: int) -> Case:
        """A case removed since the run is shown by its number."""
        found = next((case for case in self.cases if case.id == case_id), None)
        return found or Case(case_id, f"Case {case_id}, removed since")

    def first_cells(self, case_id: int) -> list[Cell]:
        """The first repeat under each strategy, in the run's order."""
        by_strategy = {cell.strategy_id: cell for cell in reversed(self.cells)
                       if cell.case_id == case_id}
        return [self.whole.get(by_strategy[s.id].id, by_strategy[s.id])
                for s in self.run.strategies if s.id in by_strategy]
