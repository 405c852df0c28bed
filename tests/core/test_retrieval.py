import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.retrieval import (
    BM25_WEIGHTS,
    CARRY,
    FTS_COLUMNS,
    FTS_TOKENIZE,
    WINDOW,
    around,
    by_id,
    match_expression,
    rank,
    widen,
    with_previous,
)
from desktop.core.types import Chunk


def chunk(number: int, page: int | None, document: int = 1) -> Chunk:
    index = 0 if page is None else page - 1
    text = f"text {number}"
    return Chunk(number, document, f"{document}.pdf", index, page, 0, len(text), text)


# Two chunks a page: 1, 2 on page 1; 3, 4 on page 2; ...
BOOK = by_id(chunk(n, (n + 1) // 2) for n in range(1, 21))


def test_hit_keeps_both_ranks_and_scores():
    hits = rank([(4, 0.9), (8, 0.5)], [(8, 8.0), (4, 6.0)], BOOK)
    assert [(h.chunk_id, h.page, h.rank) for h in hits[:2]] == [(4, 2, 1), (8, 4, 2)]
    assert (hits[0].dense_rank, hits[0].dense_score) == (1, 0.9)
    assert (hits[0].lexical_rank, hits[0].lexical_score) == (2, 6.0)
    assert hits[0].score > hits[1].score


def test_one_hit_a_page_with_the_chunk_that_says_most():
    hits = rank([(6, 0.8), (8, 0.7), (5, 0.6)], [(6, 9.0)], BOOK)
    assert [(h.page, h.chunk_id) for h in hits][:2] == [(3, 6), (4, 8)]
    assert len({h.page for h in hits}) == len(hits)


def test_passage_over_a_page_break_speaks_for_the_page_it_begins_on():
    hits = rank([(5, 0.8), (9, 0.1)], [], BOOK, mode="dense", top=2)
    assert [(h.page, h.chunk_id) for h in hits] == [(3, 5), (2, 4)]
    assert hits[1].score == pytest.approx(CARRY * 0.8)
    assert hits[1].dense_rank == 1  # the rank of the chunk that spoke for it


@pytest.mark.parametrize("chunks", [
    [chunk(1, 1), chunk(2, 1), chunk(3, 1)],  # within a page
    [chunk(1, 1), chunk(2, 1), chunk(3, 2, document=2)],  # another document
    [chunk(1, 1), chunk(2, 2), chunk(3, 3)],  # slides: a chunk a page
    [chunk(1, 1), chunk(2, 1), chunk(3, 3)],  # an empty page between
    [chunk(3, 2)],  # the page before is gone
])
def test_nothing_is_carried_where_text_does_not_run_on(chunks):
    assert [h.chunk_id for h in rank([(3, 0.9)], [], by_id(chunks))] == [3]


def test_chunks_of_a_document_without_pages_are_places_of_their_own():
    chunks = by_id([chunk(1, None), chunk(2, None), chunk(3, None)])
    hits = rank([(2, 0.9), (1, 0.8)], [(3, 1.0)], chunks)
    assert {h.chunk_id for h in hits} == {1, 2, 3}


def test_modes_use_their_own_list_and_scale():
    dense, lexical = [(1, 0.5)], [(9, 7.0)]
    assert [(h.chunk_id, h.score) for h in rank(dense, [], BOOK, mode="dense")] == [(1, 0.5)]
    words = rank([], lexical, BOOK, mode="lexical")
    assert [(h.chunk_id, h.score) for h in words] == [(9, 7.0), (8, CARRY * 7.0)]


def test_words_decide_about_chunks_that_have_no_vector_yet():
    others = [(n, 0.9 - n / 100) for n in range(1, 13, 2)]
    lexical = [(20, 9.0), (1, 0.5)]
    assert 20 not in [h.chunk_id for h in rank(others, lexical, BOOK, top=3)]
    assert rank(others, lexical, BOOK, top=3, waiting=[20])[0].chunk_id == 20
    assert rank([], lexical, BOOK, waiting=[20, 1])[0].chunk_id == 20


def test_chunks_that_are_gone_are_left_out():
    assert rank([(99, 0.9), (1, 0.1)], [(99, 3.0)], BOOK)[0].chunk_id == 1
    assert rank([(99, 0.9)], [(98, 1.0)], BOOK) == []


def test_candidates_are_loaded_with_the_chunks_before():
    assert with_previous([(5, 0.1)], [(6, 2.0), (9, 1.0)]) == [3, 4, 5, 6, 7, 8, 9]


SCORED = st.lists(st.tuples(st.integers(1, 20), st.floats(-1, 1)), unique_by=lambda x: x[0])


@given(SCORED, SCORED, st.integers(0, 6), st.sets(st.integers(1, 20)))
def test_ranking_is_fixed_and_ordered_with_one_hit_a_page(dense, lexical, top, waiting):
    dense.sort(key=lambda pair: -pair[1])
    lexical.sort(key=lambda pair: -pair[1])
    hits = rank(dense, lexical, BOOK, top=top, waiting=waiting)
    assert hits == rank(dense, lexical, dict(reversed(BOOK.items())), top=top, waiting=waiting)
    assert len(hits) <= top
    assert [h.rank for h in hits] == list(range(1, len(hits) + 1))
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert len({h.page for h in hits}) == len(hits)
    assert all(0 <= h.score <= 1 for h in hits)


def full_text() -> sqlite3.Connection:
    db = sqlite3.connect(":memory:")
    db.execute(
        f"CREATE VIRTUAL TABLE words USING fts5({', '.join(FTS_COLUMNS)},"
        f" tokenize = '{FTS_TOKENIZE}')"
    )
    db.execute("INSERT INTO words VALUES ('Eyeglasses are covered once a year', 'Vision', 'Plan')")
    return db


@given(st.text(max_size=80) | st.lists(st.sampled_from(
    ['"', "'", "*", "NEAR(", ")", "AND", "OR", "NOT", "text:", "^", "-", "{", "}", "\0", "_"]
)).map(" ".join))
def test_no_question_is_a_syntax_error(question):
    match = match_expression(question)
    db = full_text()
    try:
        if match:
            db.execute("SELECT rowid FROM words WHERE words MATCH ?", (match,)).fetchall()
    finally:
        db.close()


@pytest.mark.parametrize(("question", "match"), [
    ("Are eyeglasses covered?", '"eyeglasses" OR "covered"'),
    ("What is it?", '"what" OR "is" OR "it"'),
    ("prior-authorization AND prior_notice", '"prior" OR "authorization" OR "notice"'),
    ("What's Contoso's Part D?", '"contoso" OR "part" OR "d"'),
    ("?!", ""),
])
def test_match_expression_asks_for_the_telling_words(question, match):
    assert match_expression(question) == match


def test_long_questions_are_cut_to_what_sqlite_takes():
    assert match_expression(" ".join(f"w{n}" for n in range(5000))).count(" OR ") == 63


def test_stems_and_headings_are_found():
    db = full_text()
    weights = ", ".join(map(str, BM25_WEIGHTS))
    for question in ("year of the eyeglass", "vision"):
        rows = db.execute(
            f"SELECT -bm25(words, {weights}) FROM words WHERE words MATCH ?",
            (match_expression(question),),
        ).fetchall()
        assert len(rows) == 1
    db.close()


def on_page(number: int, start: int, end: int, page: int | None = 1) -> Chunk:
    return Chunk(number, 1, "a.pdf", 0, page, start, end, PAGE[start:end])


PAGE = "".join(chr(97 + n % 26) for n in range(3_000))


def widened(chunks: list[Chunk], chosen: int) -> tuple[int, int]:
    (hit,) = rank([(chosen, 0.9)], [], by_id([c for c in chunks if c.id == chosen]))
    assert set(around([hit])) >= {chosen - 1, chosen, chosen + 1}
    wide = widen(hit, by_id(chunks), PAGE)
    assert wide.text == PAGE[wide.start:wide.end]
    assert (wide.chunk_id, wide.rank, wide.score) == (hit.chunk_id, hit.rank, hit.score)
    return wide.start, wide.end


def test_a_short_chunk_is_read_with_its_neighbours():
    assert widened([on_page(1, 0, 900), on_page(2, 901, 1_100)], 2) == (0, 1_100)


def test_a_passage_stays_within_the_window():
    chunks = [on_page(1, 0, 900), on_page(2, 901, 1_000), on_page(3, 1_001, 1_900)]
    start, end = widened(chunks, 2)
    assert (start, end) == (0, 1_000)
    assert widened([on_page(1, 0, 900), on_page(2, 901, 1_800)], 1) == (0, 900)
    assert end - start <= WINDOW


def test_a_passage_never_leaves_its_page_or_document():
    other_page = Chunk(1, 1, "a.pdf", 1, 2, 0, 100, "x" * 100)
    other_document = Chunk(3, 2, "b.pdf", 0, 1, 0, 100, "x" * 100)
    assert widened([other_page, on_page(2, 500, 600), other_document], 2) == (500, 600)
    assert widened([on_page(1, 0, 90, None), on_page(2, 91, 100, None)], 2) == (91, 100)


def test_every_hit_has_a_rank_that_explains_it():
    # Chunk 3 begins page 2 and speaks for chunk 2, the end of page 1, which no list holds.
    hits = rank([(3, 0.9)], [(3, 7.0)], BOOK)
    carried = next(hit for hit in hits if hit.page == 1)
    assert carried.chunk_id == 2
    assert (carried.dense_rank, carried.lexical_rank) == (1, 1)
