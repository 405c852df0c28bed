"""All scores of a cell: name, bar, value; and why it failed, by rule or by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ....core.evaluation.types import Attribution, Cause, Cell
from ....core.evaluation.weights import METRIC
from ....core.types import Rung
from ... import theme
from ...components import StateChip, label
from .score_words import OPEN_ENDED, metric_label, score_text

BY_RULE = "As the rule says"


class Bar(QWidget):
    """A share as a 4 px bar in a rung's hue."""

    def __init__(self, share: float, rung: Rung) -> None:
        super().__init__()
        self._share, self._rung = share, rung
        self.setFixedSize(theme.px(104), theme.px(16))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        height = theme.px(4)
        top = (self.height() - height) // 2
        painter.fillRect(0, top, self.width(), height, theme.color("pressed"))
        filled = round(self.width() * min(1.0, max(0.0, self._share)))
        painter.fillRect(0, top, filled, height, QColor(theme.current().rung(self._rung)))
        painter.end()


class Scores(QWidget):
    """One line a metric; the tooltip explains it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._body: QWidget | None = None

    def show_scores(
        self, scores: Mapping[str, float | None], rung: Rung, explanations: Mapping[str, str],
        notes: Mapping[str, str] | None = None, parts: Sequence[str] = (),
    ) -> None:
        """Those that apply; the rest would be rows of dashes. `notes` say why one does not
        count: it has no bar then. `parts` say what the weighted score adds up from."""
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.hide()
            self._body.deleteLater()
        self._body = body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(theme.px(3))
        grid.setColumnStretch(0, 1)
        known = {name: value for name, value in scores.items() if value is not None}
        for row, (name, value) in enumerate(known.items()):
            named = label(metric_label(name))
            named.setToolTip(explanations.get(name, ""))
            figure = label(score_text(name, value))
            figure.setFont(theme.font(tabular=True))
            grid.addWidget(named, row, 0)
            note = (notes or {}).get(name, "")
            if note:
                for part in (named, figure):
                    part.setProperty("tone", "muted")
                grid.addWidget(label(note, tone="muted", size="small"), row, 1)
            elif name not in OPEN_ENDED:
                grid.addWidget(Bar(value, rung), row, 1)
            grid.addWidget(figure, row, 2, Qt.AlignmentFlag.AlignRight)
        if parts:
            head = [] if METRIC in known else ["No weighted score, for a part is missing:"]
            lines = label("\n".join([*head, *parts]), tone="muted", size="small", wrap=True)
            lines.setAccessibleName("Parts of the weighted score")
            grid.addWidget(lines, len(known), 0, 1, 3)
        self._column.addWidget(body)
        self.setVisible(bool(known))


class CauseRow(QWidget):
    """The cause with the rule that decided, and a person's last word."""

    overridden = Signal(object)  # Cause, or None: what the rule says

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chip = StateChip(parent=self)
        self.rule = label(tone="muted", size="small", wrap=True)
        self.choice = QComboBox()
        self.choice.setAccessibleName("Cause of the failure")
        self.choice.setToolTip("Your word goes before the rule's")
        self.choice.addItem(BY_RULE, None)
        for cause in Cause:
            self.choice.addItem(cause.value, cause.value)
        self.choice.activated.connect(self._chosen)
        line = QHBoxLayout()
        line.setSpacing(theme.px(8))
        line.addWidget(self.chip)
        line.addStretch(1)
        line.addWidget(self.choice)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        column.addLayout(line)
        column.addWidget(self.rule)

    def show_cause(self, cell: Cell) -> None:
        """The cause of a cell, or that it has none."""
        found: Attribution | None = cell.attribution
        if found is None:
            self.chip.show_state("", "No failure found", "neutral")
            self.rule.setText("")
        else:
            self.chip.show_state("", found.cause.value, "danger")
            self.rule.setText(found.rule)
        self.rule.setVisible(bool(found and found.rule))
        by_hand = found is not None and found.by_hand
        place = self.choice.findData(found.cause.value) if found and by_hand else 0
        self.choice.setCurrentIndex(max(0, place))

    def _chosen(self, place: int) -> None:
        value = self.choice.itemData(place)
        self.overridden.emit(None if value is None else Cause(value))
