"""Checks that need more than one line: duplicates, contradictions, system messages, number.

What concerns two lines is reported on the later one, so that a file read from the top keeps
its first wording.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, NamedTuple

from ..types import DatasetIssue, Example
from .plain import Messages
from .rows import Format, format_of

MINIMUM = 10  # Azure OpenAI refuses fewer
RECOMMENDED = 50
MAX_BYTES = 512 * 1024 * 1024
WHOLE_FILE = 0  # the line of an issue that no single line causes


class Parts(NamedTuple):
    """What of an example is compared, without differences of spaces and capitals.

    `rejected` is the answer that a preference example advises against. `system` is "" in other
    formats than chat.
    """

    kind: Format
    question: str
    answer: str
    rejected: str = ""
    system: str = ""


@dataclass(slots=True)
class Across:
    """Feed it all examples in order, then ask for the rest.

    `same_question` has for each line the first line with its question (and tools and turns).
    """

    seen: dict[int, int] = field(default_factory=dict)  # question and answer -> line
    answers: dict[int, int] = field(default_factory=dict)  # question -> its first line
    rejected: dict[int, int] = field(default_factory=dict)  # question and rejected answer
    systems: dict[str, list[int]] = field(default_factory=dict)  # text -> lines
    same_question: dict[int, int] = field(default_factory=dict)
    count: int = 0

    def add(self, example: Example) -> list[DatasetIssue]:
        """What this line has in common with earlier ones."""
        return self.add_parts(example.line, parts_of(example))

    def add_parts(self, line: int, parts: Parts | None) -> list[DatasetIssue]:
        """The same, for one whose parts are known; None: nothing can be compared."""
        self.count += 1
        if parts is None:
            return []
        if parts.kind == "chat":
            self.systems.setdefault(parts.system, []).append(line)
        found = self._compare(line, parts)
        return [found] if found else []

    def _compare(self, line: int, parts: Parts) -> DatasetIssue | None:
        question = _digest(parts.question)
        self.same_question[line] = self.answers.setdefault(question, line)
        same = self.seen.setdefault(_digest(parts.question, parts.answer, parts.rejected), line)
        if same != line:
            return DatasetIssue(
                line, "warning", "duplicate",
                f"The same question and answer as line {same}. Remove one of them.",
            )
        if parts.kind == "preference":
            return self._contradicted_preference(line, parts)
        first = self.same_question[line]
        return _contradiction(line, first) if first != line else None

    def _contradicted_preference(self, line: int, parts: Parts) -> DatasetIssue | None:
        # Several pairs for one question are normal; preferring what another line rejects is not.
        preferred = _digest(parts.question, parts.answer)
        rejected = _digest(parts.question, parts.rejected)
        other = self.rejected.get(preferred) or self.answers.get(rejected)
        self.answers.setdefault(preferred, line)
        self.rejected.setdefault(rejected, line)
        return _contradiction(line, other) if other else None

    def finish(self) -> list[DatasetIssue]:
        """What can be said only after the last line."""
        return [*_too_few(self.count), *_systems(self.systems)]


def _contradiction(line: int, other: int) -> DatasetIssue:
    return DatasetIssue(
        line, "warning", "contradiction",
        f"Line {other} answers the same question differently. Keep the better answer.",
    )


def _too_few(count: int) -> list[DatasetIssue]:
    noun = "example" if count == 1 else "examples"
    if count < MINIMUM:
        return [DatasetIssue(
            WHOLE_FILE, "error", "too_few",
            f"{count} {noun}: fewer than {MINIMUM} are refused. Add {MINIMUM - count} or more.",
        )]
    if count < RECOMMENDED:
        return [DatasetIssue(
            WHOLE_FILE, "warning", "too_few",
            f"{count} {noun}: {RECOMMENDED} to 100 are needed to see a change. Add more.",
        )]
    return []


def _systems(systems: Mapping[str, Sequence[int]]) -> list[DatasetIssue]:
    if len(systems) < 2:
        return []
    common = max(systems, key=lambda text: len(systems[text]))
    times, total = len(systems[common]), sum(map(len, systems.values()))
    if len(systems) * 2 <= total > times * 2 and _one_template(list(systems)):
        return []  # it names the database, the customer, ... of each example
    if times * 2 < total:  # no common one: naming each line would say nothing
        return [DatasetIssue(
            min(lines[0] for text, lines in systems.items() if text != common),
            "warning", "system_differs",
            f"The examples have {len(systems):,} different system messages. "
            "Use one, the same as when asking.",
        )]
    return [_differs(line, text, common, times)
            for text, lines in systems.items() if text != common for line in lines]


def _one_template(texts: list[str]) -> bool:
    """Whether most of each text is how all of them begin and end."""
    if "" in texts:
        return False
    shortest = min(map(len, texts))
    begin = _shared(zip(*texts, strict=False))
    end = min(_shared(zip(*map(reversed, texts), strict=False)), shortest - begin)
    return begin + end >= 0.5 * shortest


def _shared(characters: Iterable[tuple[str, ...]]) -> int:
    """How many places have the same character in all texts, until one has not."""
    return sum(1 for _ in takewhile(lambda place: len(set(place)) == 1, characters))


def _differs(line: int, text: str, common: str, times: int) -> DatasetIssue:
    others = "1 other line" if times == 1 else f"{times:,} other lines"
    if not text:
        what = f"No system message, and {others} have one. Add it."
    elif not common:
        what = f"A system message, and {others} have none. Use the same everywhere."
    else:
        what = f"The system message differs from that of {others}. Use the same."
    return DatasetIssue(line, "warning", "system_differs", what)


def parts_of(example: Example) -> Parts | None:
    """What is compared of an example; None for a line whose shape its own checks report."""
    row = example.row
    kind = None if example.raw else format_of(row)
    if kind is None:
        return None
    try:
        return _PARTS[kind](row)
    except (KeyError, TypeError, AttributeError):
        return None


def plain_parts(messages: Messages) -> Parts:
    """As `parts_of`, for messages that are only text and end with an answer."""
    texts = [_plain(message["content"]) for message in messages]
    answer = next(at for at in range(len(messages) - 1, -1, -1)
                  if messages[at]["role"] == "assistant")
    system = texts[0] if messages[0]["role"] in ("system", "developer") else ""
    given = [f"{message['role']}\0{text}"
             for message, text in zip(messages[:answer], texts, strict=False)]
    return Parts("chat", "\0".join(given), texts[answer], "", system)


def _chat_parts(row: Mapping[str, Any]) -> Parts:
    messages = row["messages"]
    simple = _simple(messages) if not row.get("tools") else None
    if simple:
        return plain_parts(simple)
    answers = [i for i, message in enumerate(messages) if message["role"] == "assistant"]
    if not answers:
        raise KeyError("assistant")
    given = {"messages": messages[: answers[-1]], "tools": row.get("tools")}
    return Parts("chat", _plain(given), _plain(messages[answers[-1] :]), "", _system(messages))


def _simple(messages: Sequence[Mapping[str, Any]]) -> Messages | None:
    """Messages that say nothing but who and what, besides a weight, up to the last answer."""
    simple = [{"role": message["role"], "content": message["content"]} for message in messages
              if set(message) <= {"role", "content", "weight"}
              and isinstance(message.get("role"), str) and isinstance(message.get("content"), str)]
    whole = len(simple) == len(messages) and simple and simple[-1]["role"] == "assistant"
    return simple if whole else None


def _completion_parts(row: Mapping[str, Any]) -> Parts:
    return Parts("completion", _plain(row["prompt"]), _plain(row["completion"]))


def _preference_parts(row: Mapping[str, Any]) -> Parts:
    return Parts(
        "preference", _plain(row["input"]), _plain(row["preferred_output"]),
        _plain(row["non_preferred_output"]),
    )


_PARTS = {"chat": _chat_parts, "completion": _completion_parts, "preference": _preference_parts}


def _plain(value: Any) -> str:
    """The text two values share when they differ only in spaces, case or order of keys."""
    if isinstance(value, str):
        return " ".join(value.split()).casefold()
    return " ".join(json.dumps(_spaced(value), sort_keys=True).split()).casefold()


def _spaced(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, Mapping):
        return {key: _spaced(inner) for key, inner in value.items() if key != "weight"}
    return [_spaced(inner) for inner in value] if isinstance(value, list) else value


def _system(messages: Sequence[Mapping[str, Any]]) -> str:
    return "\n".join(
        _plain(message.get("content") or "")
        for message in messages if message["role"] in ("system", "developer")
    )


def _digest(*parts: str) -> int:
    """64 bits: two of a million texts have the same by a chance of one in 40 million."""
    return hash(parts)
