"""Generate pairs from the documents, and review what was generated."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from ...core.errors import StrategyExplorerError
from ...core.types import Connection, Example
from ...flows import growing
from ...flows.growing import Growth, GrowthPlan
from ...flows.lanes import Brake
from ...flows.tasks import Tasks
from ..compare.evaluate.run_words import estimate_text
from ..dialogs.forward import bring_forward
from ..main_window import MainWindow
from ..panes.fine_tuning_grow import GrowDialog
from ..panes.fine_tuning_review import ReviewDialog
from . import Controller

GROW = "grow"


class GrowingController(Controller):
    """One growing at a time; what it proposes is in the file before anybody sees it."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, connections: Callable[[], Sequence[Connection]],
        show_connections: Callable[[], object], changed: Callable[[], object],
    ) -> None:
        super().__init__(tasks)
        self._window = window
        self._connections = connections
        self._show_connections = show_connections
        self._changed = changed  # the dataset is another
        self._plan: GrowthPlan | None = None
        self._brake = Brake()
        self._job = 0
        self.dialog: GrowDialog | None = None
        self.review: ReviewDialog | None = None

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"grow": self.show, "review_pairs": self.show_review}

    def close(self) -> None:
        for dialog in (self.dialog, self.review):
            if dialog is not None:
                dialog.close()
        self._plan = None
        super().close()

    # --- growing -----------------------------------------------------------------------

    def show(self) -> None:
        """Train, Generate pairs from documents."""
        if not self.is_open:
            return
        if self.dialog is None:
            self.dialog = dialog = GrowDialog(self._window)
            dialog.changed.connect(self._estimate)
            dialog.growRequested.connect(self._grow)
            dialog.pauseRequested.connect(lambda: self._brake.pull())
            dialog.reviewRequested.connect(self.show_review)
            dialog.connectionsRequested.connect(self._show_connections)
        if not self.tasks.running(GROW):
            self.dialog.show_connections(self._connections())
        self._count()
        bring_forward(self.dialog)

    def _estimate(self, connection: str, deployment: str, passages: int) -> None:
        self._plan = None
        self.tasks.start("Estimate", self._estimated(connection, deployment, passages),
                         key="grow estimate")

    async def _estimated(self, connection: str, deployment: str, passages: int) -> None:
        dialog = self.dialog
        assert dialog is not None, "it asked"
        try:
            plan = await growing.plan_growth(connection, deployment, passages, self.ports)
            found = await growing.estimate_growth(plan, self.ports)
        except StrategyExplorerError as error:
            dialog.show_estimate(str(error), ready=False)
            return
        self._plan = plan
        some = "passage" if len(plan.chunks) == 1 else "passages"
        of = "document" if plan.documents == 1 else "documents"
        dialog.show_estimate(
            f"{len(plan.chunks):,} {some} of {plan.documents:,} {of}. "
            f"{estimate_text(found).removeprefix('Run: ')}.")

    def _grow(self) -> None:
        if self._plan is not None and not self.tasks.running(GROW):
            self._brake = Brake()
            self._job = self.tasks.start(
                "Generate pairs", self._grown(self._plan), key=GROW, shown=True,
                pause=lambda: self._brake.pull())

    async def _grown(self, plan: GrowthPlan) -> None:
        self._tell(Growth(), len(plan.chunks))
        words = "Not finished. What was written waits for review."
        try:
            words = growth_text(await growing.grow(plan, self.ports, self._tell, self._brake))
        finally:
            if self.dialog is not None:
                self.dialog.show_result(words)
            if self.is_open:
                self._count()
                self._changed()

    def _tell(self, growth: Growth, of: int) -> None:
        words = f"{growth.chunks:,} of {of:,} passages, {growth.pairs:,} pairs"
        self.tasks.update(self._job, words, growth.chunks / of)
        if self.dialog is not None:
            self.dialog.show_running(running=True, words=words, share=growth.chunks / of)

    def _count(self) -> None:
        self.tasks.start("Count pairs", self._counted(), key="grow count")

    async def _counted(self) -> None:
        facets = await self.ports.store.example_facets()
        if self.dialog is not None:
            self.dialog.show_waiting(facets.states.get("proposed", 0))

    # --- review ------------------------------------------------------------------------

    def show_review(self) -> None:
        """Train, Review generated pairs."""
        if self.is_open:
            self.tasks.start("Review pairs", self._show_review(), key="review")

    async def _show_review(self) -> None:
        if self.review is None:
            self.review = dialog = ReviewDialog(self._window)
            dialog.kept.connect(lambda each: self._said(each, growing.keep))
            dialog.refused.connect(lambda each: self._said(each, growing.refuse))
            dialog.reopened.connect(lambda each: self._said(each, growing.reopen))
            dialog.finished.connect(lambda _: self._changed() if self.is_open else None)
        found = await growing.proposals(self.ports)
        self.review.show_proposals([(each.example, each.chunk) for each in found])
        bring_forward(self.review)

    def _said(
        self, example: Example, act: Callable[[Example, Any], Coroutine[Any, Any, None]]
    ) -> None:
        if self.is_open:
            self.tasks.start("Save review", self._save(example, act))

    async def _save(
        self, example: Example, act: Callable[[Example, Any], Coroutine[Any, Any, None]]
    ) -> None:
        await act(example, self.ports)
        await self._counted()


def growth_text(growth: Growth) -> str:
    """`38 pairs from 20 passages wait for review. 2 were there already.`"""
    words = [f"{growth.pairs:,} pair{'s' if growth.pairs != 1 else ''} from {growth.chunks:,} "
             f"passage{'s' if growth.chunks != 1 else ''} wait for review."]
    if growth.known:
        words.append(f"{growth.known:,} asked what a case or an example asks: left out.")
    if growth.failed:
        words.append(f"{growth.failed:,} passages gave nothing: {growth.why}")
    if not growth.complete:
        words.insert(0, "Stopped.")
    return " ".join(words)
