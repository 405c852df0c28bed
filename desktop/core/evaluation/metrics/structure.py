"""Does an answer have the form that a program needs: JSON, a pattern, SQL."""

from __future__ import annotations

import json
import re
from typing import Any

_FENCED = re.compile(r"```[ \t]*(?:sql(?:ite)?)?[ \t]*\n(.*?)(?:```|\Z)", re.I | re.S)
_QUERY = re.compile(r"^[ \t]*(?:select|with|values)\b", re.I | re.M)
_NOTHING = object()


def json_valid(answer: str) -> float:
    """1 when the whole answer is one JSON value (RFC 8259; so not in a code block)."""
    return float(_parsed(answer) is not _NOTHING)


def json_schema(answer: str, schema: dict[str, Any]) -> float:
    """1 when the answer is JSON that its schema allows (JSON Schema, draft 2020-12 or the one
    it names). References to other addresses are not followed. Raises ValueError for a schema
    that is none."""
    import jsonschema
    import referencing
    from referencing.exceptions import Unresolvable

    checker = jsonschema.validators.validator_for(schema, jsonschema.Draft202012Validator)
    value = _parsed(answer)
    try:
        checker.check_schema(schema)
        # An empty registry: jsonschema's own would fetch what a "$ref" names.
        allowed = checker(schema, registry=referencing.Registry())
        return float(value is not _NOTHING and allowed.is_valid(value))
    except (jsonschema.SchemaError, Unresolvable, re.error, RecursionError) as error:
        raise ValueError(f"not a usable JSON Schema: {error}") from error


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return _NOTHING


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def regex(answer: str, pattern: str) -> float:
    """1 when the pattern occurs in the answer (Python's `re.search`).

    Raises ValueError for a pattern that is none.
    """
    try:
        return float(re.search(pattern, answer) is not None)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error


def sql_of(answer: str) -> str:
    """The query in an answer: a code block's, else all from the first line that is a query."""
    if fenced := _FENCED.search(answer):
        return fenced.group(1).strip()
    start = _QUERY.search(answer)
    return answer[start.start() :].strip() if start else answer.strip()
