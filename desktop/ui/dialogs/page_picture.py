"""A page as it looks, with a passage marked on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QImage,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QScrollArea, QWidget

from ...core.page_images import Box, PageImage
from .. import theme

ZOOMS = (50, 75, 100, 125, 150, 200, 300)  # percent of 96 pixels an inch
MARK = QColor(255, 214, 0, 110)  # a marker's yellow: paper is white in every theme
EDGE = QColor(180, 120, 0)
FOUND, HERE = QColor(60, 120, 255, 50), QColor(60, 120, 255, 110)
FOUND_EDGE = QColor(30, 80, 200)


class _Sheet(QWidget):
    """Paints the picture and its boxes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = QImage()
        self.boxes: Sequence[Box] = ()
        self.places: Sequence[Sequence[Box]] = ()
        self.current = -1

    def sizeHint(self) -> QSize:
        ratio = self.devicePixelRatioF()
        return QSize(round(self.image.width() / ratio), round(self.image.height() / ratio))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        painter.scale(1 / ratio, 1 / ratio)
        painter.drawImage(0, 0, self.image)
        painter.setPen(EDGE)
        for x, y, width, height in self.boxes:
            # A frame as well: a mark must not be told by its colour alone.
            painter.fillRect(QRect(x, y, width, height), MARK)
            painter.drawRect(QRect(x - 1, y - 1, width + 1, height + 1))
        for number, boxes in enumerate(self.places):
            here = number == self.current
            painter.setPen(QPen(FOUND_EDGE, 2 * ratio if here else 1))
            for x, y, width, height in boxes:
                painter.fillRect(QRect(x, y, width, height), HERE if here else FOUND)
                painter.drawRect(QRect(x - 1, y - 1, width + 1, height + 1))


class PagePicture(QScrollArea):
    """Zoom with Ctrl and the wheel or plus and minus; `scaleChanged` asks for a new picture."""

    ROLE = QAccessible.Role.Graphic

    scaleChanged = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._percent = 100.0
        self._fits = True  # the page is as wide as the view, until the user zooms
        self._sheet = _Sheet()
        self.setWidget(self._sheet)
        self.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.setAccessibleName("The page as it looks")
        self.setFrameShape(QScrollArea.Shape.NoFrame)

    def scale_wanted(self) -> float:
        """For the renderer: 1 is 72 pixels an inch."""
        return self._percent / 100 * 96 / 72 * self.devicePixelRatioF()

    def show_image(self, page: PageImage, current: int = -1) -> None:
        """The answer to `scaleChanged`, scrolled to the current place of those found, or to the
        passage."""
        room = self.viewport().width() * self.devicePixelRatioF()
        if self._fits and abs(page.width - room) > 0.02 * room:
            self._fits = False  # once: a page that cannot be so wide must not be asked for again
            self._percent = max(ZOOMS[0], min(ZOOMS[-1], self._percent * room / page.width))
            self.scaleChanged.emit()
            return
        image = QImage(page.pixels, page.width, page.height, page.stride,
                       QImage.Format.Format_RGB32)
        self._sheet.image = image.copy()  # the bytes are Python's
        self._sheet.boxes, self._sheet.places = page.boxes, page.places
        self._sheet.current = current
        self._sheet.resize(self._sheet.sizeHint())
        marked = f", {len(page.boxes)} lines marked" if page.boxes else ", nothing marked"
        self.setAccessibleDescription(f"{self._percent:.0f} percent{marked}")
        self._sheet.update()
        wanted = page.places[current] if 0 <= current < len(page.places) else ()
        if wanted or page.boxes:
            ratio = self.devicePixelRatioF()
            x, y, width, height = (round(each / ratio) for each in (wanted or page.boxes)[0])
            self.ensureVisible(x + width // 2, y + height // 2, theme.px(80), theme.px(120))

    def zoom(self, steps: int) -> None:
        """Larger (1) or smaller (-1) by one step; 0: as wide as the view."""
        if not steps:
            self._fits = True
            self.scaleChanged.emit()
            return
        around = [each for each in ZOOMS if (each - self._percent) * steps > 0.5]
        if around:
            self._percent = float(min(around) if steps > 0 else max(around))
            self._fits = False
            self.scaleChanged.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(1)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom(-1)
        else:
            super().keyPressEvent(event)
