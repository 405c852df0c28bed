"""Where a passage stands among the letters of a page: exactly once, or nowhere."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.core.page_images import locate
from desktop.services.readers.parsed import clean

WORDS = st.lists(st.text("abcé", min_size=1, max_size=6), min_size=1, max_size=30)


def test_a_passage_is_found_though_spaces_hyphens_and_ligatures_differ() -> None:
    letters = list("Eye\x02\r\nglasses  are of\ufb01cially cov\xadered.")
    text = "Eyeglasses are officially covered."
    assert locate(letters, text, 0, len(text)) == (0, len(letters))
    start = text.index("officially")
    first, last = locate(letters, text, start, start + len("officially")) or (0, 0)
    assert "".join(letters[first:last]) == "of\ufb01cially"


def test_what_stands_twice_is_told_by_its_place_and_else_not_marked() -> None:
    text = "one two one"
    assert locate(list(text), text, 8, 11) == (8, 11)
    # Letters that the text lacks shift the places: now nobody knows which one is meant.
    assert locate(list("zero one two one"), text, 8, 11) is None


def test_what_is_not_there_is_not_marked() -> None:
    assert locate(list("one two"), "one three", 4, 9) is None
    assert locate(list("one two"), "one two", 3, 4) is None
    assert locate([], "one", 0, 3) is None


@given(WORDS, st.data())
def test_every_part_of_a_page_is_found_at_its_place(words: list[str], data: st.DataObject) -> None:
    raw = " \r\n".join(words)
    text = clean(raw)
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    found = locate(list(raw), text, start, end)
    wanted = "".join(text[start:end].split())
    assert ("".join(raw[slice(*found)].split()) if found else "") == wanted
