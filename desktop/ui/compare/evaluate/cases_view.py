"""The cases of the workspace: typed, pasted, dropped, edited in place or in a form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHeaderView,
    QLineEdit,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ....core.evaluation.types import UseCase
from ....core.types import Case
from ... import file_dialogs, theme
from ...components import FlowRow, button, label, paint_focus
from ...dialogs.forward import bring_forward
from ...drops import local_paths
from ...icons import icon
from ...panes.documents_delegate import paint_row
from .case_drops import is_case_file
from .case_form import NEW, WIDTH, CaseForm
from .case_text import pasted_cases
from .cases_model import SPLITS, CasesModel, Column
from .goal_form import GoalDialog, goal_text

FILES = "Cases (*.csv *.xlsx *.jsonl *.json *.yaml *.yml)"
Index = QModelIndex | QPersistentModelIndex

_ROOMY = 720  # pixels at 100 %: below, the goal's button says only what it is


class CasesView(QWidget):
    """Tells what the user wants; what is stored comes back by `show_cases`."""

    added = Signal(list)  # of Case, id 0
    edited = Signal(list)  # of Case
    removed = Signal(list)  # of case ids
    importRequested = Signal(list)  # of Path
    useCaseChanged = Signal(object)  # UseCase
    drafted = Signal(dict)  # see `CaseForm`

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = CasesModel(self)
        self._use_case = UseCase()
        self._goal: GoalDialog | None = None
        self._metrics: list[str] = []
        self._draft: dict[str, str] = {}
        self.table = _CasesTable(self.model)
        self.form = CaseForm()
        self.add = button("Type a case", icon="plus")
        self.load = button("Import", icon="upload-simple",
                           tooltip="csv, xlsx or jsonl with questions and reference answers")
        self.remove = button("Remove", icon="trash")
        self.goal = button(goal_text(self._use_case), icon="target",
                           tooltip="The metric Decide ranks by, its least value, your limits")
        self.search = QLineEdit()
        self.goal.setMinimumWidth(theme.px(80))
        self.count = label(tone="muted")
        self._lay_out()
        self._connect()
        self.form.hide()
        self._refresh()

    def _lay_out(self) -> None:
        self.search.setPlaceholderText("Search cases")
        self.search.setAccessibleName("Search cases")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("magnifying-glass", "muted"),
                              QLineEdit.ActionPosition.LeadingPosition)
        self.search.setMaximumWidth(theme.px(240))
        bar = QFrame()
        bar.setProperty("surface", "surface")
        bar.setProperty("rule", "bottom")
        row = FlowRow(bar)
        row.setContentsMargins(theme.px(12), theme.px(7), theme.px(12), theme.px(7))
        row.setSpacing(theme.px(8))
        for part in (self.add, self.load, self.remove, self.search, self.count):
            row.addWidget(part)
        row.add_right(self.goal)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(self.form)
        self._split.setStretchFactor(0, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self._split, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_goal()

    def _show_goal(self) -> None:
        whole = goal_text(self._use_case)
        tight = self.isVisible() and self.width() < theme.px(_ROOMY)
        self.goal.setText("Goal" if tight else whole)
        self.goal.setAccessibleName(whole)

    def _connect(self) -> None:
        self.add.clicked.connect(self.type_case)
        self.load.clicked.connect(self.choose_files)
        self.remove.clicked.connect(self.remove_selected)
        self.goal.clicked.connect(self.open_goal)
        self.search.textChanged.connect(self._search)
        self.table.openRequested.connect(self.open_form)
        self.table.pasteRequested.connect(self.paste)
        self.table.removeRequested.connect(self.remove_selected)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._refresh())
        self.table.selectionModel().currentRowChanged.connect(self._moved)
        self.model.edited.connect(self._edited)
        self.form.edited.connect(self._edited)
        self.form.added.connect(lambda case: self.added.emit([case]))
        self.form.closed.connect(self._close_form)
        self.form.drafted.connect(self._keep_draft)

    # --- what is shown -----------------------------------------------------------------

    def show_cases(self, cases: Sequence[Case]) -> None:
        """The cases as they are stored."""
        current = self.table.current_case()
        self.model.show_cases(cases)
        row = self.model.row_of(current.id) if current else None
        if row is not None:
            self.table.setCurrentIndex(self.model.index(row, Column.QUESTION))
        edited = next((case for case in cases if case.id == self.form.case_id()), None)
        if edited is not None:
            self.form.show_case(edited)
        elif self.form.case_id():
            self._close_form()
        self._refresh()

    def show_metrics(self, names: Sequence[str]) -> None:
        """The metrics a goal can be set on."""
        self._metrics = list(names)

    def show_use_case(self, use_case: UseCase) -> None:
        """The goal as it is stored."""
        self._use_case = use_case
        self._show_goal()

    def _refresh(self) -> None:
        shown, total = self.model.rowCount(), self.model.total()
        words = f"{total:,} case{'s' if total != 1 else ''}"
        self.count.setText(words if shown == total else f"{shown:,} of {words}")
        self.remove.setEnabled(bool(self.table.selected_ids()))

    # --- what the user does --------------------------------------------------------------

    def type_case(self) -> None:
        """A new case in the form."""
        draft = self._draft
        self._show_form(NEW)
        self.form.show_draft(draft)
        self.form.question.setFocus()

    def show_draft(self, draft: Mapping[str, str]) -> None:
        """A new case that was typed and not added, before a restart; empty for none."""
        self.form.forget()
        self._name_draft(dict(draft))

    def _name_draft(self, draft: dict[str, str]) -> None:
        self._draft = draft
        self.add.setText("Go on with a case" if draft else "Type a case")

    def _keep_draft(self, draft: dict[str, str]) -> None:
        if draft != self._draft:
            self._name_draft(draft)
            self.drafted.emit(draft)

    def open_form(self) -> None:
        """The current case in the form."""
        case = self.table.current_case()
        if case is not None:
            self._show_form(case)

    def _show_form(self, case: Case) -> None:
        self.form.show_case(case)
        if self.form.isHidden():
            self.form.show()
            width = theme.px(WIDTH)
            self._split.setSizes([max(1, self.width() - width), width])

    def _close_form(self) -> None:
        self.form.hide()
        self.table.setFocus()

    def _moved(self, current: QModelIndex, before: QModelIndex) -> None:
        case = self.model.case(current.row())
        if case is not None and not self.form.isHidden() and self.form.case_id():
            self.form.show_case(case)

    def _edited(self, case: Case) -> None:
        self.model.replace(case)
        if case.id == self.form.case_id():
            self.form.show_case(case)
        self.edited.emit([case])

    def remove_selected(self) -> None:
        """The selected cases; undo brings them back."""
        ids = self.table.selected_ids()
        if ids:
            self.removed.emit(ids)

    def choose_files(self) -> None:
        """Ask which files to import."""
        file_dialogs.choose_files(self, "Import cases", FILES, self.importRequested.emit)

    def paste(self) -> None:
        """Rows of a spreadsheet, or copied files."""
        data = QGuiApplication.clipboard().mimeData()
        files = [path for path in local_paths(data) if is_case_file(path)]
        if files:
            self.importRequested.emit(files)
        elif cases := pasted_cases(data.text()):
            self.added.emit(cases)

    def open_goal(self) -> None:
        """The use case's goal, to read or change."""
        if self._goal is None:
            self._goal = GoalDialog(self)
            self._goal.kept.connect(self.useCaseChanged)
        if self._metrics:
            self._goal.show_metrics(self._metrics)
        self._goal.show_use_case(self._use_case)
        bring_forward(self._goal)

    def _search(self, text: str) -> None:
        self.model.search(text.strip())
        self._refresh()


class _CasesTable(QTableView):
    """F2 or a double-click edits in place, Enter opens the form, Delete removes."""

    openRequested = Signal()
    pasteRequested = Signal()
    removeRequested = Signal()

    def __init__(self, model: CasesModel) -> None:
        super().__init__()
        self._model = model
        self.setAccessibleName("Cases")
        self.setModel(model)
        self.setItemDelegate(_RowDelegate(self))
        self.setItemDelegateForColumn(Column.SPLIT, _SplitDelegate(self))
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        triggers = QAbstractItemView.EditTrigger
        self.setEditTriggers(triggers.DoubleClicked | triggers.EditKeyPressed)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(Column.REFERENCE, QHeaderView.ResizeMode.Stretch)
        self._size()
        theme.changes.changed.connect(self._size)

    def _size(self) -> None:
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(theme.px(20))
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(theme.px(28))
        for column, width in ((Column.NUMBER, 56), (Column.QUESTION, 300), (Column.SOURCES, 190),
                              (Column.TAGS, 120), (Column.SPLIT, 90)):
            self.setColumnWidth(column, theme.px(width))

    def current_case(self) -> Case | None:
        """The case of the current row."""
        return self._model.case(self.currentIndex().row())

    def selected_ids(self) -> list[int]:
        """The chosen cases, in their order on screen."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [case.id for row in rows if (case := self._model.case(row)) is not None]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.pasteRequested.emit()
        elif event.matches(QKeySequence.StandardKey.Delete):
            self.removeRequested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.openRequested.emit()
        else:
            super().keyPressEvent(event)


class _RowDelegate(QStyledItemDelegate):
    """Text below its head, and a hairline under each row."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        room = paint_row(painter, option)
        font = theme.font(tabular=True)
        painter.setFont(font)
        muted = index.column() in (Column.NUMBER, Column.SPLIT)
        painter.setPen(theme.color("muted" if muted else "text"))
        shown = QFontMetrics(font).elidedText(
            str(index.data() or ""), Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        view = self.parent()
        if isinstance(view, QTableView) and view.hasFocus() and index == view.currentIndex():
            paint_focus(painter, option.rect.adjusted(0, 0, 0, -1))


class _SplitDelegate(_RowDelegate):
    """Tune or holdout, chosen from a list."""

    def createEditor(
        self, parent: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> QWidget:
        made = QComboBox(parent)
        made.setAccessibleName("Split")
        made.addItems(list(SPLITS))
        return made

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        editor.setCurrentText(str(index.data(int(Qt.ItemDataRole.EditRole))))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:
        assert isinstance(editor, QComboBox)
        self_model = index.model()
        assert isinstance(self_model, CasesModel)
        self_model.setData(index, editor.currentText())
