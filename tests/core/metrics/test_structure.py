import pytest

from desktop.core.evaluation.metrics.structure import json_schema, json_valid, regex, sql_of


@pytest.mark.parametrize(("answer", "value"), [
    ('{"a": [1, 2]}', 1.0), (" 3 ", 1.0), ("null", 1.0), ("", 0.0), ("{'a': 1}", 0.0),
    ('```json\n{"a": 1}\n```', 0.0), ('{"a": 1} and more', 0.0), ("NaN", 0.0),
    ("[" * 100_000, 0.0),
])
def test_json_is_the_whole_answer(answer: str, value: float) -> None:
    assert json_valid(answer) == value


SCHEMA = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}


@pytest.mark.parametrize(("answer", "value"), [
    ('{"n": 1}', 1.0), ('{"n": "1"}', 0.0), ("{}", 0.0), ("no", 0.0),
])
def test_json_schema(answer: str, value: float) -> None:
    assert json_schema(answer, SCHEMA) == value


@pytest.mark.parametrize("schema", [
    {"type": "nothing"}, {"$ref": "http://127.0.0.1:1/schema.json"}, {"pattern": "("},
])
def test_a_schema_that_cannot_be_used_is_told_and_nothing_is_fetched(
    schema: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="not a usable JSON Schema"):
        json_schema('"text"', schema)


def test_regex() -> None:
    assert regex("It costs $20.", r"\$\d+") == 1.0
    assert regex("It costs nothing.", r"\$\d+") == 0.0
    with pytest.raises(ValueError, match="not a regular expression"):
        regex("x", "(")


@pytest.mark.parametrize(("answer", "query"), [
    ("```sql\nSELECT 1;\n```\nThat is all.", "SELECT 1;"),
    ("Here it is:\nSELECT 1", "SELECT 1"),
    ("  with x as (select 1) select * from x", "with x as (select 1) select * from x"),
    ("```\nSELECT 2", "SELECT 2"),
    ("no query", "no query"),
])
def test_the_query_of_an_answer(answer: str, query: str) -> None:
    assert sql_of(answer) == query
