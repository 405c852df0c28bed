"""Answers that were made elsewhere: a chatbot's log or another tool's run, as a column of its own.

A row is a question with its answer, and optionally what it was answered from and what it took.
Questions are matched to cases exactly, but for case and spacing, or nearly.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..columns import Head, Role, guess
from ..types import (
    ELSEWHERE,
    Answer,
    AnswerState,
    Case,
    Hit,
    Message,
    Strategy,
    Usage,
)
from .case_files import Row, Skipped

NEAR = 0.9  # of two questions' likeness (edit distance); below it they ask for different things
NOTE = "Made elsewhere: what was sent to it is not known."
_CONTEXT_KEYS = ("text", "content", "page_content", "passage", "chunk", "document")
_NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:e-?\d+)?", re.I)

ROLES = (
    Role("question", "Question", True, (
        "question", "query", "prompt", "input", "user input", "user question", "user message",
        "user"), "What was asked"),
    Role("answer", "Answer", True, (
        "answer", "response", "output", "completion", "actual output", "assistant", "generated",
        "prediction", "bot", "reply"), "What came back; it is scored like any other answer"),
    Role("contexts", "Passages", False, (
        "contexts", "context", "retrieved contexts", "passages", "retrieval context", "chunks"),
        "What it was answered from: a text, or a list of texts"),
    Role("reference", "Reference answer", False, (
        "truth", "reference", "ground truth", "expected", "expected output", "ideal"),
        "Used where a question becomes a case"),
    Role("seconds", "Seconds", False, (
        "seconds", "latency", "duration", "latency ms", "elapsed", "response time"),
        "How long it took; a column whose name ends in ms is read as milliseconds"),
    Role("prompt_tokens", "Prompt tokens", False, (
        "prompt tokens", "input tokens", "tokens in")),
    Role("completion_tokens", "Answer tokens", False, (
        "completion tokens", "output tokens", "tokens out")),
    Role("cost", "Cost", False, ("cost", "price", "cost usd"), "US dollars of one answer"),
)


@dataclass(frozen=True, slots=True)
class MadeAnswer:
    """One row that can be used."""

    line: int
    question: str
    answer: str
    contexts: tuple[str, ...] = ()
    reference: str = ""
    seconds: float | None = None
    usage: Usage | None = None
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Matched:
    """A row and the case it answers; `share` is their questions' likeness, 1.0 for equal."""

    made: MadeAnswer
    case: Case
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """What a file holds for this workspace."""

    matched: tuple[Matched, ...]
    unmatched: tuple[MadeAnswer, ...]
    skipped: tuple[Skipped, ...]

    @property
    def near(self) -> tuple[Matched, ...]:
        """Those whose questions are not quite equal, the least alike first."""
        return tuple(sorted((each for each in self.matched if each.share < 1.0),
                            key=lambda each: each.share))


def guessed(head: Head) -> dict[str, str]:
    """Our columns under the file's names, as far as they can be told."""
    return guess(head.columns, ROLES)


# --- rows --------------------------------------------------------------------------------


def read_made(
    rows: Iterable[Row], mapping: Mapping[str, str]
) -> tuple[list[MadeAnswer], list[Skipped]]:
    """The rows that hold a question and an answer, and why the others were left out."""
    made: list[MadeAnswer] = []
    skipped: list[Skipped] = []
    for line, row in rows:
        found = row if isinstance(row, str) else _made(line, row, mapping)
        if isinstance(found, str):
            skipped.append(Skipped(line, found))
        else:
            made.append(found)
    return made, skipped


def _made(line: int, row: Mapping[str, Any], mapping: Mapping[str, str]) -> MadeAnswer | str:
    def value(role: str) -> Any:
        return row.get(mapping.get(role, "")) if mapping.get(role) else None

    question, answer = (_text(value(role)).strip() for role in ("question", "answer"))
    if not question:
        return "There is no question"
    if not answer:
        return "There is no answer"
    scale = 1000.0 if re.search(r"(?i)(ms|millis\w*)$", mapping.get("seconds", "")) else 1.0
    seconds = _number(value("seconds"))
    return MadeAnswer(
        line, question, answer, tuple(_contexts(value("contexts"))),
        _text(value("reference")).strip(), None if seconds is None else seconds / scale,
        _usage(value("prompt_tokens"), value("completion_tokens")), _number(value("cost")),
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):  # chat messages: the last one counts
        last = value[-1] if value else ""
        return _text(last.get("content") if isinstance(last, Mapping) else last)
    return str(value).encode("utf-8", "replace").decode("utf-8")


def _number(value: Any) -> float | None:
    """A number that can be one of ours: finite and not negative."""
    if isinstance(value, bool) or value is None:
        return None
    found = _NUMBER.search(str(value))
    try:
        number = float(found.group().replace(",", "")) if found else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _usage(prompt: Any, completion: Any) -> Usage | None:
    counts = _number(prompt), _number(completion)
    if counts[0] is None and counts[1] is None:
        return None
    return Usage(round(counts[0] or 0), round(counts[1] or 0))


def _contexts(value: Any) -> Iterable[str]:
    """A text, a list of texts, or of objects that hold one; also as JSON in a table's cell."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        import json

        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = [value]
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, Mapping):
            each = next((each[key] for key in _CONTEXT_KEYS if each.get(key)), None)
        if isinstance(each, str) and each.strip():
            yield _text(each)


# --- which case --------------------------------------------------------------------------


def normalised(question: str) -> str:
    """Case, spacing and the marks at its end do not make another question."""
    return " ".join(question.casefold().split()).rstrip(" ?!.")


def match(
    made: Sequence[MadeAnswer], cases: Sequence[Case], skipped: Sequence[Skipped] = ()
) -> Elsewhere:
    """Each row with its case: the equal question, else the likeliest that is near enough. A
    case keeps its first row. Cases with earlier turns are left out: a log's question is one."""
    single = [case for case in cases if not case.history]
    by_words = {normalised(case.question): case for case in reversed(single)}
    taken: dict[int, Matched] = {}
    left: list[MadeAnswer] = []
    twice: list[Skipped] = []
    seen: set[str] = set()
    for each in made:
        key = normalised(each.question)
        case = by_words.get(key)
        if key in seen:
            twice.append(Skipped(each.line, "This question has an answer already"))
        elif case is not None:
            taken[case.id] = Matched(each, case)
        else:
            left.append(each)
        seen.add(key)
    unmatched = _near(left, [case for case in single if case.id not in taken], taken)
    ordered = [taken[case.id] for case in cases if case.id in taken]
    return Elsewhere(tuple(ordered), tuple(unmatched), (*skipped, *twice))


def _near(
    left: Sequence[MadeAnswer], free: list[Case], taken: dict[int, Matched]
) -> list[MadeAnswer]:
    """Puts what is near enough into `taken`; returns the rest."""
    from rapidfuzz import process
    from rapidfuzz.distance import Levenshtein

    unmatched = []
    open_cases = {case.id: normalised(case.question) for case in free}
    known = {case.id: case for case in free}
    for each in left:
        found = process.extractOne(
            normalised(each.question), open_cases,
            scorer=Levenshtein.normalized_similarity, score_cutoff=NEAR)
        if found is None:
            unmatched.append(each)
            continue
        _, share, number = found
        taken[number] = Matched(each, known[number], min(share, 0.999))
        del open_cases[number]
    return unmatched


# --- the column --------------------------------------------------------------------------


def column_of(name: str, taken: Iterable[Strategy]) -> Strategy:
    """A column for a run: its id is below 0, because it is no strategy that can be asked."""
    number = min([0, *(each.id for each in taken)]) - 1
    return Strategy(number, f"{ELSEWHERE}: {name}", ELSEWHERE, name)


def answer_of(made: MadeAnswer, case: Case, column: Strategy) -> Answer:
    """As a cell keeps it. What was sent is not known: the question stands for it."""
    hits = tuple(
        Hit(rank, 0.0, 0, 0, f"Passage {rank}", None, 0, 0, len(text), text)
        for rank, text in enumerate(made.contexts, start=1)
    )
    return Answer(
        column.name, column.deployment, case.question, AnswerState.DONE, made.answer,
        context=hits, messages=(Message("user", made.question),), usage=made.usage,
        seconds=made.seconds, finish_reason="stop", cost=made.cost, note=NOTE,
    )


def new_case(made: MadeAnswer, name: str) -> Case:
    """An unmatched question as a case."""
    return Case(0, made.question, made.reference, origin=f"answer made elsewhere ({name})")
