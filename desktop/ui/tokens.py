"""The colours of both themes, by role, and the contrast each role promises.

Values only, no Qt: tests compute the contrast of every role from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from ..core.types import Rung

ThemeName = Literal["light", "dark"]
Tone = Literal["neutral", "muted", "success", "warning", "danger", "info", "accent"]


@dataclass(frozen=True, slots=True, eq=False, repr=False)  # each method is made at start-up
class Tokens:
    """One theme; every field but `name` is a #RRGGBB colour."""

    name: ThemeName
    bg: str  # window, bars, tabs
    surface: str  # panes, grids, fields
    raised: str  # headers, detail panels
    hover: str
    pressed: str
    border: str  # hairlines, decoration only
    border_strong: str  # the outline of any control
    text: str
    text_muted: str
    text_disabled: str
    accent: str
    accent_text: str  # on accent
    selection: str
    mark: str  # the cited passage
    success: str
    success_tint: str
    warning: str
    warning_tint: str
    danger: str
    danger_tint: str
    info: str
    info_tint: str
    baseline: str
    prompt: str
    documents: str
    fine_tuned: str
    fine_tuned_documents: str
    ceiling: str
    badge_text: str

    def get(self, role: str) -> str:
        """The colour of a role by name; "muted" is short for "text_muted"."""
        return str(getattr(self, _ALIASES.get(role, role)))

    def rung(self, rung: Rung) -> str:
        """The hue of a rung's badge, rule and plot mark; never for running text."""
        return self.get(RUNG_ROLES[rung.value])

    def tint(self, tone: Tone) -> str:
        """The quiet fill behind a word of that tone."""
        if tone in ("success", "warning", "danger", "info"):
            return self.get(f"{tone}_tint")
        return self.selection if tone == "accent" else self.raised


_ALIASES = {"muted": "text_muted", "neutral": "text_muted", "disabled": "text_disabled",
            "on_accent": "accent_text"}

# By the rungs' values, so that the window's first paint does not wait for `core.types`.
RUNG_ROLES = {
    "Baseline": "baseline",
    "Prompt": "prompt",
    "Whole documents": "documents",
    "Prompt + documents": "documents",
    "Fine-tuned": "fine_tuned",
    "Fine-tuned + documents": "fine_tuned_documents",
    "Ceiling": "ceiling",
    "Made elsewhere": "text_muted",
}

LIGHT = Tokens(
    name="light",
    bg="#F2F3F5", surface="#FFFFFF", raised="#F8F9FB", hover="#ECEFF3", pressed="#DFE3EA",
    border="#DADEE5", border_strong="#79828F",
    text="#1B2029", text_muted="#565E6C", text_disabled="#8E96A3",
    accent="#2759CF", accent_text="#FFFFFF", selection="#D9E5FD", mark="#FFEFB0",
    success="#1B7440", success_tint="#E4F3EA", warning="#8A5500", warning_tint="#FCF1DC",
    danger="#B92730", danger_tint="#FCEAEB", info="#1D6A96", info_tint="#E5F0F7",
    baseline="#535A6B", prompt="#4F1FA8", documents="#2E8276", fine_tuned="#98390C",
    fine_tuned_documents="#740349", ceiling="#877315", badge_text="#FFFFFF",
)

DARK = Tokens(
    name="dark",
    bg="#15171B", surface="#1C1F24", raised="#23272E", hover="#2A2F37", pressed="#343A44",
    border="#353B45", border_strong="#7A8492",
    text="#E7E9ED", text_muted="#A4ACB9", text_disabled="#6B7380",
    accent="#7BA4FF", accent_text="#0E1524", selection="#263860", mark="#5A4A12",
    success="#5CC489", success_tint="#1B3226", warning="#E5B04A", warning_tint="#362B14",
    danger="#F58A8E", danger_tint="#3D2124", info="#6DB8E6", info_tint="#1A2F3D",
    baseline="#ABB3C6", prompt="#9E7CEA", documents="#6AE8C6", fine_tuned="#F09A4C",
    fine_tuned_documents="#F2587E", ceiling="#F2D662", badge_text="#14161A",
)

THEMES: dict[ThemeName, Tokens] = {"light": LIGHT, "dark": DARK}
