"""What a dropped file is for, by what it holds."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.routing import APPLICATION_ID_AT, SQLITE, Place, look

OURS = 0x53545258


def seen(name: str, text: str | bytes, whole: bool = True) -> Place:
    start = text.encode() if isinstance(text, str) else text
    return look(name, start, whole=whole, application_id=OURS).place


def lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def database(number: int) -> bytes:
    head = bytearray(100)
    head[:len(SQLITE)] = SQLITE
    head[APPLICATION_ID_AT:APPLICATION_ID_AT + 4] = number.to_bytes(4, "big")
    return bytes(head)


CHAT = {"messages": [{"role": "system", "content": "Be brief."},
                     {"role": "user", "content": "Hello?"},
                     {"role": "assistant", "content": "Hello."}]}
ASKED = {"question": "Are eyeglasses covered?", "truth": "Yes."}


@pytest.mark.parametrize(("name", "text", "place"), [
    ("a.jsonl", lines(CHAT, CHAT), Place.EXAMPLES),
    ("a.txt.json", lines(CHAT, CHAT), Place.EXAMPLES),
    ("a.jsonl", lines({"prompt": "a", "completion": "b"}, {"prompt": "c", "completion": "d"}),
     Place.EXAMPLES),
    ("a.jsonl", lines(ASKED, {"question": "And contact lenses?", "truth": "Also."}), Place.CASES),
    ("a.jsonl", lines({"input": [{"role": "user", "content": "Why?"}], "ideal": "So."},
                      {"input": [{"role": "user", "content": "How?"}], "ideal": "So."}),
     Place.CASES),
    ("a.jsonl", lines({"level": "info", "text": "started"}, {"level": "info", "text": "ended"}),
     Place.DOCUMENTS),
    ("a.json", json.dumps([ASKED, ASKED]), Place.CASES),
    ("a.json", json.dumps(CHAT["messages"]), Place.PROMPT),
    ("a.json", json.dumps({"name": "Widget", "price": 3}), Place.DOCUMENTS),
    ("a.csv", "question,answer\nIs it?,Yes\nWas it?,No\n", Place.CASES),
    ("a.csv", "Nr;What people ask us\n1;Where is it?\n2;Is it open?\n", Place.CASES),
    ("a.csv", "plan,premium\nCore,48\nPlus,112\n", Place.DOCUMENTS),
    ("a.csv", "date,query,count\n2026-01-01,shoes,4\n2026-01-02,boots,9\n", Place.DOCUMENTS),
    ("a.yaml", "prompts: ['Say {{x}}']\ntests: [{vars: {x: 1}}]\n", Place.PROMPT),
    ("a.yaml", "server: {port: 80}\n", Place.DOCUMENTS),
    ("a.yaml", "a: [", Place.DOCUMENTS),
    ("a.prompty", "---\nname: x\n---\nsystem:\nBe brief.\n", Place.PROMPT),
    ("a.md", "Answer briefly.\n\nQuestion: {{ question }}\n", Place.PROMPT),
    ("a.md", "# Plans\n\nCore costs $48.\n", Place.DOCUMENTS),
    ("a.pdf", b"%PDF-1.7\n\x00\x01", Place.DOCUMENTS),
    ("a.jsonl", b"\xff\xfe\x00\xd8", Place.DOCUMENTS),
    ("workspace.bak", database(OURS), Place.WORKSPACE),
    ("other.stratex", database(7), Place.NOWHERE),
    ("empty.csv", "", Place.DOCUMENTS),
])
def test_the_content_says_where_a_file_goes(name: str, text: str | bytes, place: Place) -> None:
    assert seen(name, text) is place


def test_what_is_seen_is_said_and_other_places_are_offered() -> None:
    found = look("a.csv", b"question,answer\nIs it?,Yes\nWas it?,No\n", whole=True,
                 application_id=OURS)
    assert found.seen == "2 questions with answers"
    assert found.choices == (Place.CASES, Place.EXAMPLES, Place.DOCUMENTS, Place.NOWHERE)
    assert not found.is_certain
    assert look("a.pdf", b"%PDF-1.7", whole=True, application_id=OURS).is_certain


def test_only_the_start_of_a_large_file_is_known() -> None:
    text = lines(*[ASKED] * 30)
    found = look("a.jsonl", text[:-20].encode(), whole=False, application_id=OURS)
    assert (found.place, found.seen) == (Place.CASES, "more than 29 questions with answers")


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["a.json", "a.jsonl", "a.csv", "a.yaml", "a.md", "a.prompty", "a"]),
       st.binary(max_size=300) | st.text(max_size=200).map(str.encode), st.booleans())
def test_nothing_that_a_file_holds_is_an_error(name: str, start: bytes, whole: bool) -> None:
    assert isinstance(seen(name, start, whole), Place)
