"""The toolbar and the line of figures above the table of examples."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QWidget,
)

from ...core.dataset.query import Facets
from ...core.dataset.report import DatasetReport
from .. import theme
from ..components import CaretButton, ElidedLabel, IconLabel, button, label
from ..icons import icon, leading_icon
from .fine_tuning_words import kind_words

_BOTH_ROWS = 640  # design pixels; below, the tools take two lines
_NARROW = 560  # design pixels; below, words are shorter and the figures take two lines
_TAGS = 30  # in the list of filters
Filter = tuple[str, str]  # a field of the query, or "code", and its value
_SOURCES = (("Files…", "files"), ("From the clipboard", "clipboard"), ("", ""),
            ("Cases of the tune part", "cases"), ("Corrected and rated answers", "ratings"),
            ("Few-shot examples of the prompt", "few_shot"))
_TARGETS = (("All kept examples, for Azure OpenAI…", "all"), ("Training side…", "training"),
            ("Validation side…", "validation"), ("", ""),
            ("Prompt and completion, for old models…", "completion"),
            ("Plain chat, for Llama…", "llama"))


class Tools(QFrame):
    """Import, add, search, filter, export."""

    filtered = Signal(object)  # Filter
    source_chosen = Signal(str)
    target_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "surface")
        self.import_ = _menu_button("Import", "download-simple", _SOURCES, self.source_chosen.emit)
        self.add = button("Add example")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search examples")
        self.search.setAccessibleName("Search examples")
        self.search.setClearButtonEnabled(True)
        mark = QAction(icon("magnifying-glass", "muted"), "", self.search)
        self.search.addAction(mark, QLineEdit.ActionPosition.LeadingPosition)
        self.filter = QComboBox()
        self.filter.setAccessibleName("Which examples are listed")
        self.filter.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.filter.setMinimumContentsLength(14)
        self.filter.currentIndexChanged.connect(self._tell_filter)
        self.export = _menu_button("Export", "export", _TARGETS, self.target_chosen.emit)
        self._lay_out()
        self.show_facets(Facets())

    def _lay_out(self) -> None:
        self.rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.rows.setContentsMargins(theme.px(12), theme.px(8), theme.px(12), theme.px(4))
        self.rows.setSpacing(theme.px(8))
        acts, looks = QHBoxLayout(), QHBoxLayout()
        for row in (acts, looks):
            row.setSpacing(theme.px(8))
        for part in (self.import_, self.add, self.export):
            acts.addWidget(part)
        acts.addStretch(1)
        looks.addWidget(self.search, 1)
        looks.addWidget(self.filter)
        self.rows.addLayout(acts)
        self.rows.addLayout(looks, 1)
        self.setMinimumWidth(theme.px(320))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        direction = QBoxLayout.Direction
        narrow = self.width() < theme.px(_BOTH_ROWS)
        self.rows.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)

    def show_facets(self, facets: Facets, code: str = "") -> None:
        """What can be filtered for; `code`: a kind of issue that is filtered for now."""
        now = self.chosen()
        if now[0] == "code" and now[1] != "any":
            code = code or now[1]
        choices: list[tuple[str, Filter]] = [("All examples", ("", ""))]
        choices += [(f"{words} {facets.states[state]:,}", ("state", state)) for state, words in
                    (("proposed", "Proposed"), ("off", "Off")) if facets.states.get(state)]
        choices += [(f"{words} {facets.splits[side]:,}", ("split", side)) for side, words in
                    (("training", "Training"), ("validation", "Validation"))
                    if facets.splits.get("validation")]
        choices.append(("With issues", ("code", "any")))
        if code:
            choices.append((kind_words(code), ("code", code)))
        choices += [(f"Tag: {tag} {count:,}", ("tag", tag))
                    for tag, count in list(facets.tags.items())[:_TAGS]]
        choices += [(f"From: {origin} {count:,}", ("origin", origin))
                    for origin, count in list(facets.origins.items())[:_TAGS]
                    if len(facets.origins) > 1]
        with QSignalBlocker(self.filter):
            self.filter.clear()
            for words, choice in choices:
                self.filter.addItem(words, choice)
            found = [choice for _, choice in choices]
            self.filter.setCurrentIndex(found.index(now) if now in found else 0)

    def chosen(self) -> Filter:
        """What is filtered for; `("", "")`: nothing."""
        found = self.filter.currentData()
        return (str(found[0]), str(found[1])) if found else ("", "")

    def choose_code(self, code: str, facets: Facets) -> None:
        """Filter for a kind of issue; "" for nothing."""
        self.show_facets(facets, code)
        wanted = ("code", code) if code else ("", "")
        for at in range(self.filter.count()):
            if tuple(self.filter.itemData(at)) == wanted:
                self.filter.setCurrentIndex(at)

    def _tell_filter(self) -> None:
        self.filtered.emit(self.chosen())


def _menu_button(
    text: str, icon_name: str, rows: tuple[tuple[str, str], ...], act: Callable[[str], object]
) -> CaretButton:
    made = CaretButton()
    made.setText(text)
    made.setIcon(leading_icon(icon_name))
    made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    made.setProperty("kind", "secondary")
    made.setAccessibleName(text)
    made.setPopupMode(CaretButton.ToolButtonPopupMode.InstantPopup)
    menu = QMenu(made)
    for words, name in rows:
        if name:
            menu.addAction(words).setData(name)
        else:
            menu.addSeparator()
    menu.triggered.connect(lambda action: act(str(action.data())))
    made.setMenu(menu)
    return made


class Counts(QFrame):
    """How many examples, tokens, errors, warnings; and who trains and validates."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("surface", "surface")
        self.examples, self.tokens = label(role="strong"), label()
        self.sides = label(tone="muted")
        self.errors = _Count("x-circle", "danger")
        self.warnings = _Count("warning", "warning")
        self.state = ElidedLabel()
        self.state.setProperty("tone", "muted")
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self.rows.setContentsMargins(theme.px(12), theme.px(4), theme.px(12), theme.px(8))
        self.rows.setSpacing(theme.px(16))
        numbers = _row(self.examples, self.tokens, self.sides)
        numbers.addStretch(1)
        self.rows.addLayout(numbers)
        issues = _row(self.errors, self.warnings)
        issues.addWidget(self.state, 1)
        self.rows.addLayout(issues, 1)
        self.setMinimumWidth(theme.px(320))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.width() < theme.px(_NARROW)
        direction = QBoxLayout.Direction
        self.rows.setDirection(direction.TopToBottom if narrow else direction.LeftToRight)
        self.rows.setSpacing(theme.px(4 if narrow else 16))

    def show_number(self, facets: Facets, shown: int) -> None:
        """How many there are, how many of them are listed, and on which side they are."""
        total = facets.total
        self.examples.setText(f"{shown:,} of {_many(total, 'example')}" if shown != total
                              else _many(total, "example"))
        validation = facets.splits.get("validation", 0)
        self.sides.setText(
            f"{facets.splits.get('training', 0):,} training, {validation:,} validation"
            if validation else "")

    def show_report(self, report: DatasetReport) -> None:
        """After a check."""
        self.tokens.setText(f"{'' if report.exact else '~'}{_many(report.tokens, 'token')}")
        self.errors.show_words(_many(report.errors, "error") if report.errors else "")
        self.warnings.show_words(_many(report.warnings, "warning") if report.warnings else "")
        self.state.setText(
            f"Mend {_many(report.errors, 'error')} before training" if report.errors else "")

    def show_checking(self, share: float | None) -> None:
        """While a check runs; None: it was stopped."""
        self.state.setText("Not checked: stopped" if share is None else f"Checking, {share:.0%}")

    def forget(self) -> None:
        """Nothing was checked."""
        self.tokens.setText("")
        self.state.setText("")
        self.errors.show_words("")
        self.warnings.show_words("")


class _Count(QWidget):
    def __init__(self, name: str, tone: str) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self.words: QLabel = label(tone=tone)
        row.addWidget(IconLabel(name, tone))
        row.addWidget(self.words)
        self.hide()

    def show_words(self, words: str) -> None:
        """Without words it takes no room."""
        self.words.setText(words)
        self.setVisible(bool(words))


def _row(*parts: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(theme.px(16))
    for part in parts:
        row.addWidget(part)
    return row


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
