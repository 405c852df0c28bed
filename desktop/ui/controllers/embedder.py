"""Embedding model: told first, built in the background, gone on with after a restart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ...core.embedders import EmbedderChoice
from ...core.errors import EmbedderUnavailable, StrategyExplorerError
from ...core.events import EmbedderProgress, EmbedderSwitched, Event, ModelDownload
from ...core.languages_told import told_languages
from ...core.ports import Ports
from ...core.settings import Settings
from ...core.types import Connection
from ...flows import switching
from ...flows.tasks import Tasks
from .. import file_dialogs
from ..dialogs.embedder import EmbedderDialog
from ..dialogs.forward import bring_forward
from ..main_window import MainWindow
from . import Controller
from .counting import CountingController
from .documents import DocumentsController

BUILD, CHECK, RERANK = "build vectors", "check an embedding model", "choose a cross-encoder"
OPEN, LATER = "Embedding model…", "Not now"


class EmbedderKeeper(Protocol):
    """What the program keeps for all workspaces."""

    @property
    def current(self) -> Settings: ...
    def connections(self) -> Sequence[Connection]: ...
    async def choose_reranker(self, folder: str) -> None: ...


class EmbedderController(Controller):
    """One change at a time; search goes on with the model in use until it is complete."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, program: EmbedderKeeper,
        counting: CountingController, documents: DocumentsController,
    ) -> None:
        super().__init__(tasks)
        self.dialog: EmbedderDialog | None = None
        self._window = window
        self._program = program
        self._counting = counting
        self._documents = documents
        self._job = 0
        self._wanted: switching.Wanted | None = None

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"embedder": self.show}

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        if ports.chooser is None:
            return
        self._tell_network()
        self._wanted = await switching.wanted(ports)
        if ports.chooser.problem is not None:
            self._say_missing(ports.chooser.problem)
        elif ports.chooser.current.kind in ("folder", "hub"):
            self.tasks.start("Load the embedding model", self._warm_up())
        if self._wanted is not None and not self._wanted.paused and (
                ports.chooser.may_use(self._wanted.choice)):
            self._build(self._wanted.choice)

    async def _warm_up(self) -> None:
        """Some seconds that the first question need not wait."""
        try:
            await self.ports.embedder.prepare()
        except EmbedderUnavailable as error:
            self._say_missing(error)

    def _say_missing(self, problem: EmbedderUnavailable) -> None:
        self._window.messages.ask("Searching by words only", (OPEN, LATER), self._answered,
                                  why=str(problem))

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
            self.dialog.show_building("")
        self._wanted = None
        self._window.status.show_search("")
        super().close()

    def _answered(self, words: str) -> None:
        if words == OPEN:
            self.show()

    def _tell_network(self) -> None:
        chooser = switching.chooser_of(self.ports)
        sends = chooser.problem is None
        self._window.status.show_search(chooser.host(chooser.current) if sends else "")

    # --- the dialog --------------------------------------------------------------------------

    def show(self) -> None:
        """Tools, Embedding model."""
        if self.is_open and self.ports.chooser is not None:
            self.tasks.start("Embedding model", self._show(), key="show embedding model")

    async def _show(self) -> None:
        dialog = self._made()
        chooser = switching.chooser_of(self.ports)
        training = self.ports.local_training
        tuned = await training.models() if training is not None else []
        await self._show_now()
        shown = self._wanted.choice if self._wanted is not None else chooser.current
        dialog.show_alternatives(self._program.connections(), tuned, shown)
        dialog.show_reranker(self._program.current.cross_encoder)
        if self._wanted is not None and not self.tasks.running(BUILD):
            await self._show_paused()
        bring_forward(dialog)

    def _made(self) -> EmbedderDialog:
        if self.dialog is None:
            self.dialog = dialog = EmbedderDialog(self._window)
            dialog.checkRequested.connect(self.check)
            dialog.useRequested.connect(self.use)
            dialog.pauseRequested.connect(self.pause)
            dialog.goOnRequested.connect(self.go_on)
            dialog.cancelRequested.connect(self.cancel)
            dialog.browseRequested.connect(self._browse)
            dialog.rerankerRequested.connect(self.choose_reranker)
            dialog.finished.connect(self._settle)
        return self.dialog

    async def _show_now(self) -> None:
        if self.dialog is None:
            return
        chooser = switching.chooser_of(self.ports)
        chunks, embedded = await self.ports.store.counts(self.ports.embedder.id)
        self.dialog.show_now(chooser.current, chooser.host(chooser.current), chunks, embedded,
                             chooser.problem)
        documents = await self.ports.store.documents()
        english = chooser.current.kind == "builtin"
        self.dialog.show_languages(told_languages(documents) if english else "")

    def _settle(self) -> None:
        """Closed: what was only looked at is let go of, unless it is being used."""
        self.tasks.cancel_key(CHECK)
        if self.is_open and not self.tasks.running(BUILD):
            self.tasks.start("Let go of a model", switching.chooser_of(self.ports).settle())

    # --- what it would take ------------------------------------------------------------------

    def check(self, choice: EmbedderChoice) -> None:
        """Look at a choice: a folder's model is loaded, a service is sent one sentence."""
        self._made().show_busy(_looking(choice))
        self.tasks.start("Check an embedding model", self._check(choice), key=CHECK)

    async def _check(self, choice: EmbedderChoice) -> None:
        dialog = self._made()
        try:
            known, embedder = await switching.look(choice, self.ports, self._heard)
            found = await switching.estimate(known, embedder, self.ports)
        except StrategyExplorerError as error:
            dialog.show_problem(str(error))
            return
        except BaseException:
            dialog.show_problem("Stopped. Check it again when you like.")
            raise
        dialog.show_found(known, switching.sentences(found))

    def _heard(self, event: Event) -> None:
        if isinstance(event, ModelDownload) and self.dialog is not None:
            self.dialog.show_busy(
                f"Downloading: {event.done / 1e6:,.0f} of {event.total / 1e6:,.0f} MB. Close this "
                "window to stop; what has come is kept.")

    # --- the change --------------------------------------------------------------------------

    def use(self, choice: EmbedderChoice) -> None:
        """Build it beside the one in use, then search with it."""
        self._build(choice)

    def _build(self, choice: EmbedderChoice) -> None:
        self._wanted = switching.Wanted(choice, paused=False)
        if self.dialog is not None:
            self.dialog.show_building(f"Preparing {choice.label}")
        self._job = self.tasks.start(f"New index with {choice.label}", self._switch(choice),
                                     key=BUILD, shown=True)
        self.tasks.update(self._job, _looking(choice))

    async def _switch(self, choice: EmbedderChoice) -> None:
        try:
            known, embedder = await switching.look(choice, self.ports, self._heard)
            await switching.switch(known, embedder, self.ports, self._told)
        except StrategyExplorerError:
            if self.is_open:
                await switching.set_wanted(choice, self.ports, paused=True)
                self._wanted = switching.Wanted(choice, paused=True)
                await self._show_paused()
            raise

    def _told(self, event: Event) -> None:
        if isinstance(event, EmbedderProgress):
            share = event.done / event.total if event.total else None
            words = f"{event.done:,} of {event.total:,} chunks embedded"
            words += f", {event.note}" if event.note else ""
            self.tasks.update(self._job, words, share, event.seconds_left)
            if self.dialog is not None:
                self.dialog.show_building(words, share, event.seconds_left)
        elif isinstance(event, EmbedderSwitched):
            self._ended(event.choice)

    def _ended(self, choice: EmbedderChoice) -> None:
        self._wanted = None
        self._tell_network()
        self._window.messages.say(f"Documents are searched with {choice.label} now.", "success",
                                  seconds=8)
        self._counting.start_over()
        self._documents.finish()
        if self.dialog is not None:
            self.dialog.show_building("")
            self.dialog.show_done()
            self.tasks.start("Embedding model", self._after())

    async def _after(self) -> None:
        if self.is_open and self.dialog is not None:
            await self._show_now()
            self.dialog.form.show_choice(switching.chooser_of(self.ports).current)

    def pause(self) -> None:
        """Stop; what was embedded is kept, and Go on does the rest."""
        self.tasks.start("Pause", self._stop(paused=True), key=BUILD)

    def cancel(self) -> None:
        """Stop and keep the model in use."""
        self.tasks.start("Cancel", self._stop(paused=False), key=BUILD)

    async def _stop(self, *, paused: bool) -> None:
        """Runs once the building has ended: it takes its key."""
        wanted = self._wanted
        if wanted is None or not self.is_open:
            return
        choice = wanted.choice
        await switching.set_wanted(choice if paused else None, self.ports, paused=paused)
        self._wanted = switching.Wanted(choice, paused=True) if paused else None
        if paused:
            await self._show_paused()
        elif self.dialog is not None:
            self.dialog.show_building("")
        await switching.chooser_of(self.ports).settle()

    def go_on(self) -> None:
        """With what was paused."""
        if self._wanted is not None:
            self._build(self._wanted.choice)

    async def _show_paused(self) -> None:
        if self.dialog is None or self._wanted is None:
            return
        total, done = await self.ports.store.counts(self._wanted.choice.id)
        self.dialog.show_building(
            f"Paused: {self._wanted.choice.label}, {done:,} of {total:,} chunks embedded",
            done / total if total else None, paused=True)

    # --- the second pass ---------------------------------------------------------------------

    def _browse(self) -> None:
        file_dialogs.choose_folder(self._made(), "Folder of the cross-encoder", self._chosen)

    def _chosen(self, paths: list[Path]) -> None:
        self.choose_reranker(str(paths[0]))

    def choose_reranker(self, folder: str) -> None:
        """A cross-encoder's folder, "" for none; it is loaded once before it is kept."""
        self._made().show_reranker(folder, "Loading it once to see that it works…" if folder
                                   else "")
        self.tasks.start("Choose a cross-encoder", self._choose_reranker(folder), key=RERANK)

    async def _choose_reranker(self, folder: str) -> None:
        try:
            await self._program.choose_reranker(folder)
        finally:
            self._made().show_reranker(self._program.current.cross_encoder)


def _looking(choice: EmbedderChoice) -> str:
    return {
        "builtin": "Counting…", "tuned": "Loading the model…",
        "folder": "Loading the model, which takes some seconds…",
        "hub": "Looking for the model…",
        "service": "Sending one short sentence of ours…",
    }[choice.kind]
