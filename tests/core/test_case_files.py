"""Cases in files: what each kind of file means, what is skipped and why, and back again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import DatasetError
from desktop.core.evaluation.case_files import (
    CasesRead,
    from_question,
    read_cases,
    rows_of,
    split_citations,
    write_cases,
)
from desktop.core.types import Case, Message

KNOWN = Case(7, "Are glasses  covered?")


def read(name: str, text: str, **options: Any) -> CasesRead:
    return read_cases(rows_of(name, text.encode()), **options)


def only(name: str, *rows: dict[str, Any]) -> Case:
    found = read(name, "\n".join(json.dumps(row) for row in rows))
    assert not found.skipped
    return found.cases[0]


# --- references and sources --------------------------------------------------------------


@pytest.mark.parametrize(("text", "reference", "sources"), [
    ("One pair.[Plan.pdf#page=7]", "One pair.", [("Plan.pdf", 7)]),
    ("One [a b.pdf#page=1] pair [c.docx].", "One pair.", [("a b.pdf", 1), ("c.docx", None)]),
    ("Twice [a.pdf#page=2][a.pdf#page=2]", "Twice", [("a.pdf", 2)]),
    ("Call [HR] or see [1].", "Call [HR] or see [1].", []),
    ("Odd [a.pdf#page=0]", "Odd", [("a.pdf", None)]),
])
def test_citations_become_sources(text: str, reference: str, sources: list[Any]) -> None:
    assert split_citations(text) == (reference, sources)


@pytest.mark.parametrize(("row", "sources"), [
    ({"source": "a.pdf#page=3; b.md"}, (("a.pdf", 3), ("b.md", None))),
    ({"source": "a.pdf, page 3"}, (("a.pdf", 3),)),
    ({"source": "a.pdf", "page": "3"}, (("a.pdf", 3),)),
    ({"sources": [{"document": "a.pdf", "page": 3}, ["b.pdf", None], "c.md"]},
     (("a.pdf", 3), ("b.pdf", None), ("c.md", None))),
    ({"source": "a.pdf#page=3", "truth": "Yes [a.pdf#page=3]."}, (("a.pdf", 3),)),
])
def test_sources_are_written_in_many_ways(row: dict[str, Any], sources: tuple[Any, ...]) -> None:
    assert only("a.jsonl", {"question": "q", **row}).sources == sources


# --- kinds of files ----------------------------------------------------------------------


def test_lines_of_the_benefits_cases() -> None:
    case = only("cases.jsonl", {"question": "Glasses?", "truth": "One pair.[Plan.pdf#page=8]"})
    assert case == Case(0, "Glasses?", "One pair.", (("Plan.pdf", 8),))


def test_openai_evals_promptfoo_and_chat_examples() -> None:
    turns = [{"role": "system", "content": "s"}, {"role": "user", "content": "Hi"},
             {"role": "assistant", "content": "Hello"}, {"role": "user", "content": "Q?"}]
    history = (Message("user", "Hi"), Message("assistant", "Hello"))
    wanted = Case(0, "Q?", "A", history=history)
    assert only("evals.jsonl", {"input": turns, "ideal": ["A", "B"]}) == wanted
    last = {"role": "assistant", "content": "A"}
    assert only("train.jsonl", {"messages": [*turns, last]}) == wanted
    yaml = 'tests:\n- vars: {question: "Q?"}\n  assert:\n  - {type: contains, value: A}\n'
    assert read("promptfoo.yaml", yaml).cases == (Case(0, "Q?", "A"),)
    assert read("p.csv", "question,__expected\nQ?,A\n").cases == (Case(0, "Q?", "A"),)


def test_tables_with_any_delimiter_and_line_breaks() -> None:
    text = 'Question;Answer;Tags;Split\n"Two\nlines?";Yes;a, b;test\n\n;nothing;;\nLast?;;;\n'
    found = read("a.csv", text)
    assert found.cases == (
        Case(0, "Two\nlines?", "Yes", tags=("a", "b"), split="holdout"), Case(0, "Last?"),
    )
    assert [each.line for each in found.skipped] == [5]
    assert read("a.csv", "Frage\tAntwort\nQ?\tA\n",
                mapping={"question": "frage", "reference": "Antwort"}).cases == (
        Case(0, "Q?", "A"),
    )
    sql = read("sql.csv", "query,question\nSELECT 1,How many?\n").cases
    assert sql == (Case(0, "How many?", "SELECT 1"),)
    assert read("q.csv", "query\nHow many?\n").cases == (Case(0, "How many?"),)
    assert rows_of("a.csv", "question\nCaf\xe9?\n".encode("cp1252"))[0][1] == {
        "question": "Café?"}


def test_what_makes_no_case_says_why_on_its_line() -> None:
    found = read("a.jsonl", '{"question": "new"}\n\n{broken\n[1]\n{"truth": "x"}\n'
                            '{"question": "are GLASSES covered?"}\n{"question": "New "}\n',
                 known=[KNOWN])
    assert [case.question for case in found.cases] == ["new"]
    assert [(each.line, each.why.split(":")[0]) for each in found.skipped] == [
        (3, "It is not JSON"), (4, "It is not a JSON object"), (5, "There is no question"),
        (6, "This question is already there"), (7, "This question is already there"),
    ]


@pytest.mark.parametrize(("name", "data"), [
    ("a.exe", b"x"), ("a.json", b"{"), ("a.json", b"3"), ("a.yaml", b"a: [b"),
    ("a.yaml", b"- !!python/object/apply:os.system [x]"), ("a.csv", b"\x81\x00"),
])
def test_files_that_are_refused(name: str, data: bytes) -> None:
    with pytest.raises(DatasetError):
        read_cases(rows_of(name, data))


def test_deep_nesting_is_a_skipped_line() -> None:
    assert read("a.jsonl", "[" * 100_000).skipped[0].line == 1


# --- and back ----------------------------------------------------------------------------

_text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
_filled = _text.filter(lambda text: text.strip() and "[" not in text).map(str.strip)
_names = st.from_regex(r"[a-z]{1,8}\.pdf", fullmatch=True)
cases = st.builds(
    Case, st.just(0), _filled, _text.filter(lambda t: "[" not in t).map(str.strip),
    st.lists(st.tuples(_names, st.none() | st.integers(1, 99)), max_size=2, unique=True).map(tuple),
    st.lists(st.from_regex(r"[a-z]{1,5}", fullmatch=True), max_size=2, unique=True).map(tuple),
    st.sampled_from(["tune", "holdout"]),
    st.just(()) | st.just((Message("user", "Hi, ;\t\"x\""), Message("assistant", "=1+1"))),
    variables=st.just(()) | st.just((("tone", "=dry,\n\"warm\""), ("size", "3"))),
)


@given(cases, st.sampled_from(["a.jsonl", "a.csv"]))
def test_what_is_exported_can_be_imported(case: Case, name: str) -> None:
    found = read_cases(rows_of(name, write_cases(name, [case])))
    assert found == CasesRead((case,), ())


def test_other_columns_are_values_for_variables() -> None:
    table = ("id,Question,Answer,Product name,tone\n"
             "1,Describe it,Nice,Lamp,dry\n2,Describe it,,Chair,\n")
    found = read_cases(rows_of("a.csv", table.encode())).cases
    assert [case.variables for case in found] == [
        (("Product_name", "Lamp"), ("tone", "dry")), (("Product_name", "Chair"),)]
    assert read_cases(rows_of("a.csv", table.encode()), found).cases == ()
    bare = [Case(1, "Describe it")]  # imported before variables were kept
    assert read_cases(rows_of("a.csv", table.encode()), bare).cases == ()


def test_no_cell_of_a_table_is_a_formula() -> None:
    data = write_cases("a.csv", [Case(0, "=1+1", "@SUM(A1)", (("-x.pdf", 1),), ("+a",))])
    assert data.decode().splitlines()[1] == "'=1+1,'@SUM(A1),'-x.pdf#page=1,'+a,tune,"
    with pytest.raises(DatasetError, match="not written as"):
        write_cases("a.doc", [])


def test_an_asked_question_becomes_a_case_once() -> None:
    assert from_question("New?", [KNOWN]) == Case(0, "New?", tags=("asked",))
    assert from_question("are glasses covered?", [KNOWN]) is None
