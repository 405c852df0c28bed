"""A schema is checked as it is typed, and strict only where the model can be held to it."""

from __future__ import annotations

import json

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.parameters import as_sent
from desktop.core.response_schema import EXAMPLE, check_schema
from desktop.core.types import Parameters


@pytest.mark.parametrize(("text", "problem", "line"), [
    ("{\n  \"type\": \"object\",\n}", "Line 3", 3), ("[]", "in { and }", None),
    ('{"type": "text"}', 'has the type "text"', None),
    ('{"properties": {"a": 3}}', "“a” is neither", None),
    ('{"required": "a"}', "no list of names", None),
    ("[" * 100_000, "nested too deeply", None),
])
def test_what_is_no_schema_is_said_with_its_line(
    text: str, problem: str, line: int | None
) -> None:
    found = check_schema(text)
    assert problem in found.problem
    assert found.line == line


@pytest.mark.parametrize(("schema", "loose"), [
    ({"type": "array"}, "The root is not"),
    ({"type": "object", "properties": {"a": {}}, "additionalProperties": False},
     "does not require “a”"),
    ({"type": "object", "properties": {}}, "allows other properties"),
    ({"type": "object", "additionalProperties": False, "oneOf": []}, "uses “oneOf”"),
])
def test_why_it_cannot_be_strict(schema: object, loose: str) -> None:
    found = check_schema(json.dumps(schema))
    assert found.ok and loose in found.loose


def test_a_schema_goes_as_the_response_format() -> None:
    sent = as_sent(Parameters(response_format="json_schema", schema=EXAMPLE, seed=7))
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert sent["response_format"]["json_schema"]["schema"] == json.loads(EXAMPLE)
    assert set(sent) == {"seed", "response_format"}
    with pytest.raises(ConfigurationError, match="Mend it under Parameters"):
        as_sent(Parameters(response_format="json_schema", schema="{"))
    assert as_sent(Parameters(schema=EXAMPLE)) == {}, "a schema that is not chosen stays at home"
    assert as_sent(Parameters(response_format="json_object")) == {
        "response_format": {"type": "json_object"}}
