"""Fine-tuning pane: import, edit with undo, check, export."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from pathlib import Path

from ...core.ports import Ports
from ...core.types import DatasetIssue, Example
from ...flows import datasets
from ...flows.tasks import Tasks
from .. import file_dialogs
from ..main_window import MainWindow
from ..panes.fine_tuning import FineTuningPane
from . import Controller


class DatasetController(Controller):
    """Keeps the pane's rows and the workspace's dataset the same."""

    def __init__(
        self, pane: FineTuningPane, tasks: Tasks,
        window: MainWindow,
    ) -> None:
        super().__init__(tasks)
        self.pane = pane
        self._window = window
        self._found: list[DatasetIssue] = []  # while reading the file imported last
        pane.importRequested.connect(self.import_files)
        pane.exportRequested.connect(self.export)
        pane.exampleSaved.connect(self.save)
        pane.examplesRemoved.connect(self.remove)
        pane.examplesAdded.connect(self.add)

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        await self._show()

    def close(self) -> None:
        self._found = []
        self.pane.show_examples([])
        super().close()

    def import_files(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self.tasks.start(f"Import {path.name}", self._import(path), shown=True)

    async def _import(self, path: Path) -> None:
        imported = await datasets.import_lines(str(path), self.ports)
        self._found = imported.issues
        await self._show()

    def export(self) -> None:
        file_dialogs.choose_new_file(
            self._window, "Export training examples", file_dialogs.DATASETS, "jsonl",
            self._export_to,
        )

    def _export_to(self, path: Path) -> None:
        self.tasks.start(f"Export {path.name}", self._export(path), shown=True)

    async def _export(self, path: Path) -> None:
        await datasets.export_lines(str(path), self.ports)

    def save(self, example: Example) -> None:
        self.tasks.start("Save example", self._change(self.ports.store.save_example(example)))

    def remove(self, ids: Sequence[int]) -> None:
        self.tasks.start("Remove examples", self._change(self.ports.store.remove_examples(ids)))

    def add(self, examples: Sequence[Example]) -> None:
        self.tasks.start("Add examples", self._add(examples))

    async def _add(self, examples: Sequence[Example]) -> None:
        for example in examples:
            await self.ports.store.save_example(example)
        await self._recheck()

    async def _change(self, stored: Awaitable[object]) -> None:
        await stored
        await self._recheck()

    async def _show(self) -> None:
        self.pane.show_examples(await self.ports.store.examples())
        await self._recheck()

    async def _recheck(self) -> None:
        self.tasks.start("Check dataset", self._check(), key="check dataset")

    async def _check(self) -> None:
        report = await datasets.check_stored(self.ports, issues=self._found)
        if report is not None:
            self.pane.show_report(report)
