"""What the guidance says and how this data agrees; what training could add, and what it lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ....core.advice.decision import Check, Decision, Reason
from ....core.advice.shots import ShotCurve
from ....core.plots import shots_picture
from ....core.strategies import rung_of
from ....core.types import Rung, Strategy
from ... import theme
from ...components import IconLabel, label
from .plot import PlotView
from .probe import ProbeBox
from .rows import Section, ruled, selectable, sentence_row, status_row
from .words import STATUSES, link_words

Follow = Callable[[dict[str, Any]], object]
PLACES = ("one", "two", "three")
SCALE = (
    ("Prompt", (Rung.PROMPT,)),
    ("Retrieval", (Rung.DOCUMENTS, Rung.WHOLE_DOCUMENTS, Rung.FINE_TUNED_DOCUMENTS)),
    ("Fine-tuning", (Rung.FINE_TUNED, Rung.FINE_TUNED_DOCUMENTS)),
    ("Own model", ()),
)
SHOTS_FOR = ("The same cases with 0, 2, 4 and 8 examples in the prompt: where the score still "
             "climbs, training on more examples may help.")
DRIFT_FOR = ("Twenty general questions, asked of the fine-tuned model and its base: what training "
             "has cost.")


class GuidanceSection(Section):
    """The scale with the place of the strategy, a row a rule, and the test for drift."""

    opened = Signal(dict)

    def __init__(self) -> None:
        super().__init__("What does the guidance say?")
        self.note.setText("Microsoft's guidance on customizing models")
        self.drift = ProbeBox("Ask 20 general questions")
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self.drift)

    def show_guidance(self, decision: Decision, strategies: Sequence[Strategy]) -> None:
        """Hidden where nothing can be said."""
        self.clear()
        leader = next((s for s in strategies if s.name == decision.leader), None)
        if leader is not None:
            self.add(_scale(rung_of(leader)))
        for reason in decision.guidance:
            self.add(_row(_icon(reason), reason, self.opened.emit))
        self.drift.setVisible(any(s.fine_tuned for s in strategies))
        self.drift.show_idle("" if decision.drift else DRIFT_FOR)
        self.setVisible(bool(decision.guidance) or any(s.fine_tuned for s in strategies))


def _icon(reason: Reason) -> str:
    """A tick or a cross says no more than the words beside it."""
    text = reason.text
    if "Your data agrees" in text or text.startswith(("No drift", "None of the")):
        return "check-circle"
    if "Your data disagrees" in text or text.startswith("Drift is shown") or "have changed" in text:
        return "warning"
    if text.startswith("On the scale"):
        return "trend-up"
    if "knows nothing after" in text or "knows the world" in text:
        return "clock"
    return "info"


def _row(icon: str, reason: Reason, follow: Follow) -> QWidget:
    link = link_words(reason.evidence)
    act = partial(follow, reason.evidence.as_dict()) if link else None
    return sentence_row(icon, reason.text, act, link)


def _scale(rung: Rung) -> QWidget:
    """Prompt > Retrieval > Fine-tuning > Own model, the strategy's techniques in bold."""
    row = QHBoxLayout()
    row.setSpacing(theme.px(6))
    for place, (name, rungs) in enumerate(SCALE):
        here = rung in rungs
        if place:
            row.addWidget(IconLabel("caret-right"))
        if here:
            row.addWidget(IconLabel("check-circle", "accent"))
        row.addWidget(label(name, role="strong" if here else "", tone="" if here else "muted"))
    row.addStretch(1)
    made = ruled(row)
    made.setAccessibleName("Scale of cost and complexity")
    return made


class ReadinessSection(Section):
    """The checks before fine-tuning, the cheapest next steps, and the shot curve."""

    opened = Signal(dict)

    def __init__(self) -> None:
        super().__init__("Ready to fine-tune?")
        self.plot = PlotView("Score over examples in the prompt", opens=True)
        self.plot.opened.connect(self._open)
        self.finding = selectable(label("", wrap=True))
        self.probe = ProbeBox("Measure the shot curve")
        self._curve: ShotCurve | None = None
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, theme.px(8), 0, 0)
        column.setSpacing(theme.px(6))
        self.heading = label("Do more examples in the prompt help?", role="strong")
        for each in (self.heading, self.plot, self.finding, self.probe):
            column.addWidget(each)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(below)

    def show_checks(
        self, decision: Decision, rungs: Mapping[str, Rung], can_probe: bool
    ) -> None:
        """Hidden without checks. `can_probe`: there are cases to ask."""
        self.clear()
        checks = decision.readiness
        counts = {status: sum(c.status == status for c in checks) for status in STATUSES}
        self.note.setText(", ".join(f"{n} {status}" for status, n in counts.items() if n))
        for check in checks:
            self.add(self._check(check))
        if decision.next_steps:
            self.add(self._steps(decision.next_steps))
        self._show_curve(decision.shots, rungs, can_probe)
        self.setVisible(bool(checks))

    def _check(self, check: Check) -> QWidget:
        act = partial(self.opened.emit, check.where.as_dict()) if check.where.leads else None
        return status_row(*STATUSES[check.status], check.check, check.evidence, act)

    def _steps(self, steps: Sequence[Reason]) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, theme.px(12), 0, 0)
        column.setSpacing(theme.px(4))
        column.addWidget(label("Next steps, cheapest first", role="strong"))
        for place, step in zip(PLACES, steps, strict=False):
            column.addWidget(_row(f"number-circle-{place}", step, self.opened.emit))
        return made

    def _show_curve(
        self, curve: ShotCurve | None, rungs: Mapping[str, Rung], can_probe: bool
    ) -> None:
        self._curve = curve
        rung = rungs.get(curve.strategy, Rung.PROMPT) if curve else Rung.PROMPT
        self.plot.show_picture(partial(shots_picture, curve, rung) if curve else None)
        self.finding.setText(curve.text if curve else "")
        self.finding.setVisible(curve is not None)
        self.heading.setVisible(can_probe or curve is not None)
        self.probe.setVisible(can_probe)
        self.probe.ask.setText("Measure again" if curve else "Measure the shot curve")
        self.probe.show_idle("" if curve else SHOTS_FOR)

    def _open(self, row: int) -> None:
        if self._curve is not None:
            evidence = self._curve.evidence.as_dict()
            names = evidence["strategies"]
            self.opened.emit(evidence | {"strategies": names[row:row + 1]})


__all__ = ["GuidanceSection", "ReadinessSection"]
