"""The model's knowledge cut-off against the dates of the documents.

What is younger than the cut-off no model of that name can know without being told: retrieval
brings it, training does not. Dates are read from a document's text (the latest full date or
month that is not in the future), else from its file's name; a document without either has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .phrases import counted

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september",
           "october", "november", "december")
_NAME = r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?" \
        r"|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_PATTERNS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in (
    rf"\b{_YEAR}-(?P<month>0[1-9]|1[0-2])(?:-(?P<day>0[1-9]|[12]\d|3[01]))?\b",
    rf"\b(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?:\s+of)?\s+{_NAME},?\s+{_YEAR}\b",
    rf"\b{_NAME}\s+(?P<day>[0-3]?\d)(?:st|nd|rd|th)?,?\s+{_YEAR}\b",
    rf"\b{_NAME},?\s+{_YEAR}\b",
))
_YEAR_IN_NAME = re.compile(r"(?<!\d)(20\d\d)(?!\d)")

How = Literal["a date in its text", "its file's name"]


@dataclass(frozen=True, slots=True)
class Dated:
    """A document's date: `YYYY`, `YYYY-MM` or `YYYY-MM-DD`, and where it was read."""

    document: str
    date: str
    how: How


def date_of(name: str, pages: Iterable[str], today: str) -> Dated | None:
    """None where neither the text nor the file's name holds a date up to `today` (ISO 8601)."""
    found = [each for text in pages for each in _dates(text) if each <= today[:len(each)]]
    if found:
        return Dated(name, max(found), "a date in its text")
    named = [*_dates(name.replace("_", " ")), *_YEAR_IN_NAME.findall(name)]
    named = [each for each in named if each <= today[:len(each)]]
    return Dated(name, max(named), "its file's name") if named else None


def _dates(text: str) -> Iterable[str]:
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            parts = match.groupdict()
            month = int(parts["month"]) if "month" in parts else _month(parts["name"])
            day = parts.get("day")
            iso = f"{parts['year']}-{month:02}" + (f"-{int(day):02}" if day else "")
            if day and not _is_day(iso):
                continue
            yield iso


def _month(name: str) -> int:
    return next(place for place, each in enumerate(_MONTHS, 1) if each[:3] == name[:3].lower())


def _is_day(iso: str) -> bool:
    try:
        date.fromisoformat(iso)
    except ValueError:
        return False
    return True


def knowledge_words(model: str, cut_off: str, as_of: str, dated: Sequence[Dated], of: int) -> str:
    """What the dates say; `cut_off` is "" and documents are undated where nobody knows."""
    newest = max(dated, key=lambda each: each.date, default=None)
    told = "" if newest is None else (f"the newest is {newest.document}, {written(newest.date)} "
                                      f"({newest.how})")
    if not cut_off:
        rest = f"; of the dated documents {told}" if told else ""
        return (f"Up to when {model} knows the world is not in the catalog{rest}. Whether it can "
                "know your documents is unknown.")
    known = f"{model} knows nothing after {written(cut_off)} (catalog of {as_of})"
    if newest is None:
        return (f"{known}. None of {counted(of, 'document')} carries a date, so whether they are "
                "younger is unknown.")
    later = sum(each.date[:len(cut_off)] > cut_off[:len(each.date)] for each in dated)
    undated = f"; {of - len(dated)} carry no date" if of > len(dated) else ""
    if not later:
        return f"{known}; no dated document is younger ({told}){undated}."
    return (f"{known}. {later} of {counted(len(dated), 'dated document')} "
            f"{'is' if later == 1 else 'are'} younger; {told}{undated}. Retrieval brings what is "
            "in them, training does not.")


def written(iso: str) -> str:
    """2026, June 2024, 1 March 2026."""
    parts = iso.split("-")
    if len(parts) == 1:
        return iso
    month = f"{_MONTHS[int(parts[1]) - 1].capitalize()} {parts[0]}"
    return month if len(parts) == 2 else f"{int(parts[2])} {month}"
