"""Parts that every pane and view is built from."""

from .boxes import EmptyState, ErrorBox, IconLabel, dialog_foot
from .buttons import CaretButton, KeyButton, Segmented, button, icon_button
from .flow import FlowRow
from .labels import ElidedLabel, SectionHeader, label
from .painters import (
    badge_size,
    chip_size,
    paint_badge,
    paint_bar,
    paint_chip,
    paint_focus,
    paint_ground,
    paint_hairline,
    paint_word,
    tone_color,
)
from .signs import RungBadge, StateChip
from .what import explain

__all__ = [
    "CaretButton", "ElidedLabel", "EmptyState", "ErrorBox", "FlowRow", "IconLabel", "KeyButton",
    "RungBadge", "SectionHeader", "Segmented", "StateChip", "badge_size", "button",
    "chip_size", "dialog_foot", "explain", "icon_button", "label", "paint_badge", "paint_bar",
    "paint_chip", "paint_focus", "paint_ground", "paint_hairline", "paint_word", "tone_color",
]
