"""Fine-tuning pane: list, search, edit with undo, check, split, price; files in and out."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtGui import QUndoCommand

from ...core.dataset.query import Facets
from ...core.dataset.report import DatasetReport, kinds_of
from ...core.ports import Ports
from ...core.types import DatasetIssue, Example
from ...flows import dataset_edits, dataset_work, datasets
from ...flows.dataset_edits import Edit, many
from ...flows.overlapping import find_overlaps
from ...flows.tasks import Tasks
from ..main_window import MainWindow
from ..panes.fine_tuning import FineTuningPane
from . import Controller
from .dataset_cost import DatasetCost
from .dataset_files import DatasetFiles

LARGE = 2_000  # examples; from here on a check waits until nothing was changed for a while
REST = 1.5  # seconds


class EditCommand(QUndoCommand):
    """One edit on the undo stack. Edits of one example in a row are one step."""

    def __init__(self, controller: DatasetController, edit: Edit, example: int = 0) -> None:
        super().__init__(edit.text)
        self.edit, self.example = edit, example
        self._controller = controller
        self._ports = controller.ports
        self._held: Edit | None = None

    def id(self) -> int:
        return 7201 if self.example else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, EditCommand) or other.example != self.example:
            return False
        mine, newer = self.edit, other.edit
        assert isinstance(mine, dataset_edits.Replace)
        assert isinstance(newer, dataset_edits.Replace)
        self.edit = dataset_edits.Replace(mine.text, mine.before, newer.after)
        return True

    def redo(self) -> None:
        self._controller.work_on(self.edit, self.edit.redo)

    def undo(self) -> None:
        self._controller.work_on(self.edit, self.edit.undo)


class DatasetController(Controller):
    """Shows the workspace's dataset as it is, and changes it as the user says."""

    def __init__(self, pane: FineTuningPane, tasks: Tasks, window: MainWindow) -> None:
        super().__init__(tasks)
        self.pane = pane
        self.files = DatasetFiles(self, window)
        self.cost = DatasetCost(self)
        self._window = window
        self._turn = asyncio.Lock()  # edits are made one after the other, in their order
        self._found: list[DatasetIssue] = []  # while reading files
        self.report: DatasetReport | None = None
        self.facets = Facets()
        self._focus = False
        self._connect()

    def _connect(self) -> None:
        pane = self.pane
        pane.model.wanted.connect(self.load)
        pane.queryChanged.connect(self.list_rows)
        pane.edited.connect(self.save)
        pane.added.connect(self.add)
        pane.acted.connect(self.act)
        pane.tagged.connect(self.tag)
        pane.mendRequested.connect(self.mend)
        pane.importRequested.connect(self.import_files)
        pane.sourceRequested.connect(self.files.fill_from)
        pane.exportRequested.connect(self.files.export)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {
            "import_dataset": lambda: self._in_front(0, self.pane.intake.choose),
            "add_example": lambda: self._in_front(0, self.pane.add_example),
            "split_dataset": lambda: self._in_front(1),
            "check_dataset": lambda: self._in_front(0, self.check),
            "export_dataset": lambda: self._in_front(0, partial(self.files.export, "all")),
        }

    def _in_front(self, view: int, then: Callable[[], object] = bool) -> None:
        """Bring the pane to the front with one of its views, and act."""
        self._window.show_fine_tuning()
        self.pane.segments.choose(view)
        then()

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self.pane.forget()
        await self.cost.open()
        await self._show()

    def close(self) -> None:
        self._found, self.report = [], None
        self.cost.close()
        self.pane.forget()
        super().close()

    def import_files(self, paths: Sequence[Path]) -> None:
        """Append files to the dataset."""
        self.files.import_files(paths)

    # --- what is listed ------------------------------------------------------------------

    def list_rows(self) -> None:
        """Ask again for what the table lists."""
        if self.is_open:
            self._start("List examples", self._list(), key="list examples")

    async def _list(self) -> None:
        pane, store = self.pane, self.ports.store
        by, descending = pane.order_by()
        order = await dataset_work.find(
            self.ports, pane.query(), self.report, code=pane.code(), by=by, descending=descending)
        self.facets = await store.example_facets()
        pane.show_rows(order, self.facets)
        pane.split.show_facets(self.facets)

    def load(self, ids: list[int]) -> None:
        """Examples that came into view."""
        if self.is_open:
            self._start("Load examples", self._load(ids))

    async def _load(self, ids: list[int]) -> None:
        self.pane.fill(await self.ports.store.example_page(ids))

    def refresh(self) -> None:
        """The dataset was changed elsewhere: list and check it again."""
        self._start("Show examples", self._show(), key="show examples")

    async def _show(self) -> None:
        self.pane.model.ask_again()
        await self._list()
        self.check()

    # --- edits ---------------------------------------------------------------------------

    def push(self, edit: Edit, example: int = 0) -> None:
        """Make an edit that can be taken back."""
        self._window.undo_stack.push(EditCommand(self, edit, example))

    def work_on(self, edit: Edit, step: Any) -> None:
        """Do or undo an edit, after those before it."""
        if self.is_open:
            self._start(edit.text, self._work_on(edit, step))

    async def _work_on(self, edit: Edit, step: Any) -> None:
        async with self._turn:
            await step(self.ports.store)
            await self._show()
            if isinstance(edit, dataset_edits.Add) and edit.there and len(edit.ids) == 1:
                self.pane.open_example(edit.ids[0], focus=self._focus)
            self._focus = False
            shown = self.pane.editor.example()
            if shown is not None:
                await self._load([shown.id])

    def save(self, before: Example, after: Example) -> None:
        """One example, edited by hand."""
        text = f"Edit line {after.line}"
        self.push(dataset_edits.Replace(text, [before], [after]), example=after.id)

    def add(self, examples: Sequence[Example]) -> None:
        """New examples at the end."""
        self._focus = len(examples) == 1 and examples[0].origin == "typed"
        self.push(dataset_edits.Add(f"Add {many(len(examples))}", examples))

    def act(self, name: str, ids: list[int]) -> None:
        """Something with the chosen examples; see `fine_tuning_bulk`."""
        if name == "remove":
            self.push(dataset_edits.Remove(f"Remove {many(len(ids))}", ids))
        elif name in ("training", "validation"):
            self.push(dataset_work.set_split(ids, name))
        else:
            self.push(dataset_work.set_state(ids, "off" if name == "off" else "kept"))

    def tag(self, ids: list[int], name: str, on: bool) -> None:
        """Add or remove a tag."""
        self._start("Tag examples", self.prepare(
            dataset_work.tag(self.ports.store, ids, name, on=on)))

    def mend(self, codes: list[str]) -> None:
        """One click's mends."""
        if self.report is not None:
            self._start("Mend examples", self.prepare(
                dataset_work.mend(self.ports, self.report, codes)), shown=True)

    async def prepare(self, making: Awaitable[Edit | None]) -> None:
        edit = await making
        if edit is not None:
            self.push(edit)
        else:
            self._window.messages.say("Nothing was changed: there is nothing left to mend.")

    # --- check ---------------------------------------------------------------------------

    def check(self) -> None:
        """Check the dataset in its process; a newer check ends an older one."""
        self._start("Check dataset", self._check(), key="check dataset",
                    shown=self.facets.total >= LARGE)

    async def _check(self) -> None:
        number = self.tasks.running("check dataset")
        if self.facets.total >= LARGE and self.report is not None:
            await asyncio.sleep(REST)

        def tell(share: float) -> None:
            self.tasks.update(number, f"{share:.0%}", share)
            self.pane.counts.show_checking(share)

        tell(0.0)
        try:
            report = await datasets.check_stored(
                self.ports, self.pane.split.plan().model, self._found, tell)
        except BaseException:
            self.pane.counts.show_checking(None)
            raise
        if report is not None:
            report = await self._with_overlaps(report)
            kinds = await asyncio.to_thread(kinds_of, report.issues)
            self.report = report
            self.pane.show_report(report, kinds)
            if self.pane.code() or self.pane.order_by()[0]:
                await self._list()
            await self.cost.show(report, self.facets)

    async def _with_overlaps(self, report: DatasetReport) -> DatasetReport:
        """With the lines that ask what is evaluated: training on them is refused."""
        found = await find_overlaps(self.ports, documents=False) if report.examples else []
        return report.with_issues([
            DatasetIssue(each.line, each.severity, "in_evaluation", each.message)
            for each in found if each.kind in ("case", "gold")
        ])

    def found(self, issues: Sequence[DatasetIssue]) -> None:
        """Issues of lines that an import could not keep as they were."""
        self._found += [issue for issue in issues if issue.code != "blank_line"]

    def _start(
        self, name: str, work: Coroutine[Any, Any, None], *, key: str = "", shown: bool = False
    ) -> None:
        self.tasks.start(name, work, key=key, shown=shown)
