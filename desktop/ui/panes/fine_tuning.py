"""The Fine-tuning pane: the examples of the dataset, what is wrong with them, and an editor."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QKeySequence,
    QShortcut,
    QUndoStack,
)
from PySide6.QtWidgets import QWidget

from ...core.dataset import rows
from ...core.dataset.checks import check_example
from ...core.dataset.report import DatasetReport
from ...core.dataset.turns import system_of
from ...core.types import Example
from .fine_tuning_intake import dataset_files
from .fine_tuning_model import Placed
from .fine_tuning_parts import FineTuningParts
from .fine_tuning_undo import AddExamples, EditExample, RemoveExamples

PAUSE = 400  # ms without a keystroke before an edit is told
# Found by comparing lines: a check of one line says nothing new about them.
_FROM_REPORT = frozenset({"duplicate", "contradiction", "system_differs", "too_long", "not_utf8"})


class FineTuningPane(FineTuningParts):
    """Shows the dataset and tells what the user does with it; every change can be undone."""

    importRequested = Signal(list)  # list[Path]
    exportRequested = Signal()
    exampleSaved = Signal(object)  # Example
    examplesRemoved = Signal(list)  # list[int], ids
    examplesAdded = Signal(list)  # list[Example], with ids

    def __init__(
        self, undo_stack: QUndoStack | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._undo = undo_stack if undo_stack is not None else QUndoStack(self)
        self._report: DatasetReport | None = None
        self._before: Example | None = None  # the edited example as it was told last
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._search_pause = QTimer(self, singleShot=True, interval=150)
        self.setAcceptDrops(True)
        self._connect()

    def _connect(self) -> None:
        self._connect_tools()
        self._connect_keys()
        self._pause.timeout.connect(self.flush)
        self._search_pause.timeout.connect(self._search)
        self.model.searched.connect(self._show_counts)
        self.table.selectionModel().currentRowChanged.connect(self._show_current)
        self.table.activated.connect(self.editor.focus)
        self.issues.line_chosen.connect(self.show_line)
        self.editor.edited.connect(self._edited)
        self.editor.removed.connect(self._remove_shown)
        self.editor.closed.connect(self._close_editor)

    def _connect_tools(self) -> None:
        self.tools.import_.clicked.connect(self.intake.choose)
        self.empty.pressed.connect(self.intake.choose)
        self.intake.files.connect(self.importRequested)
        self.intake.pasted.connect(self._add)
        self.tools.add.clicked.connect(self.add_example)
        self.add_first.clicked.connect(self.add_example)
        self.tools.search.textChanged.connect(self._search_later)
        self.tools.search.returnPressed.connect(self._search)
        self.tools.export.clicked.connect(self._export)

    def _connect_keys(self) -> None:
        for widget, keys, slot in (
            (self.table, QKeySequence(QKeySequence.StandardKey.Delete), self.remove_chosen),
            (self.table, QKeySequence(QKeySequence.StandardKey.Copy), self.copy_chosen),
            (self, QKeySequence(QKeySequence.StandardKey.Paste), self.intake.paste),
        ):
            shortcut = QShortcut(keys, widget)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # --- what is on screen ---------------------------------------------------------------

    def show_examples(self, examples: Sequence[Example]) -> None:
        """Show another dataset, without telling."""
        self._pause.stop()
        self._report = None
        self._close_editor()
        self.model.show_examples(examples)
        self.issues.model.show_issues(())
        self._show_page()

    def show_report(self, report: DatasetReport) -> None:
        """Show what a check found."""
        self._report = report
        self.model.show_report(report)
        self.issues.model.show_issues(report.issues)
        example = self.editor.example()
        if example is not None and not self._pause.isActive():
            self.editor.show_issues(self.model.issues(example.line))
        self._show_counts()

    def show_line(self, line: int) -> None:
        """Choose the example of a line; a search that hides it is ended."""
        if self.model.row_of_line(line) < 0:
            self.tools.search.clear()
            self._search()
        row = self.model.row_of_line(line)
        if row >= 0:
            self._choose(row)

    def _choose(self, row: int) -> None:
        self.table.selectRow(row)
        self.table.scrollTo(self.model.index(row, 0))

    def _show_page(self) -> None:
        self.pages.setCurrentIndex(1 if self.model.examples_count() else 0)
        self._show_counts()

    def _show_counts(self) -> None:
        number, shown = self.model.examples_count(), self.model.rowCount()
        if self._report is None:
            self.counts.show_number(number, shown)
        else:
            self.counts.show_report(self._report, number, shown)
            issues = self.issues.model
            self.counts.show_issues(issues.errors, issues.rowCount() - issues.errors)

    def _show_current(self, current: QModelIndex) -> None:
        self.flush()
        if current.isValid():
            self._edit(self.model.example(current.row()))

    def _edit(self, example: Example) -> None:
        self._before = example
        self.editor.show_example(example)
        self.editor.show_issues(self.model.issues(example.line))
        self.editor.show()

    def _close_editor(self) -> None:
        self.flush()
        self._before = None
        self.editor.hide()

    # --- editing -------------------------------------------------------------------------

    def _edited(self, example: Example) -> None:
        self._show_line_issues(example)
        self._pause.start()

    def flush(self) -> None:
        """Tell about edits of the last moment now."""
        self._pause.stop()
        before, after = self._before, self.editor.example()
        if before is not None and after is not None and after.id == before.id and after != before:
            self._before = after
            self._undo.push(EditExample(self, before, after))

    def _show_line_issues(self, example: Example) -> None:
        format = self._report.format if self._report else "chat"
        kept = [i for i in self.model.issues(example.line) if i.code in _FROM_REPORT]
        found = [*check_example(example, format), *kept]
        found.sort(key=lambda issue: issue.severity)
        self.model.show_issues(example.line, found)
        self.issues.model.show_line(example.line, found)
        self.editor.show_issues(found)
        self._show_counts()

    def put_example(self, example: Example) -> None:
        """Show and tell a changed example (for undo steps)."""
        self.model.replace(example)
        self._show_line_issues(example)
        if self._before is not None and self._before.id == example.id:
            self._before = example
            self.editor.show_example(example)
        self.exampleSaved.emit(example)

    def insert_examples(self, placed: list[Placed]) -> None:
        """Show and tell examples that are new or back (for undo steps)."""
        self.model.put(placed)
        examples = [example for _, example in placed]
        for example in examples if len(examples) == 1 else ():
            self._show_line_issues(example)
        self._show_page()
        row = self.model.row_of(examples[0].id)
        if row >= 0:
            self._choose(row)
        self.examplesAdded.emit(examples)

    def take_examples(self, ids: Iterable[int]) -> list[Placed]:
        """Remove and tell examples (for undo steps); returns them with their places."""
        row = max(self.table.currentIndex().row(), 0)
        self._before = None
        self.editor.hide()
        taken = self.model.take(ids)
        for _, example in taken if len(taken) == 1 else ():
            self.issues.model.show_line(example.line, ())
        self._show_page()
        if self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(min(row, self.model.rowCount() - 1), 0))
        self.examplesRemoved.emit([example.id for _, example in taken])
        return taken

    # --- what the user does --------------------------------------------------------------

    def add_example(self) -> None:
        """A new example with the system message of the first one, ready to be typed."""
        system = system_of(self.model.example_at(0)) if self.model.examples_count() else ""
        turns = [("system", system)] if system else []
        messages = [{"role": role, "content": text}
                    for role, text in [*turns, ("user", ""), ("assistant", "")]]
        self.tools.search.clear()
        self._search()
        self._add([Example(0, 1, {"messages": messages}, origin="typed")])
        self.editor.focus()

    def _add(self, examples: Sequence[Example]) -> None:
        self.flush()
        at, line = self.model.examples_count(), self.model.next_line()
        placed = [
            (at + n, dataclasses.replace(example, id=self.model.next_id(), line=line + n))
            for n, example in enumerate(examples)
        ]
        if placed:
            self._undo.push(AddExamples(self, placed))

    def remove_chosen(self) -> None:
        """Take the chosen rows away; undo puts them back."""
        self._remove([self.model.example(row).id for row in self.table.chosen_rows()])

    def _remove_shown(self) -> None:
        example = self.editor.example()
        self._remove([example.id] if example else [])

    def _remove(self, ids: list[int]) -> None:
        self.flush()
        if ids:
            self._undo.push(RemoveExamples(self, ids))

    def copy_chosen(self) -> None:
        """Put the chosen rows on the clipboard, as lines of JSON."""
        lines = [rows.encode_line(self.model.example(row)) for row in self.table.chosen_rows()]
        QGuiApplication.clipboard().setText(b"\n".join(lines).decode())

    def _export(self) -> None:
        self.flush()
        self.exportRequested.emit()

    def _search_later(self) -> None:
        self._search_pause.start()

    def _search(self) -> None:
        self._search_pause.stop()
        self.model.search(self.tools.search.text())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dataset_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self.intake.drop(event.mimeData()):
            event.acceptProposedAction()
