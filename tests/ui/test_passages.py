"""Citations in answers, and which words of a passage back them."""

from desktop.ui.compare.passages import (
    Mark,
    as_markdown,
    backing,
    cited_numbers,
    excerpt,
    source_label,
    sources_in_order,
    split_marks,
    unfinished_mark,
)

from .ask_samples import CITING, CLAIM, HITS, PASSAGE, answer


def marked(passage: str, text: str, number: int = 1) -> list[str]:
    return [passage[a:b] for a, b in backing(passage, text, number, [1, 2, 3])]


def test_marks_are_split_off_and_unknown_numbers_stay_text() -> None:
    assert split_marks("a [1] b[2, 3] c [9]", [1, 2, 3]) == [
        "a ", Mark(1), " b", Mark(2), Mark(3), " c [9]"]


def test_a_mark_that_streams_in_halves_is_held_back() -> None:
    assert unfinished_mark("up to $150. [1") == len("up to $150. ")
    assert unfinished_mark("an [aside") == len("an [aside")


def test_cited_numbers_come_once_in_the_order_of_the_answer() -> None:
    assert cited_numbers("x [2] y [1] z [2] [7]", [1, 2, 3]) == [2, 1]


def test_cited_passages_come_first() -> None:
    assert [hit.rank for hit in sources_in_order(HITS, [3])] == [3, 1, 2]


def test_a_quoted_sentence_is_marked_whole() -> None:
    assert marked(PASSAGE, f"{CLAIM} [1]") == [CLAIM]
    assert marked(PASSAGE, f"Yes. {CLAIM.rstrip('.')} [1].") == [CLAIM]


def test_line_breaks_in_the_passage_do_not_hide_a_quote() -> None:
    broken = PASSAGE.replace("one pair", "one\npair")
    assert marked(broken, f"{CLAIM} [1]") == [CLAIM.replace("one pair", "one\npair")]


def test_a_close_paraphrase_is_marked() -> None:
    text = "The plan pays for a pair of eyeglasses in each plan year, up to $150 [1]."
    assert marked(PASSAGE, text) == [CLAIM]


def test_nothing_is_marked_rather_than_the_wrong_thing() -> None:
    assert marked(PASSAGE, "Hearing aids are paid every three years [1].") == []
    assert marked(PASSAGE, CLAIM.replace("150", "250") + " [1]") == []
    assert marked(PASSAGE, f"{CLAIM} [2]") == []


def test_a_place_is_a_page_or_the_nearest_heading() -> None:
    assert [source_label(hit) for hit in HITS] == ["p. 4", "p. 11", "Glasses"]


def test_markdown_lists_what_is_cited() -> None:
    from desktop.core.types import Citation

    text = as_markdown(answer(3, CITING, citations=(Citation(1, "Vision.pdf", 4),)))
    assert CITING in text
    assert "[1] Vision.pdf, page 4" in text
    assert "Options.pdf" not in text


def test_every_sentence_before_a_mark_is_backed():
    passage = "The plan pays $120. Lenses are included. Cases are not."
    answer = "The plan pays $120. Lenses are included. [1]"
    spans = backing(passage, answer, 1, [1])
    assert [passage[a:b] for a, b in spans] == ["The plan pays $120.", "Lenses are included."]


def test_an_excerpt_keeps_its_marks_and_joins_broken_lines():
    text = ("Heading\n" + "word " * 60 + "\nthe plan pays for eyeglasses and for lenses each\n"
            "year. " + "more " * 60)
    start = text.index("the plan")
    end = text.index("year.") + 5
    shown, [(a, b)] = excerpt(text, [(start, end)])
    assert shown[a:b] == "the plan pays for eyeglasses and for lenses each year."
    assert shown.startswith("… word") and shown.endswith(" …")
    assert len(shown) < len(text)


def test_an_excerpt_without_marks_is_the_whole_passage():
    assert excerpt("Heading\nshort", []) == ("Heading\nshort", [])
