"""Split and cost of the dataset: who validates, and what training would cost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from ...core.dataset.estimate import estimate, lengths_of, plan_of
from ...core.dataset.query import ExampleQuery, Facets
from ...core.dataset.report import DatasetReport
from ...flows import dataset_work

if TYPE_CHECKING:
    from .dataset import DatasetController

PLAN = "training plan"  # the fact that keeps model, epochs and price


class DatasetCost:
    """For the dataset's controller."""

    def __init__(self, controller: DatasetController) -> None:
        self._dataset = controller
        self._page = controller.pane.split
        self._report: DatasetReport | None = None
        self._facets = Facets()
        self._page.splitRequested.connect(self.split)
        self._page.planChanged.connect(self.plan)

    async def open(self) -> None:
        """Show the plan that the workspace keeps."""
        self._page.show_plan(plan_of(await self._dataset.ports.store.fact(PLAN)))

    def close(self) -> None:
        """Forget the workspace."""
        self._report = None
        self._page.show_estimate(None, None)

    def split(self, share: float, seed: int) -> None:
        """Draw who validates."""
        self._dataset.tasks.start("Split the dataset", self._split(share, seed), shown=True)

    async def _split(self, share: float, seed: int) -> None:
        if self._report is not None:
            edit, _ = await dataset_work.split(self._dataset.ports, self._report, share, seed)
            self._dataset.push(edit)

    def plan(self) -> None:
        """Model, epochs or price were changed."""
        if self._dataset.is_open:
            self._dataset.tasks.start("Estimate the cost", self._plan(), key="estimate")

    async def _plan(self) -> None:
        plan, store = self._page.plan(), self._dataset.ports.store
        before = plan_of(await store.fact(PLAN))
        await store.set_fact(PLAN, asdict(plan))
        if before.model != plan.model:
            self._dataset.check()  # another model counts and cuts off otherwise
        await self.show(self._report, self._facets)

    async def show(self, report: DatasetReport | None, facets: Facets) -> None:
        """The figures after a check."""
        self._report, self._facets = report, facets
        if report is None or not report.examples:
            self._page.show_estimate(None, None)
            return
        plan, prices = self._page.plan(), self._dataset.ports.prices
        counts = await self._trained(report)
        price = prices.training(plan.model)  # asked first: it reads the table, and its date
        found = estimate(counts, plan, price, prices.as_of, prices.hosting(), exact=report.exact)
        lengths = await asyncio.to_thread(lengths_of, report.counts)
        self._page.show_estimate(found, lengths)

    async def _trained(self, report: DatasetReport) -> Sequence[int]:
        """The tokens of the examples on the training side."""
        if not self._facets.splits.get("validation"):
            return report.counts
        query = ExampleQuery(state="kept", split="validation")
        other = set((await self._dataset.ports.store.example_order(query)).lines)
        return [count for line, count in zip(report.lines, report.counts, strict=True)
                if line not in other]
