"""The heads of the grid: what a column is, its mean with its interval, and the order."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QHeaderView, QToolTip, QWidget

from ....core.evaluation.types import Comparison, Interval, RunSummary
from ....core.evaluation.weights import METRIC
from ....core.types import Rung, Strategy
from ... import theme
from ...components import badge_size, paint_badge
from ...icons import icon
from .model import GridModel
from .score_words import difference_text, metric_label, score_text

_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_PLOTTED = 1.0  # shares are drawn on 0..1


class GridHeader(QHeaderView):
    """Click sorts, double-click maximises, drag resizes; the menu is the table's."""

    maximiseRequested = Signal(int)
    menuRequested = Signal(int, QPoint)

    def __init__(self, model: GridModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._grid_model = model
        self._summary: RunSummary | None = None
        self.total = 0
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setAccessibleName("Strategies")

    def show_summary(self, summary: RunSummary | None) -> None:
        """Means with intervals; without them the means so far stand."""
        self._summary = summary
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), theme.px(68))

    # --- what is known -------------------------------------------------------------------

    def interval(self, strategy: Strategy) -> Interval | None:
        """Mean and interval of the chosen score, when the run has a summary."""
        if self._summary is None:
            return None
        found = {s.name: s for s in self._summary.strategies}.get(strategy.name)
        return found.metrics.get(self._grid_model.grid.metric) if found else None

    def comparison(self, strategy: Strategy) -> Comparison | None:
        """This column against the Baseline on the chosen score."""
        grid = self._grid_model.grid
        base = next((s.name for s in grid.strategies if s.id == grid.baseline), "")
        for found in self._summary.comparisons if self._summary else ():
            if found.metric == grid.metric and {found.a, found.b} == {base, strategy.name}:
                return found
        return None

    def words(self, column: int) -> str:
        """A head in words: tooltip and screen reader."""
        strategy = self._grid_model.strategy(column)
        if strategy is None:
            return f"Case, {self._grid_model.rowCount()} of {self.total} shown"
        metric = self._grid_model.grid.metric
        found = self.interval(strategy)
        if found is None:
            mean, n = self._grid_model.grid.mean(strategy.id)
            figures = f"{score_text(metric, mean)} over {n} cases so far"
        else:
            figures = (f"{score_text(metric, found.mean)}, 95 % interval "
                       f"{score_text(metric, found.low)} to {score_text(metric, found.high)}, "
                       f"n {found.n}")
        note = self._grid_model.grid.note(metric)
        lines = [f"{strategy.name}: {metric_label(metric)} {figures}{note and f', {note}'}"]
        lines += self._more(strategy)
        against = self.comparison(strategy)
        if against is not None:
            lines.append(_against(against, strategy.name, metric))
        return "\n".join(lines)

    def _more(self, strategy: Strategy) -> list[str]:
        """What repeats and weights add to a head's words."""
        grid = self._grid_model.grid
        spread = grid.spread(strategy.id)
        lines = [] if spread is None else [
            f"Repeats of a case differ by {score_text(grid.metric, spread)} (standard deviation)"]
        if grid.metric == METRIC:
            lines += grid.weighing.of_column(
                cell for cell in grid.all_cells() if cell.strategy_id == strategy.id)
        return lines

    # --- painting ------------------------------------------------------------------------

    def paintSection(self, painter: QPainter, rect: QRect, column: int) -> None:
        painter.save()
        painter.fillRect(rect, theme.color("raised"))
        painter.setPen(QPen(theme.color("border"), 0))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        room = rect.adjusted(theme.px(8), theme.px(8), -theme.px(8), -theme.px(6))
        strategy = self._grid_model.strategy(column)
        if strategy is None:
            self._paint_case(painter, room)
        else:
            self._paint_strategy(painter, rect, room, column, strategy)
        painter.restore()

    def _paint_case(self, painter: QPainter, room: QRect) -> None:
        line = theme.px(18)
        bottom = QRect(room.left(), room.bottom() - line, room.width(), line)
        first = bottom.translated(0, -line)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font(-0.5))
        painter.drawText(first, _LEFT, "Case")
        self._paint_order(painter, 0, first.left() + theme.px(38), first.center().y())
        painter.setPen(theme.color("muted"))
        painter.setFont(theme.font(-1))
        painter.drawText(bottom, _LEFT, f"{self._grid_model.rowCount():,} of {self.total:,} shown")

    def _paint_strategy(
        self, painter: QPainter, rect: QRect, room: QRect, column: int, strategy: Strategy
    ) -> None:
        letters, rung = self._grid_model.grid.badges[strategy.id]
        hue = QColor(theme.current().rung(rung))
        _paint_rule(painter, rect, hue, dashed=letters[-1].isdigit() or letters == "W")
        size = badge_size(letters)
        height = theme.px(18)
        badge = QRect(room.left(), room.top(), size.width(), height)
        paint_badge(painter, badge, letters, rung)
        sorts = self.sortIndicatorSection() == column
        name = room.adjusted(size.width() + theme.px(6), 0, -theme.px(14 if sorts else 0), 0)
        name.setHeight(height)
        painter.setFont(theme.font(bold=True))
        painter.setPen(theme.color("text"))
        shown = QFontMetrics(painter.font()).elidedText(
            strategy.name, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, _LEFT, shown)
        self._paint_order(painter, column, room.right() - theme.px(8), name.center().y())
        self._paint_mean(painter, room, strategy, hue, rung)

    def _paint_mean(
        self, painter: QPainter, room: QRect, strategy: Strategy, hue: QColor, rung: Rung
    ) -> None:
        metric = self._grid_model.grid.metric
        found = self.interval(strategy)
        mean, n = (found.mean, found.n) if found else self._grid_model.grid.mean(strategy.id)
        line = QRect(room.left(), room.top() + theme.px(20), room.width(), theme.px(18))
        if mean is None and not n:
            painter.setFont(theme.font(-1))
            painter.setPen(theme.color("muted"))
            painter.drawText(line, _LEFT, "No score yet")
            return
        painter.setFont(theme.font(bold=True, tabular=True))
        note = self._grid_model.grid.note(metric)
        painter.setPen(theme.color("muted" if note else "text"))
        text = score_text(metric, mean)
        painter.drawText(line, _LEFT, text)
        after = line.adjusted(
            QFontMetrics(painter.font()).horizontalAdvance(text) + theme.px(6), 0, 0, 0)
        painter.setFont(theme.font(-1.5, tabular=True))
        painter.setPen(theme.color("muted"))
        span = (f"{score_text(metric, found.low)}–{score_text(metric, found.high)}  "
                if found else "")
        whole = f"{note}  n {n:,}" if note else f"{span}n {n:,}"
        fits = QFontMetrics(painter.font()).horizontalAdvance(whole) <= after.width()
        painter.drawText(after, _LEFT, whole if fits else note or span.strip())
        if mean is not None and metric not in ("latency", "tokens", "cost"):
            place = QRect(room.left(), room.bottom() - theme.px(8), room.width(), theme.px(9))
            _paint_interval(painter, place, mean, found, hue, hollow=rung is Rung.BASELINE)

    def _paint_order(self, painter: QPainter, column: int, x: int, y: int) -> None:
        if self.sortIndicatorSection() != column:
            return
        up = self.sortIndicatorOrder() is Qt.SortOrder.AscendingOrder
        side = theme.px(11)
        icon("caret-up" if up else "caret-down", "muted").paint(
            painter, QRect(x, y - side // 2, side, side))

    # --- what the user does ----------------------------------------------------------------

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        column = self.logicalIndexAt(event.position().toPoint())
        at_edge = self.cursor().shape() is Qt.CursorShape.SplitHCursor
        if column > 0 and not at_edge:
            self.maximiseRequested.emit(column)
        else:
            super().mouseDoubleClickEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        # Worked out when it is wanted: the parts of a weighted score take some milliseconds.
        if isinstance(event, QHelpEvent):
            column = self.logicalIndexAt(event.pos())
            QToolTip.showText(event.globalPos(), self.words(column) if column >= 0 else "", self)
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menuRequested.emit(self.logicalIndexAt(event.pos()), event.globalPos())


def _against(found: Comparison, name: str, metric: str) -> str:
    sign = 1 if found.b == name else -1
    low, high = sorted((sign * found.low, sign * found.high))
    text = (f"{difference_text(metric, sign * found.difference)} v. Baseline "
            f"({difference_text(metric, low)} to {difference_text(metric, high)})")
    return text if found.shows_difference else f"No difference shown v. Baseline: {text}"


def _paint_rule(painter: QPainter, rect: QRect, hue: QColor, *, dashed: bool) -> None:
    if not dashed:
        painter.fillRect(rect.left(), rect.top(), rect.width(), 3, hue)
        return
    step = theme.px(8)
    for x in range(rect.left(), rect.right(), step):
        painter.fillRect(x, rect.top(), min(step * 2 // 3, rect.right() - x), 3, hue)


def _paint_interval(
    painter: QPainter, room: QRect, mean: float, found: Interval | None, hue: QColor, *,
    hollow: bool,
) -> None:
    """The scale 0..1, the interval as a thick stretch of it, the mean as a dot."""
    y = room.center().y()

    def place(value: float) -> int:
        return room.left() + round(room.width() * min(_PLOTTED, max(0.0, value)))

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(QRect(room.left(), y, room.width(), 1), theme.color("border_strong"))
    if found is not None:
        low, high = place(found.low), place(found.high)
        painter.fillRect(QRect(low, y - 1, max(1, high - low), 3), hue)
    painter.setPen(QPen(hue, 2))
    painter.setBrush(theme.color("raised") if hollow else hue)
    radius = theme.px(3)
    painter.drawEllipse(QPoint(place(mean), y), radius, radius)
