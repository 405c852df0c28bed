"""The rows and headings that Decide's sections are made of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLayout,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ... import theme
from ...components import IconLabel, button, label
from ...tokens import Tone


class Section(QWidget):
    """A heading with a note at its right, and rows below; `clear` takes the rows away."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label(title, role="section")
        self.note = label("", tone="muted", size="small", wrap=True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
        head = QHBoxLayout()
        head.setSpacing(theme.px(12))
        head.addWidget(self.title)
        head.addWidget(self.note, 1)
        self._rows = QVBoxLayout()
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        column.addLayout(head)
        column.addLayout(self._rows)
        self.setAccessibleName(title)

    def add(self, widget: QWidget) -> None:
        """One more row."""
        self._rows.addWidget(widget)

    def clear(self) -> None:
        """Without rows."""
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def rows(self) -> list[QWidget]:
        """What stands below the heading."""
        items = [self._rows.itemAt(place) for place in range(self._rows.count())]
        return [widget for item in items if item is not None and (widget := item.widget())]


def ruled(inner: QLayout) -> QFrame:
    """A row with a hairline above it."""
    made = QFrame()
    made.setProperty("rule", "top")
    inner.setContentsMargins(0, theme.px(5), 0, theme.px(5))
    made.setLayout(inner)
    return made


def sentence_row(
    icon: str, text: str, act: Callable[[], object] | None = None, link: str = ""
) -> QFrame:
    """An icon, a sentence, and at the right a link to what is behind it."""
    row = QHBoxLayout()
    row.setSpacing(theme.px(4))
    sign, words = IconLabel(icon), selectable(label(text, wrap=True))
    row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(words, 1, Qt.AlignmentFlag.AlignTop)
    if act is not None:
        for each in (sign, words):  # the first line stands on that of the link, which is higher
            each.setContentsMargins(0, theme.px(LINK), 0, 0)
    if act is not None:
        made = button(link, kind="link")
        made.setAccessibleName(f"{link}: {text}")
        made.clicked.connect(lambda: act())
        row.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
    return ruled(row)


def _link(words: str, what: str, act: Callable[[], object]) -> QPushButton:
    made = button(words, kind="link")
    made.setAccessibleName(f"{words}: {what}")
    made.clicked.connect(lambda: act())
    return made


LINK = 4  # from the top of a link to that of its words
_SHORT = 24  # letters of evidence that fit beside the check


def status_row(
    icon: str, word: str, tone: Tone, what: str, evidence: str,
    act: Callable[[], object] | None = None,
) -> QFrame:
    """Icon and word, the check, and the evidence: beside it, or below where it is longer. With
    `act` the evidence is a link to what it speaks of."""
    grid = QGridLayout()
    grid.setHorizontalSpacing(theme.px(4))
    grid.setVerticalSpacing(theme.px(2))
    middle = Qt.AlignmentFlag.AlignVCenter
    grid.addWidget(IconLabel(icon, tone), 0, 0, middle)
    state = label(word, tone=tone)
    state.setFixedWidth(theme.px(64))
    grid.addWidget(state, 0, 1, middle)
    grid.addWidget(label(what, wrap=True), 0, 2, middle)
    if evidence:
        beside = len(evidence) <= _SHORT
        if act is not None and beside:
            grid.addWidget(_link(evidence, what, act), 0, 3, middle)
        else:
            words = selectable(label(evidence, tone="muted", size="small", wrap=not beside))
            if beside:
                words.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(words, *((0, 3) if beside else (1, 2, 1, 2)))
            if act is not None:
                grid.addWidget(_link("Show", what, act), 0, 3, middle)
    grid.setColumnStretch(2, 1)
    made = ruled(grid)
    made.setAccessibleName(f"{word}: {what}")
    made.setAccessibleDescription(evidence)
    return made


class CountBar(QWidget):
    """A bar as long as its share of the longest; the count is written beside it."""

    def __init__(self, share: float, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._share, self._role = share, role
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(80), theme.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        thick = theme.px(10)
        painter.fillRect(0, (self.height() - thick) // 2, max(2, round(self.width() * self._share)),
                         thick, theme.color(self._role))
        painter.end()


def selectable(made: QLabel) -> QLabel:
    """Words that can be copied."""
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
