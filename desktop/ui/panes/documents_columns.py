"""The columns of the ledger: what each says, how it is sorted, and which go first for want of
room."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...core.ledger_export import characters_a_page
from ...core.types import Document, DocumentState
from ..tokens import Tone

UNREAD = (DocumentState.QUEUED, DocumentState.READING)
NOT_SAID = "–"
ORDER = {state: place for place, state in enumerate(
    (DocumentState.FAILED, DocumentState.READING, DocumentState.EMBEDDING,
     DocumentState.QUEUED, DocumentState.READY, DocumentState.SKIPPED))}


class Column(enum.IntEnum):
    """The columns, in order."""

    NAME = 0
    PAGES = 1
    PICTURES = 2
    DENSITY = 3
    LANGUAGE = 4
    TABLES = 5
    CHUNKS = 6
    SECONDS = 7
    SAME = 8
    STATE = 9


@dataclass(frozen=True, slots=True)
class Sign:
    """How a document's state is shown: a word with an icon, or with a bar."""

    word: str
    tone: Tone
    icon: str = ""
    bar: bool = False
    share: float | None = None  # of the bar; None: cannot be told


def sign_of(document: Document) -> Sign:
    """The sign of a ledger row."""
    match document.state:
        case DocumentState.QUEUED:
            return Sign("Waiting", "muted", "clock")
        case DocumentState.READING:
            return Sign("Reading", "muted", bar=True)
        case DocumentState.EMBEDDING:
            share = document.embedded / document.chunks if document.chunks else None
            return Sign("Embedding", "muted", bar=True, share=share)
        case DocumentState.FAILED:
            return Sign(short_cause(document.error), "danger", "x-circle")
        case DocumentState.SKIPPED:
            return Sign("Skipped", "muted", "prohibit")
    if document.gone:
        return Sign("File gone", "warning", "warning")
    if document.empty_pages:
        return Sign(counted(document.empty_pages, "picture page"), "warning", "warning")
    if document.warning:
        return Sign(short_cause(document.warning), "warning", "warning")
    return Sign("Ready", "success", "check")


def short_cause(sentence: str) -> str:
    """The first clause of a cause, for one cell: "No text found"."""
    for mark in (":", ".", ",", ";"):
        sentence = sentence.split(mark, 1)[0]
    return sentence.strip() or "Failed"


def counted(number: int, word: str) -> str:
    """A number with its word: "1 page", "2,140 pages"."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


@dataclass(frozen=True, slots=True)
class Spec:
    """One column. `text` and `key` get the document and the name of one with the same text."""

    title: str
    text: Callable[[Document, str], str]
    key: Callable[[Document, str], Any]
    widest: str = ""  # a text that must fit; "" for the column that takes the rest
    number: bool = False
    rank: int = 0  # 0 always shown; else the higher goes first when there is no room
    tip: str = ""


def _number(title: str, of: Callable[[Document], int | None], rank: int, tip: str = "") -> Spec:
    def text(document: Document, same: str) -> str:
        value = None if document.state in UNREAD else of(document)
        return NOT_SAID if value is None else f"{value:,}"

    def key(document: Document, same: str) -> Any:
        value = of(document)
        return -1 if value is None else value

    return Spec(title, text, key, title, number=True, rank=rank, tip=tip)


def _seconds(document: Document, same: str) -> str:
    return f"{document.seconds:.1f}" if document.seconds else NOT_SAID


SPECS: dict[Column, Spec] = {
    Column.NAME: Spec("Document", lambda d, _: d.name, lambda d, _: d.name.casefold()),
    Column.PAGES: _number("Pages", lambda d: d.pages, 1),
    Column.PICTURES: _number("Pictures", lambda d: d.empty_pages, 6,
                             "Pages that are pictures: their text cannot be read here"),
    Column.DENSITY: _number("Chars/page", characters_a_page, 3, "Characters per page. Few on "
                            "many pages are a scan with hardly any text"),
    Column.LANGUAGE: Spec("Language", lambda d, _: d.language or NOT_SAID,
                          lambda d, _: d.language, "Portuguese", rank=2,
                          tip="The language that most of the text is in"),
    Column.TABLES: _number("Tables", lambda d: d.tables, 5,
                           "Tables found. A PDF does not tell them from other text"),
    Column.CHUNKS: _number("Chunks", lambda d: d.chunks, 0, "Passages that can be found"),
    Column.SECONDS: Spec("Seconds", _seconds, lambda d, _: d.seconds, "Seconds", number=True,
                         rank=4, tip="From the start of reading until ready"),
    Column.SAME: Spec("Same text as", lambda _, same: same or NOT_SAID, lambda _, same: same,
                      "Benefits_2026.docx", rank=7),
    Column.STATE: Spec("State", lambda d, _: sign_of(d).word, lambda d, _: (
        ORDER[d.state], not d.gone, -d.empty_pages, not d.warning), "10 picture pages"),
}


def cell_text(document: Document, column: Column, same: str = "") -> str:
    """What a cell says."""
    return SPECS[column].text(document, same)


def fitting(room: int, widths: dict[Column, int], least: int) -> set[Column]:
    """The columns to show in `room` pixels, where the name needs `least` at least."""
    left = room - least
    shown = {Column.NAME}
    for column in sorted(widths, key=lambda each: SPECS[each].rank):
        left -= widths[column]
        if SPECS[column].rank == 0 or left >= 0:
            shown.add(column)
        else:
            break
    return shown
