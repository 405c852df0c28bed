"""What can be done with several examples at once: a bar over the table, and its menu."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QWidget

from .. import theme
from ..components import CaretButton, button, label

# Words -> what `chosen` tells.
_ACTS = (("Use for training", "training"), ("Use for validation", "validation"),
         ("Switch off", "off"), ("Keep", "kept"), ("", ""), ("Copy as JSON lines", "copy"),
         ("Remove", "remove"))


class BulkBar(QFrame):
    """Shown while two or more rows are chosen."""

    acted = Signal(str)  # a word of `_ACTS`
    tagged = Signal(str, bool)  # a tag, and whether it is added

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "raised")
        self.count = label(role="strong")
        self.tag = QLineEdit()
        self.tag.setPlaceholderText("Tag")
        self.tag.setAccessibleName("Tag for the chosen examples")
        self.tag.setMaximumWidth(theme.px(140))
        self.add = button("Add tag", kind="link")
        self.take = button("Remove tag", kind="link")
        self.more = CaretButton()
        self.more.setText("More")
        self.more.setAccessibleName("More for the chosen examples")
        self.more.setProperty("kind", "secondary")
        self.more.setPopupMode(CaretButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self.make_menu(self.more))
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(4), theme.px(12), theme.px(4))
        row.setSpacing(theme.px(8))
        for part in (self.count, self.tag, self.add, self.take):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.more)
        self.add.clicked.connect(self._add)
        self.take.clicked.connect(self._take)
        self.tag.returnPressed.connect(self._add)
        self.hide()

    def make_menu(self, parent: QWidget) -> QMenu:
        """The same acts, also for the context menu of the table."""
        menu = QMenu(parent)
        for words, name in _ACTS:
            if name:
                menu.addAction(words).setData(name)
            else:
                menu.addSeparator()
        menu.triggered.connect(lambda action: self.acted.emit(str(action.data())))
        return menu

    def show_number(self, number: int) -> None:
        """How many rows are chosen; the bar hides below two."""
        self.count.setText(f"{number:,} chosen")
        self.setVisible(number > 1)

    def _add(self) -> None:
        self._tell(True)

    def _take(self) -> None:
        self._tell(False)

    def _tell(self, on: bool) -> None:
        if name := self.tag.text().strip():
            self.tagged.emit(name, on)
