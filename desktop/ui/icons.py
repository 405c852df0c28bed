"""Phosphor icons, painted from the shipped font in the colours of the theme.

The glyphs are drawn as outlines through QRawFont, so the font is never registered with the
system and nothing is read before the first icon is painted. An icon asks for its colour each
time it is painted and so follows the theme by itself.
"""

from __future__ import annotations

import functools
import json

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPixmap,
    QRawFont,
)

from ..resource_files import resource
from . import theme


@functools.cache
def _glyphs() -> dict[str, int]:
    names = json.loads(resource("icons/phosphor.json").read_text(encoding="ascii"))
    return {name: int(code, 16) for name, code in names.items()}


@functools.cache
def _loaded() -> QRawFont:
    path = str(resource("icons/phosphor.ttf"))
    return QRawFont(path, 16, QFont.HintingPreference.PreferNoHinting)


@functools.cache
def _font(pixels: int) -> QRawFont:
    sized = QRawFont(_loaded())
    sized.setPixelSize(pixels)
    return sized


@functools.lru_cache(512)
def outline(name: str, pixels: int) -> QPainterPath:
    """The icon's shape in a square of that size. Raises KeyError for a name Phosphor lacks."""
    font = _font(pixels)
    glyph = font.glyphIndexesForString(chr(_glyphs()[name]))[0]
    return font.pathForGlyph(glyph).translated(0, pixels)


def paint_icon(painter: QPainter, rect: QRect | QRectF, name: str, color: QColor) -> None:
    """Draw an icon as large as fits, in the middle of `rect`; for delegates and painters."""
    side = int(min(rect.width(), rect.height()))
    corner = QRectF(rect).center() - QPointF(side / 2, side / 2)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # Outlines are laid out on whole pixels: half a pixel off they turn to grey fur.
    painter.translate(QPointF(round(corner.x()), round(corner.y())))
    painter.fillPath(outline(name, side), color)
    painter.restore()


class _Engine(QIconEngine):
    def __init__(self, name: str, role: str, leading: bool = False) -> None:
        super().__init__()
        self.name = name
        self.role = role
        self.leading = leading

    def paint(
        self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State
    ) -> None:
        role = "text_disabled" if mode is QIcon.Mode.Disabled else self.role
        if self.leading:  # the sheet's 20 px: 16 of icon, 4 of gap at its right
            side = rect.height() * 4 // 5
            rect = QRect(rect.left(), rect.top() + (rect.height() - side) // 2, side, side)
        paint_icon(painter, rect, self.name, theme.color(role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _Engine(self.name, self.role, self.leading)


@functools.cache
def icon(name: str, role: str = "text") -> QIcon:
    """A Phosphor regular icon ("file-pdf", "x", ...) in a token's colour ("muted", "danger")."""
    return QIcon(_Engine(name, role))


@functools.cache
def leading_icon(name: str, role: str = "text") -> QIcon:
    """The same in front of a push button's word: with the gap that Qt leaves too small."""
    return QIcon(_Engine(name, role, leading=True))


FILE_ICONS = {
    ".pdf": "file-pdf", ".docx": "file-text", ".md": "file-text", ".txt": "file-text",
    ".html": "code", ".htm": "code", ".pptx": "presentation", ".xlsx": "table", ".csv": "table",
}


def file_icon(name: str) -> str:
    """The icon's name for a document's file name."""
    dot = name.rfind(".")
    return FILE_ICONS.get(name[dot:].lower() if dot >= 0 else "", "file")
