"""Finding in the document that is open: a field, how many there are, and a step either way."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from ...core.finding import MOST, Place, first_from
from .. import theme
from ..components import icon_button, label

WAIT_MS = 150  # after the last letter: a long document is not searched for each


class _Field(QLineEdit):
    """Enter steps on, Shift+Enter back."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.stepped.emit(-1 if back else 1)
        else:
            super().keyPressEvent(event)


class FindBar(QWidget):
    """`wanted` asks for places, which `show_places` brings; `placeChosen` says where to look."""

    wanted = Signal(str)
    placeChosen = Signal(int)  # page index; `here` has its places

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._places: Sequence[Place] = ()
        self._current = -1
        self._page = 0
        self.field = _Field()
        self.field.setPlaceholderText("Find in the document")
        self.field.setAccessibleName("Find in the document")
        self.field.setClearButtonEnabled(True)
        self.field.setMinimumWidth(theme.px(150))
        self.field.stepped.connect(self.step)
        self.found = label(tone="muted", size="small")
        self.found.setAccessibleName("Places found")
        self.previous = icon_button("caret-up", "Previous place", tooltip="Previous (Shift+F3)")
        self.next = icon_button("caret-down", "Next place", tooltip="Next (F3)")
        self.previous.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(WAIT_MS)
        self._later.timeout.connect(self.ask)
        self.field.textChanged.connect(self._typed)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(4))
        for part in (self.field, self.previous, self.next, self.found):
            row.addWidget(part)
        self.setFocusProxy(self.field)
        self._show()

    def _typed(self, text: str) -> None:
        if text.strip():
            self._later.start()
        else:
            self._later.stop()
            self.show_places("", ())

    def ask(self) -> None:
        """For what is in the field, now."""
        self._later.stop()
        if self.field.text().strip():
            self.wanted.emit(self.field.text())

    def forget(self) -> None:
        """Another document: what is in the field is looked for in it."""
        self._places, self._current = (), -1
        self._show()
        self.ask()

    def show_page(self, page: int) -> None:
        """The page that is looked at, by its index."""
        self._page = page

    def show_places(self, wanted: str, places: Sequence[Place]) -> None:
        """Answers `wanted`; an answer to an older wish is left out."""
        if wanted != self.field.text() and wanted:
            return
        self._places = places
        self._current = first_from(places, self._page) if places else -1
        self._show()
        self.placeChosen.emit(places[self._current][0] if places else self._page)

    def here(self, page: int) -> tuple[list[tuple[int, int]], int]:
        """Start and end of the places on a page, and which of them is the current one, or -1."""
        places = [(number, place) for number, place in enumerate(self._places) if place[0] == page]
        current = next((n for n, (number, _) in enumerate(places) if number == self._current), -1)
        return [(start, end) for _, (_, start, end) in places], current

    def step(self, by: int) -> None:
        """To the next place, or the one before; around at the ends."""
        if self._later.isActive():
            self.ask()
        elif self._places:
            self._current = (self._current + by) % len(self._places)
            self._show()
            self.placeChosen.emit(self._places[self._current][0])

    def _show(self) -> None:
        for part in (self.previous, self.next):
            part.setEnabled(bool(self._places))
        if self._places:
            many = f"{MOST:,} or more" if len(self._places) == MOST else f"{len(self._places):,}"
            self.found.setText(f"{self._current + 1:,} of {many}")
        else:
            self.found.setText("Not found" if self.field.text().strip()
                               and not self._later.isActive() else "")
