"""The passages of an answer: cited first, each with its document, page and score."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QAbstractButton, QFrame, QVBoxLayout, QWidget

from ...core.types import Hit
from .. import theme
from ..components import button, label, paint_focus, paint_hairline
from .answer_text import FlatText
from .chips import chip_size, paint_chip
from .passages import backing, cited_numbers, excerpt, source_label, sources_in_order
from .places import qt_place

_SHOWN = 12  # rows before "Show all": whole documents come in hundreds of passages


class SourceRow(QAbstractButton):
    """Number, document, place, score on one line; checked while its passage is open."""

    def __init__(self, hit: Hit, cited: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hit = hit
        self.cited = cited
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        where = source_label(hit)
        self.setToolTip(", ".join(filter(None, (hit.document, where, hit.heading))))
        self.setAccessibleName(
            f"Passage {hit.rank}, {'cited' if cited else 'not cited'}: {hit.document}"
            f"{f', {where}' if where else ''}, score {hit.score:.2f}"
        )

    def sizeHint(self) -> QSize:
        return QSize(theme.px(200), theme.px(26))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(100), theme.px(26))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            painter.fillRect(self.rect(), theme.color("hover"))
        left = self._paint_number(painter)
        right = self._paint_figures(painter)
        painter.setFont(theme.font(-0.5))
        painter.setPen(theme.color("text" if self.cited else "text_muted"))
        room = right - left - theme.px(8)
        name = QFontMetrics(painter.font()).elidedText(
            self.hit.document, Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRect(left, 0, room, self.height()),
                         Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        bottom = self.rect().bottomLeft()
        paint_hairline(painter, bottom, self.rect().bottomRight())
        if self.hasFocus():
            paint_focus(painter, self.rect().adjusted(0, 0, 0, -1))
        painter.end()

    def _paint_number(self, painter: QPainter) -> int:
        """Returns where the document's name begins."""
        size = chip_size(self.hit.rank)
        box = QRectF(theme.px(2), (self.height() - size.height()) / 2, size.width(), size.height())
        paint_chip(painter, box, self.hit.rank, filled=self.isChecked(), muted=not self.cited)
        return int(box.right()) + theme.px(8)

    def _paint_figures(self, painter: QPainter) -> int:
        """Place and score at the right; returns where they begin."""
        painter.setFont(theme.font(-1, tabular=True))
        painter.setPen(theme.color("text_muted"))
        metrics = QFontMetrics(painter.font())
        x = self.width() - theme.px(2)
        widest = metrics.horizontalAdvance("0.00")
        place = metrics.elidedText(source_label(self.hit), Qt.TextElideMode.ElideRight,
                                   self.width() // 3)
        for text, width in ((f"{self.hit.score:.2f}", widest), (place, 0)):
            width = max(width, metrics.horizontalAdvance(text))
            painter.drawText(QRect(x - width, 0, width, self.height()),
                             Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
            x -= width + theme.px(10)
        return x


class Passage(QFrame):
    """The open passage; what backs the answer is marked, nothing when that is not clear."""

    def __init__(self, hit: Hit, spans: Sequence[tuple[int, int]]) -> None:
        super().__init__()
        self.setProperty("rule", "bottom")
        self.text = FlatText()
        self.text.setAccessibleName(f"Passage {hit.rank} of {hit.document}")
        self.text.setFont(theme.font(-0.5))
        shown, spans = excerpt(hit.text, spans)
        self.text.setPlainText(shown)
        muted = QTextCharFormat()
        muted.setForeground(theme.color("text_muted"))
        self._format(0, len(shown), muted)
        for start, end in spans:
            marked = QTextCharFormat()
            marked.setBackground(theme.color("mark"))
            marked.setForeground(theme.color("text"))
            self._format(start, end, marked)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(26), theme.px(4), theme.px(4), theme.px(8))
        column.addWidget(self.text)

    def _format(self, start: int, end: int, style: QTextCharFormat) -> None:
        cursor = QTextCursor(self.text.document())
        text = self.text.toPlainText()
        cursor.setPosition(qt_place(text, start))
        cursor.setPosition(qt_place(text, end), QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(style)


class Sources(QWidget):
    """`show_hits` as soon as they are known; `show_answer` again whenever more is cited."""

    opened = Signal(int)  # the passage's number
    closed = Signal()
    rebuilt = Signal()  # other rows: the Tab order wants to know

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hits: tuple[Hit, ...] = ()
        self._answer = ""
        self._cited: list[int] = []
        self._open: int | None = None
        self._all = False
        self._passage: Passage | None = None
        self.rows: dict[int, SourceRow] = {}
        self.head = label(tone="muted", role="strong", size="small")
        self._more = button("", kind="link")
        self._more.clicked.connect(self._show_all)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.head)
        self._column.addSpacing(theme.px(4))
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._column.addLayout(self._rows)
        self._column.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def numbers(self) -> dict[int, str]:
        """Each passage's number and what it is called."""
        return {hit.rank: ", ".join(filter(None, (hit.document, source_label(hit))))
                for hit in self._hits}

    def show_hits(self, hits: Sequence[Hit]) -> None:
        """Other passages; nothing is cited yet and none is open."""
        self._hits, self._answer, self._cited = tuple(hits), "", []
        self._open, self._all = None, False
        self._rebuild()

    def show_answer(self, text: str) -> None:
        """Put what this answer cites first; the rows are made anew only when that changed."""
        self._answer = text
        cited = cited_numbers(text, [hit.rank for hit in self._hits])
        if cited != self._cited:
            self._cited = cited
            self._rebuild()

    def open_passage(self, number: int | None) -> None:
        """Show one passage, or none."""
        if number == self._open or (number is not None and number not in self.numbers()):
            return
        self._open = number
        if number is not None and number not in self.rows:
            self._all = True
            self._rebuild()
        else:
            self._show_passage()

    def open_number(self) -> int | None:
        """The passage that is open."""
        return self._open

    def refresh(self) -> None:
        """The open passage again: its marks depend on the answer and on the theme."""
        self._show_passage()

    def _rebuild(self) -> None:
        self._drop_passage()
        for row in self.rows.values():
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        ordered = sources_in_order(self._hits, self._cited)
        shown = ordered if self._all else ordered[: max(_SHOWN, len(self._cited))]
        self.rows = {hit.rank: self._row(hit) for hit in shown}
        for row in self.rows.values():
            self._rows.addWidget(row)
        hidden = len(ordered) - len(shown)
        self._more.setText(f"Show {hidden} more")
        self._more.setVisible(hidden > 0)
        self.head.setText(_heading(len(self._hits), len(self._cited)))
        self.setVisible(bool(self._hits))
        self._show_passage()
        self.rebuilt.emit()

    def stops(self) -> list[QWidget]:
        """Where Tab stops, top to bottom."""
        return [*self.rows.values(), self._more]

    def _row(self, hit: Hit) -> SourceRow:
        row = SourceRow(hit, hit.rank in self._cited)
        row.clicked.connect(self._row_clicked)
        return row

    def _row_clicked(self) -> None:
        row = self.sender()
        if not isinstance(row, SourceRow):
            return
        number = row.hit.rank
        if number == self._open:
            self.open_passage(None)
            self.closed.emit()
        else:
            self.open_passage(number)
            self.opened.emit(number)

    def _show_all(self) -> None:
        self._all = True
        self._rebuild()

    def _drop_passage(self) -> None:
        if self._passage is not None:
            self._rows.removeWidget(self._passage)
            self._passage.hide()
            self._passage.deleteLater()
            self._passage = None

    def _show_passage(self) -> None:
        self._drop_passage()
        for number, row in self.rows.items():
            row.setChecked(number == self._open)
        opened = self.rows.get(self._open or 0)
        if opened is not None:
            hit = opened.hit
            spans = backing(hit.text, self._answer, hit.rank, self.numbers())
            self._passage = Passage(hit, spans)
            self._rows.insertWidget(self._rows.indexOf(opened) + 1, self._passage)


def _heading(found: int, cited: int) -> str:
    return f"{found} passage{'s' if found != 1 else ''}, {cited} cited"
