"""What an answer claims, sentence by sentence, and what can be compared without understanding."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..declines import is_decline
from ..sentences import split_sentences
from ..wording import FUNCTION_WORDS, content_roots, root, words
from .metrics.text import MARK, without_marks

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10", "eleven": "11", "twelve": "12",
}
_NEGATIONS = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|exclud\w*|except\w*|ineligible|unable"
    r"|prohibit\w*|denie[ds]|non-?covered)\b|n['’]t\b", re.I,
)
_OPPOSITES = (
    ("in-network", "out-of-network"), ("inside", "outside"), ("before", "after"),
    ("higher", "lower"), ("more", "less fewer"), ("increase increases", "decrease decreases"),
    ("maximum", "minimum"), ("first", "last"), ("always", "never"),
    ("include includes included including", "exclude excludes excluded excluding"),
    ("mandatory required", "optional"), ("allowed", "prohibited"), ("full-time", "part-time"),
    ("employee employees", "employer employers"), ("hour hours", "day days"),
    ("hour hours", "minute minutes"), ("day days", "week weeks"), ("day days", "month months"),
    ("week weeks", "month months"), ("month months", "year years"), ("daily", "weekly"),
    ("weekly", "monthly"), ("monthly", "annual annually"), ("open", "closed"), ("free", "paid"),
    ("internal", "external"), ("written", "verbal"),
)
_SIDES_OF: dict[str, list[tuple[int, int]]] = {}
for _pair, _both in enumerate(_OPPOSITES):
    for _side, _forms in enumerate(_both):
        for _form in _forms.split():
            _SIDES_OF.setdefault(_form, []).append((_pair, _side))
_COMPOUND = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_CLAUSE_END = re.compile(r"[.,;:!?](?:\s|$)|\b(?:but|and|unless|because|until|which)\b", re.I)
_REACH, _FAR = 3, 80  # words that a negation denies, within so many characters
_CLOSING = re.compile(
    r"^(?:thanks|thank you|you['’]re welcome|i hope|let me know|feel free|please (?:let me|feel)"
    r"|if you have (?:any|more|further|other))\b", re.I,
)
_GREETING = re.compile(r"^(?:hi|hello|dear|sure|of course|certainly|great question)\b", re.I)
_GREETING_LENGTH, _OPENING_LENGTH = 5, 15  # words
_LEADING_MARKS = re.compile(rf"^(?:{MARK.pattern})+[\s.;,]*", re.I)
_BETWEEN_MARKS = re.compile(r"\s*[,;]\s*")
_EMPHASIS = re.compile(r"\*\*|__|`")


@dataclass(frozen=True, slots=True)
class Traits:
    """What can be compared of a text without understanding it."""

    roots: frozenset[str]  # stems of its content words
    plain: frozenset[str]  # all words, lower case, without a plural's or possessive's ending
    numbers: frozenset[str]
    names: frozenset[str]  # of `plain`: those with a capital inside the sentence
    denied: frozenset[str]  # of `roots`: those right behind a "not", "without", "excludes"
    sides: frozenset[tuple[int, int]]  # (pair, side): which words that have an opposite


def traits(text: str) -> Traits:
    """What `support` compares."""
    found = words(text)
    return Traits(
        frozenset(content_roots(text)), frozenset(map(_bare, found)),
        frozenset(_numbers(text, found)), frozenset(_names(found)), frozenset(_denied(text)),
        frozenset(_sides(text)),
    )


def together(several: Sequence[Traits]) -> Traits:
    """The traits of neighbouring sentences, from those of each."""
    return Traits(
        frozenset().union(*(one.roots for one in several)),
        frozenset().union(*(one.plain for one in several)),
        frozenset().union(*(one.numbers for one in several)),
        frozenset().union(*(one.names for one in several)),
        frozenset().union(*(one.denied for one in several)),
        frozenset().union(*(one.sides for one in several)),
    )


def _numbers(text: str, found: Sequence[str]) -> Iterable[str]:
    for match in _NUMBER.finditer(text):
        whole = match.group().replace(",", "")
        yield whole.rstrip("0").rstrip(".") if "." in whole else whole
    for word in found:
        if word.lower() in _NUMBER_WORDS:
            yield _NUMBER_WORDS[word.lower()]


def _names(found: Sequence[str]) -> Iterable[str]:
    """Words with a capital inside the sentence."""
    for word in found[1:]:
        acronym = word.isupper() and len(word) < 6  # a text may spell it out
        if word[0].isupper() and not acronym and word.lower() not in FUNCTION_WORDS:
            yield _bare(word)


def _denied(text: str) -> Iterable[str]:
    """The stems of the few content words behind each negation, up to the clause's end."""
    for negation in _NEGATIONS.finditer(text):
        clause = _CLAUSE_END.split(text[negation.end() :][:_FAR], maxsplit=1)[0]
        content = [word for word in words(clause) if word.lower() not in FUNCTION_WORDS]
        yield from (root(word) for word in content[:_REACH])


def _sides(text: str) -> Iterable[tuple[int, int]]:
    for word in set(_COMPOUND.findall(text.lower())):
        yield from _SIDES_OF.get(word, ())


@functools.lru_cache(maxsize=50_000)
def _bare(word: str) -> str:
    return re.sub(r"(?:['’]s?|s)$", "", word.lower())


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an answer that says something, without its citation marks."""

    text: str
    traits: Traits
    cited: tuple[str, ...] = ()  # marks in it or right behind it: "2", "file.pdf#page=7"


def claims_of(answer: str) -> list[Claim]:
    """The sentences of an answer that can be right or wrong, in order; [] for a decline."""
    text = _EMPHASIS.sub("", answer)
    if is_decline(without_marks(text)):
        return []
    found: list[Claim] = []
    for sentence in split_sentences(text):
        leading = _LEADING_MARKS.match(sentence.text)
        start = leading.end() if leading else 0
        if found and leading:  # marks behind a full stop belong to what stands before it
            found[-1] = replace(found[-1], cited=(*found[-1].cited, *_cited(leading.group())))
        bare = without_marks(sentence.text[start:])
        if _claims(bare):
            first = leading is not None and not found
            marks = sentence.text if first else sentence.text[start:]
            found.append(Claim(bare, traits(bare), _cited(marks)))
    return found


def _claims(text: str) -> bool:
    count = len(words(text))
    if not count or text.endswith("?") or _CLOSING.match(text) or is_decline(text):
        return False
    if _GREETING.match(text) and count <= _GREETING_LENGTH:
        return False
    return not (text.endswith(":") and count <= _OPENING_LENGTH)  # opens a list


def _cited(text: str) -> tuple[str, ...]:
    marks = (match.group(1) for match in MARK.finditer(text))
    return tuple(one.strip() for mark in marks for one in _BETWEEN_MARKS.split(mark))
