"""A paragraph whose figures are links to the cells behind them. No markup is ever read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QTextCharFormat, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser, QWidget

from ....core.advice.decision import Reason
from ... import theme
from .words import pieces


class FiguresText(QTextBrowser):
    """PlainText by construction: words go in through a cursor. Tab goes from link to link."""

    opened = Signal(dict)  # the evidence of the figure's sentence

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._reasons: Sequence[Reason] = ()
        self.setAccessibleName(name)
        self.setProperty("flat", "true")
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self.viewport().setAutoFillBackground(False)
        self.anchorClicked.connect(self._open)
        theme.changes.changed.connect(self._write)

    def show_reasons(self, reasons: Sequence[Reason]) -> None:
        """Other sentences; one after the other in one paragraph."""
        self._reasons = reasons
        self._write()

    def _write(self) -> None:
        self.clear()
        cursor = QTextCursor(self.document())
        plain, link = QTextCharFormat(), QTextCharFormat()
        plain.setForeground(theme.color("text"))
        link.setForeground(theme.color("accent"))
        link.setAnchor(True)
        for place, reason in enumerate(self._reasons):
            evidence = reason.evidence
            linked = evidence.leads
            if place:
                cursor.insertText(" ", plain)
            link.setAnchorHref(f"reason:{place}")
            for text, figure in pieces(reason.text, evidence.strategies):
                cursor.insertText(text, link if figure and linked else plain)
        self.setVisible(bool(self._reasons))
        self._fit()

    def _open(self, url: QUrl) -> None:
        place = int(url.toString().rpartition(":")[2])
        self.opened.emit(self.evidence(place))

    def evidence(self, place: int) -> dict[str, Any]:
        """What the links of a sentence stand for."""
        return self._reasons[place].evidence.as_dict()

    def _fit(self) -> None:
        self.document().setTextWidth(max(1, self.viewport().width()))
        self.setFixedHeight(round(self.document().size().height()) + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._fit()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(120), self.height())

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the page scrolls, not the paragraph

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)
