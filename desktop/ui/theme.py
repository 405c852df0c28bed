"""One QPalette and one style sheet per theme, filled from the tokens.

Widgets say what they are with dynamic properties and the sheet does the rest:

    QPushButton, QToolButton   kind: "primary", "secondary", "quiet", "danger", "link"
                               scale: "small" (24 px instead of 28)
    QLabel                     tone: "muted", "accent", "success", "warning", "danger", "info"
                               role: "title" (B+5), "section" (B+1 semibold), "strong" (600)
                               size: "small" (B-1), "code": "true" (monospace)
    QFrame                     surface: "bg", "surface", "raised", "danger", "warning", "info"
                               rule: "top", "bottom", "left" (a hairline on that side), "box"
    QLineEdit, QPlainTextEdit  code: "true"; flat: "true" (no outline: the parent has one)

Set them before the widget is first shown, or with `set_property`, which restyles it.
("size" is not among them: QWidget has a property of that name.)
A push button without a kind is a secondary one, a tool button without a kind a quiet one.

Sizes in pixels are those of the design at 100 % and go through `px`, which follows the font.
Painters and delegates read `current()` each time they paint; a change of theme reaches them
as PaletteChange, which repaints by itself. `changes.changed` is for what caches pixels.
"""

from __future__ import annotations

import functools
import os
from string import Template
from typing import Literal

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from ..resource_files import resource
from .tokens import DARK, LIGHT, THEMES, ThemeName, Tokens

ThemeChoice = Literal["system", "light", "dark"]
TEXT_SIZES = (100, 110, 125, 150, 175, 200)  # per cent
_FONT_HEIGHT = 16  # of the design's body font at 100 %, in pixels


class _Changes(QObject):
    """Tells what caches pixels that the tokens or the text size are others now."""

    changed = Signal()


class _State:
    tokens: Tokens = LIGHT
    choice: ThemeChoice = "system"
    text_percent = 100
    system_font: QFont | None = None
    unit = 1.0  # pixels of this font for one pixel of the design
    following = False
    flash: int | None = None  # the system's time of a blink of the cursor, in ms
    fusion = False  # chosen before the application was made

    def __init__(self) -> None:
        self.fonts: dict[tuple[float, bool, bool, bool], QFont] = {}


changes = _Changes()
_state = _State()


def current() -> Tokens:
    """The tokens on screen now."""
    return _state.tokens


def choice() -> ThemeChoice:
    """What the user chose: a theme, or to follow the system."""
    return _state.choice


def text_percent() -> int:
    """The user's text size, 100 to 200."""
    return _state.text_percent


def px(design: float) -> int:
    """A length of the design in pixels of this screen's font and the user's text size."""
    return round(design * _state.unit)


def dialog_size(width: float, height: float) -> QSize:
    """Lengths of the design in pixels, but no more than the screen has beside the title bar."""
    room = QApplication.primaryScreen().availableSize() - QSize(16, 56)
    return QSize(px(width), px(height)).boundedTo(room)


def color(role: str) -> QColor:
    """The colour of a role ("accent", "muted", "danger_tint", ...) on screen now."""
    return QColor(_state.tokens.get(role))


def font(
    step: float = 0, *, bold: bool = False, tabular: bool = False, code: bool = False
) -> QFont:
    """The body font `step` points larger; `bold` is semibold, `tabular` has even digits."""
    key = (step, bold, tabular, code)
    if key not in _state.fonts:
        _state.fonts[key] = _make_font(*key)
    return QFont(_state.fonts[key])


def _make_font(step: float, bold: bool, tabular: bool, code: bool) -> QFont:
    body = QApplication.font()
    made = _code_font() if code else QFont(body)
    made.setPointSizeF(max(8.0, body.pointSizeF() + step * _state.text_percent / 100))
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    if tabular:
        made.setFeature(QFont.Tag("tnum"), 1)
    return made


def _code_font() -> QFont:
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


def set_property(widget: QWidget, name: str, value: str) -> None:
    """Change a property the style sheet looks at, and restyle that widget only."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    style = widget.style()
    style.unpolish(widget)
    style.polish(widget)


def system_theme() -> ThemeName:
    """What the system asks for; light where it does not say."""
    app = QApplication.instance()
    hints = QApplication.styleHints() if app is not None else None
    dark = hints is not None and hints.colorScheme() is Qt.ColorScheme.Dark
    return "dark" if dark else "light"


def apply(app: QApplication, theme: ThemeChoice = "system", text_percent: int = 100) -> None:
    """Dress the whole program; may be called again at any time."""
    prepare(app, theme, text_percent)
    dress(app)


def reduce_motion(on: bool) -> None:
    """Whether nothing blinks or slides; off again, it is as the system has it."""
    if _state.flash is None:
        _state.flash = QApplication.cursorFlashTime()
    QApplication.setCursorFlashTime(0 if on else _state.flash)
    for effect in (Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_AnimateCombo,
                   Qt.UIEffect.UI_AnimateTooltip, Qt.UIEffect.UI_FadeMenu,
                   Qt.UIEffect.UI_FadeTooltip):
        QApplication.setEffectEnabled(effect, not on)


def choose_style() -> None:
    """Ask for Fusion before the QApplication is made.

    `setStyle` does the same later, but returns a QStyle, and making that class with all its
    enums known to Python takes 10 ms before the first paint.
    """
    if QApplication.instance() is None:
        os.environ["QT_STYLE_OVERRIDE"] = "Fusion"
        _state.fusion = True


def prepare(app: QApplication, theme: ThemeChoice = "system", text_percent: int = 100) -> None:
    """Style, palette, font and lengths: what widgets need while they are made."""
    if _state.system_font is None:
        _state.system_font = QFont(app.font())
        if not _state.fusion:
            app.setStyle("Fusion")
    if not _state.following:
        _state.following = True
        QApplication.styleHints().colorSchemeChanged.connect(_follow)
    name = system_theme() if theme == "system" else theme
    _state.choice, _state.tokens = theme, THEMES[name]
    _state.text_percent = min(200, max(100, text_percent))
    base = _base_font(_state.system_font)
    app.setFont(base)
    _state.fonts.clear()
    _state.unit = max(1.0, QFontMetrics(base).height() / _FONT_HEIGHT)
    app.setPalette(palette(_state.tokens))


def dress(app: QApplication) -> None:
    """The style sheet. At start this comes after the widgets are made and before they show:

    each widget that gets a parent under a sheet is polished again, a quarter of the time.
    """
    app.setStyleSheet(stylesheet(_state.tokens, app.font().pointSizeF()))
    changes.changed.emit()


def _follow() -> None:
    app = QApplication.instance()
    if _state.choice == "system" and isinstance(app, QApplication):
        apply(app, "system", _state.text_percent)


def _base_font(system: QFont) -> QFont:
    made = QFont(system)
    size = system.pointSizeF() if system.pointSizeF() > 0 else QFontInfo(system).pointSizeF()
    made.setPointSizeF(size * _state.text_percent / 100)
    return made


def palette(tokens: Tokens) -> QPalette:
    """The palette of a theme: most of the look, and what the style sheet costs nothing for."""
    made = QPalette()
    for role, name in _PALETTE.items():
        made.setColor(role, QColor(tokens.get(name)))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text,
                 QPalette.ColorRole.ButtonText, QPalette.ColorRole.HighlightedText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.text_disabled))
    return made


_PALETTE = {
    QPalette.ColorRole.Window: "bg",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "raised",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "text_muted",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "danger",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "text",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.Light: "surface",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "border_strong",
    QPalette.ColorRole.Shadow: "border_strong",
}


@functools.cache
def _template() -> Template:
    return Template(resource("theme/app.qss").read_text(encoding="utf-8"))


def stylesheet(tokens: Tokens, base_point_size: float) -> str:
    """The style sheet of a theme at a body size in points."""
    step = _state.text_percent / 100
    values = {name: tokens.get(name) for name in Tokens.__slots__}
    values |= {f"px{size}": f"{px(size)}px" for size in _LENGTHS}
    values["small"] = f"{max(8.0, base_point_size - step):g}pt"
    values["section"] = f"{base_point_size + step:g}pt"
    values["title"] = f"{base_point_size + 5 * step:g}pt"
    values["code"] = _code_font().family()
    values["images"] = resource("theme").as_posix()
    return _template().substitute(values)


_LENGTHS = (2, 4, 6, 7, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 32, 34, 42)

__all__ = [
    "DARK", "LIGHT", "TEXT_SIZES", "THEMES", "ThemeChoice", "ThemeName", "Tokens", "apply",
    "changes", "choice", "choose_style", "color", "current", "dress", "font", "palette",
    "prepare", "px", "set_property", "stylesheet", "system_theme", "text_percent",
]
