"""Answers made elsewhere: a file, its columns, its cases, and a column in a run."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any

from ...core.columns import Head
from ...core.evaluation.elsewhere import ROLES, Elsewhere
from ...core.events import Event, RunProgress
from ...flows.elsewhere import add_elsewhere, head_of_file, read_elsewhere
from ...flows.tasks import Tasks
from .. import file_dialogs
from ..compare.evaluate.elsewhere_dialog import ElsewhereChoice, ElsewhereDialog
from ..compare.evaluate.mapping import MappingDialog
from ..main_window import MainWindow
from . import Controller
from .center import CenterController

FILES = "Answers (*.jsonl *.csv *.tsv *.xlsx *.json)"


class ElsewhereController(Controller):
    """One file after another; nothing is stored before the last word."""

    def __init__(self, tasks: Tasks, window: MainWindow, center: CenterController) -> None:
        super().__init__(tasks)
        self.mapping: MappingDialog | None = None
        self.dialog: ElsewhereDialog | None = None
        self._window = window
        self._center = center

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"answers_elsewhere": self.choose_file}

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
        super().close()

    def choose_file(self) -> None:
        file_dialogs.choose_file(
            self._window, "Add answers made elsewhere", FILES, self.look_at)

    def look_at(self, path: Path) -> None:
        self._later(f"Read {path.name}", self._look_at(path))

    async def _look_at(self, path: Path) -> None:
        head, columns, known = await head_of_file(str(path), self.ports)
        if known:
            await self._offer(path, head, columns)
        else:
            self._ask_columns(path, head)

    def _ask_columns(self, path: Path, head: Head) -> None:
        self.mapping = MappingDialog(
            path.name, head, ROLES, self._window, action="Look at", what="answer")
        self.mapping.mapped.connect(lambda columns: self._later(
            f"Read {path.name}", self._offer(path, head, columns)))
        self.mapping.show()

    async def _offer(self, path: Path, head: Head, columns: Mapping[str, str]) -> None:
        """What was found, and where it shall stand."""
        found = await read_elsewhere(str(path), columns, self.ports)
        runs = await self.ports.store.runs()
        shown = [each for each in await self.ports.store.strategies() if not each.hidden]
        dialog = ElsewhereDialog(path.name, found, runs, len(shown), self._window)
        dialog.chosen.connect(lambda choice: self._add(choice, found))
        dialog.columnsRequested.connect(lambda: self._again(path, head))
        self.dialog = dialog
        dialog.show()

    def _again(self, path: Path, head: Head) -> None:
        if self.dialog is not None:
            self.dialog.close()
        self._ask_columns(path, head)

    def _add(self, choice: ElsewhereChoice, found: Elsewhere) -> None:
        job = 0

        def tell(event: Event) -> None:
            if isinstance(event, RunProgress):
                self.tasks.update(job, f"{event.done:,} of {event.total:,} answers scored",
                                  event.done / event.total)

        if self.is_open:
            job = self.tasks.start(
                f"Add answers of {choice.name}", self._add_now(choice, found, tell), shown=True)

    async def _add_now(
        self, choice: ElsewhereChoice, found: Elsewhere, tell: Callable[[Event], None]
    ) -> None:
        shown = [each for each in await self.ports.store.strategies() if not each.hidden]
        run = await add_elsewhere(
            choice.name, found, self.ports, tell, run_id=choice.run_id,
            columns=shown if choice.with_columns else (), add_cases=choice.add_cases)
        self._center.show_evaluate()
        if self._center.evaluate is not None and self._center.evaluate.is_open:
            await self._center.evaluate.open(self.ports)
            self._center.evaluate.view.runChosen.emit(run.id)
        self._window.messages.say(
            f"{choice.name} stands beside the others in run {run.id} now, scored like them. "
            "Decide compares it too.", "success", seconds=10)

    def _later(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        if self.is_open:
            self.tasks.start(name, work)
        else:
            work.close()
