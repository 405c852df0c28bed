"""What kind of text the answers are, and which of them break with the others.

A model learns the form of its examples before their content: one answer in fifty that is not
JSON comes back as one in fifty that does not parse.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..types import DatasetIssue

COMMON = 0.8  # from this share on, a form is that of the dataset
FEWEST = 8  # answers
LABEL = 40  # characters; longer answers are no labels
_VERBS = ("select", "with", "insert", "update", "delete", "create")
_SQL = re.compile(rf"(?i)\s*(?:{'|'.join(_VERBS)})\b[\s\S]*\b(?:from|into|set|as|table)\b")
_TAG = re.compile(r"\s*<[A-Za-z][\w-]*[\s>/]")
_JSON_STARTS = ("{", "[")
_NAMES = {
    "json": "JSON", "broken json": "JSON that does not parse", "fenced": "code between ``` marks",
    "sql": "SQL", "markup": "markup", "text": "plain text",
}


def form_of(answer: str) -> tuple[str, frozenset[str]]:
    """The form's name (see `_NAMES`), and the keys where it is a JSON object."""
    start = answer.lstrip()
    if start.startswith(_JSON_STARTS):
        try:
            value = json.loads(start)
        except (ValueError, RecursionError):
            return ("broken json" if start[:1] == "{" or start[:2] in ('["', "[{") else "text",
                    frozenset())
        return "json", frozenset(value) if isinstance(value, dict) else frozenset()
    if start.startswith("```"):
        return "fenced", frozenset()
    if start[:6].lower().startswith(_VERBS) and _SQL.match(start):
        return "sql", frozenset()
    return ("markup" if start[:1] == "<" and _TAG.match(start) else "text"), frozenset()


@dataclass(slots=True)
class Targets:
    """Feed it all answers in order, then ask which of them drift."""

    forms: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # -> lines
    keys: dict[frozenset[str], list[int]] = field(default_factory=lambda: defaultdict(list))
    labels: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    count: int = 0

    def add(self, line: int, answer: str) -> None:
        """One more answer, as text; answers that only call tools are left out."""
        self.count += 1
        form, keys = form_of(answer)
        self.forms[form].append(line)
        if keys:
            self.keys[keys].append(line)
        if len(answer) <= LABEL:
            label = answer.strip().rstrip(".").casefold()
            self.labels.setdefault(label, defaultdict(list))[answer].append(line)

    def finish(self) -> Iterator[DatasetIssue]:
        """One issue for each answer that is unlike most others."""
        if self.count < FEWEST:
            return
        common = max(self.forms, key=lambda form: len(self.forms[form]))
        share = len(self.forms[common]) / self.count
        if share >= COMMON:
            yield from self._strangers(common)
        elif len(self.forms) > 1:
            yield self._mixed()
        if common == "json" and share >= COMMON:
            yield from self._other_keys()
        if common == "text":
            yield from self._spellings()

    def _strangers(self, common: str) -> Iterator[DatasetIssue]:
        for form, lines in self.forms.items():
            for line in lines if form != common else ():
                yield _drift(line, f"The answer is {_NAMES[form]}, and "
                                   f"{len(self.forms[common]):,} others are {_NAMES[common]}. "
                                   "Write it like the others.")

    def _mixed(self) -> DatasetIssue:
        counts = sorted(((len(lines), form) for form, lines in self.forms.items()), reverse=True)
        listed = ", ".join(f"{count:,} are {_NAMES[form]}" for count, form in counts)
        first = min(lines[0] for form, lines in self.forms.items() if form != counts[0][1])
        return _drift(first, f"The answers have different forms: {listed}. Use one form.")

    def _other_keys(self) -> Iterator[DatasetIssue]:
        total = sum(map(len, self.keys.values()))
        seen = Counter(key for keys, lines in self.keys.items() for key in keys for _ in lines)
        usual = {key for key, times in seen.items() if times >= 0.95 * total}
        for keys, lines in self.keys.items() if total >= FEWEST else ():
            missing = sorted(usual - keys)
            for line in lines if missing else ():
                yield _drift(line, f"The JSON answer has no “{missing[0][:40]}”, which almost all "
                                   "others have. Add it.")

    def _spellings(self) -> Iterator[DatasetIssue]:
        """Labels written in two ways, where the answers are a few labels."""
        if len(self.labels) * 5 > self.count:
            return
        for spellings in self.labels.values():
            usual = max(spellings, key=lambda text: len(spellings[text]))
            for text, lines in spellings.items():
                for line in lines if text != usual else ():
                    yield _drift(line, f"The answer is “{text}”, and {len(spellings[usual]):,} "
                                       f"others are “{usual}”. Write it in one way.")


def _drift(line: int, message: str) -> DatasetIssue:
    return DatasetIssue(line, "warning", "format_drift", message)
