"""Behind an answer: the page a citation points at, and the exact messages that were sent."""

from __future__ import annotations

from ...core.types import Document
from ...flows.tasks import Tasks
from ..compare.ask_view import AskView
from ..dialogs.page_viewer import PageViewer
from ..dialogs.sent import SentDialog
from ..main_window import MainWindow
from . import Controller


class PagesController(Controller):
    """Opens the two dialogs; both are made when first needed."""

    def __init__(self, tasks: Tasks, window: MainWindow, view: AskView) -> None:
        super().__init__(tasks)
        self._window = window
        self._view = view
        self._viewer: PageViewer | None = None
        self._sent: SentDialog | None = None
        view.citationOpened.connect(self.show_citation)
        view.sentRequested.connect(self.show_sent)

    def close(self) -> None:
        for dialog in (self._viewer, self._sent):
            if dialog is not None:
                dialog.close()
        super().close()

    def show_citation(self, column: int, number: int) -> None:
        hit = self._view.hit_of(column, number)
        if hit is not None:
            self.show_page(hit.document_id, hit.page_index, hit.start, hit.end)

    def show_page(self, document_id: int, page_index: int, start: int, end: int) -> None:
        work = self._show_page(document_id, page_index, start, end)
        self.tasks.start("Show page", work, key="show page")

    async def _show_page(self, document_id: int, page_index: int, start: int, end: int) -> None:
        document = await self._find(document_id)
        if document is None:
            self._window.messages.say("That document was removed from the workspace.", "warning")
            return
        pages = await self.ports.store.pages(document_id)
        if not 0 <= page_index < len(pages):
            self._window.messages.say(f"No page of {document.name} has been read yet.", "warning")
            return
        page = pages[page_index]
        self._shown_viewer().show_page(
            document.name, "" if page.number is None else f"page {page.number}", page.text,
            start, end, document_id=document_id, page_index=page_index, page_count=len(pages),
        )

    async def _find(self, document_id: int) -> Document | None:
        documents = await self.ports.store.documents()
        return next((d for d in documents if d.id == document_id), None)

    def _shown_viewer(self) -> PageViewer:
        if self._viewer is None:
            self._viewer = PageViewer(self._window)
            self._viewer.pageRequested.connect(self._turn)
        return self._viewer

    def _turn(self, document_id: int, page_index: int) -> None:
        self.show_page(document_id, page_index, 0, 0)

    def show_sent(self, column: int) -> None:
        answer = self._view.answer_of(column)
        if answer is None:
            return
        if self._sent is None:
            self._sent = SentDialog(self._window)
        self._sent.show_answer(answer)
