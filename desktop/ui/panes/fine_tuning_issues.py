"""What is wrong with the dataset, one row for each kind: how many lines, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ...core.dataset.mends import SAFE, label_of
from ...core.dataset.report import IssueKind
from .. import theme
from ..components import IconLabel, button, label
from .fine_tuning_words import ICONS, TONES, in_two, kind_words, place

_ROWS = 40  # kinds that are shown: there are not so many


class KindRow(QFrame):
    """Icon, what is wrong, where and what to do; at the right what one click does."""

    def __init__(self, kind: IssueKind) -> None:
        super().__init__()
        self.setProperty("surface", "surface")
        self.kind = kind
        what, remedy = in_two(kind.first)
        if kind.count > 1:
            what = f"{kind_words(kind.first.code)}: {kind.count:,} lines"
            shown = ", ".join(f"{line:,}" for line in kind.lines)
            more = kind.count - len(kind.lines)
            remedy = f"Lines {shown}{f' and {more:,} more' if more else ''}. " + (
                kind.first.message.rpartition(". ")[2])
        self.review = button("Show" if kind.count == 1 else "Review", kind="link",
                             tooltip="Show these lines in the table")
        self.review.setAccessibleName(f"{self.review.text()}: {what}")
        fix = label_of(kind.first)
        self.mend = button(fix, kind="link", tooltip="Mend all of them; undo takes it back")
        self.mend.setAccessibleName(f"{fix}: {what}")
        self._lay_out(what, remedy)
        self.review.setVisible(kind.first.line > 0)  # not before it has a parent
        self.mend.setVisible(bool(fix))

    def _lay_out(self, what: str, remedy: str) -> None:
        issue = self.kind.first
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        words.addWidget(label(what, wrap=True))
        words.addWidget(label(remedy, tone="muted", size="small", wrap=True))
        actions = QVBoxLayout()
        actions.setSpacing(0)
        for each in (self.mend, self.review):
            actions.addWidget(each, 0, Qt.AlignmentFlag.AlignRight)
        actions.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(10), theme.px(6), theme.px(8), theme.px(6))
        row.setSpacing(theme.px(8))
        sign = IconLabel(ICONS[issue.severity], TONES[issue.severity])
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addLayout(actions)
        self.setAccessibleName(f"{issue.severity.capitalize()}, {place(issue)}: {what}")


class IssuesPanel(QFrame):
    """The number, one click for all that is safe to mend, and a row for each kind."""

    line_chosen = Signal(int)
    code_chosen = Signal(str)
    mended = Signal(list)  # list[str], codes

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "surface")
        self.rows: list[KindRow] = []
        self._codes: list[str] = []
        self.count = label(tone="muted", size="small")
        self.safely = button("", kind="link", tooltip="Exact duplicates go, and what no model "
                             "reads: stray keys, weights and unprintable characters")
        inside = QFrame()
        inside.setProperty("surface", "surface")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(self.area, 1)
        self.safely.clicked.connect(self._mend_safely)

    def _head(self) -> QFrame:
        head = QFrame()
        head.setProperty("surface", "raised")
        head.setMinimumHeight(theme.px(26))
        row = QHBoxLayout(head)
        row.setContentsMargins(theme.px(10), 0, theme.px(8), 0)
        row.addWidget(label("Issues", size="small"))
        row.addWidget(self.count)
        row.addStretch(1)
        row.addWidget(self.safely)
        return head

    def show_kinds(self, found: Sequence[IssueKind]) -> None:
        """Replace all."""
        kinds = list(found[:_ROWS])
        self._codes = sorted({kind.first.code for kind in kinds if kind.first.code in SAFE})
        safe = sum(kind.count for kind in kinds if kind.first.code in SAFE)
        self.count.setText(f"{sum(kind.count for kind in found):,}")
        self.safely.setText(f"Mend {safe:,} safely")
        self.safely.setVisible(safe > 0)
        if [row.kind for row in self.rows] == kinds:
            return
        for row in self.rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self.rows = [KindRow(kind) for kind in kinds]
        for at, row in enumerate(self.rows):
            self._column.insertWidget(at, row)
            row.review.clicked.connect(self._review)
            row.mend.clicked.connect(self._mend)

    def _row_of(self, part: object) -> KindRow:
        assert isinstance(part, QPushButton)
        row: QWidget | None = part.parentWidget()
        assert isinstance(row, KindRow)
        return row

    def _review(self) -> None:
        kind = self._row_of(self.sender()).kind
        if kind.count == 1:
            self.line_chosen.emit(kind.first.line)
        else:
            self.code_chosen.emit(kind.first.code)

    def _mend(self) -> None:
        self.mended.emit([self._row_of(self.sender()).kind.first.code])

    def _mend_safely(self) -> None:
        self.mended.emit(self._codes)
