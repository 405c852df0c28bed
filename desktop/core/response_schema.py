"""The JSON schema of an answer: is it one, and can a model be held to it strictly.

The rules of strict mode are those of OpenAI's "Structured outputs" (learn.microsoft.com,
"How to use structured outputs"): the root is an object, every object names all its properties
as required and allows no others, and some keywords are not supported.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

NAME = "answer"  # under which it is sent
LONGEST = 200_000  # characters
DEEPEST = 10  # levels in strict mode
EXAMPLE = """{
  "type": "object",
  "properties": {
    "answer": {"type": "string"},
    "sources": {"type": "array", "items": {"type": "integer"}}
  },
  "required": ["answer", "sources"],
  "additionalProperties": false
}"""
_BENEATH = ("properties", "$defs", "definitions")  # names with a schema each
_WITHIN = ("items", "not", "if", "then", "else", "contains")  # a schema
_LISTS = ("anyOf", "allOf", "oneOf", "prefixItems")  # schemas
_UNSUPPORTED = ("allOf", "oneOf", "not", "if", "then", "else", "dependentRequired",
                "dependentSchemas", "patternProperties", "prefixItems", "contains")


@dataclass(frozen=True, slots=True)
class SchemaCheck:
    """`problem` says why a text is no schema, with the `line` where that is known; `loose` why a
    model cannot be held to it strictly."""

    problem: str = ""
    line: int | None = None
    loose: str = ""

    @property
    def ok(self) -> bool:
        return not self.problem


def check_schema(text: str) -> SchemaCheck:
    """As far as can be told without a library: JSON, an object, types that there are."""
    if len(text) > LONGEST:
        return SchemaCheck(f"The schema has {len(text):,} characters; at most {LONGEST:,} are sent")
    try:
        schema = json.loads(text)
    except json.JSONDecodeError as error:
        return SchemaCheck(f"Line {error.lineno}: {error.msg}", error.lineno)
    except RecursionError:
        return SchemaCheck("It is nested too deeply")
    if not isinstance(schema, dict):
        return SchemaCheck("A schema is a JSON object, in { and }")
    try:
        wrong = next(_wrong(schema, "the schema"), "")
        return SchemaCheck(wrong, loose="" if wrong else next(_loose(schema), ""))
    except RecursionError:
        return SchemaCheck("It is nested too deeply")


def sent_schema(text: str) -> dict[str, Any]:
    """The response format of a chat request. Raises ValueError for a text that is no schema."""
    found = check_schema(text)
    if not found.ok:
        raise ValueError(found.problem)
    return {"type": "json_schema", "json_schema": {
        "name": NAME, "strict": not found.loose, "schema": json.loads(text)}}


_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")


def _wrong(schema: Any, where: str) -> Iterator[str]:
    if isinstance(schema, bool):
        return
    if not isinstance(schema, dict):
        yield f"{where.capitalize()} is neither an object nor true or false"
        return
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind] if kind is not None else []
    unknown = [each for each in kinds if each not in _TYPES]
    if unknown:
        yield (f"{where.capitalize()} has the type {json.dumps(unknown[0])[:60]}: there are "
               f"{', '.join(_TYPES)}")
    required = schema.get("required")
    if required is not None and not (
            isinstance(required, list) and all(isinstance(each, str) for each in required)):
        yield f"“required” of {where} is no list of names"
    if not isinstance(schema.get("enum", []), list):
        yield f"“enum” of {where} is no list"
    for name, each in _children(schema):
        yield from _wrong(each, name)


def _children(schema: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key in _BENEATH:
        named = schema.get(key)
        if isinstance(named, dict):
            yield from ((f"“{name}”", each) for name, each in named.items())
        elif named is not None:
            yield f"“{key}”", None
    for key in _WITHIN:
        if key in schema:
            yield f"“{key}”", schema[key]
    for key in _LISTS:
        listed = schema.get(key)
        if isinstance(listed, list):
            yield from ((f"“{key}”", each) for each in listed)


def _loose(schema: Any, where: str = "The root", depth: int = 1) -> Iterator[str]:
    """Why it cannot be strict, the first reason first."""
    if not isinstance(schema, dict):
        return
    if depth == 1 and schema.get("type") != "object":
        yield "The root is not of the type object"
    if depth > DEEPEST:
        yield f"It is nested more than {DEEPEST} levels deep"
        return
    for key in _UNSUPPORTED:
        if key in schema:
            yield f"{where} uses “{key}”"
    if schema.get("type") == "object" or "properties" in schema:
        names = schema.get("properties")
        names = names if isinstance(names, dict) else {}
        left = [name for name in names if name not in (schema.get("required") or ())]
        if left:
            yield f"{where} does not require “{left[0]}”"
        if schema.get("additionalProperties") is not False:
            yield f"{where} allows other properties: add \"additionalProperties\": false"
    for name, each in _children(schema):
        yield from _loose(each, name, depth + 1)
