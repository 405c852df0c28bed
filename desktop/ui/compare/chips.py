"""Citation chips: `[1]` of an answer as an inline object of its document."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPen,
    QPyTextObject,
    QTextCharFormat,
    QTextDocument,
    QTextFormat,
)

from .. import theme

KIND = QTextFormat.ObjectTypes.UserObject.value + 1
OBJECT = "￼"  # what stands in the document's text for a chip
_NUMBER = QTextFormat.Property.UserProperty.value + 1


def chip_format(number: int, base: QTextCharFormat) -> QTextCharFormat:
    """The format of the one character that stands for a chip."""
    made = QTextCharFormat(base)
    made.setObjectType(KIND)
    made.setProperty(_NUMBER, number)
    made.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignBaseline)
    return made


def chip_number(found: QTextFormat) -> int | None:
    """The passage a format stands for, or None when it is no chip."""
    return int(found.property(_NUMBER)) if found.objectType() == KIND else None


def paint_chip(
    painter: QPainter, rect: QRectF, number: int, *, filled: bool, muted: bool = False,
    focused: bool = False,
) -> None:
    """A number in an accent outline, filled when its passage is open; muted when uncited."""
    tokens = theme.current()
    line = QColor(tokens.border if muted else tokens.accent)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font(-1.5, tabular=True, bold=not muted))
    painter.setPen(QPen(line, 2 if focused else 1))
    painter.setBrush(line if filled else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    words = tokens.accent_text if filled else tokens.text_muted if muted else tokens.accent
    painter.setPen(QColor(words))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(number))
    if focused and filled:  # the outline has the fill's colour: show focus inside it
        painter.setPen(QPen(QColor(tokens.accent_text), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(rect.adjusted(2.5, 2.5, -2.5, -2.5), 2, 2)
    painter.restore()


def chip_size(number: int) -> QSizeF:
    """Room for a chip, in pixels of the theme's font."""
    digits = QFontMetricsF(theme.font(-1.5, bold=True)).horizontalAdvance(str(number))
    return QSizeF(max(theme.px(17), digits + theme.px(10)), theme.px(17))


class ChipPainter(QPyTextObject):
    """Draws the chips of one document; `open` and `focused` say how."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.open: int | None = None
        self.focused: int | None = None  # position in the document

    def intrinsicSize(self, doc: QTextDocument, position: int, found: QTextFormat) -> QSizeF:
        size = chip_size(chip_number(found) or 0)
        return QSizeF(size.width() + theme.px(4), size.height() - theme.px(4))

    def drawObject(
        self, painter: QPainter, rect: QRectF | QRect, doc: QTextDocument, position: int,
        found: QTextFormat,
    ) -> None:
        number = chip_number(found) or 0
        # The layout's box ends at the baseline; the chip hangs around the line's middle.
        box = QRectF(rect).adjusted(theme.px(2), -theme.px(2), -theme.px(2), theme.px(2))
        paint_chip(painter, box, number, filled=number == self.open,
                   focused=position == self.focused)
