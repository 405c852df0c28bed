"""Effects, cost, failures and flip conditions, each a section of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout

from ....core.advice.cost import Crossing, MonthlyCost
from ....core.advice.decision import Decision, Effect, Evidence, Reason
from ....core.evaluation.types import Cause
from ....core.plots import costs_picture, drawable, effects_picture, role_of
from ....core.types import Rung
from ... import theme
from ...components import button, label
from .figures_text import FiguresText
from .plot import PlotView
from .rows import CountBar, Section, ruled, sentence_row
from .words import PANES, counted, link_words

Rungs = Mapping[str, Rung]


class EffectsSection(Section):
    """Differences with their intervals; below, whether n is enough."""

    opened = Signal(dict)

    def __init__(self) -> None:
        super().__init__("How large is the effect?")
        self._effects: Sequence[Effect] = ()
        self._run: int | None = None
        self.plot = PlotView("Effects with 95 % intervals", opens=True)
        self.plot.opened.connect(self._open)
        self.enough = FiguresText("Is n enough?")
        self.enough.opened.connect(self.opened)
        self.add(self.plot)
        self.add(self.enough)

    def show_effects(self, decision: Decision, rungs: Rungs, metric: str) -> None:
        """Hidden without comparisons."""
        self._effects, self._run = decision.effects, decision.run
        count = len(decision.effects)
        corrected = f", corrected for {counted(count, 'comparison')}" if count > 1 else ""
        self.note.setText(f"{metric}, paired, 95 % intervals{corrected}" if count else "")
        self.plot.show_picture(
            partial(effects_picture, decision.effects, rungs) if decision.effects else None)
        self.enough.show_reasons(decision.enough)
        self.setVisible(bool(decision.effects or decision.enough))

    def _open(self, row: int) -> None:
        effect = self._effects[row]
        self.opened.emit(Evidence(self._run, (effect.a, effect.b), effect.metric).as_dict())


class CostSection(Section):
    """The month's curve where anything costs anything."""

    def __init__(self) -> None:
        super().__init__("What does a month cost?")
        self.plot = PlotView("Cost a month over calls a month")
        self.free = label("", tone="muted", wrap=True)
        self.add(self.plot)
        self.add(self.free)

    def show_costs(
        self, costs: Sequence[MonthlyCost], crossings: Sequence[Crossing], rungs: Rungs,
        plan: int | None, prices: str, chosen: str = "",
    ) -> None:
        """`prices` says where prices come from, `chosen` is the recommended strategy."""
        shown = drawable(costs)
        free = [cost.label for cost in costs if cost not in shown]
        notes = list(dict.fromkeys(cost.note for cost in shown if cost.note))
        self.note.setText(prices if shown else "")
        self.plot.show_picture(partial(
            costs_picture, costs, rungs, plan=plan, crossings=crossings,
            chosen=chosen) if shown else None)
        words = [f"{', '.join(free)}: $0, answered on this machine."] if free else []
        words += [f"{note.rstrip('.')}." for note in notes]
        self.free.setText(" ".join(words))
        self.free.setVisible(bool(words))
        self.setVisible(bool(costs))


class FlipSection(Section):
    """What would change the answer."""

    opened = Signal(dict)

    def __init__(self) -> None:
        super().__init__("What would change this?")

    def show_conditions(self, conditions: Sequence[Reason]) -> None:
        """Hidden without any."""
        self.clear()
        for reason in conditions:
            link = link_words(reason.evidence)
            act = partial(self.opened.emit, reason.evidence.as_dict()) if link else None
            self.add(sentence_row(_flip_icon(reason.text), reason.text, act, link))
        self.setVisible(bool(conditions))


_FLIP_ICONS = (
    (("retire",), "clock"), (("cheaper", "cost", "$", "calls a month"), "currency-dollar"),
    ((" s.", " s,", "within", "latency", "seconds"), "timer"), (("hit", "recall"), "crosshair"),
)


def _flip_icon(text: str) -> str:
    lowered = text.lower()
    for signs, icon in _FLIP_ICONS:
        if any(sign in lowered for sign in signs):
            return icon
    return "arrows-left-right"


class FailuresSection(Section):
    """Why it fails: a bar a cause, its cells, and the pane that helps."""

    opened = Signal(dict)
    paneRequested = Signal(str, dict)

    def __init__(self) -> None:
        super().__init__("Why does it fail?")

    def show_failures(
        self, decision: Decision, cases: Mapping[Cause, Sequence[int]], rung: Rung
    ) -> None:
        """`cases`: ids by cause; where they are not known, all failures stand for each."""
        self.clear()
        counts = sorted(((n, cause) for cause, n in decision.attribution.items() if n),
                        key=lambda pair: -pair[0])
        total = sum(count for count, _ in counts)
        of = decision.passed.get(decision.strategy or decision.leader, (0, 0))[1]
        self.note.setText(f"{total} of {counted(of, 'case')}" if of else counted(total, "failure"))
        grid = QGridLayout()
        grid.setHorizontalSpacing(theme.px(8))
        grid.setVerticalSpacing(0)
        for place, (count, cause) in enumerate(counts):
            ids = list(cases.get(cause) or decision.failures)
            share = count / counts[0][0]
            self._row(grid, place, cause, count, (share, role_of(rung)), ids, decision)
        grid.setColumnStretch(1, 1)
        self.add(ruled(grid))
        self.setVisible(bool(counts))

    def _row(
        self, grid: QGridLayout, place: int, cause: Cause, count: int, bar: tuple[float, str],
        ids: list[int], decision: Decision,
    ) -> None:
        number = button(str(count), kind="link")
        number.setAccessibleName(f"{cause.value}: {counted(count, 'case')}")
        shown = decision.strategy or decision.leader
        evidence = Evidence(decision.run, (shown,) if shown else (), decision.metric,
                            tuple(ids)).as_dict()
        number.clicked.connect(lambda: self.opened.emit(evidence))
        grid.addWidget(label(cause.value), place, 0)
        grid.addWidget(CountBar(*bar), place, 1)
        grid.addWidget(number, place, 2, Qt.AlignmentFlag.AlignLeft)
        pane = PANES.get(cause)
        if pane:
            way = button(f"Open in {pane}", kind="link", icon="arrow-right")
            way.setAccessibleName(f"Open in {pane}: {cause.value}")
            way.clicked.connect(lambda: self.paneRequested.emit(pane, evidence))
            grid.addWidget(way, place, 3, Qt.AlignmentFlag.AlignLeft)
