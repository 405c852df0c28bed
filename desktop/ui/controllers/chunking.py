"""How documents are split: tried on one of them, then done to all."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...core.chunk_settings import ChunkSettings
from ...core.errors import StrategyExplorerError
from ...flows import chunking
from ...flows.chunking import OpenDocument
from ...flows.tasks import Tasks
from ..dialogs.chunking import ChunkingDialog
from ..dialogs.forward import bring_forward
from ..main_window import MainWindow
from . import Controller
from .documents import DocumentsController

PREVIEW = "preview of splitting"


class ChunkingController(Controller):
    """One preview at a time: cancelling one would end the process that reads documents."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, documents: DocumentsController
    ) -> None:
        super().__init__(tasks)
        self._window = window
        self._documents = documents
        self._opened: OpenDocument | None = None
        self._wanted: ChunkSettings | None = None
        self.dialog: ChunkingDialog | None = None

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"chunking": self.show}

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
        self._opened = self._wanted = None
        super().close()

    def show(self) -> None:
        """File, How documents are split."""
        if self.is_open:
            self.tasks.start("How documents are split", self._show(), key="show splitting")

    async def _show(self) -> None:
        documents = [d for d in await self.ports.store.documents() if d.pages]
        if not documents:
            self._window.messages.say(
                "Add a document first: how it is split is shown on its text.", "warning")
            return
        wanted = self._documents.pane.selected_ids()
        chosen = next((d for d in documents if d.id in wanted), documents[0])
        dialog = self._made()
        dialog.show_documents(documents, chosen.id)
        await self._open(chosen.id)
        dialog.show_settings(await chunking.settings_of(self.ports), stored=True)
        bring_forward(dialog)

    def _made(self) -> ChunkingDialog:
        if self.dialog is None:
            self.dialog = dialog = ChunkingDialog(self._window)
            dialog.settingsChanged.connect(self._try)
            dialog.documentChosen.connect(self._choose)
            dialog.pageRequested.connect(self._turn)
            dialog.applyRequested.connect(self._apply)
        return self.dialog

    # --- looking -----------------------------------------------------------------------

    def _choose(self, document_id: int) -> None:
        self.tasks.start("Open a document", self._look_at(document_id), key="show splitting")

    async def _look_at(self, document_id: int) -> None:
        await self._open(document_id)
        self._try(self._made().settings())

    async def _open(self, document_id: int) -> None:
        documents = await self.ports.store.documents()
        document = next((d for d in documents if d.id == document_id), None)
        if document is not None:
            self._opened = await chunking.open_document(document, self.ports)
            self._made().show_preview(None)
            await self._page(0)

    def _turn(self, page: int) -> None:
        self.tasks.start("Turn the page", self._page(page), key="turn splitting")

    async def _page(self, index: int) -> None:
        opened = self._opened
        if opened is None or not 0 <= index < len(opened.pages):
            return
        golds = await chunking.golds_of(opened, index, self.ports)
        page, count = opened.pages[index], len(opened.pages)
        words = f"page {page.number} of {count:,}" if page.number is not None else ""
        if opened is self._opened:
            self._made().show_page(page.text, words, index, count, golds)

    # --- trying ------------------------------------------------------------------------

    def _try(self, settings: ChunkSettings) -> None:
        self._wanted = settings
        if self._opened is not None and not self.tasks.running(PREVIEW):
            self.tasks.start("Try how it is split", self._previews(), key=PREVIEW)

    async def _previews(self) -> None:
        """Until the last wish is met; those overtaken meanwhile are left out."""
        while self._wanted is not None and self._opened is not None:
            settings, self._wanted = self._wanted, None
            opened, dialog = self._opened, self._made()
            try:
                found = await chunking.preview(
                    opened, dialog.page_index(), settings, self.ports)
            except StrategyExplorerError as error:
                dialog.show_preview(None, str(error))
                continue
            if opened is self._opened:
                dialog.show_preview(found)

    def _apply(self, settings: ChunkSettings) -> None:
        if self._documents.split_anew(settings):
            self._made().close()
            self._window.show_documents()
        else:
            self._made().show_preview(
                None, "Documents are being indexed. Wait until they are ready, or cancel that "
                "in the Documents pane, then apply.")
