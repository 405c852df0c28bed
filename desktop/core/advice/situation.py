"""Everything a decision is made from, in one value, and the small questions asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from ..evaluation.summary import Averages, couples, is_ceiling
from ..evaluation.thresholds import good_at, is_good
from ..evaluation.types import Cause, Cell, Run, RunSummary, StrategySummary, UseCase
from ..types import Strategy
from .cost import MonthlyCost
from .decision import Evidence
from .ranking import Contests, Field, field_of
from .readiness import Facts


@dataclass(frozen=True)
class Situation:
    """One run, seen under one use case. `metric` is what strategies are ranked by."""

    use_case: UseCase
    metric: str
    run: Run
    cells: Sequence[Cell]  # of the cases that decide
    averages: Averages
    summary: RunSummary
    contests: Contests
    holdout_only: bool = False
    costs: tuple[MonthlyCost, ...] = ()
    retirements: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # model, ISO date
    facts: Facts = field(default_factory=Facts)
    withheld: str = ""  # why the goal's metric may not rank, and what to add

    @cached_property
    def field(self) -> Field:
        """Who may be chosen."""
        return field_of(self.averages, self.summary, self.metric, self.use_case)

    @cached_property
    def couples(self) -> list[tuple[Strategy, Strategy]]:
        """Who is shown against whom."""
        return couples(self.averages, self.metric)

    @cached_property
    def leader(self) -> Strategy | None:
        """The best that may be chosen; where none may, the best all the same. None without a
        metric."""
        if not self.metric:
            return None
        able = [each for each in self.run.strategies if not is_ceiling(each)]
        return next(iter([*self.field.ranked, *self.averages.best_first(self.metric, able)]), None)

    @cached_property
    def figures(self) -> dict[str, StrategySummary]:
        """By strategy name."""
        return {each.name: each for each in self.summary.strategies}

    @cached_property
    def passed(self) -> dict[str, tuple[int, int]]:
        """Cases that reach the bar, and all that have a value, by strategy name."""
        found: dict[str, tuple[int, int]] = {}
        for strategy in self.run.strategies:
            values = self.averages.by_case(strategy, self.metric).values()
            if values and good_at(self.metric, self.use_case) is not None:
                good = sum(bool(is_good(self.metric, value, self.use_case)) for value in values)
                found[strategy.name] = (good, len(values))
        return found

    def causes(self, name: str) -> list[tuple[int, Cause]]:
        """`(case id, cause)` of one strategy's failures; a case counts once, repeats and all."""
        ids = {each.id for each in self.run.strategies if each.name == name}
        found = {cell.case_id: cell.attribution.cause for cell in self.cells
                 if cell.strategy_id in ids and cell.attribution is not None}
        return sorted(found.items())

    def cases_of(self, *names: str) -> tuple[int, ...]:
        """The ids of the cases that all the named strategies have a value for."""
        chosen = [each for each in self.run.strategies if each.name in names]
        sets = [set(self.averages.by_case(each, self.metric)) for each in chosen]
        return tuple(sorted(set.intersection(*sets))) if sets else ()

    def evidence(self, *names: str, cases: Sequence[int] | None = None) -> Evidence:
        """What stands behind a sentence about the named strategies."""
        ids = self.cases_of(*names) if cases is None else tuple(cases)
        return Evidence(self.run.id, names, self.metric, ids)
