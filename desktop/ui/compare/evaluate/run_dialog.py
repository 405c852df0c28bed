"""What to run: which columns and cases, how often each, and what that takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ....core.evaluation.pacing import Estimate
from ....core.strategies import badge_of, rung_of
from ....core.types import Strategy
from ... import theme
from ...components import RungBadge, SectionHeader, button, dialog_foot, explain, label
from .estimate_bar import EstimateBar

MOST_REPEATS = 50
WHY_REPEATS = ("A model does not say the same twice. Three or more repeats of a cell show how much "
               "its score varies; comparisons count a case once, whatever its repeats.")


@dataclass(frozen=True, slots=True)
class RunChoice:
    """A run to begin."""

    strategy_ids: tuple[int, ...]
    case_ids: tuple[int, ...]
    repeats: int = 1
    name: str = ""

    @property
    def calls(self) -> int:
        return len(self.strategy_ids) * len(self.case_ids) * self.repeats


class RunDialog(QDialog):
    """Not modal; `changed` asks for an estimate of the choice, `runRequested` begins it."""

    changed = Signal(object)  # RunChoice
    runRequested = Signal(object)  # RunChoice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Choose what to run")
        self.setModal(False)
        self.resize(theme.dialog_size(720, 480))
        self.columns: dict[int, QCheckBox] = {}
        self.groups: list[tuple[QRadioButton, tuple[int, ...]]] = []
        self.repeats = QSpinBox()
        self.repeats.setRange(1, MOST_REPEATS)
        self.repeats.setAccessibleName("Repeats of each cell")
        self.repeats.setFixedWidth(theme.px(84))
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the run")
        self.name.setPlaceholderText("Name of the run, if it should have one")
        self.estimate = EstimateBar()
        self.figures, self.warning = self.estimate.figures, self.estimate.warning
        self.note = label(tone="muted", size="small", wrap=True)
        self.go = button("Run", kind="primary", icon="play")
        self._lay_out()
        explain(self)
        self.repeats.valueChanged.connect(lambda _: self._tell())
        self.go.clicked.connect(self._run)

    def _lay_out(self) -> None:
        self._left, self._right = QVBoxLayout(), QVBoxLayout()
        for side in (self._left, self._right):
            side.setContentsMargins(theme.px(16), theme.px(12), theme.px(16), theme.px(12))
            side.setSpacing(theme.px(6))
        self._column_list, self._case_list = QVBoxLayout(), QVBoxLayout()
        self._left.addWidget(SectionHeader("Columns"))
        self._left.addLayout(self._column_list)
        self._left.addStretch(1)
        self._right.addWidget(SectionHeader("Cases"))
        self._right.addLayout(self._case_list)
        self._right.addSpacing(theme.px(8))
        self._right.addWidget(SectionHeader("Repeats of each cell"))
        self._right.addWidget(self.repeats)
        self._right.addWidget(label(WHY_REPEATS, tone="muted", size="small", wrap=True))
        self._right.addSpacing(theme.px(8))
        self._right.addWidget(self.name)
        self._right.addStretch(1)
        body = QHBoxLayout()
        body.setSpacing(0)
        body.addWidget(_scroll(self._left), 1)
        body.addWidget(_scroll(self._right), 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(body, 1)
        column.addWidget(self.estimate)
        column.addWidget(dialog_foot(self, self.note, self.go))

    # --- showing -----------------------------------------------------------------------

    def show_choice(
        self, strategies: Sequence[Strategy], groups: Mapping[str, Sequence[int]],
        chosen: RunChoice | None = None,
    ) -> None:
        """The columns and groups of cases there are; the first group is chosen."""
        wanted = set(chosen.strategy_ids) if chosen else {s.id for s in strategies}
        _clear(self._column_list)
        self.columns = {}
        for strategy in strategies:
            self._column_list.addLayout(self._row(strategy, strategies, strategy.id in wanted))
        _clear(self._case_list)
        group = QButtonGroup(self)
        self.groups = []
        for words, ids in groups.items():
            radio = QRadioButton(f"{words} ({len(ids):,})")
            radio.toggled.connect(self._grouped)
            group.addButton(radio)
            self.groups.append((radio, tuple(ids)))
            self._case_list.addWidget(radio)
        if self.groups:
            self.groups[0][0].setChecked(True)
        self._tell()

    def _row(
        self, strategy: Strategy, strategies: Sequence[Strategy], on: bool
    ) -> QHBoxLayout:
        tick = self.columns[strategy.id] = QCheckBox(strategy.name.replace("&", "&&"))
        tick.setChecked(on)
        tick.toggled.connect(lambda _: self._tell())
        row = QHBoxLayout()
        row.setSpacing(theme.px(8))
        row.addWidget(tick)
        row.addWidget(RungBadge(badge_of(strategy, strategies), rung_of(strategy)))
        row.addStretch(1)
        return row

    def show_estimate(self, found: Estimate | None) -> None:
        """What the choice takes; None while it is not known."""
        self.estimate.show_estimate(found)

    def choice(self) -> RunChoice:
        """What is chosen."""
        ids = next((ids for radio, ids in self.groups if radio.isChecked()), ())
        columns = tuple(number for number, tick in self.columns.items() if tick.isChecked())
        return RunChoice(columns, ids, self.repeats.value(), self.name.text().strip())

    def _tell(self) -> None:
        chosen = self.choice()
        self.go.setEnabled(chosen.calls > 0)
        self.go.setText(f"Run {chosen.calls:,} cells")
        missing = "" if chosen.strategy_ids else "Choose a column."
        missing = missing or ("" if chosen.case_ids else "There are no cases in this group.")
        self.note.setText(missing or "Each cell is kept as it lands. Stop or pause at any time.")
        self.show_estimate(None)
        if chosen.calls:
            self.changed.emit(chosen)

    def _grouped(self, on: bool) -> None:
        if on:
            self._tell()

    def _run(self) -> None:
        self.runRequested.emit(self.choice())
        self.close()


def _clear(column: QVBoxLayout) -> None:
    while (item := column.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if isinstance(inner, QHBoxLayout):
            while (part := inner.takeAt(0)) is not None:
                inside = part.widget()
                if inside is not None:
                    inside.deleteLater()
        if widget is not None:
            widget.deleteLater()


def _scroll(column: QVBoxLayout) -> QScrollArea:
    inside = QFrame()
    inside.setProperty("surface", "surface")
    inside.setLayout(column)
    made = QScrollArea()
    made.setWidgetResizable(True)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    made.setWidget(inside)
    return made
