"""Reading what a judge wrote: the JSON it was asked for, or what can be saved of anything else.

A verdict that cannot be read without guessing is None, never a default: a made-up tie or a 3
would hide that the judge failed.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .judging import HIGHEST, LOWEST, Rubric

MOST_READ = 50_000  # characters from the end: verdicts follow reasons
MOST_REASON = 2_000
_DECODER = json.JSONDecoder()
_OVERALL = ("rating", "score", "overall", "overall rating", "overall score", "overall_rating",
            "overall_score")
_WINNERS = ("winner", "verdict", "preference", "better", "choice")
_MISSING = (None, "", "null", "none", "n/a", "na")
_NUMBER = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(?:/\s*5|out of 5)?\s*")
_IN_BRACKETS = re.compile(r"\[\[\s*(\d(?:\.\d+)?)\s*\]\]")
_IN_WORDS = re.compile(
    r"\b(?:rating|score|overall)\b[\s*_\"':=]*(?:is|of)?[\s*_\"':=]*"
    r"(\d+(?:\.\d+)?)(?!\s*(?:to|-|–)\s*\d)", re.IGNORECASE)
_LETTER = {
    "a": 1.0, "answer a": 1.0, "response a": 1.0, "b": 0.0, "answer b": 0.0, "response b": 0.0,
    "tie": 0.5, "c": 0.5, "equal": 0.5, "both": 0.5, "neither": 0.5, "draw": 0.5, "none": 0.5,
}
_NAMED = re.compile(r"(?:the )?(?:answer|response) (a|b)\b")
_PICKED = re.compile(r"\[\[\s*(A|B|C|tie)\s*\]\]", re.IGNORECASE)
_SAID = re.compile(
    r"\b(?:winner|verdict)\b[\s*_\"':=]*(?:is|goes to)?[\s*_\"':=]*((?:answer |response )?"
    r"(?:A|B)\b|tie\b)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`value` is 0 to 1, None where there is no usable verdict. Of a pair: 1 means that A won.

    `ratings` are those of the criteria, 1 to 5; None: the judge found it not applicable.
    """

    value: float | None
    reason: str = ""
    ratings: Mapping[str, float | None] = field(default_factory=dict)


def read_rating(text: str, rubric: Rubric) -> Verdict:
    """The mean of the criteria that apply, from 1..5 to 0..1.

    Fallbacks, in order: an object without its frame, one overall rating, "[[4]]" as in
    MT-Bench, "Correctness: 4" in lines, "Rating: 4". Ratings off the scale are no verdict.
    """
    text = text[-MOST_READ:]
    for found in reversed(list(_objects(text))):
        verdict = _of_object(found, rubric)
        if verdict is not None:
            return verdict
    lines = {each.name: _one(_line_of(each.name), text) for each in rubric.criteria}
    ratings = {name: value for name, value in lines.items() if value is not None}
    if ratings:
        return _from_ratings(ratings, _reason(text))
    for pattern in (_IN_BRACKETS, _IN_WORDS):
        value = _one(pattern, text)
        if value is not None:
            return Verdict(_share(value), _reason(text))
    alone = _NUMBER.fullmatch(text.strip().rstrip("."))
    return Verdict(_share(float(alone[1])) if alone else None, _reason(text))


def read_preference(text: str) -> Verdict:
    """Which of A and B won. Fallbacks: "[[A]]" as in MT-Bench, "Winner: A", a letter alone."""
    text = text[-MOST_READ:]
    for found in reversed(list(_objects(text))):
        lowered = {str(key).casefold().strip(): value for key, value in found.items()}
        said = next((lowered[key] for key in _WINNERS if key in lowered), None)
        side = _side(said) if isinstance(said, str) else None
        if side is not None:
            return Verdict(side, _reason_in(lowered))
    for pattern in (_PICKED, _SAID):
        picked = {_LETTER[_letter(found)] for found in pattern.findall(text)}
        if len(picked) == 1:
            return Verdict(picked.pop(), _reason(text))
    return Verdict(_LETTER.get(_letter(text)) if len(text) < 20 else None, _reason(text))


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object in a text; what stands inside one is part of it."""
    place = text.find("{")
    while place >= 0:
        try:
            found, place = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            place += 1
        else:
            if isinstance(found, dict):
                yield found
        place = text.find("{", place)


def _of_object(found: Mapping[str, Any], rubric: Rubric) -> Verdict | None:
    """None: this object is no verdict."""
    lowered = {str(key).casefold().strip(): value for key, value in found.items()}
    inner = lowered.get("ratings", lowered.get("scores"))
    given = inner if isinstance(inner, dict) else _as_object(inner) or found
    by_name = {str(key).casefold().strip(): value for key, value in given.items()}
    named = {each.name: by_name[each.name.casefold()] for each in rubric.criteria
             if each.name.casefold() in by_name}
    reason = _reason_in(lowered)
    if named:
        read = {name: _number(value) for name, value in named.items()}
        if any(value is not None and not _on_scale(value) for value in read.values()):
            return Verdict(None, reason)
        return _from_ratings(read, reason)
    said = next((lowered[key] for key in _OVERALL if key in lowered), None)
    value = _number(said)
    return None if value is None else Verdict(_share(value), reason)


def _as_object(rows: Any) -> dict[str, Any]:
    """`[{"name": "Support", "rating": 4}]` as an object."""
    if not isinstance(rows, list):
        return {}
    named = [each for each in rows if isinstance(each, dict)]
    return {str(each.get("name", each.get("criterion"))): each for each in named}


def _from_ratings(ratings: Mapping[str, float | None], reason: str) -> Verdict:
    known = [value for value in ratings.values() if value is not None]
    shares = [_share(value) for value in known]
    if not known or None in shares:
        return Verdict(None, reason, ratings)
    mean = sum(known) / len(known)
    return Verdict(_share(mean), reason, ratings)


def _number(value: Any) -> float | None:
    """None: not applicable. NaN: something that is no rating."""
    if isinstance(value, dict):
        value = next((value[key] for key in ("rating", "score") if key in value), math.nan)
    if isinstance(value, str):
        value = value.strip().casefold()
        found = _NUMBER.fullmatch(value)
        return None if value in _MISSING else float(found[1]) if found else math.nan
    if value is None:
        return None
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if plain else math.nan


def _on_scale(value: float) -> bool:
    return LOWEST <= value <= HIGHEST


def _share(value: float) -> float | None:
    """1..5 as 0..1, None off the scale."""
    return (value - LOWEST) / (HIGHEST - LOWEST) if _on_scale(value) else None


def _line_of(name: str) -> re.Pattern[str]:
    return re.compile(rf"^[\s*_\-#\"'\d.]*{re.escape(name)}[\s*_\"']*[:=][\s*_\"']*"
                      r"(\d+(?:\.\d+)?)(?!\s*(?:to|-|–)\s*\d)", re.IGNORECASE | re.MULTILINE)


def _one(pattern: re.Pattern[str], text: str) -> float | None:
    """What a pattern finds, where it finds one thing only."""
    found = {float(value) for value in pattern.findall(text)}
    return found.pop() if len(found) == 1 else None


def _side(text: str) -> float | None:
    """"A", "Answer B is better", "a tie"."""
    plain = _letter(text)
    if plain in _LETTER:
        return _LETTER[plain]
    if "tie" in plain.split():
        return 0.5
    found = _NAMED.match(plain)
    return _LETTER[found[1]] if found else None


def _letter(text: str) -> str:
    return " ".join(re.sub(r"[\"'*_.\[\]:]", " ", text).split()).casefold()


def _reason_in(lowered: Mapping[str, Any]) -> str:
    said = next((lowered[key] for key in ("reason", "reasoning", "explanation", "rationale")
                 if isinstance(lowered.get(key), str)), "")
    return _reason(said)


def _reason(text: str) -> str:
    return " ".join(text.split())[:MOST_REASON]
