"""Checks that need more than one line: duplicates, contradictions, system messages, number.

What concerns two lines is reported on the later one, so that a file read from the top keeps
its first wording.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..types import DatasetIssue, Example
from .rows import Format, format_of

MINIMUM = 10  # Azure OpenAI refuses fewer
RECOMMENDED = 50
MAX_BYTES = 512 * 1024 * 1024
WHOLE_FILE = 0  # the line of an issue that no single line causes


@dataclass(slots=True)
class Across:
    """Feed it all examples in order, then ask for the rest."""

    seen: dict[bytes, int] = field(default_factory=dict)  # question and answer -> line
    answers: dict[bytes, int] = field(default_factory=dict)  # question -> its first line
    rejected: dict[bytes, int] = field(default_factory=dict)  # question and rejected answer
    systems: list[tuple[int, str]] = field(default_factory=list)
    count: int = 0

    def add(self, example: Example) -> list[DatasetIssue]:
        """What this line has in common with earlier ones."""
        self.count += 1
        row = example.row
        kind = None if example.raw else format_of(row)
        if kind is None:
            return []
        try:
            question, answer, rejected = _PARTS[kind](row)
        except (KeyError, TypeError, AttributeError):  # a shape the line's own checks report
            return []
        if kind == "chat":
            self.systems.append((example.line, _system(row["messages"])))
        found = self._compare(example.line, kind, question, answer, rejected)
        return [found] if found else []

    def _compare(
        self, line: int, kind: Format, question: str, answer: str, rejected: str
    ) -> DatasetIssue | None:
        whole = _digest(question, answer, rejected)
        same = self.seen.setdefault(whole, line)
        if same != line:
            return DatasetIssue(
                line, "warning", "duplicate",
                f"The same question and answer as line {same}. Remove one of them.",
            )
        if kind == "preference":
            return self._contradicted_preference(line, question, answer, rejected)
        first = self.answers.setdefault(_digest(question), line)
        return _contradiction(line, first) if first != line else None

    def _contradicted_preference(
        self, line: int, question: str, answer: str, rejected: str
    ) -> DatasetIssue | None:
        # Several pairs for one question are normal; preferring what another line rejects is not.
        other = self.rejected.get(_digest(question, answer)) or self.answers.get(
            _digest(question, rejected)
        )
        self.answers.setdefault(_digest(question, answer), line)
        self.rejected.setdefault(_digest(question, rejected), line)
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


def _systems(systems: Sequence[tuple[int, str]]) -> list[DatasetIssue]:
    counts = Counter(text for _, text in systems)
    if len(counts) < 2:
        return []
    common, times = counts.most_common(1)[0]
    different = [(line, text) for line, text in systems if text != common]
    if times * 2 < len(systems):  # no common one: naming each line would say nothing
        return [DatasetIssue(
            different[0][0], "warning", "system_differs",
            f"The examples have {len(counts):,} different system messages. "
            "Use one, the same as when asking.",
        )]
    return [_differs(line, text, common, times) for line, text in different]


def _differs(line: int, text: str, common: str, times: int) -> DatasetIssue:
    others = "1 other line" if times == 1 else f"{times:,} other lines"
    if not text:
        what = f"No system message, and {others} have one. Add it."
    elif not common:
        what = f"A system message, and {others} have none. Use the same everywhere."
    else:
        what = f"The system message differs from that of {others}. Use the same."
    return DatasetIssue(line, "warning", "system_differs", what)


def _chat_parts(row: Mapping[str, Any]) -> tuple[str, str, str]:
    messages = row["messages"]
    answers = [i for i, message in enumerate(messages) if message["role"] == "assistant"]
    if not answers:
        raise KeyError("assistant")
    given = {"messages": messages[: answers[-1]], "tools": row.get("tools")}
    return _plain(given), _plain(messages[answers[-1] :]), ""


def _completion_parts(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return _plain(row["prompt"]), _plain(row["completion"]), ""


def _preference_parts(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return (
        _plain(row["input"]), _plain(row["preferred_output"]), _plain(row["non_preferred_output"])
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


def _digest(*parts: str) -> bytes:
    text = "\0".join(parts).encode("utf-8", "replace")
    return hashlib.blake2b(text, digest_size=16).digest()
