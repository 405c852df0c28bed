"""Win rates of couples of columns: figures, an interval around the half, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QWidget

from ....core.evaluation.blind import WinRate
from ....core.evaluation.blind_words import percent, sentence
from ... import theme
from ...components import ElidedLabel, StateChip, label

HEADS = ("Couple", "Preferred", "95 % interval", "", "Won, tied, lost", "")


class _Range(QWidget):
    """0 to 100 %, the half strongest, the interval as a line with its mean."""

    def __init__(self, rate: WinRate) -> None:
        super().__init__()
        self._rate = rate
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(sentence(rate))
        self.setToolTip(sentence(rate))

    def sizeHint(self) -> QSize:
        return QSize(theme.px(160), theme.px(24))

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(80), theme.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = self.rect().adjusted(theme.px(6), 0, -theme.px(6), 0)
        middle, rate = box.center().y(), self._rate.rate
        painter.setPen(QPen(theme.color("border"), 1))
        painter.drawLine(box.left(), middle, box.right(), middle)
        painter.setPen(QPen(theme.color("text_muted"), 1))
        half = self._at(box, 0.5)
        painter.drawLine(half, middle - theme.px(8), half, middle + theme.px(8))
        painter.setPen(QPen(theme.color("accent"), theme.px(2)))
        painter.drawLine(self._at(box, rate.low), middle, self._at(box, rate.high), middle)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(theme.color("accent"))
        side = theme.px(8)
        painter.drawEllipse(QRect(self._at(box, rate.mean) - side // 2, middle - side // 2,
                                  side, side))
        painter.end()

    def _at(self, box: QRect, share: float) -> int:
        return box.left() + round(box.width() * min(1.0, max(0.0, share)))


class WinRates(QFrame):
    """One row a couple."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Win rates")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(8))
        self._grid.setColumnStretch(0, 2)
        self._grid.setColumnStretch(3, 1)

    def show_rates(self, rates: Sequence[WinRate]) -> None:
        """Replace what is shown."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for column, head in enumerate(HEADS):
            self._grid.addWidget(label(head, tone="muted", size="small"), 0, column)
        for row, rate in enumerate(rates, start=1):
            self._row(row, rate.leading())

    def _row(self, row: int, rate: WinRate) -> None:
        name = ElidedLabel(f"{rate.a} over {rate.b}")
        figures = label(percent(rate.rate.mean), role="strong")
        between = label(f"{percent(rate.rate.low)} to {percent(rate.rate.high)}", size="small")
        counts = label(f"{rate.wins}, {rate.ties}, {rate.losses}", size="small")
        if rate.shows_difference:
            chip = StateChip("check", f"{rate.better} preferred", "success")
        else:
            chip = StateChip("equals", "Within noise", "neutral")
        chip.setToolTip(sentence(rate))
        for figure in (figures, between, counts):
            figure.setFont(theme.font(0 if figure is figures else -1, tabular=True,
                                      bold=figure is figures))
        parts = (name, figures, between, _Range(rate), counts, chip)
        for column, part in enumerate(parts):
            self._grid.addWidget(part, row, column, Qt.AlignmentFlag.AlignVCenter)
