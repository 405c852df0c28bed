"""The Documents pane: drop files, watch them become searchable, see why one did not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QFrame, QMenu, QStackedWidget, QVBoxLayout, QWidget

from ...core.events import Event
from ...core.types import Document
from .. import file_dialogs, theme
from ..components import FlowRow, Segmented, button
from ..drops import local_paths
from .documents_chunks import ChunksView
from .documents_ledger import LedgerView
from .documents_quality import QualityView
from .documents_search import SearchView

ELSEWHERE = {".stratex", ".jsonl"}  # kinds the window takes to another place
NARROW = 424  # pixels of the pane at 100 %
LEDGER, SEARCH, CHUNKS, QUALITY = range(4)


class DocumentsPane(QFrame):
    """Four views under one bar. Each says what the user wants; controllers listen to them."""

    filesDropped = Signal(list)  # of Path
    watchRequested = Signal()  # choose a folder to watch
    openRequested = Signal(int, int, int, int)  # document id, page index, start, end
    hitOpened = Signal(object)  # Hit: its page, with the passage
    searchRequested = Signal(str, str)  # query, name of the retrieval profile

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "surface")
        self.setAcceptDrops(True)
        self.ledger = LedgerView()
        self.model, self.table = self.ledger.model, self.ledger.table
        self.search = SearchView()
        self.chunks = ChunksView()
        self.quality = QualityView()
        self._views = (self.ledger, self.search, self.chunks, self.quality)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.table)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._make_bar())
        self._pages = QStackedWidget()
        for view in self._views:
            self._pages.addWidget(view)
        column.addWidget(self._pages, 1)

    def _make_bar(self) -> FlowRow:
        self.add_button = button("Add files", tooltip="Add files")
        self.add_button.setAccessibleName("Add files")
        self.add_button.clicked.connect(self._offer_files)
        self.folder_button = button("Folder", tooltip="Add or watch a folder of documents")
        self.folder_button.setAccessibleName("Folder")
        self.folder_button.clicked.connect(self._offer_folders)
        self.view = Segmented(["Ledger", "Search", "Chunks", "Quality"])
        self.view.changed.connect(self._show_view)
        bar = FlowRow()
        bar.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(8))
        bar.setSpacing(theme.px(6))
        bar.addWidget(self.add_button)
        bar.addWidget(self.folder_button)
        bar.add_right(self.view)
        return bar

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow pane one button adds files and folders."""
        super().resizeEvent(event)
        narrow = self._is_narrow()
        self.add_button.setText("Add" if narrow else "Add files")
        self.add_button.setAccessibleName("Add files or a folder" if narrow else "Add files")
        self.folder_button.setVisible(not narrow)

    def _is_narrow(self) -> bool:
        return self.width() < theme.px(NARROW)

    def _connect(self) -> None:
        self.ledger.addRequested.connect(self.choose_files)
        self.ledger.openRequested.connect(self.openRequested)
        self.search.searchRequested.connect(self.searchRequested)
        self.search.hitOpened.connect(self.hitOpened)
        self.quality.missChosen.connect(self.look_for)

    # --- what is shown -----------------------------------------------------------------

    def apply(self, event: Event) -> None:
        """Show what the indexing flow reports."""
        self.ledger.apply(event)

    def show_documents(self, documents: Sequence[Document]) -> None:
        """Another workspace, or none."""
        self.search.clear()
        self.quality.clear()
        self.chunks.show_documents([], 0)
        self.ledger.show_documents(documents)

    def show_same(self, names: Mapping[int, str]) -> None:
        """The documents, by id, whose text is exactly that of another, which is named."""
        self.ledger.show_same(names)

    def selected_ids(self) -> list[int]:
        """The ids of the chosen rows of the ledger, in their order on screen."""
        return self.ledger.selected_ids()

    def _show_view(self, place: int) -> None:
        self._pages.setCurrentIndex(place)
        if place != LEDGER:
            self._views[place].setFocus()

    def look_for(self, question: str, profile: str) -> None:
        """Search for a question, as if it had been typed."""
        self.view.choose(SEARCH)
        self.search.look_for(question, profile)

    # --- what the user does --------------------------------------------------------------

    def _offer_files(self) -> None:
        if self._is_narrow():
            self._offer([("Add files…", self.choose_files), *self._folders()], self.add_button)
        else:
            self.choose_files()

    def _offer_folders(self) -> None:
        self._offer(self._folders(), self.folder_button)

    def _folders(self) -> list[tuple[str, Callable[[], object]]]:
        return [("Add a folder…", self.choose_folder),
                ("Watch a folder…", self.watchRequested.emit)]

    def _offer(self, acts: Sequence[tuple[str, Callable[[], object]]], below: QWidget) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, act in acts:
            menu.addAction(text, act)
        menu.popup(below.mapToGlobal(below.rect().bottomLeft()))

    def choose_files(self) -> None:
        """Ask which files to add."""
        file_dialogs.choose_files(
            self, "Add documents", file_dialogs.DOCUMENTS, self.filesDropped.emit)

    def choose_folder(self) -> None:
        """Ask which folder to add."""
        file_dialogs.choose_folder(self, "Add a folder of documents", self.filesDropped.emit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        paths = local_paths(QGuiApplication.clipboard().mimeData()) if event.matches(
            QKeySequence.StandardKey.Paste) else []
        if paths:
            self.filesDropped.emit(paths)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        paths = local_paths(event.mimeData())
        # What is not a document goes on to the window, which knows where it belongs.
        if paths and not any(path.suffix.lower() in ELSEWHERE for path in paths):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.filesDropped.emit(local_paths(event.mimeData()))
