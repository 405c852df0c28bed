"""A dataset file survives being read and written."""

from __future__ import annotations

import codecs
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.dataset.rows import detect, parse, write
from desktop.core.errors import DatasetError
from desktop.core.types import Example

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
row_values = st.dictionaries(st.text(), values, max_size=4)
surrogates = st.text(st.characters(categories=("Cs", "L"), include_characters="\u2028\x85\r\n"))


@settings(max_examples=150, deadline=None)
@given(st.lists(row_values | st.dictionaries(surrogates, surrogates), max_size=6))
def test_rows_survive_a_round_trip(rows: list[dict[str, object]]) -> None:
    data = write(Example(0, line, row) for line, row in enumerate(rows, 1))
    parsed = parse(data)
    assert [example.row for example in parsed.examples] == rows
    assert [example.line for example in parsed.examples] == list(range(1, len(rows) + 1))
    assert parsed.issues == []
    assert write(parsed.examples) == data


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_and_settle_after_one_export(data: bytes) -> None:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return
    exported = write(parse(data).examples)
    assert write(parse(exported).examples) == exported


def test_the_file_has_a_byte_order_mark_and_readable_text() -> None:
    data = write([Example(0, 1, {"prompt": "Größe?", "completion": "日本"})])
    assert data == codecs.BOM_UTF8 + '{"prompt": "Größe?", "completion": "日本"}\n'.encode()


@pytest.mark.parametrize("start", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_marks_and_line_ends_of_other_systems(start: bytes, end: bytes) -> None:
    parsed = parse(start + b'{"a": 1}' + end + b'{"a": 2}' + end)
    assert [(e.line, e.row, e.raw) for e in parsed.examples] == [
        (1, {"a": 1}, ""), (2, {"a": 2}, "")]
    assert parsed.issues == []


def test_joined_files_have_a_mark_in_the_middle() -> None:
    one = codecs.BOM_UTF8 + b'{"a": 1}\n'
    assert [e.row for e in parse(one + one).examples] == [{"a": 1}, {"a": 1}]


def test_blank_lines_are_warned_about_and_counted() -> None:
    parsed = parse(b'{"a": 1}\n\n  \n{"a": 2}\n')
    assert [e.line for e in parsed.examples] == [1, 4]
    assert [(i.line, i.severity, i.code) for i in parsed.issues] == [
        (2, "warning", "blank_line"), (3, "warning", "blank_line")]


def test_a_line_that_is_no_json_is_kept_as_it_is() -> None:
    parsed = parse(b'{"a": 1}\n{"a": \n')
    assert parsed.examples[1].raw == '{"a": '
    assert write(parsed.examples).endswith(b'{"a": \n')


def test_a_unicode_line_separator_ends_no_line() -> None:
    text = json.dumps({"a": "x\u2028y\x85z"}, ensure_ascii=False)
    assert parse(text.encode()).examples[0].row == {"a": "x\u2028y\x85z"}


def test_other_encodings_are_refused_or_named() -> None:
    with pytest.raises(DatasetError, match="UTF-8"):
        parse('{"a": 1}'.encode("utf-16"))
    parsed = parse('{"a": "café"}\n'.encode("latin-1"))
    assert parsed.examples[0].row == {"a": "caf\ufffd"}
    assert [(i.line, i.code) for i in parsed.issues] == [(1, "not_utf8")]


def test_the_format_is_that_of_most_rows() -> None:
    chat, completion = {"messages": []}, {"prompt": "a", "completion": "b"}
    assert detect([chat, completion, completion]) == "completion"
    assert detect([{"input": {}, "preferred_output": []}]) == "preference"
    assert detect([{}, {"x": 1}]) == "chat"
