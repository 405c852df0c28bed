"""What the palette finds besides actions: strategies, documents and cases."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ...flows.tasks import Tasks
from ..main_window import MainWindow
from ..palette import Entry
from . import Controller
from .ask import AskController
from .center import CenterController
from .documents import DocumentsController
from .pages import PagesController

MOST_CASES = 5_000  # the palette looks through all it has at every letter


class FindingController(Controller):
    """Strategies and documents are known when the palette opens; cases follow from the file."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, ask: AskController, documents: DocumentsController,
        pages: PagesController, center: CenterController,
    ) -> None:
        super().__init__(tasks)
        self._window = window
        self._ask = ask
        self._documents = documents
        self._pages = pages
        self._center = center
        window.add_palette_source(self.entries)
        window.paletteOpened.connect(self.find_cases)

    def entries(self) -> list[Entry]:
        """What is known at once."""
        return [
            Entry("Strategies", strategy.name, self._edit(strategy.id))
            for strategy in self._ask.strategies
        ] + [
            Entry("Documents", document.name, self._look_at(document.id))
            for document in self._documents.pane.model.documents()
        ]

    def find_cases(self) -> None:
        """Add the cases to the palette that has just opened."""
        if self.is_open:
            self.tasks.start("Find cases", self._find_cases(), key="find cases")

    async def _find_cases(self) -> None:
        cases = await self.ports.store.cases()
        self._window.add_to_palette([
            Entry("Cases", " ".join(case.question.split()), partial(self._show_case, case.id))
            for case in cases[:MOST_CASES]
        ])

    def _show_case(self, case_id: int) -> None:
        self._center.show_evidence({"cases": [case_id]})

    def _edit(self, strategy_id: int) -> Callable[[], None]:
        return lambda: self._ask.view.edit_strategy(strategy_id)

    def _look_at(self, document_id: int) -> Callable[[], None]:
        return lambda: self._pages.show_page(document_id, 0, 0, 0)
