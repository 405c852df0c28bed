"""Reading inside the worker process: limits first, then parse and split."""

from __future__ import annotations

import contextlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from ..core import injection
from ..core.chunk_settings import DEFAULT, ChunkSettings
from ..core.chunking import TokenCount, split
from ..core.dataset.languages import language_of
from ..core.errors import DocumentError
from ..core.types import NewChunk, Page
from .embedder_model import load_tokenizer
from .readers import kinds, tables
from .readers.parsed import Parsed
from .readers.parsing import parse
from .worker_child import Handler, Steps, limit_memory
from .worker_frames import Header

MEMORY = 2 << 30  # bytes of address space
LANGUAGE_SAMPLE = 2_000  # characters of a page
_DAMAGED = "It is damaged, or made to do harm"


def make_handler(config: Header) -> Handler:
    """A file's bytes in, `{"warning", "language", "tables", "pages", "headings", "chunks"}` and
    texts out; or `{"pages"}` and their texts in, and only `{"headings", "chunks"}` out."""
    limit_memory(MEMORY)
    tokenizer = load_tokenizer(Path(config["tokenizer"]))

    def handler(header: Header, payload: memoryview) -> Steps:
        yield
        if header.get("rows"):
            return rows(bytes(payload))
        name, settings = header["name"], ChunkSettings.from_json(header["chunking"])
        counter = partial(count, tokenizer)
        if "pages" in header:
            return split_again(name, pages_of(header, payload), counter, settings)
        return read(name, bytes(payload), counter, settings)

    return handler


def read(
    name: str, content: bytes, counter: TokenCount, settings: ChunkSettings = DEFAULT
) -> tuple[Header, bytes]:
    """Raises DocumentError for whatever is wrong with the file."""
    with _own_failures():
        parsed = parse(name, content)
        if not any(page.text.strip() for page in parsed.pages):
            raise DocumentError("No text found", remedy="Drop a file that holds text")
        spoken = injection.warning([(page.number, page.text) for page in parsed.pages])
        language = language_in(parsed)
        told = (parsed.warning, spoken, foreign(language))
        warning = ". ".join(part for part in told if part)
        chunks = split(parsed.pages, name, counter, tokens=settings.limit, settings=settings)
        header, payload = reply(replace(parsed, warning=warning), chunks)
        told_tables = kinds.kind_of(name, content) != "pdf"  # text of a PDF is only placed letters
        found = sum(tables.count(page.text) for page in parsed.pages) if told_tables else None
        return {**header, "language": language, "tables": found}, payload


def split_again(
    name: str, pages: Sequence[Page], counter: TokenCount, settings: ChunkSettings
) -> tuple[Header, bytes]:
    """Raises DocumentError."""
    with _own_failures():
        chunks = split(pages, name, counter, tokens=settings.limit, settings=settings)
        return places(chunks), b""


def language_in(parsed: Parsed) -> str:
    """The language that most of a document is in; "" where it cannot be told."""
    letters = 0
    spoken: Counter[str] = Counter()
    for page in parsed.pages:
        sample = page.text[:LANGUAGE_SAMPLE]
        language = language_of(sample, re.findall(r"[^\W\d_]+", sample.lower()))
        spoken[language] += len(sample)
        letters += len(sample)
        if letters > 50 * LANGUAGE_SAMPLE:
            break
    return spoken.most_common(1)[0][0] if spoken else ""


def foreign(language: str) -> str:
    """A warning about a document in another language than English, which is that of the built-in
    embedding model."""
    if language in ("", "English"):
        return ""
    return (f"Mostly {language}: the built-in embedding model was made for English. Words are "
            "found all the same; the search by meaning may be poor")


def rows(content: bytes) -> tuple[Header, bytes]:
    """A workbook's rows as JSON. Raises DocumentError."""
    from .readers import spreadsheet

    with _own_failures():
        return {}, json.dumps(spreadsheet.read(content)).encode()


@contextlib.contextmanager
def _own_failures() -> Iterator[None]:
    """Whatever a library says about a file is the file's own failure."""
    try:
        yield
    except DocumentError:
        raise
    except Exception as error:
        what = "Needs too much memory" if isinstance(error, MemoryError) else "Cannot be read"
        raise DocumentError(
            what, why=_DAMAGED, remedy="Open it in its own program, save it anew and drop it again",
            details=f"{type(error).__name__}: {error}",
        ) from error


def count(tokenizer: Any, texts: Sequence[str]) -> list[int]:
    """Tokens of each text as the embedder counts them, its two special ones included."""
    return [len(each) for each in tokenizer.encode_batch_fast(list(texts))]


def reply(parsed: Parsed, chunks: Sequence[NewChunk]) -> tuple[Header, bytes]:
    """Texts of pages are sent once, as bytes; chunks as the places they have in them."""
    texts = [page.text.encode() for page in parsed.pages]
    header = {
        "warning": parsed.warning,
        "pages": [[page.number, len(text)] for page, text in zip(parsed.pages, texts, strict=True)],
        **places(chunks),
    }
    return header, b"".join(texts)


def places(chunks: Sequence[NewChunk]) -> Header:
    """Where chunks stand in their pages; each heading once."""
    headings = {heading: place for place, heading in enumerate({c.heading: 0 for c in chunks})}
    return {
        "headings": list(headings),
        "chunks": [[c.page_index, c.start, c.end, headings[c.heading]] for c in chunks],
    }


def pages_of(header: Header, payload: memoryview) -> list[Page]:
    """Pages whose texts stand in `payload` one after another; `{"pages"}` gives the sizes."""
    pages: list[Page] = []
    start = 0
    for number, size in header["pages"]:
        text = str(payload[start:start + size], "utf-8")
        pages.append(Page(None if number is None else int(number), text))
        start += size
    return pages
