"""Text on its way into a spreadsheet, and back: what begins like a formula must not run."""

from __future__ import annotations

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_text(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe before what begins like one."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def original_text(text: str) -> str:
    """What `safe_text` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
