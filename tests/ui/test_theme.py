"""Every promise of contrast, computed; and that the sheet fills and applies."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from desktop.core.types import Rung
from desktop.resource_files import resource
from desktop.ui import theme
from desktop.ui.tokens import DARK, LIGHT, RUNG_ROLES, Tokens

GROUNDS = ("surface", "raised", "bg", "selection")
LEAST = {  # role: (light, dark), over all grounds and its own tint
    "text": (12.9, 9.5), "text_muted": (5.1, 5.0), "accent": (4.8, 4.7),
    "success": (4.5, 5.3), "warning": (4.8, 5.8), "danger": (4.8, 4.9), "info": (4.6, 5.3),
}
RUNGS = {
    Rung.BASELINE: (6.9, 7.9), Rung.PROMPT: (10.0, 5.1), Rung.DOCUMENTS: (4.6, 11.0),
    Rung.FINE_TUNED: (7.2, 7.4), Rung.FINE_TUNED_DOCUMENTS: (11.3, 5.1), Rung.CEILING: (4.7, 11.5),
}


def luminance(color: str) -> float:
    def channel(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (channel(int(color[i:i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    """The contrast ratio of WCAG 2.2, 1 to 21."""
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"])
def tokens(request: pytest.FixtureRequest) -> Tokens:
    return request.param


def rounded(ratio: float) -> float:
    """As the table gives it: one decimal."""
    return round(ratio, 1)


def at(tokens: Tokens, pair: tuple[float, float]) -> float:
    return pair[0] if tokens is LIGHT else pair[1]


def test_contrast_itself():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("role", LEAST)
def test_words_read_on_every_ground(tokens, role):
    grounds = [tokens.get(ground) for ground in GROUNDS]
    if role in ("success", "warning", "danger", "info"):
        grounds.append(tokens.get(f"{role}_tint"))
    assert rounded(min(contrast(tokens.get(role), g) for g in grounds)) >= at(tokens, LEAST[role])


@pytest.mark.parametrize("role", LEAST)
def test_words_read_on_what_is_pressed_and_in_messages(tokens, role):
    """Buttons under the mouse, and a message of any tone."""
    for ground in ("hover", "pressed", "success_tint", "warning_tint", "danger_tint", "info_tint"):
        assert contrast(tokens.get(role), tokens.get(ground)) >= 4.5, ground


def test_every_rule_of_the_sheet_with_words_and_a_ground_reads(tokens):
    sheet = resource("theme").joinpath("app.qss").read_text(encoding="utf-8")
    rules = re.findall(r"([^{}]+)\{([^}]*)\}", re.sub(r"/\*.*?\*/", "", sheet, flags=re.S))
    seen = 0
    for selector, body in rules:
        words = re.search(r"(?:^|[;\s])color: \$(\w+)", body)
        ground = re.search(r"background(?:-color)?: \$(\w+)", body)
        if words and ground and "disabled" not in words[1]:
            seen += 1
            ratio = contrast(tokens.get(words[1]), tokens.get(ground[1]))
            assert ratio >= 4.5, selector.strip()
    assert seen >= 8


def test_outlines_of_controls_are_seen(tokens):
    lowest = min(contrast(tokens.border_strong, tokens.get(ground)) for ground in GROUNDS)
    assert round(lowest, 2) >= at(tokens, (3.07, 3.05))


def test_text_on_accent_and_on_the_mark(tokens):
    assert rounded(contrast(tokens.accent_text, tokens.accent)) >= at(tokens, (6.1, 7.5))
    assert rounded(contrast(tokens.text, tokens.mark)) >= at(tokens, (14.2, 7.1))


@pytest.mark.parametrize("rung", RUNGS)
def test_rungs_stand_out_and_their_letters_read(tokens, rung):
    hue = tokens.rung(rung)
    assert rounded(contrast(hue, tokens.surface)) >= at(tokens, RUNGS[rung])
    assert contrast(hue, tokens.selection) >= 3.5
    assert contrast(tokens.badge_text, hue) >= at(tokens, (4.5, 5.5))


def test_every_rung_has_a_hue():
    assert set(RUNG_ROLES) == {rung.value for rung in Rung}


@pytest.mark.parametrize(("text", "ground"), [
    (QPalette.ColorRole.HighlightedText, QPalette.ColorRole.Highlight),
    (QPalette.ColorRole.WindowText, QPalette.ColorRole.Window),
    (QPalette.ColorRole.Text, QPalette.ColorRole.Base),
    (QPalette.ColorRole.Text, QPalette.ColorRole.AlternateBase),
    (QPalette.ColorRole.ButtonText, QPalette.ColorRole.Button),
    (QPalette.ColorRole.ToolTipText, QPalette.ColorRole.ToolTipBase),
    (QPalette.ColorRole.PlaceholderText, QPalette.ColorRole.Base),
    (QPalette.ColorRole.Link, QPalette.ColorRole.Base),
])
def test_palette_pairs_meet_aa(qapp, tokens, text, ground):
    made = theme.palette(tokens)
    assert contrast(made.color(text).name(), made.color(ground).name()) >= 4.5


def test_every_token_is_a_colour(tokens):
    for field in fields(tokens):
        if field.name != "name":
            assert re.fullmatch("#[0-9A-F]{6}", tokens.get(field.name)), field.name


def test_the_sheet_has_no_gap_and_its_pictures_exist(qapp, tokens):
    sheet = theme.stylesheet(tokens, 10)
    assert "$" not in sheet
    assert not re.search("gradient|shadow|blur", sheet.split("*/", 1)[1])
    for picture in re.findall(r"url\((.*?)\)", sheet):
        assert resource("theme").joinpath(picture.rsplit("/", 1)[1]).is_file()


def test_text_size_scales_fonts_and_lengths(qapp: QApplication, dressed):
    row, size = theme.px(28), qapp.font().pointSizeF()
    theme.apply(qapp, "light", 200)
    assert qapp.font().pointSizeF() == pytest.approx(2 * size)
    assert theme.px(28) >= 1.5 * row
    assert theme.font(-2).pointSizeF() >= 8


def test_a_change_of_theme_reaches_palette_tokens_and_listeners(qapp, dressed):
    seen = []
    theme.changes.changed.connect(lambda: seen.append(theme.current().name))
    theme.apply(qapp, "dark")
    assert seen == ["dark"]
    assert qapp.palette().color(QPalette.ColorRole.Window).name().upper() == DARK.bg
    assert theme.choice() == "dark"
