"""What a workspace holds beside a run: the facts that readiness and guidance are made from."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..core.advice.decision import Evidence
from ..core.advice.readiness import (
    BASELINE,
    FAILURES,
    PROMPTED,
    SEARCHED,
    Facts,
    count_causes,
)
from ..core.advice.staleness import stale_examples, traced
from ..core.dataset.statistics import training_cost
from ..core.dataset.turns import question_of
from ..core.errors import StrategyExplorerError
from ..core.evaluation.summary import baseline_of
from ..core.strategies import rung_of
from ..core.types import Rung
from .datasets import check_stored
from .dating import date_documents
from .drifting import last_drift
from .probing import shot_curve

if TYPE_CHECKING:
    from ..core.advice.drift import Drift
    from ..core.advice.knowledge import Dated
    from ..core.advice.shots import ShotCurve
    from ..core.advice.situation import Situation
    from ..core.advice.staleness import Stale
    from ..core.dataset.report import DatasetReport
    from ..core.evaluation.types import Run, UseCase
    from ..core.ports import Ports, PriceCatalog
    from ..core.types import Case, Example, PromptVersion, Strategy


@dataclass(frozen=True, slots=True)
class Known:
    """What the workspace holds beside the run."""

    cases: Sequence[Case]
    versions: Sequence[PromptVersion]
    examples: int  # that are kept
    report: DatasetReport | None
    ratings: int
    shots: ShotCurve | None = None
    drift: Drift | None = None
    overlap: int = 0  # cases that are examples too
    stale: Sequence[Stale] = ()
    traced: int = 0
    dated: Sequence[Dated] = ()
    readable: int = 0  # documents with any text

    @classmethod
    async def load(cls, ports: Ports) -> Known:
        examples = [each for each in await ports.store.examples() if each.state == "kept"]
        report = await check_stored(ports, shapes_only=True) if examples else None
        cases, documents = await ports.store.cases(), await ports.store.documents()
        dated, readable = await date_documents(ports)
        return cls(
            cases, await ports.store.prompt_versions(), len(examples), report,
            len(await ports.store.ratings()), await shot_curve(ports), await last_drift(ports),
            await asyncio.to_thread(_overlap, examples, cases),  # a second, for 100,000 examples
            stale_examples(examples, documents), traced(examples), dated, readable,
        )

    def training_cost(self, model: str, prices: PriceCatalog) -> float | None:
        """US dollars to train a model on the dataset once, None when a figure is missing."""
        price = prices.training(model)
        if price is None or self.report is None:
            return None
        return training_cost(self.report.billable_tokens, self.report.epochs, price)

    def facts(self, use_case: UseCase, situation: Situation | None = None) -> Facts:
        """For the readiness checks."""
        facts = Facts(
            use_case.sentence, len(self.versions), examples=self.examples,
            dataset_errors=None if self.report is None else self.report.errors,
            holdout=sum(case.split == "holdout" for case in self.cases), overlap=self.overlap,
            ratings=self.ratings, shots=self.shots, drift=self.drift,
            stale=self.stale, traced=self.traced,
            dated=self.dated, documents=self.readable,
        )
        return facts if situation is None else _of_run(facts, situation)


def _of_run(facts: Facts, situation: Situation) -> Facts:
    """With what the run showed, and the cells that show it."""
    answered = [each for each in situation.run.strategies if situation.figures[each.name].n]
    leader = situation.leader
    causes = situation.causes(leader.name) if leader else []
    hits = [situation.averages.mean(each, "hit") for each in answered if each.retrieval]
    baseline = baseline_of(answered)
    return replace(
        facts, rungs=frozenset(rung_of(each) for each in answered),
        hit_rate=max((hit for hit in hits if hit is not None), default=None),
        baseline_cases=0 if baseline is None else len(situation.cases_of(baseline.name)),
        causes=count_causes([cause for _, cause in causes]),
        cells=_cells(situation, answered, baseline, leader),
    )


def _cells(
    situation: Situation, answered: Sequence[Strategy], baseline: Strategy | None,
    leader: Strategy | None,
) -> dict[str, Evidence]:
    columns = {
        BASELINE: [baseline] if baseline else [],
        PROMPTED: [each for each in answered if rung_of(each) in (Rung.PROMPT, Rung.DOCUMENTS)],
        SEARCHED: [each for each in answered if rung_of(each) in (
            Rung.DOCUMENTS, Rung.WHOLE_DOCUMENTS)],
    }
    found = {key: situation.evidence(*(each.name for each in those))
             for key, those in columns.items() if those}
    if leader is not None:
        failing = [case for case, _ in situation.causes(leader.name)]
        found[FAILURES] = situation.evidence(leader.name, cases=failing)
    return found


async def with_cut_offs(facts: Facts, run: Run, ports: Ports) -> Facts:
    """With each strategy's model, and the month up to which the catalog says it was trained."""
    found = {}
    for strategy in run.strategies:
        try:
            model = await ports.chats.chat(strategy.connection, strategy.deployment)
        except StrategyExplorerError:
            continue  # the connection is not there any more, as in a colleague's workspace
        if not model.local and (model.model or model.label):
            name = model.model or model.label
            found[strategy.name] = (name, ports.prices.knowledge(name))
    return replace(facts, knowledge=found, as_of=ports.prices.as_of)


def _overlap(examples: Sequence[Example], cases: Sequence[Case]) -> int:
    trained = {_same(question_of(example)) for example in examples}
    return sum(_same(case.question) in trained for case in cases)


def _same(question: str) -> str:
    return " ".join(question.casefold().split())
