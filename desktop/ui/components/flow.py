"""A row of buttons and fields that takes a second line where one is too narrow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowRow(QLayout):
    """Left to right, then down; what was added last with `add_right` stands at the right.

    No wider at least than its widest part, so that large text never widens a window.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self._right: set[int] = set()  # places

    def add_right(self, widget: QWidget) -> None:
        """Add a widget that is pushed to the right of its line."""
        self._right.add(len(self._items))
        self.addWidget(widget)

    # --- what QLayout asks for ---------------------------------------------------------------

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._place(QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QSize:
        left, top, right, bottom = self._margins()
        hints = [item.sizeHint() for item in self._shown()]
        width = sum(hint.width() for hint in hints) + self.spacing() * max(0, len(hints) - 1)
        height = max((hint.height() for hint in hints), default=0)
        return QSize(width + left + right, height + top + bottom)

    def minimumSize(self) -> QSize:
        left, top, right, bottom = self._margins()
        least = [item.minimumSize() for item in self._shown()]
        return QSize(max((size.width() for size in least), default=0) + left + right,
                     max((size.height() for size in least), default=0) + top + bottom)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._place(rect, move=True)

    # --- placing -----------------------------------------------------------------------------

    def _margins(self) -> tuple[int, int, int, int]:
        margins = self.contentsMargins()
        return margins.left(), margins.top(), margins.right(), margins.bottom()

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, int]]]:
        """The items of each line with their widths."""
        lines: list[list[tuple[QLayoutItem, int]]] = []
        left = 0
        for item in self._shown():
            wanted = min(max(item.sizeHint().width(), item.minimumSize().width()), width)
            if not lines or wanted > left:
                lines.append([])
                left = width
            lines[-1].append((item, wanted))
            left -= wanted + self.spacing()
        return lines

    def _place(self, rect: QRect, *, move: bool) -> int:
        """The height that is needed; with `move` the items go to their places."""
        left, top, right, bottom = self._margins()
        inside = rect.adjusted(left, top, -right, -bottom)
        y = inside.y()
        for place, line in enumerate(self._lines(inside.width())):
            y += self.spacing() if place else 0
            height = max(item.sizeHint().height() for item, _ in line)
            if move:
                self._place_line(line, QRect(inside.x(), y, inside.width(), height))
            y += height
        return y - rect.y() + bottom

    def _place_line(self, line: Sequence[tuple[QLayoutItem, int]], rect: QRect) -> None:
        spare = rect.width() - sum(w for _, w in line) - self.spacing() * (len(line) - 1)
        x = rect.x()
        pushed = False
        for item, wanted in line:
            width = wanted
            if not pushed and self._items.index(item) in self._right:
                x, spare, pushed = x + spare, 0, True
            elif spare > 0 and _grows(item):
                most = item.maximumSize().width()
                width = min(wanted + spare, max(wanted, most))
                spare -= width - wanted
            high = min(item.sizeHint().height(), rect.height())
            item.setGeometry(QRect(QPoint(x, rect.y() + (rect.height() - high) // 2),
                                   QSize(width, high)))
            x += width + self.spacing()


def _grows(item: QLayoutItem) -> bool:
    widget = item.widget()
    return widget is not None and bool(
        widget.sizePolicy().expandingDirections() & Qt.Orientation.Horizontal)
