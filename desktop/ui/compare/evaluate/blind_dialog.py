"""Compare blind and label answers: choose columns, rate by keyboard, read the win rates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ....core.evaluation.blind import WinRate
from ....core.evaluation.blind_words import sentence
from ....flows.rating import Item
from ... import theme
from ...components import EmptyState, button, label
from ...dialogs.forward import bring_forward
from .blind_page import RatingPage
from .blind_rates import WinRates

SETUP, RATING, RESULT, EMPTY = range(4)
HOW = ("You see two answers to the same question, without names, in random order and on random "
       "sides. Press 1 or 2 for the better one, 0 for a tie. Each choice is kept at once: stop "
       "when you like and go on later.")
NO_RATES = "Nothing was compared yet. Twenty pairs or more begin to show a difference."
HOW_RATES = ("A tie counts half. Intervals are over cases: Wilson's where there is no tie, else "
             "bootstrap. Within noise: the interval reaches 50 %, or the sign test, corrected for "
             "the number of couples, does not rule chance out.")


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of the setup: couples of columns and how far their rating is."""

    name: str
    done: int
    total: int


class BlindDialog(QDialog):
    """Not modal. The controller answers each signal with what to show next."""

    coupleChosen = Signal(int)  # place among the choices
    chosen = Signal(float)
    skipped = Signal()
    undone = Signal()
    ratesRequested = Signal()
    setupRequested = Signal()
    runRequested = Signal()  # there is nothing to rate: to Evaluate

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setModal(False)
        self.resize(theme.dialog_size(1000, 660))
        self.list = QListWidget()
        self.list.setAccessibleName("Columns to compare")
        self.start = button("Compare", kind="primary", icon="eye-slash")
        self.empty = EmptyState("No answers to rate yet. Run your cases under Evaluate first.",
                                "Go to Evaluate", "play")
        self.page = RatingPage()
        self.rates = WinRates()
        self.result_title = label(role="section", wrap=True)
        self.result_words = label(wrap=True)
        self.how_rates = label(HOW_RATES, tone="muted", size="small", wrap=True)
        self.see_rates = button("Win rates", kind="link")
        self.again = button("Choose columns", icon="arrow-left")
        self._single = False
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        for page in (self._setup(), self.page, self._result(), self.empty):
            self._pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._pages)

    def _setup(self) -> QWidget:
        page, column = _plain_page()
        column.addWidget(label("Which columns?", role="section"))
        column.addWidget(label(HOW, tone="muted", wrap=True))
        column.addWidget(self.list)
        row = QHBoxLayout()
        row.addWidget(self.start)
        row.addWidget(self.see_rates)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        return page

    def _result(self) -> QWidget:
        page, column = _plain_page()
        column.addWidget(self.result_title)
        column.addWidget(self.result_words)
        column.addWidget(self.rates)
        column.addWidget(self.how_rates)
        self.close_button = button("Close", kind="primary")
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(self.close_button)
        row.addWidget(self.again)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        return page

    def _connect(self) -> None:
        self.list.itemDoubleClicked.connect(lambda _: self._start())
        self.start.clicked.connect(self._start)
        self.see_rates.clicked.connect(self.ratesRequested)
        self.again.clicked.connect(self.setupRequested)
        self.close_button.clicked.connect(self.close)
        self.empty.pressed.connect(self.runRequested)
        page = self.page
        for ours, theirs in ((self.chosen, page.chosen), (self.skipped, page.skipped),
                             (self.undone, page.undone)):
            theirs.connect(ours)
        page.stopped.connect(self._stop)

    # --- what is shown -----------------------------------------------------------------

    def show_choices(self, choices: Sequence[Choice]) -> None:
        """Which columns to compare; the first with something left is chosen."""
        self.setWindowTitle("Compare blind")
        self._single = False
        self.page.show_mode(single=False)
        self.list.clear()
        for choice in choices:
            left = choice.total - choice.done
            words = f"{choice.done:,} of {choice.total:,} rated" if left else "all rated"
            item = QListWidgetItem(f"{choice.name}  ·  {words}")
            item.setSizeHint(QSize(0, theme.px(28)))
            self.list.addItem(item)
        rows = min(len(choices), 12)
        self.list.setFixedHeight(rows * theme.px(28) + 2 * self.list.frameWidth() + 2)
        wanted = [n for n, choice in enumerate(choices) if choice.done < choice.total]
        self.list.setCurrentRow(wanted[0] if wanted else 0)
        self._turn_to(SETUP if choices else EMPTY)
        self.list.setFocus()

    def show_labels(self) -> None:
        """Single answers will come."""
        self.setWindowTitle("Label answers for a judge")
        self._single = True
        self.page.show_mode(single=True)

    def show_item(self, item: Item, done: int, total: int, *, can_undo: bool) -> None:
        """The next pair or answer."""
        self._turn_to(RATING)
        self.page.show_item(item, done, total, can_undo=can_undo)

    def show_rates(self, rates: Sequence[WinRate], title: str) -> None:
        """What was preferred, as far as it is known."""
        self.result_title.setText(title)
        self.result_words.setText(sentence(rates[0]) if len(rates) == 1 else
                                  NO_RATES if not rates else "")
        self.result_words.setVisible(len(rates) < 2)
        self.rates.show_rates(rates)
        self._explain(bool(rates))
        self.again.setVisible(True)
        self._turn_to(RESULT)
        self.close_button.setFocus()

    def show_words(self, title: str, words: str) -> None:
        """The end of labelling."""
        self.result_title.setText(title)
        self.result_words.setText(words)
        self.result_words.setVisible(True)
        self._explain(False)
        self.again.setVisible(False)
        self._turn_to(RESULT)
        self.close_button.setFocus()

    def _explain(self, rated: bool) -> None:
        for part in (self.rates, self.how_rates):
            part.setVisible(rated)

    def show_nothing(self) -> None:
        """No run has answers."""
        self._turn_to(EMPTY)
        self.empty.button.setFocus()

    def _turn_to(self, page: int) -> None:
        """Over the whole window: the grid behind would say whose answers these are."""
        self._pages.setCurrentIndex(page)
        parent = self.parentWidget()
        if parent is not None and not self.isVisible():
            self.setGeometry(parent.window().geometry())
        bring_forward(self)

    def is_rating(self) -> bool:
        """Whether something to rate is on screen."""
        return self.isVisible() and self._pages.currentIndex() == RATING

    # --- what the user does --------------------------------------------------------------

    def _start(self) -> None:
        if self.list.currentRow() >= 0:
            self.coupleChosen.emit(self.list.currentRow())

    def _stop(self) -> None:
        """What was rated is kept; what that says so far is shown."""
        self.ratesRequested.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.is_rating():
            self._stop()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.list.hasFocus():
            self._start()
        else:
            super().keyPressEvent(event)


def _plain_page() -> tuple[QFrame, QVBoxLayout]:
    """A page whose lines are not longer than one reads."""
    page = QFrame()
    page.setProperty("surface", "surface")
    inside = QWidget()
    inside.setMaximumWidth(theme.px(960))
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(inside, 1)
    row.addStretch(0)
    column = QVBoxLayout(inside)
    column.setContentsMargins(theme.px(16), theme.px(16), theme.px(16), theme.px(12))
    column.setSpacing(theme.px(12))
    return page, column
