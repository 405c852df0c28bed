"""Files dropped anywhere: looked at, shown with where they would go, and then taken in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Protocol

from ...core.ports import DocumentReader, FileSource
from ...core.routing import Place
from ...flows.routing import Dropped, sort_out
from ...flows.tasks import Tasks
from ..dialogs.drop_sheet import DropSheet
from ..main_window import MainWindow
from . import Controller
from .center import CenterController
from .dataset import DatasetController
from .documents import DocumentsController
from .exchanging import ExchangeController

ALONE = (Place.WORKSPACE, Place.DOCUMENTS)  # one such file needs no question: undo, or go back


class FileKeeper(Protocol):
    """What looking at files needs of the program around the window, also without a workspace."""

    @property
    def files(self) -> FileSource: ...
    @property
    def reader(self) -> DocumentReader: ...
    @property
    def application_id(self) -> int:
        """The mark of our workspaces, in the head of their SQLite file."""


class Opener(Protocol):
    """Opens and makes workspaces: the session."""

    def open_later(self, path: Path) -> None: ...
    async def make(self, path: Path) -> None: ...


class DroppingController(Controller):
    """Nothing changes before the sheet is confirmed, but for a single file that can only be a
    document, which undo takes out again."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, program: FileKeeper, opener: Opener,
        documents: DocumentsController, dataset: DatasetController, center: CenterController,
        prompts: ExchangeController,
    ) -> None:
        super().__init__(tasks)
        self.sheet: DropSheet | None = None
        self._window = window
        self._program = program
        self._opener = opener
        self._documents = documents
        self._dataset = dataset
        self._center = center
        self._prompts = prompts

    def take(self, paths: Sequence[Path]) -> None:
        """Look at what was dropped; a later drop takes the place of an earlier one."""
        if paths:
            self.tasks.start("Look at what was dropped", self._take(list(paths)), key="dropped")

    async def _take(self, paths: Sequence[Path]) -> None:
        program = self._program
        dropped = await sort_out(paths, program.files, program.reader, program.application_id)
        only = dropped[0]
        if len(dropped) == 1 and self._needs_no_question(only):
            self.put([(only.path, only.sighting.place)])
            return
        self._close_sheet()
        self.sheet = DropSheet(dropped, self._needs_workspace(dropped), self._window)
        self.sheet.confirmed.connect(self._confirmed)
        self.sheet.finished.connect(partial(self._gone, self.sheet))
        self.sheet.show()

    def _needs_no_question(self, only: Dropped) -> bool:
        place = only.sighting.place
        return only.sighting.is_certain and place in ALONE and (
            self.is_open or place is Place.WORKSPACE)

    def _needs_workspace(self, dropped: Sequence[Dropped]) -> bool:
        return not self.is_open and all(
            each.sighting.place is not Place.WORKSPACE for each in dropped)

    def _close_sheet(self) -> None:
        if self.sheet is not None:
            self.sheet.close()
            self.sheet = None

    def _gone(self, sheet: DropSheet, result: int) -> None:
        if self.sheet is sheet:
            self.sheet = None

    def _confirmed(self, chosen: list[tuple[Path, Place]]) -> None:
        self.sheet = None
        if self.is_open or any(place is Place.WORKSPACE for _, place in chosen):
            self.put(chosen)
            return
        from .. import file_dialogs

        file_dialogs.choose_new_file(
            self._window, "New workspace", file_dialogs.WORKSPACES, "stratex",
            lambda path: self.tasks.start(
                "New workspace", self._make_and_put(path, chosen), key="workspace"))

    async def _make_and_put(self, path: Path, chosen: Sequence[tuple[Path, Place]]) -> None:
        await self._opener.make(path)
        self.put(chosen)

    def put(self, chosen: Sequence[tuple[Path, Place]]) -> None:
        """Each file where it goes. Another workspace opens by itself: the other files would
        otherwise end in one of the two, and nobody could say in which."""
        by_place: dict[Place, list[Path]] = {}
        for path, place in chosen:
            by_place.setdefault(place, []).append(path)
        if Place.WORKSPACE in by_place:
            self._opener.open_later(by_place[Place.WORKSPACE][0])
            left = sum(len(paths) for place, paths in by_place.items()
                       if place not in (Place.WORKSPACE, Place.NOWHERE))
            if left:
                self._window.messages.say(
                    f"A workspace opens by itself. Drop the other {left} "
                    f"file{'s' if left != 1 else ''} once it is open.")
            return
        if not self.is_open:
            return
        self.add_documents(by_place.get(Place.DOCUMENTS, []))
        if examples := by_place.get(Place.EXAMPLES):
            self._window.show_fine_tuning()
            self._dataset.import_files(examples)
        if prompts := by_place.get(Place.PROMPT):
            self._window.show_prompt()
            for path in prompts:
                self._prompts.take(path)
        if cases := by_place.get(Place.CASES):
            self._center.import_cases(cases)

    def add_documents(self, paths: Sequence[Path]) -> None:
        """Files and folders that are to be documents, whatever they hold."""
        if paths and self.is_open:
            self._window.show_documents()
            self._documents.add(paths)

    def close(self) -> None:
        self._close_sheet()
        super().close()
