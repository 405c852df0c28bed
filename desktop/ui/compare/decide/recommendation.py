"""The box at the top: the recommendation, or what to add before there can be one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ....core.advice.decision import Decision, Reason
from ....core.strategies import badge_of, rung_of
from ....core.types import Rung, Strategy
from ... import theme
from ...components import RungBadge, StateChip, button, label
from .figures_text import FiguresText
from .words import STRENGTHS, counted

NOTHING_RUN = ("Run the cases under each strategy: the answers and their scores are the evidence "
               "a recommendation needs.")


class Recommendation(QFrame):
    """A rule in the rung's hue, the sentence, its strength, n, and the reasons."""

    evidenceOpened = Signal(dict)
    goalRequested = Signal()
    runRequested = Signal()
    casesRequested = Signal()
    commandRequested = Signal(str)  # "label" or "judge", as in the menu

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rung: Rung | None = None
        self.setObjectName("recommendation")
        self.setProperty("surface", "raised")
        self.setProperty("rule", "box")
        self.badge = RungBadge("B", Rung.BASELINE)
        self.sentence = label(role="title", wrap=True)
        self.chip = StateChip()
        self.about = label(tone="muted", size="small")
        self.reasons = FiguresText("Reasons")
        self.reasons.opened.connect(self.evidenceOpened)
        self._make_buttons()
        self._lay_out()

    def _make_buttons(self) -> None:
        self.goal = button("Set the goal")
        self.run = button("Run the cases")
        self.cases = button("Add cases")
        self.goal.clicked.connect(self.goalRequested)
        self.run.clicked.connect(self.runRequested)
        self.cases.clicked.connect(self.casesRequested)
        self.label = button("Label answers", icon="tag")
        self.judge = button("Judge the answers", icon="scales")
        self.label.clicked.connect(lambda: self.commandRequested.emit("label"))
        self.judge.clicked.connect(lambda: self.commandRequested.emit("judge"))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(theme.px(10))
        head.addWidget(self.badge)
        head.addWidget(self.sentence, 1)
        head.addWidget(self.chip)
        head.addWidget(self.about)
        self._ways = QWidget()
        ways = QHBoxLayout(self._ways)
        ways.setContentsMargins(0, 0, 0, 0)
        ways.setSpacing(theme.px(8))
        for each in (*self.buttons(), *self.judge_buttons()):
            ways.addWidget(each)
        ways.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(20), theme.px(14), theme.px(20), theme.px(14))
        column.setSpacing(theme.px(8))
        column.addLayout(head)
        column.addWidget(self.reasons)
        column.addWidget(self._ways)

    def buttons(self) -> list[QPushButton]:
        """The ways on when evidence is thin."""
        return [self.goal, self.run, self.cases]

    def judge_buttons(self) -> list[QPushButton]:
        """The ways on when the judge that is the goal does not count."""
        return [self.label, self.judge]

    def show_nothing(self, has_goal: bool, cases: int = 0) -> None:
        """Before the first run. Without cases, adding some comes before running them."""
        first = self.run if cases else self.cases
        self._show_thin("Nothing to decide yet", [Reason(NOTHING_RUN)], has_goal, first)

    def show_working(self) -> None:
        """While the newest run is read."""
        self._show_thin("Reading the newest run", (), True, self.run)
        self.chip.show_state("", "", "neutral")
        self._ways.hide()

    def show_decision(
        self, decision: Decision, strategies: Sequence[Strategy], has_goal: bool
    ) -> None:
        """The sentence; without a recommendation, what to add instead."""
        if not decision.strategy:
            reasons = decision.reasons or (Reason(decision.thin),)
            limits = has_goal and reasons[0].evidence.place == "Goal"
            first = self.goal if limits or not has_goal else self.cases
            self._show_thin("No recommendation yet", reasons, has_goal and not limits,
                            self.label if decision.withheld else first)
            self.goal.setText("Change the limits" if limits else "Set the goal")
        else:
            self._show_strategy(decision, strategies)
        self.about.setText(_about(decision))

    def _show_strategy(self, decision: Decision, strategies: Sequence[Strategy]) -> None:
        chosen = next((s for s in strategies if s.name == decision.strategy), None)
        self.badge.setVisible(chosen is not None)
        if chosen is not None:
            self.badge.show_rung(badge_of(chosen, strategies), rung_of(chosen))
        self.sentence.setText(decision.recommendation)
        self.chip.show_state(*STRENGTHS[decision.strength])
        self.reasons.show_reasons(decision.reasons)
        self._ways.hide()
        self._rung = rung_of(chosen) if chosen is not None else None
        self.update()

    def _show_thin(
        self, title: str, reasons: Sequence[Reason], has_goal: bool, first: QPushButton
    ) -> None:
        self._rung = None
        self.badge.hide()
        self.sentence.setText(title)
        self.chip.show_state(*STRENGTHS["none"])
        self.about.setText("")
        self.reasons.show_reasons(reasons)
        self._ways.show()
        of_judge = first is self.label
        for each in self.judge_buttons():
            each.setVisible(of_judge)
        for each in self.buttons():
            each.setVisible(not of_judge and (each is not self.goal or not has_goal))
        for each in (*self.buttons(), *self.judge_buttons()):
            theme.set_property(each, "kind", "primary" if each is first else "secondary")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tokens = theme.current()
        painter = QPainter(self)
        hue = tokens.rung(self._rung) if self._rung is not None else tokens.border_strong
        painter.fillRect(0, 0, theme.px(4), self.height(), QColor(hue))
        painter.end()


def _about(decision: Decision) -> str:
    run = f"Run {decision.run}" if decision.run is not None else ""
    return ", ".join(part for part in (counted(decision.n, "case") if decision.n else "", run)
                     if part)
