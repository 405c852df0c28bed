"""A section that folds: caret and name at the left, what there is to say at the right."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from .. import theme
from ..components import ElidedLabel
from ..icons import leading_icon


class Fold(QWidget):
    """Holds one widget; the header is a button for mouse and keyboard."""

    def __init__(self, title: str, body: QWidget, *, margin: int = 12) -> None:
        super().__init__()
        self.body = body
        self.head = QToolButton()
        self.head.setText(title)
        self.head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.head.setIconSize(QSize(theme.px(15), theme.px(15)))
        strong = QFont()
        strong.setWeight(QFont.Weight.DemiBold)
        self.head.setFont(strong)
        self.note = ElidedLabel()
        self.note.setProperty("tone", "muted")
        self.note.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(theme.px(8), 0, theme.px(12), 0)
        self._row.setSpacing(theme.px(8))
        self._row.addWidget(self.head)
        self._row.addStretch(1)
        self._row.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.px(4), 0, theme.px(4))
        column.setSpacing(theme.px(4))
        column.addLayout(self._row)
        inside = QVBoxLayout()
        inside.setContentsMargins(theme.px(margin), 0, theme.px(margin), 0)
        inside.addWidget(body)
        column.addLayout(inside)
        self.head.clicked.connect(self._toggle)
        self.fold(open_=True)

    def add_widget(self, widget: QWidget) -> None:
        """Put a button after the note."""
        self._row.addWidget(widget)

    def _toggle(self) -> None:
        self.fold(open_=self.body.isHidden())

    def fold(self, *, open_: bool) -> None:
        """Open or close it."""
        self.head.setIcon(leading_icon("caret-down" if open_ else "caret-right", "muted"))
        self.head.setAccessibleDescription("open" if open_ else "folded")
        self.body.setVisible(open_)
