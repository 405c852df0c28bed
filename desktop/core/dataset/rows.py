"""A dataset file (JSONL) to examples and back, losing nothing.

One JSON object a line. Files are read as UTF-8 with or without a byte order mark, with LF or
CRLF; they are written the way Azure OpenAI asks for: UTF-8 with BOM, LF, one object a line.
A line that is not a JSON object is kept as `Example.raw`, so that it can be mended on screen
and is still there when the dataset is exported.
"""

from __future__ import annotations

import codecs
import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn

from ..errors import DatasetError
from ..types import DatasetIssue, Example
from .findings import Finding, error

Format = Literal["chat", "completion", "preference"]
FORMATS: tuple[Format, ...] = ("chat", "completion", "preference")
_KEYS: dict[Format, tuple[str, ...]] = {
    "chat": ("messages",),
    "completion": ("prompt", "completion"),
    "preference": ("preferred_output", "non_preferred_output", "input"),
}
MAX_DEPTH = 100
_TOO_DEEP = error("too_deep", "The line is nested too deeply to be read. Simplify the example.")
BOM = codecs.BOM_UTF8
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file as read; `issues` are about what `examples` cannot show: blank lines, bytes."""

    examples: list[Example]
    issues: list[DatasetIssue]


def parse(data: bytes, origin: str = "import") -> Parsed:
    """All lines of a file. Raises DatasetError for a file that is not UTF-8 text at all."""
    parsed = Parsed([], [])
    for item in read(data, origin):
        if isinstance(item, Example):
            parsed.examples.append(item)
        else:
            parsed.issues.append(item)
    return parsed


def read(data: bytes, origin: str = "import", first: int = 1) -> Iterator[Example | DatasetIssue]:
    """As `parse`, line by line, for callers that pause now and then, or that have only some
    whole lines of a file, the first of which has the number `first`. Raises DatasetError."""
    for item in texts(data, first):
        yield item if isinstance(item, DatasetIssue) else example(item[1], item[0], origin)


def texts(data: bytes, first: int = 1) -> Iterator[tuple[int, str] | DatasetIssue]:
    """As `read`, with the text of each line and its number instead of an example."""
    refuse_utf16(data)
    for number, line in _lines(data, first):
        yield from _read_line(number, line)


def refuse_utf16(data: bytes) -> None:
    """Raises DatasetError where a file's start says that it is UTF-16."""
    if data.startswith(_UTF16):
        raise DatasetError(
            "The file is UTF-16", why="training files are UTF-8",
            remedy="Save it as UTF-8 and import it again",
        )


def _lines(data: bytes, number: int) -> Iterator[tuple[int, bytes]]:
    # Only LF ends a line: U+2028 and the like are allowed inside JSON strings.
    start = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        yield number, data[start:end].removesuffix(b"\r")
        number += 1
        start = end + 1


def _read_line(number: int, line: bytes) -> Iterator[tuple[int, str] | DatasetIssue]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("utf-8", "replace")
        yield DatasetIssue(
            number, "error", "not_utf8",
            "Some characters are not UTF-8 and were replaced by \ufffd. "
            "Save the file as UTF-8 and import it again.",
        )
    text = text.lstrip("\ufeff")  # joined files have a mark in the middle
    if not text.strip():
        yield DatasetIssue(number, "warning", "blank_line", "The line is empty. Remove it.")
    else:
        yield number, text


def example(text: str, line: int, origin: str = "import", id: int = 0) -> Example:
    """The example in `text`: a row, or the text itself where it is no JSON object."""
    row = parse_row(text)
    if isinstance(row, Finding):
        return Example(id, line, {}, raw=text, origin=origin)
    return Example(id, line, row, origin=origin)


def parse_row(text: str) -> dict[str, Any] | Finding:
    """The JSON object in `text`, or what is wrong with it."""
    try:
        row = _decoder.decode(text)
    except RecursionError:
        return _TOO_DEEP
    except ValueError as problem:
        return _not_json(text, problem)
    if not isinstance(row, dict):
        kind = "a list" if isinstance(row, list) else "a single value"
        return error(
            "data_type",
            f"The line is {kind}, not an object. Put one example on each line, as {{…}}.",
        )
    brackets = text.count("{") + text.count("[")
    return _TOO_DEEP if brackets > MAX_DEPTH and _too_deep(row) else row


def _too_deep(row: dict[str, Any]) -> bool:
    """Whether a row is nested so deeply that walking or writing it could fail."""
    level: list[Any] = [row]
    for _ in range(MAX_DEPTH):
        level = [
            inner for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


def _not_json(text: str, problem: ValueError) -> Finding:
    place = f" at character {problem.pos + 1}" if isinstance(problem, json.JSONDecodeError) else ""
    why = problem.msg if isinstance(problem, json.JSONDecodeError) else str(problem)
    return error(
        "invalid_json",
        f"The line is not JSON: {why.lower()}{place}. Mend it, with the whole example on one line.",
    )


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON value")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits[:20]} is too large a number")
    return number


_decoder = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)


def write(examples: Iterable[Example]) -> bytes:
    """The dataset as a training file: UTF-8 with BOM, one JSON object a line."""
    return codecs.BOM_UTF8 + b"".join(encode_line(example) + b"\n" for example in examples)


def encode_line(example: Example) -> bytes:
    """One line of the file, without its end."""
    if example.raw:
        return example.raw.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace")
    try:
        return json.dumps(example.row, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:  # half a surrogate pair: only an escape can carry it
        return json.dumps(example.row, allow_nan=False).encode()


def format_of(row: Mapping[str, Any]) -> Format | None:
    """The format a row's keys speak of, or None."""
    for name in ("chat", "preference", "completion"):
        if any(key in row for key in _KEYS[name]):
            return name
    return None


def detect(rows: Iterable[Mapping[str, Any]]) -> Format:
    """The format of most rows; chat when no row tells."""
    found = Counter(name for row in rows if (name := format_of(row)))
    return found.most_common(1)[0][0] if found else "chat"
