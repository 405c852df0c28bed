"""Places in a text, as Python and as Qt count them."""

from __future__ import annotations


def qt_place(text: str, index: int) -> int:
    """Qt counts UTF-16 units: a character beyond U+FFFF, such as an emoji, is two."""
    return index + sum(character > "\uffff" for character in text[:index])
