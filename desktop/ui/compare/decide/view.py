"""Decide: the recommendation, and everything behind it, on one page that only scrolls down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ....core.advice.cost import Crossing, MonthlyCost
from ....core.advice.decision import Decision
from ....core.evaluation.thresholds import label_of
from ....core.evaluation.types import Cause, Run, RunSummary, UseCase
from ....core.strategies import rung_of
from ....core.types import Rung
from ... import theme
from ...components import CaretButton, button, label
from ...icons import leading_icon
from .drift_list import DriftDialog
from .guidance import GuidanceSection, ReadinessSection
from .recommendation import Recommendation
from .sections import (
    CostSection,
    EffectsSection,
    FailuresSection,
    FlipSection,
)
from .table import StrategyTable
from .words import run_words

WIDEST = 1180
TWO_COLUMNS = 1200
KINDS = {"html": "HTML, one file with its pictures", "pdf": "PDF", "md": "Markdown",
         "csv": "CSV of all cells"}


class DecideView(QWidget):
    """Shows a decision; says where the reader wants to look, and what is missing."""

    evidenceRequested = Signal(dict)  # run, strategies, metric, cases (ids)
    paneRequested = Signal(str, dict)  # "Prompt", "Documents" or "Fine-tuning", evidence
    goalRequested = Signal()
    runRequested = Signal()
    casesRequested = Signal()
    commandRequested = Signal(str)  # a row of the menu
    reportRequested = Signal(str)  # a key of KINDS
    shown = Signal()  # it came on screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._decision: Decision | None = None
        self._rungs: dict[str, Rung] = {}
        self._use_case = UseCase()
        self.recommendation = Recommendation()
        self.effects, self.costs = EffectsSection(), CostSection()
        self.table = StrategyTable()
        self.flips, self.failures = FlipSection(), FailuresSection()
        self.readiness, self.guidance = ReadinessSection(), GuidanceSection()
        self._lay_out()
        self._connect()
        self.show_decision(None, None, self._use_case)

    # --- places ------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._left = _column([self.effects, self.costs, self.table, self.guidance])
        self._right = _column([self.flips, self.failures, self.readiness])
        self._rule = QFrame()
        self._rule.setProperty("rule", "left")
        self._rule.setFixedWidth(1)
        self._page = QWidget()
        self._page.setMaximumWidth(theme.px(WIDEST))
        self._grid = QGridLayout(self._page)
        self._grid.setContentsMargins(0, theme.px(8), 0, theme.px(16))
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(16))
        self._two = True
        self._place()
        middle = QFrame()
        middle.setProperty("surface", "surface")
        row = QHBoxLayout(middle)
        row.setContentsMargins(theme.px(16), 0, theme.px(16), 0)
        row.addStretch(1)
        row.addWidget(self._page, 1000)
        row.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(middle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._scroll)

    def _tools(self) -> QWidget:
        """The run, and what can be taken away: at the right above the page."""
        made = QWidget()
        self.run_label = label(tone="muted")
        self.copy = button("Copy sentence", kind="quiet", icon="copy")
        self.save = CaretButton()
        self.save.setText("Save report")
        self.save.setIcon(leading_icon("download-simple"))
        self.save.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.save.setProperty("kind", "secondary")
        self.save.setPopupMode(CaretButton.ToolButtonPopupMode.InstantPopup)
        self.save.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.save.setAccessibleName("Save report")
        menu = QMenu(self.save)
        for kind, words in KINDS.items():
            menu.addAction(words).triggered.connect(lambda _=False, k=kind: self._report(k))
        self.save.setMenu(menu)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addStretch(1)
        for each in (self.run_label, self.copy, self.save):
            row.addWidget(each)
        return made

    def _place(self) -> None:
        """Left and right of a hairline, or one below the other."""
        grid = self._grid
        if grid.count() == 0:
            grid.addWidget(self._tools(), 0, 0, 1, 3)
            grid.addWidget(self.recommendation, 1, 0, 1, 3)
        for each in (self._left, self._rule, self._right):
            grid.removeWidget(each)
        if self._two:
            grid.addWidget(self._left, 2, 0)
            grid.addWidget(self._rule, 2, 1)
            grid.addWidget(self._right, 2, 2)
        else:
            grid.addWidget(self._left, 2, 0, 1, 3)
            grid.addWidget(self._right, 3, 0, 1, 3)
        grid.setColumnStretch(0, 58)
        grid.setColumnStretch(2, 42 if self._two else 0)
        grid.setRowStretch(2, 1 if self._two else 0)
        grid.setRowStretch(4, 1)
        self._rule.setVisible(self._two)

    def _has_body(self) -> bool:
        return self._decision is not None and bool(self._decision.summary)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Two columns where there is room, and something to put into both."""
        two = self.width() >= theme.px(TWO_COLUMNS) and self._has_body()
        if two != self._two:
            self._two = two
            self._place()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.shown.emit()

    def _connect(self) -> None:
        box = self.recommendation
        for opened in (box.evidenceOpened, self.effects.opened, self.table.opened,
                       self.failures.opened, self.flips.opened, self.readiness.opened,
                       self.guidance.opened):
            opened.connect(self.follow)
        box.goalRequested.connect(self.goalRequested)
        box.runRequested.connect(self.runRequested)
        box.casesRequested.connect(self.casesRequested)
        box.commandRequested.connect(self.commandRequested)
        self.failures.paneRequested.connect(self.paneRequested)
        self.copy.clicked.connect(self.copy_sentence)

    def follow(self, evidence: dict[str, Any]) -> None:
        """Where a sentence leads: to its cells, or to the place it speaks of."""
        place = evidence.get("place", "")
        if place == "Goal":
            self.goalRequested.emit()
        elif place == "Cases":
            self.casesRequested.emit()
        elif place == "Costs":
            self._scroll.ensureWidgetVisible(self.costs)
        elif place == "Drift":
            self._show_drift()
        elif place:
            self.paneRequested.emit(place, evidence)
        else:
            self.evidenceRequested.emit(evidence)

    def _show_drift(self) -> None:
        if self._decision is not None and self._decision.drift is not None:
            DriftDialog(self._decision.drift, self).open()

    # --- what is shown -----------------------------------------------------------------

    def show_decision(
        self, decision: Decision | None, summary: RunSummary | None, use_case: UseCase,
        run: Run | None = None, cases: int = 0,
        failures: Mapping[Cause, Sequence[int]] | None = None,
    ) -> None:
        """`run` gives rungs and badges, `cases` how many there are to run, `failures` the case
        ids by cause. None: nothing was run yet."""
        self._use_case = use_case
        shown = decision if decision is not None and (decision.summary or summary) else None
        self._decision = decision
        self._rungs = {s.name: rung_of(s) for s in run.strategies} if run is not None else {}
        strategies = run.strategies if run is not None else ()
        has_goal = bool(use_case.metric)
        if decision is None or decision.run is None:
            self.recommendation.show_nothing(has_goal, cases)
        else:
            self.recommendation.show_decision(decision, strategies, has_goal)
        self.run_label.setText(run_words(run) if run is not None else "")
        self.copy.setVisible(decision is not None and bool(decision.strategy))
        self.save.setVisible(shown is not None)
        self._fill(decision or Decision("", "none"), run, failures or {}, cases)

    def show_working(self) -> None:
        """Before the first decision; a decision that is on screen stays until the next."""
        if self._decision is None:
            self.recommendation.show_working()

    def _fill(
        self, decision: Decision, run: Run | None, failures: Mapping[Cause, Sequence[int]],
        cases: int,
    ) -> None:
        name = label_of(decision.metric)
        self.effects.show_effects(decision, self._rungs, name)
        self.show_cost_curve(decision.costs, decision.crossings, self._use_case.monthly_calls)
        self.table.show_strategies(decision, run)
        self.flips.show_conditions(decision.flip_conditions)
        rung = self._rungs.get(decision.strategy or decision.leader, Rung.BASELINE)
        self.failures.show_failures(decision, failures, rung)
        self.readiness.show_checks(decision, self._rungs, bool(cases))
        self.guidance.show_guidance(decision, run.strategies if run is not None else ())
        self._fit()

    def show_cost_curve(
        self, costs: Sequence[MonthlyCost], crossings: Sequence[Crossing] = (),
        plan: int | None = None, prices: str = "List prices",
    ) -> None:
        """The month's cost over volume; `plan` is the calls a month of the use case."""
        chosen = self._decision.strategy if self._decision is not None else ""
        self.costs.show_costs(costs, crossings, self._rungs, plan, prices, chosen)

    def decision(self) -> Decision | None:
        """What is on screen."""
        return self._decision

    def columns(self) -> int:
        """One or two."""
        return 2 if self._two else 1

    def copy_sentence(self) -> None:
        """The recommendation with its reasons, on the clipboard."""
        if self._decision is not None:
            parts = [self._decision.recommendation, *(r.text for r in self._decision.reasons)]
            QGuiApplication.clipboard().setText(" ".join(parts))

    def _report(self, kind: str) -> None:
        self.reportRequested.emit(kind)


def _column(widgets: Sequence[QWidget]) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(theme.px(18))
    for each in widgets:
        column.addWidget(each)
    column.addStretch(1)
    return made
