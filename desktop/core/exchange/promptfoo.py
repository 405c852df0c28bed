"""promptfoo's `promptfooconfig.yaml`: prompts, and tests that become cases.

As its documentation has them (promptfoo.dev/docs/configuration: prompts, chat, test-cases,
expected-outputs): a prompt is a text, or messages as JSON or YAML, alone or with a label; a
test has `vars` and `assert`. What a test asserts becomes a reference answer where it says what
the answer should be. Scripts and other files are named, never run or opened.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from ..errors import DocumentError
from ..evaluation.case_files import read_cases
from ..evaluation.other_tools import said, turns_of
from ..types import Case, Parameters, Prompt, PromptVersion
from . import safe_yaml
from .found import Found, FoundPrompt, LeftOut, Written
from .json_files import is_messages, read_value
from .messages import messages_of, untold
from .parameters import as_sent, parameters_of

_UNDERSTOOD = ("$schema", "description", "prompts", "tests", "defaultTest", "providers",
               "targets")
_ELSEWHERE = re.compile(r"(?:[a-z][a-z0-9+.-]*://|exec:)\S+|[^\s{}]+\.(?:txt|json|ya?ml|md|j2|js|"
                        r"mjs|cjs|ts|py|sh|rb|csv)(?::\w+)?", re.IGNORECASE)
_ASKED = ("question", "query", "prompt", "input", "user question", "user_input")
MOST_CASES = 10_000
# Turns of a conversation between the examples and the question, for promptfoo's Nunjucks.
_TURNS = ('{% for turn in history %}{"role": "{{ turn.role }}", "content": '
          "{{ turn.content | dump }}},{% endfor %}")
# With that loop the messages are no JSON any more, and nobody escapes what is filled in.
_SET, _END, _ASKED_TEXT = "{% set asked %}", "{% endset %}", "{{ asked | dump }}"
_SET_TEXT = re.compile(rf"{re.escape(_SET)}(.*?){re.escape(_END)}", re.DOTALL)


def is_config(value: object) -> bool:
    """Is this what a configuration of promptfoo holds?"""
    return isinstance(value, Mapping) and ("prompts" in value or "tests" in value)


def read(text: str, name: str) -> Found:
    """Raises DocumentError for what is not such a configuration."""
    try:
        value = safe_yaml.load(text)
    except ValueError as error:
        raise DocumentError(f"{name} cannot be read", why=str(error)) from error
    if is_messages(value):
        return read_value(value, name)
    if not is_config(value):
        raise DocumentError(f"{name} holds no prompts", remedy="Import a promptfooconfig.yaml, or "
                            'messages with "role" and "content"')
    return read_config(value, name)


def read_config(value: Mapping[str, Any], name: str) -> Found:
    """Prompts and tests of a configuration that is loaded already."""
    parameters, left = _of_providers(value)
    prompts: list[FoundPrompt] = []
    for number, each in enumerate(_listed(value.get("prompts")), 1):
        found = _prompt(each, number, name)
        prompts += [replace(one, prompt=replace(one.prompt, parameters=parameters))
                    for one in found.prompts]
        left += found.left_out
    cases, unread = _cases(value)
    given = set.intersection(*({name for name, _ in each.variables} for each in cases)) \
        if cases else set()
    left = [each for each in left if each.what.strip("{} ") not in given]
    others = [LeftOut(key[:200], "The program has no place for it")
              for key in value if key not in _UNDERSTOOD]
    return Found(tuple(prompts), tuple(cases),
                 tuple(dict.fromkeys([*left, *unread, *others])))


def _listed(value: object) -> list[Any]:
    """A list, a single one, or the older `file: label` mapping."""
    if isinstance(value, Mapping):
        return [{"raw": text, "label": label} for text, label in value.items()]
    if is_messages(value):
        return [value]
    return value if isinstance(value, list) else [value] if value else []


# --- prompts -----------------------------------------------------------------------------


def _prompt(value: Any, number: int, name: str) -> Found:
    label = ""
    if isinstance(value, Mapping) and not is_messages(value.get("messages")):
        label = str(value.get("label") or "")[:200]
        value = value.get("raw", value.get("id"))
    if is_messages(value):
        return _named(read_value(value, name), label)
    if not isinstance(value, str) or not value.strip():
        return Found((), (), (LeftOut(f"prompt {number}", "It is no text and no messages"),))
    if _ELSEWHERE.fullmatch(value.strip()):
        return Found((), (), (LeftOut(f"prompt {number}: {value.strip()[:200]}", "It is in another"
                              " file: import that one, where it is a text or messages"),))
    messages = _chat(value)
    if messages is not None:
        return _named(read_value(messages, name), label)
    made = Prompt(template=value)
    return Found((FoundPrompt(made, label),), (), tuple(untold(made)))


def _named(found: Found, label: str) -> Found:
    return replace(found, prompts=tuple(replace(each, name=label) for each in found.prompts))


def _chat(text: str) -> list[Any] | None:
    """Messages that are written inside a text, as JSON or as YAML."""
    if not text.lstrip().startswith(("[", "-")):
        return None
    text = _without_turns(text)
    try:
        value = safe_yaml.load(text) if text.lstrip().startswith("-") else json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if is_messages(value) else None


def _without_turns(text: str) -> str:
    """The inverse of `_raw`: the turns of a case stand before its question anyhow."""
    asked = _SET_TEXT.search(text)
    if _TURNS not in text or asked is None:
        return text
    text = text.replace(_TURNS, "").replace(asked[0], "")
    return text.replace(_ASKED_TEXT, json.dumps(asked[1], ensure_ascii=False))


def _of_providers(value: Mapping[str, Any]) -> tuple[Parameters, list[LeftOut]]:
    """The parameters of the one provider; of several there is no telling which is meant."""
    providers = _several(value.get("providers", value.get("targets")))
    names = [str(each.get("id", each) if isinstance(each, Mapping) else each)[:200]
             for each in providers]
    left = [LeftOut(f"provider {name}", "Choose the model of a column instead") for name in names]
    configs = [each["config"] for each in providers
               if isinstance(each, Mapping) and isinstance(each.get("config"), Mapping)]
    if len(providers) != 1 or not configs:
        return Parameters(), left
    parameters, unknown = parameters_of(configs[0])
    return parameters, [*left, *(LeftOut(each.what, _short(each.why)) for each in unknown)]


def _short(why: str) -> str:
    """A provider's settings may hold a key: values are not repeated."""
    return "The program has no place for it" if why.startswith("There is no") else \
        "Its value cannot be used here"


def _several(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []


# --- tests -------------------------------------------------------------------------------


def _cases(value: Mapping[str, Any]) -> tuple[Sequence[Case], list[LeftOut]]:
    left: list[LeftOut] = []
    rows: list[tuple[int, Mapping[str, Any]]] = []
    shared = value.get("defaultTest")
    shared = shared if isinstance(shared, Mapping) else {}
    for number, test in enumerate(_several(value.get("tests")), 1):
        if not isinstance(test, Mapping):
            where = f": {test[:200]}" if isinstance(test, str) else ""
            left.append(LeftOut(f"test {number}{where}", "It is in another file: import that file "
                                "as cases"))
            continue
        rows += [(number, row) for row in _rows(test, shared)]
        left += _unread(test, number)
    left += _unread(shared, None)
    read = read_cases(rows[:MOST_CASES])
    left += [LeftOut(f"test {each.line}", each.why) for each in read.skipped]
    if len(rows) > MOST_CASES:
        left.append(LeftOut(f"{len(rows) - MOST_CASES:,} tests",
                            f"At most {MOST_CASES:,} are read"))
    return read.cases, left


def _rows(test: Mapping[str, Any], shared: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """One test, or one for each value of a variable that lists several texts."""
    own, common = test.get("vars"), shared.get("vars")
    variables = {**(common if isinstance(common, Mapping) else {}),
                 **(own if isinstance(own, Mapping) else {})}
    checks = [*_several(test.get("assert")), *_several(shared.get("assert"))]
    row = {**test, "vars": variables, "assert": checks}
    listed = [key for key, each in variables.items()
              if isinstance(each, list) and each and all(isinstance(one, str) for one in each)]
    if len(listed) != 1:
        yield row
        return
    for each in variables[listed[0]]:
        yield {**row, "vars": {**variables, listed[0]: each}}


def _unread(test: Mapping[str, Any], number: int | None) -> Iterable[LeftOut]:
    """What of a test makes no case."""
    where = f"test {number}" if number else "defaultTest"
    answers = 0
    for check in _several(test.get("assert")):
        kind = str(check.get("type", "") if isinstance(check, Mapping) else check)[:200]
        if not isinstance(check, Mapping) or not said(check):
            yield LeftOut(f"{where}: {kind}", "It says nothing about what the answer should be: "
                          "choose scores under Evaluate")
            continue
        answers += 1
        if answers > 1:
            yield LeftOut(f"{where}: {kind}", "A case has one reference answer: the first one")
    names = test.get("vars")
    names = [str(name) for name in names] if isinstance(names, Mapping) else []
    asked = next((name for name in _ASKED if name in names), "")
    for name in names:
        value = test["vars"][name]
        kept = isinstance(value, str | int | float) or turns_of(value)
        if name != asked and len(names) > 1 and not kept:
            yield LeftOut(f"variable {name}"[:200], "A case keeps texts and numbers")


# --- writing -----------------------------------------------------------------------------

_HEAD = "# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json\n"
_PROVIDER = "openai:chat:gpt-4.1-mini"  # one has to be named; the user puts in another


def write(version: PromptVersion, name: str, cases: Sequence[Case]) -> Written:
    """Raises PromptError for a text that would be read as a broken template."""
    talks = any(case.history for case in cases)
    settings = as_sent(version.prompt.parameters)
    provider = {"id": _PROVIDER, **({"config": settings} if settings else {})}
    config = {
        "description": version.note or name,
        "prompts": [{"label": name, "raw": _raw(version.prompt, talks)}],
        "providers": [provider],
        **({"tests": [_test(case) for case in cases]} if cases else {}),
    }
    return Written(_HEAD + safe_yaml.dump(config), ())


def _raw(prompt: Prompt, talks: bool) -> str:
    """The messages as JSON; where cases continue conversations, with a loop over their turns."""
    messages = messages_of(prompt)
    *before, question = [json.dumps({"role": m.role, "content": m.content}, ensure_ascii=False,
                                    indent=2) for m in messages]
    if talks and _END not in messages[-1].content:
        asked = f'{{"role": "user", "content": {_ASKED_TEXT}}}'
        question = f"{_TURNS}\n{_SET}{messages[-1].content}{_END}\n{asked}"
    return "[\n" + "\n".join([*(f"{each}," for each in before), question]) + "\n]"


def _test(case: Case) -> Mapping[str, Any]:
    pattern = re.fullmatch(r"/(.+)/", case.reference, re.DOTALL)
    kind, value = ("regex", pattern[1]) if pattern else ("similar", case.reference)
    return {
        "vars": {**dict(case.variables), "question": case.question,
                 **({"history": [asdict(turn) for turn in case.history]} if case.history else {})},
        **({"assert": [{"type": kind, "value": value}]} if value else {}),
        **({"metadata": {"tags": ", ".join(case.tags)}} if case.tags else {}),
    }
