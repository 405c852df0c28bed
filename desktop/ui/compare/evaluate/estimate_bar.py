"""What a run will take, in four figures, and whether it fits the spending limit."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QGridLayout, QWidget

from ....core.evaluation.pacing import Estimate
from ... import theme
from ...components import label
from .run_words import calls_text, cost_text, time_text


class EstimateBar(QFrame):
    """Calls, tokens, cost and time, before anything is sent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "raised")
        self.setProperty("rule", "top")
        self.figures = {part: label(role="strong") for part in ("Calls", "Tokens", "Cost", "Time")}
        self.warning = label(tone="warning", size="small", wrap=True)
        self.warning.hide()
        grid = QGridLayout(self)
        grid.setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(8))
        grid.setHorizontalSpacing(theme.px(24))
        for place, (name, figure) in enumerate(self.figures.items()):
            figure.setFont(theme.font(bold=True, tabular=True))
            figure.setAccessibleName(f"{name}, estimated")
            grid.addWidget(label(name, tone="muted", size="small"), 0, place)
            grid.addWidget(figure, 1, place)
        grid.setColumnStretch(len(self.figures), 1)
        grid.addWidget(self.warning, 2, 0, 1, len(self.figures) + 1)

    def show_estimate(self, found: Estimate | None, unknown: str = "…") -> None:
        """What it takes; None while it is not known."""
        texts = (unknown,) * 4 if found is None else (
            calls_text(found), f"~{found.tokens:,}", cost_text(found.cost),
            time_text(found.seconds))
        for figure, text in zip(self.figures.values(), texts, strict=True):
            figure.setText(text)
        warning = found.warning if found else ""
        self.warning.setText(warning)
        self.warning.setVisible(bool(warning))
