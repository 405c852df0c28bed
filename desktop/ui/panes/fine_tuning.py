"""The Fine-tuning pane: the examples of the dataset, what is wrong with them, and an editor.

It holds no dataset: it shows what it is given and tells what the user does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from ...core.dataset import rows
from ...core.dataset.checks import check_example
from ...core.dataset.query import ExampleOrder, Facets
from ...core.dataset.report import DatasetReport, IssueKind, kinds_of
from ...core.dataset.turns import system_of
from ...core.types import Example
from .fine_tuning_intake import dataset_files
from .fine_tuning_listing import ExampleListing

PAUSE = 400  # ms without a keystroke before an edit is told
# Found by comparing lines: a check of one line says nothing new about them.
_FROM_REPORT = frozenset({
    "duplicate", "near_duplicate", "contradiction", "system_differs", "too_long", "not_utf8",
    "format_drift", "language_mix", "in_evaluation",
})


class FineTuningPane(ExampleListing):
    """Shows the dataset and tells what the user does with it."""

    importRequested = Signal(list)  # list[Path]
    sourceRequested = Signal(str)  # cases, ratings, few_shot
    exportRequested = Signal(str)  # see Tools
    edited = Signal(object, object)  # Example before and after
    added = Signal(list)  # list[Example], without ids
    acted = Signal(str, list)  # training, validation, off, kept, remove; and ids
    tagged = Signal(list, str, bool)  # ids, a tag, and whether it is added
    mendRequested = Signal(list)  # list[str], codes

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._report: DatasetReport | None = None
        self._before: Example | None = None  # the edited example as it was told last
        self._opening = 0  # id of an example that is to be edited as soon as it is there
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self.setAcceptDrops(True)
        self._connect()

    def _connect(self) -> None:
        self._connect_tools()
        self._connect_keys()
        self._pause.timeout.connect(self.flush)
        self.table.selectionModel().currentRowChanged.connect(self._show_current)
        self.table.selectionModel().selectionChanged.connect(self._show_chosen)
        self.table.activated.connect(self.editor.focus)
        self.table.customContextMenuRequested.connect(self._open_menu)
        self.issues.line_chosen.connect(self.show_line)
        self.issues.code_chosen.connect(self.show_code)
        self.issues.mended.connect(self.mendRequested)
        self.editor.edited.connect(self._edited)
        self.editor.removed.connect(self._remove_shown)
        self.editor.closed.connect(self._close_editor)
        self.bulk.acted.connect(self.act)
        self.bulk.tagged.connect(self._tag)

    def _connect_tools(self) -> None:
        self.tools.source_chosen.connect(self._import)
        self.empty.pressed.connect(self.intake.choose)
        self.fill_first.clicked.connect(self._from_cases)
        self.intake.files.connect(self.importRequested)
        self.intake.pasted.connect(self._add)
        self.tools.add.clicked.connect(self.add_example)
        self.add_first.clicked.connect(self.add_example)
        self.tools.target_chosen.connect(self._export)

    def _connect_keys(self) -> None:
        for widget, keys, slot in (
            (self.table, QKeySequence.StandardKey.Delete, self.remove_chosen),
            (self.table, QKeySequence.StandardKey.Copy, self.copy_chosen),
            (self, QKeySequence.StandardKey.Paste, self.intake.paste),
        ):
            shortcut = QShortcut(QKeySequence(keys), widget)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(slot)

    # --- what is on screen ---------------------------------------------------------------

    def show_rows(self, order: ExampleOrder, facets: Facets) -> None:
        """Show what a query found, without telling; an example that is not listed any more is
        not edited any more."""
        super().show_rows(order, facets)
        if self._before is not None and self.model.row_of(self._before.id) < 0:
            self._drop_editor()

    def forget(self) -> None:
        """Another dataset follows."""
        self._report = None
        self._drop_editor()
        self.model.forget()
        self.model.show_order(ExampleOrder())
        self.model.show_report(None)
        self.issues.show_kinds(())
        self.place_issues()
        self.counts.forget()
        self.tools.search.clear()
        self._search_pause.stop()

    def fill(self, examples: Sequence[Example]) -> None:
        """Examples that the model asked for, or that have changed."""
        self.model.fill(examples)
        for example in examples:
            if example.id == self._opening:
                self._opening = 0
                self._edit(example)
            elif self._before and example.id == self._before.id and not self._pause.isActive():
                self._edit(example)

    def show_report(
        self, report: DatasetReport, kinds: Sequence[IssueKind] | None = None
    ) -> None:
        """Show what a check found; `kinds` are its issues by kind, where they are known."""
        self._report = report
        self.model.show_report(report)
        self.issues.show_kinds(kinds_of(report.issues) if kinds is None else kinds)
        self.place_issues()
        self.counts.show_report(report)
        example = self.editor.example()
        if example is not None and not self._pause.isActive():
            self.editor.show_issues(self.model.issues(example.line))

    def _show_current(self, current: QModelIndex) -> None:
        self.flush()
        if current.isValid():
            example = self.model.example(current.row())
            self._opening = 0 if example else self.model.id_at(current.row())
            if example:
                self._edit(example)

    def _show_chosen(self) -> None:
        self.bulk.show_number(self.table.number_chosen())

    def _edit(self, example: Example) -> None:
        self._before = example
        self.editor.show_example(example)
        self.editor.show_issues(self.model.issues(example.line))
        self.editor.show()
        self.place_issues()

    def _close_editor(self) -> None:
        self.flush()
        self._drop_editor()

    def _drop_editor(self) -> None:
        self._pause.stop()
        self._before = None
        self.editor.hide()
        self.place_issues()

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
            self.model.fill([after])
            self.edited.emit(before, after)

    def _show_line_issues(self, example: Example) -> None:
        format = self._report.format if self._report else "chat"
        kept = [i for i in self.model.issues(example.line) if i.code in _FROM_REPORT]
        found = [*check_example(example, format), *kept]
        found.sort(key=lambda issue: issue.severity)
        self.model.show_issues(example.line, found)
        self.editor.show_issues(found)

    # --- what the user does --------------------------------------------------------------

    def add_example(self) -> None:
        """A new example with the system message of the first one, ready to be typed."""
        first = self.model.example(0) if self.model.rowCount() else None
        system = system_of(first) if first else ""
        turns = [("system", system)] if system else []
        messages = [{"role": role, "content": text}
                    for role, text in [*turns, ("user", ""), ("assistant", "")]]
        self.tools.search.clear()
        self.show_code("")
        self._add([Example(0, 0, {"messages": messages}, origin="typed")])

    def _add(self, examples: Sequence[Example]) -> None:
        self.flush()
        if examples:
            self.added.emit([replace(example, id=0, line=0) for example in examples])

    def remove_chosen(self) -> None:
        """Take the chosen rows away; undo puts them back."""
        self.act("remove")

    def act(self, name: str) -> None:
        """One of the acts of the bar, on the chosen rows."""
        if name == "copy":
            self.copy_chosen()
            return
        self.flush()
        ids = self.model.ids(self.table.chosen())
        if ids:
            self.acted.emit(name, ids)

    def _tag(self, name: str, on: bool) -> None:
        self.flush()
        self.tagged.emit(self.model.ids(self.table.chosen()), name, on)

    def _open_menu(self, at: QPoint) -> None:
        if self.table.indexAt(at).isValid():
            menu = self.bulk.make_menu(self.table)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.table.viewport().mapToGlobal(at))

    def _remove_shown(self) -> None:
        example = self.editor.example()
        if example:
            self.flush()
            self._drop_editor()
            self.acted.emit("remove", [example.id])

    def copy_chosen(self) -> None:
        """Put those of the chosen rows that are loaded on the clipboard, as lines of JSON."""
        found = (self.model.example(row) for each in self.table.chosen() for row in each)
        lines = [rows.encode_line(example) for example in found if example]
        QGuiApplication.clipboard().setText(b"\n".join(lines).decode())

    def _import(self, name: str) -> None:
        acts = {"files": self.intake.choose, "clipboard": self.intake.paste}
        if name in acts:
            acts[name]()
        else:
            self.sourceRequested.emit(name)

    def _from_cases(self) -> None:
        self.sourceRequested.emit("cases")

    def _export(self, name: str) -> None:
        self.flush()
        self.exportRequested.emit(name)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dataset_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if self.intake.drop(event.mimeData()):
            event.acceptProposedAction()
