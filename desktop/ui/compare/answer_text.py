"""The text of one answer: streams in, shows its citations as chips, never opens anything."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QMimeData, QPointF, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QToolTip, QWidget

from .. import theme
from .chips import KIND, OBJECT, ChipPainter, chip_format, chip_number
from .passages import Mark, split_marks, unfinished_mark
from .places import qt_place

_LINE_HEIGHT = 128.0  # per cent
BREAK = "\u200b"  # no width, nothing to read


def breakable(text: str, every: int = 1000) -> str:
    """With a place to break in every word that is longer: laying one out takes the square of its
    length, 78 seconds for 400,000 characters, and a label is never narrower than its longest."""
    solid = re.compile(rf"\S{{{every}}}(?=\S)")
    return solid.sub(lambda found: found[0] + BREAK, text)


class FlatText(QTextEdit):
    """Read-only text as tall as its content, inside somebody else's scroll area.

    Models and documents write what stands here: it is plain text, and nothing is ever loaded.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setProperty("flat", "true")
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUndoRedoEnabled(False)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        return None

    def _fit(self) -> None:
        height = math.ceil(self.document().size().height()) + 2
        if height != self.height():
            self.setFixedHeight(height)

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: object) -> None:
        event.ignore()  # type: ignore[attr-defined]  # the column scrolls, not its text

    def set_line_height(self, cursor: QTextCursor) -> None:
        spaced = QTextBlockFormat()
        proportional = QTextBlockFormat.LineHeightTypes.ProportionalHeight
        spaced.setLineHeight(_LINE_HEIGHT, proportional.value)
        cursor.mergeBlockFormat(spaced)


class AnswerText(FlatText):
    """`append` while it streams; chips for the passages named by `set_sources`."""

    citationActivated = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sources: Mapping[int, str] = {}
        self._held = ""  # the beginning of a citation whose end has not streamed in yet
        self._raw: list[str] = []  # as it came, to tell whether the end has said more
        self._caret = False
        self._chips = ChipPainter(self)
        self.document().documentLayout().registerHandler(KIND, self._chips)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.viewport().setMouseTracking(True)

    # --- text --------------------------------------------------------------------------

    def restart(self) -> None:
        """Empty, with the caret that says text is coming."""
        self.clear()
        self._held = ""
        self._raw.clear()
        self._chips.open = self._chips.focused = None
        self.setExtraSelections([])
        self.set_line_height(self.textCursor())
        self.set_caret(True)

    def set_sources(self, sources: Mapping[int, str]) -> None:
        """Which numbers are passages, and what a chip's tooltip calls them."""
        self._sources = sources

    def append_text(self, text: str) -> None:
        """Add streamed text at the end; what stands there is not laid out again."""
        self._raw.append(text)
        text = self._held + text
        whole = unfinished_mark(text) if self._sources else len(text)
        self._held = text[whole:]
        self._insert(text[:whole])

    def finish(self, text: str) -> None:
        """The answer is complete; set anew only when what streamed in is not the answer."""
        self._insert(self._held)
        self._held = ""
        if "".join(self._raw) != text:
            self.restart()
            self._raw.append(text)
            self._insert(text)
        self.set_caret(False)

    def _insert(self, text: str) -> None:
        if not text:
            return
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.beginEditBlock()
        plain = QTextCharFormat()
        for part in split_marks(text, self._sources):
            if isinstance(part, Mark):
                cursor.insertText(OBJECT, chip_format(part.number, plain))
            else:
                cursor.insertText(breakable(part.replace(OBJECT, "")), plain)
        cursor.endEditBlock()

    def answer(self) -> str:
        """The text on screen, citations written out."""
        return self._written(0, self.document().characterCount() - 1)

    def _written(self, start: int, end: int) -> str:
        parts, place = [], 0
        for character in self.document().toPlainText():
            if start <= place < end and character != BREAK:
                chip = self._chip_at(place) if character == OBJECT else None
                parts.append(character if chip is None else f"[{chip}]")
            place += 1 + (character > "\uffff")
        return "".join(parts)

    def set_caret(self, on: bool) -> None:
        self._caret = on
        self.viewport().update()

    # --- chips -------------------------------------------------------------------------

    def chip_positions(self) -> list[int]:
        """Where chips stand in the document, in reading order."""
        found, place = [], 0
        for character in self.document().toPlainText():
            if character == OBJECT:
                found.append(place)
            place += 1 + (character > "\uffff")
        return found

    def _chip_at(self, position: int) -> int | None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(position + 1)
        return chip_number(cursor.charFormat())

    def set_open(self, number: int | None) -> None:
        """Fill the chips of the passage that is open."""
        self._chips.open = number
        self.viewport().update()

    def _chip_under(self, point: QPointF) -> int | None:
        layout = self.document().documentLayout()
        position = layout.hitTest(point, Qt.HitTestAccuracy.ExactHit)
        for near in (position, position - 1):
            if near >= 0 and self._box(near).contains(point):
                return self._chip_at(near)
        return None

    def _box(self, position: int) -> QRectF:
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        before = self.cursorRect(cursor)
        cursor.setPosition(position + 1)
        after = self.cursorRect(cursor)
        right = after.left() if after.top() == before.top() else self.viewport().width()
        return QRectF(before.left(), before.top(), max(1, right - before.left()), before.height())

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes from chip to chip before it leaves, as it does among links."""
        stops = self.chip_positions()
        here = self._chips.focused
        if here is None:
            ahead = stops if forward else []
        else:
            ahead = [p for p in stops if p > here] if forward else [p for p in stops if p < here]
        if not ahead:
            self._focus_chip(None)
            return super().focusNextPrevChild(forward)
        self._focus_chip(ahead[0] if forward else ahead[-1])
        return True

    def _focus_chip(self, position: int | None) -> None:
        self._chips.focused = position
        number = None if position is None else self._chip_at(position)
        self.setAccessibleDescription(
            "" if number is None else f"Citation {number}: {self._sources.get(number, '')}"
        )
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() is Qt.FocusReason.BacktabFocusReason and self.chip_positions():
            self._focus_chip(self.chip_positions()[-1])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._focus_chip(None)

    # --- events ------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        opens = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
        focused = self._chips.focused
        if opens and focused is not None and not event.modifiers():
            self._activate(self._chip_at(focused))
        else:
            super().keyPressEvent(event)

    def _activate(self, number: int | None) -> None:
        if number is not None:
            self.citationActivated.emit(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        over = self._chip_under(event.position()) is not None
        self.viewport().setCursor(
            Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.IBeamCursor
        )

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        left = event.button() is Qt.MouseButton.LeftButton
        if left and not self.textCursor().hasSelection():
            self._activate(self._chip_under(event.position()))

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            number = self._chip_under(QPointF(event.pos()))
            source = self._sources.get(number) if number is not None else None
            QToolTip.showText(event.globalPos(), source or "", self.viewport())
            return True
        return super().viewportEvent(event)

    def createMimeDataFromSelection(self) -> QMimeData:
        cursor = self.textCursor()
        data = QMimeData()
        data.setText(self._written(cursor.selectionStart(), cursor.selectionEnd()))
        return data

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._caret:
            end = QTextCursor(self.document())
            end.movePosition(QTextCursor.MoveOperation.End)
            place = self.cursorRect(end)
            painter = QPainter(self.viewport())
            height = self.fontMetrics().height()
            painter.fillRect(place.left() + 1, place.bottom() - height, theme.px(7), height,
                             theme.color("accent"))
            painter.end()

    # --- find --------------------------------------------------------------------------

    def highlight(self, spans: Sequence[tuple[int, int]], current: tuple[int, int] | None) -> None:
        """Mark these spans of the document; `current` in the stronger colour."""
        chosen, text = [], self.document().toPlainText()
        for start, end in spans:
            selection = QTextEdit.ExtraSelection()
            cursor = QTextCursor(self.document())
            cursor.setPosition(qt_place(text, start))
            cursor.setPosition(qt_place(text, end), QTextCursor.MoveMode.KeepAnchor)
            strong = (start, end) == current
            selection.cursor = cursor
            selection.format.setBackground(theme.color("accent" if strong else "mark"))
            selection.format.setForeground(theme.color("accent_text" if strong else "text"))
            chosen.append(selection)
        self.setExtraSelections(chosen)

    def rect_of(self, position: int) -> QRectF:
        """Where a character of the shown text is, in this widget's pixels."""
        return self._box(qt_place(self.document().toPlainText(), position))
