"""Two texts side by side, wrapped, with the words that differ marked and equal stretches short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import (
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)
from PySide6.QtWidgets import QTextEdit

from ...core.prompt_diff import Row, Span, compare, count_changes
from .. import theme

AROUND = 2  # equal lines shown before and after a change
NEAR = 100  # characters of a long line that are shown before and after a change in it


class DiffView(QTextEdit):
    """What was removed is struck out after a minus, what was added underlined after a plus."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAccessibleName("Comparison")
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self._rows: list[Row] = []
        self._titles = ("", "")

    def show_texts(self, titles: tuple[str, str], left: str, right: str) -> int:
        """The older at the left; returns the number of changes."""
        self._rows, self._titles = compare(left, right), titles
        self._fill()
        return count_changes(self._rows)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and getattr(self, "_rows", None):
            self._fill()  # in the colours of the other theme

    def _fill(self) -> None:
        """A new document: filling one that is shown would lay it out at every cell."""
        shown = list(_shortened(self._rows))
        document = QTextDocument(self)
        document.setDefaultFont(self.font())
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        table = cursor.insertTable(len(shown) + 1, 2, _table_format())
        strong = QTextCharFormat()
        strong.setFontWeight(QFont.Weight.DemiBold)
        for column, title in enumerate(self._titles):
            table.cellAt(0, column).firstCursorPosition().insertText(title, strong)
        for place, row in enumerate(shown, start=1):
            _put(table, place, row)
        cursor.endEditBlock()
        self.setDocument(document)


def _table_format() -> QTextTableFormat:
    half = QTextLength(QTextLength.Type.PercentageLength, 50)
    made = QTextTableFormat()
    made.setColumnWidthConstraints([half, half])
    made.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
    made.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_None)
    made.setCellPadding(theme.px(3))
    made.setCellSpacing(0)
    made.setHeaderRowCount(1)
    return made


def _shortened(rows: Sequence[Row]) -> Iterator[Row | int]:
    """Rows near a change; the others as the number of lines that are left out."""
    near: set[int] = set()
    for place, row in enumerate(rows):
        if not row.same:
            near.update(range(place - AROUND, place + AROUND + 1))
    hidden = 0
    for place, row in enumerate(rows):
        if place not in near:
            hidden += 1
            continue
        if hidden:
            yield hidden
        hidden = 0
        yield row
    if hidden:
        yield hidden


def _put(table: QTextTable, place: int, row: Row | int) -> None:
    left = table.cellAt(place, 0).firstCursorPosition()
    if isinstance(row, int):
        muted = QTextCharFormat()
        muted.setForeground(theme.color("muted"))
        left.insertText(f"… {row:,} equal line{'s' if row != 1 else ''}", muted)
        return
    removed, added = QTextCharFormat(), QTextCharFormat()
    removed.setFontStrikeOut(True)
    removed.setBackground(theme.color("danger_tint"))
    added.setFontUnderline(True)
    added.setBackground(theme.color("success_tint"))
    _put_line(left, row.left, row.left_marks, removed, "− ")
    right = table.cellAt(place, 1).firstCursorPosition()
    _put_line(right, row.right, row.right_marks, added, "+ ")


def _put_line(
    cursor: QTextCursor, line: str | None, marks: Sequence[Span], marked: QTextCharFormat, sign: str
) -> None:
    if line is None:
        return
    plain = QTextCharFormat()
    indent = QTextBlockFormat()
    indent.setLeftMargin(theme.px(14))
    indent.setTextIndent(-theme.px(14) if marks else 0)
    cursor.setBlockFormat(indent)
    if marks:
        cursor.insertText(sign, plain)
    at = 0
    for start, end in marks:
        cursor.insertText(_near(line[at:start], before=at > 0, after=True), plain)
        cursor.insertText(line[start:end], marked)
        at = end
    cursor.insertText(_near(line[at:], before=True, after=False), plain)


def _near(text: str, *, before: bool, after: bool) -> str:
    """An equal stretch of a line: what is far from what stands before and after it gives way."""
    if len(text) <= 2 * NEAR + 40:
        return text
    return (text[:NEAR] if before else "") + " … " + (text[-NEAR:] if after else "")
