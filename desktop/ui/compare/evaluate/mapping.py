"""Which column of a file is which: a choice for each role over the first rows of the file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QGridLayout,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ....core.columns import Head, Role, guess, missing
from ... import theme
from ...components import button, dialog_foot, label

UNUSED = "Not in this file"
_WIDEST = 260  # pixels at 100 %


class MappingDialog(QDialog):
    """Not modal; `mapped` tells our column -> theirs, "" for a role that no column has."""

    mapped = Signal(dict)  # of str: str

    def __init__(
        self, file: str, head: Head, roles: Sequence[Role], parent: QWidget | None = None, *,
        action: str = "Import", what: str = "case",
    ) -> None:
        """`action` and `what` are the words of the button: "Import 40 cases"."""
        super().__init__(parent)
        self.setWindowTitle(f"Columns of {file}")
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(theme.dialog_size(760, 520))
        self._head, self._roles = head, tuple(roles)
        self.choices = {role.name: self._choice(role) for role in roles}
        self.table = _Preview(head)
        self.problem = label(tone="muted", size="small", wrap=True)
        rows = f"{head.total:,} {what}{'s' if head.total != 1 else ''}"
        self.go = button(f"{action} {rows}", kind="primary")
        self.go.clicked.connect(self._accept)
        self._lay_out(file)
        self._show_guess(guess(head.columns, roles))

    def _choice(self, role: Role) -> QComboBox:
        made = QComboBox()
        made.setAccessibleName(role.label)
        made.setToolTip(role.hint)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(14)
        made.addItem(UNUSED, "")
        for column in self._head.columns:
            made.addItem(column or "(no name)", column)
        made.currentIndexChanged.connect(lambda _: self._refresh())
        return made

    def _lay_out(self, file: str) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(12))
        grid.setVerticalSpacing(theme.px(8))
        for place, role in enumerate(self._roles):
            row, side = place // 2, place % 2 * 2
            words = f"{role.label} (needed)" if role.required else role.label
            named = label(words, role="strong" if role.required else "")
            named.setBuddy(self.choices[role.name])
            grid.addWidget(named, row, side)
            grid.addWidget(self.choices[role.name], row, side + 1)
        for side in (1, 3):
            grid.setColumnStretch(side, 1)
        body = QVBoxLayout()
        body.setContentsMargins(theme.px(16), theme.px(16), theme.px(16), theme.px(12))
        body.setSpacing(theme.px(12))
        body.addWidget(label(
            f"The columns of {file} have names of their own. Say which is which.", wrap=True))
        body.addLayout(grid)
        first = f"The first {len(self._head.rows)} of {self._head.total:,} rows"
        body.addWidget(label(first, tone="muted", size="small"))
        body.addWidget(self.table, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(dialog_foot(self, self.problem, self.go))

    def _show_guess(self, found: Mapping[str, str]) -> None:
        for name, choice in self.choices.items():
            choice.setCurrentIndex(max(0, choice.findData(found.get(name, ""))))
        self._refresh()

    def mapping(self) -> dict[str, str]:
        """What is chosen."""
        return {name: choice.currentData() or "" for name, choice in self.choices.items()}

    def _refresh(self) -> None:
        chosen = self.mapping()
        lacking = missing(chosen, self._roles)
        used = [column for column in chosen.values() if column]
        twice = next((column for column in used if used.count(column) > 1), "")
        if lacking:
            words = f"Choose the column with the {lacking[0].label.lower()}."
        else:
            words = f"{twice} is chosen twice." if twice else ""
        self.problem.setText(words)
        self.go.setEnabled(not words)
        roles = {column: role.label for role in self._roles
                 if (column := chosen[role.name])}
        self.table.show_roles(roles)

    def _accept(self) -> None:
        self.mapped.emit(self.mapping())
        self.close()


class _Preview(QTableWidget):
    """The first rows as they are, to look at; the head says which role a column has."""

    def __init__(self, head: Head) -> None:
        super().__init__(len(head.rows), len(head.columns))
        self._columns = head.columns
        self.setAccessibleName("First rows of the file")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setDefaultAlignment(
            Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for row, values in enumerate(head.rows):
            for place, column in enumerate(head.columns):
                text = values.get(column, "")
                item = QTableWidgetItem(" ".join(text[:300].split()))
                item.setToolTip(text if len(text) > 40 else "")
                self.setItem(row, place, item)
        self._widths(head)

    def _widths(self, head: Head) -> None:
        measure = QFontMetrics(theme.font())
        for place, column in enumerate(head.columns):
            texts = [column + " (reference answer)", *(row.get(column, "") for row in head.rows)]
            widest = max(measure.horizontalAdvance(text[:60]) for text in texts)
            self.setColumnWidth(place, min(theme.px(_WIDEST), widest + theme.px(20)))

    def show_roles(self, roles: Mapping[str, str]) -> None:
        """The role of each column that has one, by the column's name."""
        self.setHorizontalHeaderLabels([
            f"{column} ({roles[column].lower()})" if column in roles else column
            for column in self._columns
        ])
