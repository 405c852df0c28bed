"""Behind an answer: the page a citation points at, and the exact messages that were sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from ...core.absence import sentences
from ...core.chunk_changes import ListedChunk
from ...core.errors import DocumentError
from ...core.finding import find_in_pages
from ...core.passage import Passage, of_hit, on_page
from ...core.profiles import find_profile
from ...core.types import HYBRID, Answer, Connection, Document, Hit
from ...flows.absence import why_not
from ...flows.tasks import Tasks
from ..compare.ask_view import AskView
from ..dialogs.page_viewer import PageViewer
from ..dialogs.sent import SentDialog
from ..main_window import MainWindow
from . import Controller


class PagesController(Controller):
    """Opens the two dialogs; both are made when first needed."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, view: AskView,
        connections: Callable[[], Sequence[Connection]],
    ) -> None:
        super().__init__(tasks)
        self._connections = connections
        self._window = window
        self._view = view
        self._asked: tuple[str, str] | None = None
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
        self._asked = None
        hit = self._view.hit_of(column, number)
        if hit is not None:
            self.show_hit(hit)

    def show_hit(self, hit: Hit) -> None:
        """Its page, with the passage marked if the page says it."""
        self._show(of_hit(hit))

    def show_chunk(self, each: ListedChunk) -> None:
        """Its page, with the chunk marked; an edited one is not there."""
        chunk = each.chunk
        self._show(Passage(chunk.document_id, chunk.page_index, chunk.start, chunk.end,
                           chunk.text, chunk.edited))

    def show_page(self, document_id: int, page_index: int, start: int, end: int) -> None:
        self._show(Passage(document_id, page_index, start, end))

    def _show(self, passage: Passage) -> None:
        self.tasks.start("Show page", self._show_page(passage), key="show page")

    async def _show_page(self, passage: Passage) -> None:
        page_index = passage.page_index
        document = await self._find(passage.document_id)
        if document is None:
            self._window.messages.say("That document was removed from the workspace.", "warning")
            return
        pages = await self.ports.store.pages(document.id)
        if not 0 <= page_index < len(pages):
            self._window.messages.say(f"No page of {document.name} has been read yet.", "warning")
            return
        page = pages[page_index]
        start, end, note = on_page(passage, page.text)
        self._shown_viewer().show_page(
            document.name, "" if page.number is None else f"page {page.number}", page.text,
            start, end, document_id=document.id, page_index=page_index, page_count=len(pages),
            note=note,
            drawn=self.ports.pages is not None and document.name.lower().endswith(".pdf"),
        )

    def searched(self, query: str, profile: str) -> None:
        """The documents were searched by hand: this is now the last question."""
        self._asked = (query, profile)

    def _question(self) -> str:
        return self._asked[0] if self._asked else self._view.searched()

    def _profile(self) -> str:
        return self._asked[1] if self._asked else HYBRID.name

    async def _find(self, document_id: int) -> Document | None:
        documents = await self.ports.store.documents()
        return next((d for d in documents if d.id == document_id), None)

    def _shown_viewer(self) -> PageViewer:
        if self._viewer is None:
            self._viewer = PageViewer(self._window)
            self._viewer.pageRequested.connect(self._turn)
            self._viewer.pictureRequested.connect(self.draw)
            self._viewer.whyRequested.connect(self.explain)
            self._viewer.findRequested.connect(self.find)
        return self._viewer

    def _turn(self, document_id: int, page_index: int) -> None:
        self.show_page(document_id, page_index, 0, 0)

    def find(self, document_id: int, words: str) -> None:
        """Where the words stand in the document."""
        self.tasks.start("Find in a document", self._find_words(document_id, words), key="find")

    async def _find_words(self, document_id: int, words: str) -> None:
        texts = [page.text for page in await self.ports.store.pages(document_id)]
        found = await asyncio.to_thread(find_in_pages, texts, words)
        self._shown_viewer().finder.show_places(words, found)

    def draw(
        self, document_id: int, page_index: int, start: int, end: int, places: list[tuple[int, int]]
    ) -> None:
        """The page as it looks, with the passage and the places marked that are surely found."""
        work = self._draw(document_id, page_index, start, end, places)
        self.tasks.start("Draw page", work, key="draw page")

    async def _draw(
        self, document_id: int, page_index: int, start: int, end: int, places: list[tuple[int, int]]
    ) -> None:
        viewer, store, pages = self._shown_viewer(), self.ports.store, self.ports.pages
        if pages is None:
            return
        place = document_id, page_index
        try:
            content = await store.document_bytes(document_id)
            text = (await store.page(document_id, page_index)).text
            scale = viewer.picture.scale_wanted()
            image = await pages.render(content, page_index, scale, text, start, end, places)
        except DocumentError as error:
            viewer.show_picture(place, None, str(error))
        else:
            viewer.show_picture(place, image, "")

    def explain(self, document_id: int, page_index: int, start: int, end: int) -> None:
        """Why the page, or the text chosen on it, was not found for the last question."""
        work = self._explain(document_id, page_index, start, end)
        self.tasks.start("Why not found", work, key="why")

    async def _explain(self, document_id: int, page_index: int, start: int, end: int) -> None:
        viewer, question = self._shown_viewer(), self._question().strip()
        if not question:
            viewer.show_reasons(["Ask a question first, or search the documents: then this says "
                                 "how far down the page stood."])
            return
        viewer.show_reasons(["Searching…"])
        profile = find_profile(self._profile())
        absence = await why_not(question, document_id, page_index, profile, self.ports,
                                start=start, end=end)
        viewer.show_reasons([f"For “{question}” with {profile.name}:",
                             *sentences(absence, profile)])

    def show_sent(self, column: int) -> None:
        answer = self._view.answer_of(column)
        if answer is not None:
            self.show_sent_answer(column, answer)

    def show_sent_answer(self, column: int, answer: Answer) -> None:
        """What this answer of a column was asked with; it may be of an earlier turn."""
        if self._sent is None:
            self._sent = SentDialog(self._window)
        strategy = next((s for s in self._view.board.strategies if s.id == column), None)
        if strategy is None:
            self._sent.show_answer(answer)
            return
        known = {each.name: each for each in self._connections()}
        self._sent.show_answer(answer, known.get(strategy.connection), strategy.deployment)
