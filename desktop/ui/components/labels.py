"""Labels: always plain text, so that nothing a file or a model says is read as markup."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from .. import theme


def label(
    text: str = "", *, tone: str = "", role: str = "", size: str = "", wrap: bool = False
) -> QLabel:
    """A plain-text label; the keywords are the properties of `theme`."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    for name, value in (("tone", tone), ("role", role), ("scale", size)):
        if value:
            made.setProperty(name, value)
    return made


class ElidedLabel(QLabel):
    """One line that gives way: "..." where it does not fit, the whole in the tooltip."""

    def __init__(
        self, text: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(theme.px(40), super().minimumSizeHint().width()),
                     super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), self.alignment(), self.shown())
        painter.end()

    def shown(self) -> str:
        """What fits."""
        return self.fontMetrics().elidedText(self.text(), self._mode, self.contentsRect().width())

    def _tell(self) -> None:
        self.setToolTip(self.text() if self.shown() != self.text() else "")


class SectionHeader(QWidget):
    """A section's name, and at the right what there is to say about it."""

    def __init__(self, title: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = label(title, role="strong")
        self.note = label(note, tone="muted", size="small")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.title)
        row.addStretch(1)
        row.addWidget(self.note)
        self._row = row

    def set_note(self, note: str) -> None:
        """Change the words at the right."""
        self.note.setText(note)

    def add_widget(self, widget: QWidget) -> None:
        """Put a button after the note."""
        self._row.addWidget(widget)
