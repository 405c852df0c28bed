"""Documents pane: drop, index, remove with undo, search, look at a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtGui import QUndoStack

from ...core.chunk_settings import ChunkSettings
from ...core.errors import StrategyExplorerError
from ...core.events import (
    DocumentChanged,
    DocumentSkipped,
    DocumentsRemoved,
    Event,
    IndexProgress,
)
from ...core.ledger_export import ledger_csv
from ...core.ports import Ports
from ...core.profiles import find_profile
from ...core.search_results import side_by_side
from ...core.types import Document
from ...flows import indexing
from ...flows.duplicates import same_text
from ...flows.retrieval_quality import compare_profiles
from ...flows.searching import matched_words, search, search_anyhow
from ...flows.tasks import Tasks
from .. import file_dialogs
from ..panes.documents import DocumentsPane
from ..tokens import Tone
from . import Controller
from .documents_undo import AddDocuments, RemoveDocuments

INDEX = "index"
PAUSED = "indexing paused"  # a fact of the workspace
COMPARE = "compare profiles"


class DocumentsController(Controller):
    """Runs one indexing task at a time; what is dropped meanwhile waits its turn."""

    def __init__(
        self, pane: DocumentsPane, tasks: Tasks, undo: QUndoStack,
        counted: Callable[[], None], show_page: Callable[[int, int, int, int], None],
        say: Callable[[str, Tone], object],
    ) -> None:
        super().__init__(tasks)
        self.pane = pane
        self._undo = undo
        self._counted = counted
        self._say = say
        self._same: Mapping[int, str] = {}  # documents whose text is that of another
        self._waiting: list[Path] = []
        self._taken: list[Path] = []  # that are being indexed; a pause gives them back
        self._again = False  # some of these were looked at before a pause
        self._added: list[AddDocuments] = []  # since the workspace was opened, newest last
        self._job = 0
        self._comparing = 0
        self.listeners: Sequence[Callable[[Event], None]] = ()  # who else wants to know
        pane.filesDropped.connect(self.add)
        ledger = pane.ledger
        ledger.removeRequested.connect(self.remove)
        ledger.retryRequested.connect(self.retry)
        ledger.skipRequested.connect(self.skip)
        ledger.indexing.pauseRequested.connect(self.pause)
        ledger.indexing.resumeRequested.connect(self.go_on)
        ledger.indexing.cancelRequested.connect(self.cancel)
        ledger.filter.exportRequested.connect(self.export)
        pane.openRequested.connect(show_page)
        pane.searchRequested.connect(self.search)
        pane.search.besideRequested.connect(self.search_beside)
        pane.quality.compareRequested.connect(self.compare)

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        documents = await ports.store.documents()
        self.pane.show_documents(documents)
        self._compare_texts()
        paused = await ports.store.fact(PAUSED) is True
        self.pane.ledger.show_stopped(paused=paused)
        if paused:
            self.tasks.offer("Index documents", "Paused. What is finished is kept.", self.go_on,
                             INDEX)
        if not paused and any(d.state in indexing.UNFINISHED for d in documents):
            self._start("Go on indexing", lambda: indexing.resume(ports, self.apply))

    def close(self) -> None:
        self._added.clear()
        self._waiting.clear()
        self._taken.clear()
        self.pane.show_documents([])
        super().close()

    def apply(self, event: Event) -> None:
        """Every event of the indexing flow: to the ledger, and as progress to the tray."""
        if isinstance(event, DocumentChanged | DocumentsRemoved | IndexProgress) or (
                isinstance(event, DocumentSkipped) and not self._again):
            self.pane.apply(event)
        for tell in self.listeners:
            tell(event)
        if isinstance(event, DocumentChanged):
            self._note(event.document)
        if isinstance(event, IndexProgress):
            self._progress(event)
        if isinstance(event, DocumentChanged | DocumentsRemoved):
            self._counted()
        if isinstance(event, DocumentsRemoved) or (
                isinstance(event, IndexProgress) and event.files_done == event.files_total):
            self._compare_texts()

    def _compare_texts(self) -> None:
        """When all are read: not for each of thousands of documents."""
        self.tasks.start("Look for equal texts", self._same_text(), key="same text")

    async def _same_text(self) -> None:
        if self.is_open:
            self._same = await same_text(self.ports)
            self.pane.show_same(self._same)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"export_ledger": self.export, "pause_indexing": self.pause_or_go_on}

    def pause_or_go_on(self) -> None:
        """Pause what runs, or go on with what waits."""
        if self.tasks.running(INDEX):
            self.pause()
        elif self._waiting or any(document.state in indexing.UNFINISHED
                                  for document in self.pane.model.documents()):
            self.go_on()
        else:
            self._say("Nothing to pause: no document is being indexed.", "info")

    def export(self) -> None:
        """The ledger's rows as they are shown, as CSV."""
        documents = self.pane.ledger.table.shown()
        if not documents:
            self._say("Nothing to export: no document is shown in the ledger.", "warning")
            return
        file_dialogs.choose_new_file(
            self.pane, "Export the ledger", "Comma-separated values (*.csv)", "csv",
            lambda path: self.tasks.start("Export the ledger", self._export(documents, path)))

    async def _export(self, documents: Sequence[Document], path: Path) -> None:
        await self.ports.files.write(str(path), ledger_csv(documents, self._same))
        self._say(f"{len(documents):,} rows written to {path.name}.", "success")

    def add(self, paths: Sequence[Path]) -> None:
        """Files and folders; undo takes out what they brought."""
        if paths and self.is_open:
            known = {document.id for document in self.pane.model.documents()}
            self._added.append(AddDocuments(self, [path.absolute() for path in paths], known))
            self._undo.push(self._added[-1])

    def take_in(self, paths: Sequence[Path]) -> None:
        """They wait for those on their way; what is paused goes on with them."""
        self._waiting.extend(paths)
        if self.pane.ledger.indexing.is_paused():
            self.go_on()
        elif not self.tasks.running(INDEX):
            self._start(_title(self._waiting), self._index_waiting)

    def take(self, paths: Sequence[Path]) -> None:
        """As `add`, from a folder that is watched: it is not the user's to undo, and what was
        paused stays paused."""
        if self.pane.ledger.indexing.is_paused():
            self._waiting.extend(paths)
        else:
            self.take_in(paths)

    def take_out(self, paths: Sequence[Path]) -> None:
        """Those that still wait; documents that are there are hidden."""
        for path in paths:
            if path in self._waiting:
                self._waiting.remove(path)

    def _note(self, document: Document) -> None:
        """Whose drop brought it; one that was taken back meanwhile is hidden as it comes."""
        for command in reversed(self._added):
            if command.brought(document):
                return

    def retry(self, ids: Sequence[int]) -> None:
        self._start("Read again", lambda: indexing.retry(ids, self.ports, self.apply))

    def skip(self, ids: Sequence[int]) -> None:
        """Leave failed documents at that; reading one again takes it back."""
        self.tasks.start("Skip documents", indexing.skip(ids, self.ports, self.apply))

    def pause(self) -> None:
        """What is on its way waits, also after a restart, until `go_on`."""
        self._waiting = [*self._taken, *self._waiting]
        self.tasks.leave(self._job, "Paused. What is finished is kept.", self.go_on)
        self.tasks.cancel_key(INDEX)
        self._hold(True)

    def go_on(self) -> None:
        """Where a pause, a cancel or a quit stopped."""
        self._hold(False)
        self._again = bool(self._waiting)
        self._start("Go on indexing", self._resume)

    def finish(self) -> None:
        """What waited for an embedding model: there is another one now."""
        self.tasks.start("Look for unfinished documents", self._finish())

    async def _finish(self) -> None:
        if not self.is_open or await self.ports.store.fact(PAUSED) is True:
            return
        unfinished = [d for d in await self.ports.store.documents()
                      if d.state in indexing.UNFINISHED]
        if unfinished and not self.tasks.running(INDEX):
            self._start("Go on indexing", self._resume)

    async def _resume(self) -> None:
        await indexing.resume(self.ports, self.apply)
        await self._index_waiting()

    def _hold(self, held: bool) -> None:
        self.tasks.start("Hold indexing", self.ports.store.set_fact(PAUSED, held or None))
        self.pane.ledger.show_stopped(paused=held)

    def split_anew(self, settings: ChunkSettings) -> bool:
        """Split all documents as the settings say; False while documents are indexed."""
        if self.tasks.running(INDEX):
            return False
        self._start("Split documents anew",
                    lambda: indexing.split_anew(settings, self.ports, self.apply))
        return True

    def cancel(self) -> None:
        self._waiting.clear()
        self.tasks.cancel_key(INDEX)
        self.pane.ledger.show_stopped(paused=False)

    def remove(self, ids: Sequence[int]) -> None:
        self._undo.push(RemoveDocuments(self, list(ids)))

    def hide(self, ids: Sequence[int]) -> None:
        self.tasks.start("Remove documents", indexing.remove(ids, self.ports, self.apply))

    def restore(self, ids: Sequence[int]) -> None:
        self.tasks.start("Restore documents", indexing.restore(ids, self.ports, self.apply))

    def search(self, query: str, mode: str) -> None:
        self.tasks.start("Search", self._search(query, mode), key="search")

    async def _search(self, query: str, mode: str) -> None:
        hits, note = await search_anyhow(query, find_profile(mode), self.ports)
        self.pane.search.show_hits(hits, note, await matched_words(query, hits, self.ports))

    def search_beside(self, query: str, names: Sequence[str]) -> None:
        """One query under several profiles."""
        self.tasks.start("Search", self._search_beside(query, names), key="search")

    async def _search_beside(self, query: str, names: Sequence[str]) -> None:
        found = [await search(query, find_profile(name), self.ports) for name in names]
        self.pane.search.show_beside(names, side_by_side(found))

    def compare(self, names: Sequence[str]) -> None:
        """Profiles on the cases, one after another."""
        self._comparing = self.tasks.start(
            "Compare profiles", self._compare(names), key=COMPARE, shown=True)

    async def _compare(self, names: Sequence[str]) -> None:
        view = self.pane.quality

        def tell(done: int, total: int) -> None:
            view.show_progress(done, total)
            self.tasks.update(self._comparing, f"{done:,} of {total:,} searches", done / total)

        try:
            profiles = [find_profile(name) for name in names]
            results = await compare_profiles(profiles, self.ports, tell)
            view.show_results(results, await self.ports.store.cases())
        except StrategyExplorerError as error:
            view.show_problem(str(error))
        except BaseException:
            view.show_problem("Stopped. Press Compare to start again.")
            raise

    async def _index_waiting(self) -> None:
        while self._waiting:
            self._taken, self._waiting = self._waiting, []
            await indexing.index(self._taken, self.ports, self.apply)
            self._taken, self._again = [], False
        await self.ports.vectors.save()  # now, and not when the window closes

    def _start(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        self.pane.ledger.show_running(True)
        self._job = self.tasks.start(
            name, self._to_its_end(work), key=INDEX, shown=True, pause=self.pause)

    async def _to_its_end(self, work: Callable[[], Awaitable[object]]) -> None:
        me = self._job
        try:
            await work()
        finally:
            if me == self._job:
                self.pane.ledger.show_running(False)

    def _progress(self, event: IndexProgress) -> None:
        sentence = (
            f"{event.files_done} of {event.files_total} files, "
            f"{event.chunks_embedded} of {event.chunks_total} chunks embedded"
        )
        share = event.chunks_embedded / event.chunks_total if event.chunks_total else None
        self.tasks.update(self._job, sentence, share, event.seconds_left)


def _title(paths: Sequence[Path]) -> str:
    return f"Index {paths[0].name}" if len(paths) == 1 else f"Index {len(paths)} files or folders"
