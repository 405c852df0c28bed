"""Rows of other tools' case files as flat rows: promptfoo, OpenAI Evals, chat examples.

As their documentation describes them: promptfoo.dev/docs/configuration/test-cases and
.../expected-outputs (`vars` with `assert`; in tables `__expected` and `__expected1`..., with the
kind of check before a colon), github.com/openai/evals/blob/main/docs/build-eval.md (`input` with
`ideal`), and the Evals of the API, whose lines hold an `item`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

# Checks whose value is what the answer should say. The others (a length, a script, a rubric
# for a judge, what must not occur) are no reference answer.
_SAYS = frozenset({
    "equals", "contains", "icontains", "similar", "starts-with", "rouge-n", "bleu", "meteor",
    "levenshtein", "factuality", "context-recall", "answer-relevance", "contains-any",
    "icontains-any", "contains-all", "icontains-all",
})
_CHECK = re.compile(r"^(?P<kind>[a-z][a-z0-9-]*)(?:\([^)]*\))?:\s*(?P<value>.*)$", re.DOTALL)
_OTHERS = frozenset({
    "javascript", "fn", "eval", "python", "ruby", "webhook", "llm-rubric", "grade", "g-eval",
    "model-graded-closedqa", "is-json", "contains-json", "is-sql", "contains-sql", "is-xml",
    "contains-xml", "latency", "cost", "perplexity", "moderation", "classifier", "file",
    "select-best", "context-faithfulness", "context-relevance", "word-count", "is-refusal",
})
_ROLES = ("system", "developer", "user", "assistant")
_NAMED = ("question", "query", "prompt", "input")


def flat(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """One row of whatever tool as columns and values; a row that is flat stays as it is."""
    item = row.get("item")
    if isinstance(item, Mapping) and "question" not in row:
        row = item
    if isinstance(row.get("vars"), Mapping):
        return _promptfoo(row)
    if any(str(name).startswith("__expected") for name in row):
        return _promptfoo_table(row)
    return _chat(row)


def _promptfoo(row: Mapping[str, Any]) -> Mapping[str, Any]:
    variables = {str(name): turns_of(value) or value for name, value in row["vars"].items()}
    checks = row.get("assert")
    found = (said(check) for check in checks if isinstance(check, Mapping)) \
        if isinstance(checks, list) else iter(())
    expected = next((value for value in found if value), "")
    return _with_question({"expected": expected, **_tags(row), **variables}, variables)


def turns_of(value: Any) -> list[Mapping[str, str]]:
    """The messages in a variable, as promptfoo.dev/docs/configuration/chat writes them: with
    `role` and `content`, or as `user: text`; [] where it holds something else."""
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        return []
    turns = [each if "role" in each and "content" in each else
             dict(zip(("role", "content"), *each.items(), strict=True)) if len(each) == 1 else {}
             for each in value]
    good = all(turn.get("role") in _ROLES and isinstance(turn.get("content"), str)
               for turn in turns)
    return [{"role": turn["role"], "content": turn["content"]} for turn in turns] if good else []


def _tags(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """`metadata` is what promptfoo filters by, as tags are here."""
    found = row.get("metadata")
    values = found.values() if isinstance(found, Mapping) else ()
    tags = [str(value) for value in values if isinstance(value, str | int) and str(value)]
    return {"tags": tags} if tags else {}


def said(check: Mapping[str, Any]) -> str:
    """What an answer should say by one check of promptfoo; "" where it is no such check."""
    kind, value = str(check.get("type", "")), check.get("value")
    if kind == "regex" and isinstance(value, str):
        return f"/{value}/"  # how a reference says that it is a pattern
    if kind not in _SAYS:
        return ""
    if isinstance(value, list):
        value = next((each for each in value if isinstance(each, str)), "")
    return "" if value is None else str(value)


def _promptfoo_table(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """`__expected` holds a value alone, or `contains: value`; other `__` columns are settings."""
    variables = {str(name): value for name, value in row.items()
                 if not str(name).startswith("__")}
    checks = [str(value) for name, value in row.items()
              if str(name).startswith("__expected") and value not in (None, "")]
    expected = next((value for value in map(_of_table, checks) if value), "")
    return _with_question({**variables, "__expected": expected}, variables)


def _of_table(text: str) -> str:
    found = _CHECK.match(text.strip())
    kind = found["kind"] if found else ""
    if found is None or not (kind in _SAYS or kind in _OTHERS or kind in ("regex",)
                             or kind.startswith("not-")):
        return text  # a value that has a colon in it
    return said({"type": kind, "value": found["value"].strip()})


def _with_question(row: dict[str, Any], variables: Mapping[str, Any]) -> Mapping[str, Any]:
    """A test with one variable asks what that variable says, whatever its name; a conversation
    asks with its last turn; of several texts, none of which is a question, all say what it is
    about."""
    talks = [value for value in variables.values() if turns_of(value)]
    if len(talks) == 1 and not _names(variables).intersection(_NAMED):
        row = {name: value for name, value in row.items() if value is not talks[0]}
        return {**row, "question": talks[0]}
    texts = [value for value in variables.values() if isinstance(value, str)]
    if texts and not _names(variables).intersection(_NAMED):
        row["question"] = texts[0] if len(texts) == 1 else "\n".join(
            f"{name}: {value}" for name, value in variables.items()
            if isinstance(value, str | int | float))
    return row


def _names(variables: Iterable[str]) -> set[str]:
    return {name.casefold() for name in variables}


def _chat(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A training example: all turns but the last ask, the last one answers."""
    turns = row.get("messages")
    if not isinstance(turns, list) or not turns or "question" in row:
        return row
    last = turns[-1]
    if isinstance(last, Mapping) and last.get("role") == "assistant":
        return {**row, "question": turns[:-1], "answer": last.get("content")}
    return {**row, "question": turns}
