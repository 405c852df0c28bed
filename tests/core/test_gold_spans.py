"""Gold answers in a page's text, and the borders that cut them."""

from desktop.core.evaluation.gold_spans import cases_of_page, cut_by, gold_spans
from desktop.core.types import Case

TEXT = ("Eyeglasses are covered once in two years for children. Hearing aids are not covered. "
        "Ask the office for the form that starts a claim.")


def case(number: int, reference: str, *sources: tuple[str, int | None]) -> Case:
    return Case(number, f"Question {number}?", reference, sources=tuple(sources))


def test_cases_name_a_page_or_the_whole_document():
    cases = [case(1, "a", ("Plan.PDF", 4)), case(2, "a", ("plan.pdf", None)),
             case(3, "a", ("plan.pdf", 5)), case(4, "a", ("other.pdf", 4))]
    assert [c.id for c in cases_of_page(cases, "plan.pdf", 4)] == [1, 2]


def test_a_gold_answer_is_found_in_other_words_and_not_where_it_is_not():
    (span,) = gold_spans(TEXT, [case(1, "Yes, eyeglasses for children are covered every two years"),
                                case(2, "Skiing lessons are paid by Perks"), case(3, "")])
    assert span.case_id == 1
    assert TEXT[span.start:span.end].startswith("Eyeglasses") and "Hearing" not in (
        TEXT[span.start:span.end])


def test_a_border_inside_it_cuts_unless_a_chunk_holds_it_whole():
    spans = gold_spans(TEXT, [case(1, "Hearing aids are not covered.")])
    middle = TEXT.index("aids")
    assert cut_by(spans, [(0, middle - 1), (middle, len(TEXT))]) == {middle: spans[0]}
    assert cut_by(spans, [(0, middle - 1), (40, len(TEXT)), (middle, len(TEXT))]) == {}
    assert cut_by(spans, [(0, spans[0].start - 1), (spans[0].start, len(TEXT))]) == {}
