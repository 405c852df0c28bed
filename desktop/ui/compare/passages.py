"""Citations in answers, and the words of a passage that back them. Pure text, no Qt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ...core.types import Answer, Hit

_MARKS = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")
_OPEN_MARK = re.compile(r"\[[\d,; ]{0,20}$")
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?]+(?=\s|$)|\n|$)|[^\n]+")
_WORD = re.compile(r"\w+")
_BROKEN_LINE = re.compile(r"[^\n]{40,}\n(?=[^\n\s•*–-])")  # short lines are headings
_AROUND = 90  # characters shown before and after what is marked
_SHARED = 0.6  # of both sentences' words: less is a guess, and a guess is not marked


@dataclass(frozen=True, slots=True)
class Mark:
    """`[number]` in an answer."""

    number: int


def split_marks(text: str, numbers: Iterable[int]) -> list[str | Mark]:
    """Text and citation marks in order. A number that is no passage stays text."""
    known = set(numbers)
    parts: list[str | Mark] = []
    end = 0
    for found in _MARKS.finditer(text):
        cited = [int(n) for n in re.findall(r"\d+", found[1])]
        if known.issuperset(cited):
            parts += [text[end:found.start()], *map(Mark, cited)]
            end = found.end()
    parts.append(text[end:])
    return [part for part in parts if part]


def unfinished_mark(text: str) -> int:
    """Where a citation begins that the next piece of a stream may complete; else len(text)."""
    found = _OPEN_MARK.search(text)
    return found.start() if found else len(text)


def cited_numbers(text: str, numbers: Iterable[int]) -> list[int]:
    """Each cited passage once, in the order of the answer."""
    marks = (part.number for part in split_marks(text, numbers) if isinstance(part, Mark))
    return list(dict.fromkeys(marks))


def sources_in_order(context: Sequence[Hit], cited: Sequence[int]) -> list[Hit]:
    """Cited passages first, each group by rank."""
    return sorted(context, key=lambda hit: (hit.rank not in cited, hit.rank))


def claims(text: str, number: int, numbers: Iterable[int]) -> Iterator[str]:
    """The sentences of an answer that cite `number`: those between the mark before and it."""
    before: list[str] = []
    for part in split_marks(text, numbers):
        if isinstance(part, str):
            before = [s.strip() for s in _SENTENCE.findall(part) if _WORD.search(s)] or before
        elif part.number == number:
            yield from before


def backing(
    passage: str, answer: str, number: int, numbers: Iterable[int]
) -> list[tuple[int, int]]:
    """Spans of `passage` that say what the answer cites it for; none when that is not clear."""
    known = list(numbers)
    spans = {_find_claim(passage, claim) for claim in claims(answer, number, known)}
    return sorted(span for span in spans if span is not None)


def excerpt(text: str, spans: Sequence[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """The part of a passage around its marks, easy to read, and the marks in it.

    Lines that a page's width broke are joined; each break stays one character, so that
    offsets hold.
    """
    flowing = _BROKEN_LINE.sub(lambda line: f"{line[0][:-1]} ", text)
    if not spans:
        return flowing, []
    start = _word_start(flowing, min(a for a, _ in spans) - _AROUND)
    end = _word_start(flowing, max(b for _, b in spans) + _AROUND)
    lead = "… " if start else ""
    shown = lead + flowing[start:end].rstrip() + (" …" if end < len(flowing.rstrip()) else "")
    moved = len(lead) - start
    return shown, [(a + moved, b + moved) for a, b in spans]


def _word_start(text: str, place: int) -> int:
    """The beginning of the word at or after `place`."""
    if place <= 0:
        return 0
    found = text.find(" ", place)
    return len(text) if found < 0 else found + 1


def _find_claim(passage: str, claim: str) -> tuple[int, int] | None:
    words = [re.escape(word) for word in claim.rstrip(".!?").split()]
    exact = re.search(r"\s+".join(words), passage, re.IGNORECASE) if words else None
    if exact:
        end = exact.end()
        return exact.start(), end + (passage[end:end + 1] in (".", "!", "?"))
    return _most_similar_sentence(passage, claim)


def _most_similar_sentence(passage: str, claim: str) -> tuple[int, int] | None:
    wanted = _words(claim)
    best, span = 0.0, None
    for found in _SENTENCE.finditer(passage):
        there = _words(found[0])
        if not there or _figures(wanted) - _figures(there):
            continue
        shared = len(wanted & there) / len(wanted | there)
        if shared > best:
            best, span = shared, _trimmed(found)
    return span if best >= _SHARED else None


def _trimmed(found: re.Match[str]) -> tuple[int, int]:
    text = found[0]
    start = found.start() + len(text) - len(text.lstrip())
    return start, found.start() + len(text.rstrip())


def _words(text: str) -> set[str]:
    return {word.casefold() for word in _WORD.findall(text)}


def _figures(words: set[str]) -> set[str]:
    return {word for word in words if word.isdigit()}


def source_label(hit: Hit) -> str:
    """Where in its document a passage stands: "p. 4", its last heading, or nothing."""
    if hit.page is not None:
        return f"p. {hit.page}"
    return hit.heading.rsplit(" > ", 1)[-1]


def as_markdown(answer: Answer) -> str:
    """The answer with a list of what it cites, to paste elsewhere."""
    cited = [hit for hit in answer.context
             if hit.rank in {citation.number for citation in answer.citations}]
    model = f"*{answer.model}*" + (" (recorded)" if answer.recorded else "")
    lines = [f"## {answer.strategy}", "", model, "", f"> {answer.question}", "",
             answer.text]
    if cited:
        lines.append("")
        lines += [f"[{hit.rank}] {hit.document}" + (f", page {hit.page}" if hit.page else "") + "  "
                  for hit in cited]
    return "\n".join(lines).strip() + "\n"
