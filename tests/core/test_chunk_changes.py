"""Changed passages keep their borders; what is left is split around them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop.core.chunk_changes import (
    ChunkChange,
    Kept,
    ListedChunk,
    page_as_sent,
    relocated,
    split_around,
)
from desktop.core.types import Chunk, NewChunk, Page

TEXT = "Alpha one. Beta two. Gamma three. Delta four."
OUT = ChunkChange(excluded=True)


def kept(words: str, page: int = 0, text: str = TEXT) -> Kept:
    start = text.index(words)
    return Kept(page, start, start + len(words), words, OUT)


def listed(words: str, new: str | None = None) -> ListedChunk:
    start = TEXT.index(words)
    chunk = Chunk(1, 1, "a.md", 0, None, start, start + len(words), new or words,
                  edited=new is not None)
    return ListedChunk(chunk, new is None, words if new else "")


def test_a_chunk_is_cut_around_what_is_kept():
    whole = NewChunk(0, None, 0, len(TEXT), TEXT)
    made = split_around([whole], [kept("Beta two."), kept("Gamma three.")], [Page(None, TEXT)])
    assert [chunk.text for chunk in made] == ["Alpha one.", "Beta two.", "Gamma three.",
                                              "Delta four."]
    assert all(TEXT[c.start:c.end] == c.text for c in made)


def test_a_passage_is_found_again_only_where_it_stands_once():
    pages = [Page(1, "New first line. " + TEXT), Page(2, "Twice. Twice.")]
    (moved,) = relocated([kept("Beta two.")], pages)
    assert pages[0].text[moved.start:moved.end] == "Beta two."
    assert relocated([Kept(1, 3, 9, "Twice.", OUT), Kept(0, 0, 4, "Gone", OUT)], pages) == []
    assert relocated([kept("Beta two."), kept("two. Gamma")], [Page(None, TEXT)]) == [
        kept("Beta two.")], "two that overlap cannot both be chunks"


@given(st.lists(st.tuples(st.integers(0, 44), st.integers(1, 12)), max_size=5),
       st.lists(st.tuples(st.integers(0, 44), st.integers(1, 20)), max_size=5))
def test_no_letter_of_a_kept_passage_is_in_another_chunk_and_none_is_lost(places, cuts):
    pages = [Page(None, TEXT)]
    wanted = relocated([Kept(0, a, min(a + n, 45), TEXT[a:a + n], OUT) for a, n in places], pages)
    chunks = [NewChunk(0, None, a, min(a + n, 45), TEXT[a:a + n]) for a, n in cuts]
    made = split_around(chunks, wanted, pages)
    held = {place for each in wanted for place in range(each.start, each.end)}
    others = [c for c in made if (c.start, c.end) not in {(k.start, k.end) for k in wanted}]
    covered = {place for c in others for place in range(c.start, c.end)}
    assert not covered & held
    before = {place for c in chunks for place in range(c.start, c.end) if TEXT[place].isalnum()}
    assert before - held <= covered
    assert all(TEXT[c.start:c.end] == c.text for c in made)


def test_a_model_that_gets_whole_pages_gets_no_excluded_word_and_the_edited_ones():
    said = page_as_sent(TEXT, [listed("Beta two."), listed("Gamma three.", "Gamma is 3.")])
    assert said == "Alpha one. \n[…]\n Gamma is 3. Delta four."
    assert page_as_sent(TEXT, [listed(TEXT)]) == ""
