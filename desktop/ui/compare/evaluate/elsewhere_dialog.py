"""Before answers made elsewhere become a column: which cases they match, and which run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHeaderView,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ....core.evaluation.elsewhere import Elsewhere
from ....core.evaluation.types import Run
from ... import theme
from ...components import SectionHeader, button, dialog_foot, label

MOST = 200  # rows to look at
OWN, WITH_COLUMNS = -1, -2  # a run of its own; one in which the shown columns wait


@dataclass(frozen=True, slots=True)
class ElsewhereChoice:
    """What to do with the answers. `run_id` None: a run of its own."""

    name: str
    run_id: int | None
    with_columns: bool
    add_cases: bool


class ElsewhereDialog(QDialog):
    """Not modal; `chosen` when the column is wanted, `columnsRequested` to map anew."""

    chosen = Signal(object)  # ElsewhereChoice
    columnsRequested = Signal()

    def __init__(
        self, file: str, found: Elsewhere, runs: Sequence[Run], columns: int,
        parent: QWidget | None = None,
    ) -> None:
        """`runs` newest first; `columns` are shown in Ask."""
        super().__init__(parent)
        self.setWindowTitle(f"Answers made elsewhere: {file}")
        self.setModal(False)
        self.resize(theme.dialog_size(640, 460))
        self._found = found
        self.name = QLineEdit(file.rpartition(".")[0] or file)
        self.name.setAccessibleName("Name of the column")
        self.name.setMaxLength(60)
        self.where = self._places(runs, columns)
        self.add_cases = QCheckBox()
        count = len(found.unmatched)
        self.add_cases.setText(
            f"Make cases of the {count:,} other questions" if count != 1
            else "Make a case of the other question")
        self.add_cases.setVisible(count > 0)
        self.add_cases.toggled.connect(self._refresh)
        self.problem = label(tone="muted", size="small", wrap=True)
        self.map = button("Columns…", kind="quiet")
        self.map.clicked.connect(self.columnsRequested)
        self.go = button("Add the column", kind="primary")
        self.go.clicked.connect(self._accept)
        self.name.textChanged.connect(self._refresh)
        self._lay_out()
        self._refresh()

    def _places(self, runs: Sequence[Run], columns: int) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName("Where the column stands")
        for run in runs[:20]:
            named = f"{run.name}, " if run.name else ""
            count = len(run.strategies)
            made.addItem(f"Beside run {run.id} ({named}{len(run.case_ids):,} cases, {count} "
                         f"column{'s' if count != 1 else ''})", run.id)
        if columns:
            made.addItem(f"In a new run with the {columns} columns of Ask, which wait for "
                         "Continue", WITH_COLUMNS)
        made.addItem("In a new run by itself", OWN)
        return made

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(theme.px(12))
        form.setVerticalSpacing(theme.px(8))
        for words, field in (("Name", self.name), ("Where", self.where)):
            form.addRow(label(words), field)
        body = QVBoxLayout()
        body.setContentsMargins(theme.px(16), theme.px(16), theme.px(16), theme.px(12))
        body.setSpacing(theme.px(12))
        body.addWidget(label(summary(self._found), wrap=True))
        body.addLayout(form)
        body.addWidget(self.add_cases)
        rows = _doubtful(self._found)
        if rows:
            body.addWidget(SectionHeader("Worth a look"))
            body.addWidget(_Doubts(rows), 1)
        else:
            body.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(dialog_foot(self, self.problem, self.map, self.go))

    def _refresh(self) -> None:
        usable = bool(self._found.matched) or self.add_cases.isChecked()
        words = "" if usable else "No question is a case yet: make cases of them."
        if not self.name.text().strip():
            words = "Give the column a name."
        self.problem.setText(words)
        self.go.setEnabled(not words)

    def _accept(self) -> None:
        place = self.where.currentData()
        self.chosen.emit(ElsewhereChoice(
            self.name.text().strip(), place if place > 0 else None, place == WITH_COLUMNS,
            self.add_cases.isChecked() and bool(self._found.unmatched)))
        self.close()


def summary(found: Elsewhere) -> str:
    """`18 answers: 15 match a case, 2 nearly; 1 does not. 3 rows were left out.`"""
    near, total = len(found.near), len(found.matched) + len(found.unmatched)
    words = f"{total:,} answer{'s' if total != 1 else ''}: {len(found.matched) - near:,} to the " \
        "question of a case"
    words += f", {near:,} to nearly the same question" if near else ""
    words += f", {len(found.unmatched):,} to other questions" if found.unmatched else ""
    left = len(found.skipped)
    if left:
        first = found.skipped[0]
        words += f". {left:,} row{'s were' if left != 1 else ' was'} left out; the first, line " \
            f"{first.line}: {first.why}"
    return words + "."


def _doubtful(found: Elsewhere) -> list[tuple[str, str, str]]:
    near = [(each.made.question, each.case.question, f"{each.share:.0%} alike")
            for each in found.near]
    return (near + [(each.question, "", "no case") for each in found.unmatched])[:MOST]


class _Doubts(QTableWidget):
    """Questions that are not quite those of cases."""

    def __init__(self, rows: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(len(rows), 3)
        self.setAccessibleName("Questions that are not quite those of cases")
        self.setHorizontalHeaderLabels(["Question in the file", "Case", ""])
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        for row, texts in enumerate(rows):
            for place, text in enumerate(texts):
                item = QTableWidgetItem(" ".join(text.split()))
                item.setToolTip(text)
                self.setItem(row, place, item)
        head = self.horizontalHeader()
        for place, mode in enumerate((QHeaderView.ResizeMode.Stretch,
                                      QHeaderView.ResizeMode.Stretch,
                                      QHeaderView.ResizeMode.ResizeToContents)):
            head.setSectionResizeMode(place, mode)
