"""The bar of a tour, over the comparison, and the frame around what a step speaks of."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ..core.tours import Tour
from . import theme
from .components import FlowRow, button, icon_button, label


class TourBar(QFrame):
    """Where the reader is, what to look at, Back and Next. Never modal: everything else works
    beside it. With the keyboard in it, arrow keys move and Esc closes."""

    moved = Signal(int)  # 1 on, -1 back
    closed = Signal()
    offered = Signal(str)  # the id of an action
    startRequested = Signal()  # the page with the other samples

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "info")
        self.setAccessibleName("Tour")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._action = ""
        self.title = label(role="strong", wrap=True)
        self.text = label(wrap=True)
        self.back = button("Bac&k", kind="quiet")
        self.next = button("&Next", kind="secondary")
        self.offer = button("", kind="link")
        self.others = button("Other samples and your own", kind="link")
        self.close_button = icon_button("x", "Close the tour (Help opens it again)")
        self._lay_out()
        self.back.clicked.connect(lambda: self.moved.emit(-1))
        self.next.clicked.connect(self._on)
        self.offer.clicked.connect(lambda: self.offered.emit(self._action))
        self.others.clicked.connect(self.startRequested)
        self.close_button.clicked.connect(self.closed)
        self._last = False
        self.hide()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(theme.px(2))
        words.addWidget(self.title)
        words.addWidget(self.text)
        ways = FlowRow()
        ways.setSpacing(theme.px(8))
        for part in (self.back, self.next, self.offer, self.others):
            ways.addWidget(part)
        words.addLayout(ways)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(6), theme.px(6), theme.px(6))
        row.addLayout(words, 1)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)

    def show_tour(self, tour: Tour) -> None:
        """The step it is at."""
        step, self._last = tour.step, tour.is_last
        place = f"{tour.at + 1} of {len(tour.steps)}"
        self.title.setText(f"{place}: {step.title}")
        self.text.setText(step.text)
        self.back.setEnabled(tour.at > 0)
        self.next.setText("Fi&nish" if tour.is_last else "&Next")
        self._action = step.action
        self.offer.setText(step.offer)
        self.offer.setVisible(bool(step.action))
        self.others.setVisible(tour.at in (0, len(tour.steps) - 1))
        self.setAccessibleDescription(f"{self.title.text()}. {step.text}")
        self.show()

    def _on(self) -> None:
        if self._last:
            self.closed.emit()
        else:
            self.moved.emit(1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if by is not None:
            self.moved.emit(by)
        elif event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


class Frame(QWidget):
    """Two pixels of accent around another widget; it takes no click and no key."""

    def __init__(self) -> None:
        super().__init__()
        self._around: QWidget | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_around(self, widget: QWidget | None) -> None:
        """Frame this one and no other; None: nothing."""
        if self._around is not None:
            self._around.removeEventFilter(self)
            self._around.destroyed.disconnect(self._lost)
        self._around = widget
        if widget is None:
            self.setParent(None)
            self.hide()
            return
        widget.installEventFilter(self)
        widget.destroyed.connect(self._lost)
        self.setParent(widget)
        self._fit()
        self.show()

    def _lost(self) -> None:
        self._around = None

    def _fit(self) -> None:
        if self._around is not None:
            self.setGeometry(self._around.rect())
            self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.ChildAdded):
            self._fit()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(QPen(theme.color("accent"), theme.px(2)))
        edge = theme.px(1)
        painter.drawRect(self.rect().adjusted(edge, edge, -edge, -edge))
        painter.end()
