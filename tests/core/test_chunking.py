import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.chunk_settings import DEFAULT, SPLITTERS, ChunkSettings, words_of
from desktop.core.chunking import embedding_text, split, title_of
from desktop.core.types import NewChunk, Page


def words(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) + 2 for text in texts]


def letters(texts: Sequence[str]) -> list[int]:
    return [len(text) + 2 for text in texts]


PIECES = st.sampled_from([
    "Deductible", "covers", "the", "plan.", "\n", "\r\n", "\n\n", "## Tips\n", "- item", "•",
    "    ", "```\n", "e\u0301", "é", "日本語", "👩‍👩‍👧", "\u00a0", "x" * 120, "Tips\n", "\t",
    "a" + "\u0301" * 40,
])
TEXTS = st.one_of(st.lists(PIECES, max_size=60).map(" ".join), st.text(max_size=300))
PAGES = st.lists(TEXTS, max_size=4)


def document(texts: Sequence[str], numbered: bool) -> list[Page]:
    return [Page(i + 1 if numbered else None, text) for i, text in enumerate(texts)]


@settings(deadline=None)
@given(PAGES, st.booleans(), st.sampled_from(["a.pdf", "a.md"]),
       st.sampled_from([words, letters]), st.integers(20, 80))
def test_chunks_are_exact_cover_the_text_and_fit(texts, numbered, name, count, limit):
    pages = document(texts, numbered)
    # Letters are counted with title and heading, which may take 100 characters.
    tokens = limit if count is words else limit + 104
    chunks = split(pages, name, count, characters=limit * 2, tokens=tokens)
    for chunk in chunks:
        page = pages[chunk.page_index]
        assert chunk.page == page.number
        assert page.text[chunk.start : chunk.end] == chunk.text
        assert count([embedding_text(name, chunk.heading, chunk.text)])[0] <= tokens
    assert uncovered(pages, chunks) == ""
    places = [(chunk.page_index, chunk.start, chunk.end) for chunk in chunks]
    assert places == sorted(places)
    assert chunks == split(pages, name, count, characters=limit * 2, tokens=tokens)


def uncovered(pages: Sequence[Page], chunks: Sequence[NewChunk]) -> str:
    left = [list(page.text) for page in pages]
    for chunk in chunks:
        for place in range(chunk.start, chunk.end):
            left[chunk.page_index][place] = ""
    return "".join("".join(page) for page in left).strip()


def test_pages_without_text_have_no_chunks():
    assert split([Page(1, ""), Page(2, " \r\n ")], "scan.pdf", words) == []


def test_paragraph_is_not_cut_where_its_lines_wrap():
    line = "Members may ask for a review of any decision, which takes"
    text = f"{line}\r\nthirty days. " * 6
    chunks = split([Page(1, text)], "plan.pdf", words, characters=150)
    assert all(chunk.text.endswith(".") for chunk in chunks)


def test_guessed_headings_are_carried_to_the_next_page():
    body = "This plan pays for a very long list of services that fill the line of a page."
    pages = [
        Page(1, f"Foot Care\nCOVERED SERVICES: Foot Care\n{body}\n{body}"),
        Page(2, f"{body}\nTips\n{body}"),
        *[Page(n, f"Part {n}\n{body}\nTips\n{body}") for n in range(3, 7)],
    ]
    chunks = split(pages, "plan.pdf", words, characters=90)
    headings = [(chunk.page, chunk.heading) for chunk in chunks]
    assert headings[0] == (1, "Foot Care")
    assert (2, "Foot Care") in headings
    assert (2, "Foot Care > Tips") in headings
    assert (3, "Part 3") in headings


def test_markdown_headings_nest_and_code_is_not_a_heading():
    text = "# Plan\n\nIntro.\n\n## Eyes\n\nGlasses.\n\n```\n# no heading\n```\n\n# End\n\nBye.\n"
    chunks = split([Page(None, text)], "plan.md", words, characters=40)
    found = {chunk.text.split()[-1]: chunk.heading for chunk in chunks}
    assert found["Bye."] == "End"
    assert any(heading == "Plan > Eyes" for heading in found.values())
    assert not any("no heading" in heading for heading in found.values())


@pytest.mark.parametrize(("number", "heading"), [(None, "Plan > Eyes"), (1, "Eyes")])
def test_marked_headings_nest_only_where_there_are_no_pages(number, heading):
    text = "# Plan\n\n" + "Intro. " * 9 + "\n\n## Eyes\n\n" + "Glasses. " * 9
    chunks = split([Page(number, text)], "plan.docx", words, characters=80)
    assert chunks[0].heading == "Plan"
    assert chunks[-1].heading == heading


def test_no_room_is_an_error_and_not_an_endless_loop():
    with pytest.raises(ValueError, match="no room"):
        split([Page(1, "text")], "a.pdf", lambda texts: [300] * len(texts))


@pytest.mark.parametrize(("name", "title"), [
    ("Northwind_Health_Plus-2024.pdf", "Northwind Health Plus 2024"),
    ("notes", "notes"), (".env", "env"), ("a.b.docx", "a b"), ("", ""),
])
def test_title_is_the_words_of_the_name(name, title):
    assert title_of(name) == title


def test_embedded_text_has_title_heading_and_text():
    assert embedding_text("Perks_Plus.pdf", "Lessons", "Skiing.") == "Perks Plus\nLessons\nSkiing."
    assert embedding_text("Perks.pdf", "", "Skiing.") == "Perks\nSkiing."


SETTINGS = st.builds(ChunkSettings, st.sampled_from([0, 8, 40]), st.sampled_from([0, 20, 50]),
                     st.sampled_from(SPLITTERS), st.booleans())


@settings(deadline=None)
@given(PAGES, st.sampled_from(["a.pdf", "a.md"]), st.sampled_from([words, letters]), SETTINGS)
def test_any_settings_keep_places_exact_and_the_text_whole(texts, name, count, chosen):
    pages = document(texts, numbered=True)
    chunks = split(pages, name, count, characters=90, tokens=180, settings=chosen)
    for chunk in chunks:
        assert pages[chunk.page_index].text[chunk.start : chunk.end] == chunk.text
        assert count([embedding_text(name, chunk.heading, chunk.text)])[0] <= 180
        assert chosen.headings or not chunk.heading
    assert uncovered(pages, chunks) == ""
    spans = [(chunk.page_index, chunk.start, chunk.end) for chunk in chunks]
    if not chosen.overlap:
        assert all(a[0] < b[0] or a[2] <= b[1] for a, b in itertools.pairwise(spans))


def test_sentences_stay_whole_and_come_again_where_chunks_overlap():
    text = " ".join(f"Rule {n} says that five words more." for n in range(12))
    plain = split([Page(1, text)], "a.pdf", words, settings=ChunkSettings(24, 0, "sentences"))
    assert [chunk.text.count(".") for chunk in plain] == [3, 3, 3, 3]
    again = split([Page(1, text)], "a.pdf", words, settings=ChunkSettings(24, 40, "sentences"))
    assert [chunk.text[:6] for chunk in again[:3]] == ["Rule 0", "Rule 2", "Rule 4"]


def test_no_chunk_repeats_only_what_the_one_before_it_said():
    text = "a b c d e f g seven_letters_and_more h i"
    chunks = split([Page(1, text)], "a.pdf", letters, tokens=99,
                   settings=ChunkSettings(22, 50, "fixed"))
    ends = [chunk.end for chunk in chunks]
    assert ends == sorted(set(ends))


def test_fixed_size_cuts_anywhere_between_words():
    text = "One two three. Four five six. Seven eight nine."
    chunks = split([Page(1, text)], "a.pdf", words, settings=ChunkSettings(4, 0, "fixed"))
    assert [chunk.text for chunk in chunks] == [
        "One two three. Four", "five six. Seven eight", "nine."]


@pytest.mark.parametrize("stored", [
    None, 7, [], {"size": "many", "overlap": True, "splitter": "axe", "headings": 1}])
def test_settings_that_make_no_sense_are_the_default(stored):
    assert ChunkSettings.from_json(stored) == DEFAULT


def test_settings_stay_within_what_the_embedder_reads():
    found = ChunkSettings.from_json({"size": 9000, "overlap": 90, "splitter": "fixed",
                                     "headings": False})
    assert found == ChunkSettings(240, 50, "fixed", headings=False)
    assert ChunkSettings.from_json(found.as_dict()) == found
    assert words_of(found) == "fixed size, up to 240 tokens, overlap 50 %, without headings"
