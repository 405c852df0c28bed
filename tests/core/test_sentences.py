"""Sentences out of text whose lines were broken by a page."""

from hypothesis import given
from hypothesis import strategies as st

from desktop.core.sentences import split_sentences

PAGE = """Weight Management
WEIGHT MANAGEMENT
Northwind covers weight management programs. This includes screening, e.g. for obesity, at a
cost of $1.50 a visit. Ask Dr. Miller about it.
Covered services include:
• Nutrition counseling. It is free.
• Group counseling that is led by a specialist in
nutrition
Exceptions
Surgery is not covered and"""


def texts(source: str) -> list[str]:
    return [sentence.text for sentence in split_sentences(source)]


def test_a_page_gives_whole_sentences_and_items_without_headings() -> None:
    assert texts(PAGE) == [
        "Northwind covers weight management programs.",
        "This includes screening, e.g. for obesity, at a cost of $1.50 a visit.",
        "Ask Dr. Miller about it.",
        "Covered services include:",
        "Nutrition counseling.",
        "It is free.",
        "Group counseling that is led by a specialist in nutrition",
        "Surgery is not covered and",
    ]


def test_sentences_know_their_heading_and_whether_they_are_items() -> None:
    found = split_sentences(PAGE)
    assert [s.heading for s in found] == ["WEIGHT MANAGEMENT"] * 7 + ["Exceptions"]
    assert [s.item for s in found] == [False] * 4 + [True, False, True, False]


def test_offsets_point_into_the_source() -> None:
    for sentence in split_sentences(PAGE):
        assert " ".join(PAGE[sentence.start : sentence.end].split()) == sentence.text


def test_a_source_that_starts_or_stops_in_a_sentence_says_so() -> None:
    first, last = split_sentences("network providers only. You may have to pay the rest of")
    assert (first.begins, first.ends) == (False, True)
    assert (last.begins, last.ends) == (True, False)


def test_marked_headings_are_headings_wherever_they_stand() -> None:
    assert texts("# 1. The plan pays.\nIt pays half.\n## what is next") == ["It pays half."]
    assert texts("## The workspace file") == []


def test_rows_of_a_table_are_kept() -> None:
    assert texts("Copayments\nPrimary care | $20\nSpecialist | $50") == [
        "Primary care | $20", "Specialist | $50",
    ]


def test_a_text_of_short_lines_only_is_quotable() -> None:
    assert texts("Ada Lovelace\nHead of Benefits") == ["Ada Lovelace", "Head of Benefits"]


def test_windows_line_ends_change_nothing() -> None:
    assert texts(PAGE.replace("\n", "\r\n")) == texts(PAGE)


def test_nothing_gives_nothing() -> None:
    assert split_sentences("") == split_sentences(" \n ") == []


@given(st.text(alphabet="aB1 .!?:\n\r\t•-|é\u2028", max_size=80))
def test_any_text_gives_ordered_spans_that_hold_their_text(source: str) -> None:
    end = 0
    for sentence in split_sentences(source):
        assert end <= sentence.start < sentence.end <= len(source)
        assert " ".join(source[sentence.start : sentence.end].split()) == sentence.text
        end = sentence.end
