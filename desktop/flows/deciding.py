"""Decide: gathers what is known about a run and its use case, and lets core/advice judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..core.advice.decision import Decision
from ..core.advice.ranking import FEWEST_CASES, contests, couples_to_compare
from ..core.advice.readiness import Facts, count_causes
from ..core.advice.recommendation import decide_on, nothing_run
from ..core.advice.situation import Situation
from ..core.dataset.statistics import training_cost
from ..core.dataset.turns import question_of
from ..core.errors import ConfigurationError
from ..core.evaluation.summary import baseline_of
from ..core.evaluation.thresholds import deciding_metric, is_share
from ..core.evaluation.types import CellState
from ..core.strategies import prompt_for, rung_of
from .attributing import with_causes
from .costing import monthly_costs
from .datasets import check
from .summarising import averages_of, summarise_averages
from .use_case import load_use_case

if TYPE_CHECKING:
    from ..core.dataset.report import DatasetReport
    from ..core.evaluation.types import Cell, Run, UseCase
    from ..core.ports import Ports, PriceCatalog
    from ..core.types import Case, Example, PromptVersion, Strategy


async def decide(ports: Ports, run_id: int | None = None) -> Decision:
    """The decision on one run: the newest that has answers, unless named.

    Raises ConfigurationError for a run that is not there.
    """
    use_case = await load_use_case(ports.store)
    run, cells = await _find_run(ports, run_id)
    known = await _Known.load(ports)
    if run is None:
        return nothing_run(known.facts(use_case))
    kept, holdout_only = _deciding_cases(known.cases, run)
    by_id = {case.id: case for case in kept}
    cells = await with_causes(
        [cell for cell in cells if cell.case_id in by_id], by_id, use_case, ports.store
    )
    averages = await averages_of(run, cells)
    metric = deciding_metric(averages.metrics(), use_case)
    summary = await summarise_averages(averages, cells, ports.compute, metric)
    pairs = couples_to_compare(averages, metric)
    rows = [(pair.left, pair.right) for pair in pairs]
    shares = [is_share(metric)] * len(rows)
    results = await ports.compute.compare(rows, shares)
    met = contests(pairs, results, await ports.compute.enough(rows, shares))
    costs = await monthly_costs(
        averages, ports, lambda model: known.training_cost(model, ports.prices)
    )
    situation = Situation(use_case, metric, run, cells, averages, summary, met, holdout_only,
                          costs.costs, costs.retirements)
    return decide_on(replace(situation, facts=known.facts(use_case, situation)))


async def _find_run(ports: Ports, run_id: int | None) -> tuple[Run | None, list[Cell]]:
    runs = await ports.store.runs()
    if run_id is not None:
        runs = [run for run in runs if run.id == run_id]
        if not runs:
            raise ConfigurationError(f"There is no run {run_id}", remedy="Choose another run")
    for run in runs:
        cells = await ports.store.cells(run.id)
        if run_id is not None or any(cell.state is CellState.DONE for cell in cells):
            return run, cells
    return None, []


def _deciding_cases(cases: Sequence[Case], run: Run) -> tuple[list[Case], bool]:
    """The holdout where it is large enough: what was tuned on flatters what was tuned."""
    ids = set(run.case_ids)
    of_run = [case for case in cases if case.id in ids]
    holdout = [case for case in of_run if case.split == "holdout"]
    return (holdout, True) if len(holdout) >= FEWEST_CASES else (of_run, False)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the workspace holds beside the run."""

    cases: Sequence[Case]
    versions: Sequence[PromptVersion]
    examples: Sequence[Example]
    report: DatasetReport | None
    ratings: int

    @classmethod
    async def load(cls, ports: Ports) -> _Known:
        examples = await ports.store.examples()
        report = await check(examples, ports.tokens, ports.prices) if examples else None
        return cls(await ports.store.cases(), await ports.store.prompt_versions(), examples,
                   report, len(await ports.store.ratings()))

    def training_cost(self, model: str, prices: PriceCatalog) -> float | None:
        """US dollars to train a model on the dataset once, None when a figure is missing."""
        price = prices.training(model)
        if price is None or self.report is None:
            return None
        return training_cost(self.report.billable_tokens, self.report.epochs, price)

    def facts(self, use_case: UseCase, situation: Situation | None = None) -> Facts:
        """For the readiness checks."""
        trained = {_same(question_of(example)) for example in self.examples}
        overlap = sum(_same(case.question) in trained for case in self.cases)
        facts = Facts(
            use_case.sentence, len(self.versions), examples=len(self.examples),
            dataset_errors=None if self.report is None else self.report.errors,
            holdout=sum(case.split == "holdout" for case in self.cases), overlap=overlap,
            ratings=self.ratings,
        )
        return facts if situation is None else self._of_run(facts, situation)

    def _of_run(self, facts: Facts, situation: Situation) -> Facts:
        answered = [each for each in situation.run.strategies
                    if situation.figures[each.name].n]
        leader = next(iter(situation.field.ranked), None) if situation.metric else None
        causes = situation.causes(leader.name) if leader else []
        hits = [situation.averages.mean(each, "hit") for each in answered if each.retrieval]
        baseline = baseline_of(answered)
        return replace(
            facts, rungs=frozenset(rung_of(each) for each in answered),
            hit_rate=max((hit for hit in hits if hit is not None), default=None),
            baseline_cases=0 if baseline is None else len(situation.cases_of(baseline.name)),
            causes=count_causes([cause for _, cause in causes]),
            shots=self._shots(situation, answered),
        )

    def _shots(
        self, situation: Situation, answered: Sequence[Strategy]
    ) -> list[tuple[int, float]]:
        """Strategies that differ only in how many few-shot examples their prompt shows."""
        found: dict[tuple[str, str, str | None], dict[int, float]] = {}
        for strategy in answered:
            mean = situation.averages.mean(strategy, situation.metric)
            version = _version(strategy, self.versions)
            if mean is None or version is None:
                continue
            count = sum(example.on for example in version.prompt.examples)
            recipe = (strategy.connection, strategy.deployment, strategy.retrieval)
            found.setdefault(recipe, {})[count] = mean
        return sorted(max(found.values(), key=len, default={}).items())


def _version(strategy: Strategy, versions: Sequence[PromptVersion]) -> PromptVersion | None:
    try:
        return prompt_for(strategy, versions)
    except ConfigurationError:
        return None


def _same(question: str) -> str:
    return " ".join(question.casefold().split())
