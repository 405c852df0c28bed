"""Sources, tags and turns of a case as text to type, and rows of cases pasted. No Qt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ....core.evaluation.case_variables import variable_name
from ....core.types import Case, Message

_PAGE = re.compile(r"^(?P<name>.+?)(?:#page=|,?\s+p(?:age|\.)?\s*)(?P<page>\d+)$", re.IGNORECASE)
_TURN = re.compile(r"^(user|model)\s*:\s?", re.IGNORECASE | re.MULTILINE)
_HEADS = {"question", "case", "prompt", "input"}


def sources_text(sources: Iterable[tuple[str, int | None]]) -> str:
    """`Vision.pdf, p. 4; Leave.md`."""
    return "; ".join(name if page is None else f"{name}, p. {page}" for name, page in sources)


def read_sources(text: str) -> tuple[tuple[str, int | None], ...]:
    """The other way round; `Vision.pdf#page=4` says the same as `Vision.pdf, p. 4`."""
    found: list[tuple[str, int | None]] = []
    for part in re.split(r"[;\n]", text):
        name = part.strip()
        if not name:
            continue
        paged = _PAGE.match(name)
        found.append((paged["name"].strip(), int(paged["page"])) if paged else (name, None))
    return tuple(dict.fromkeys(found))


def read_tags(text: str) -> tuple[str, ...]:
    """Words between commas, each once."""
    return tuple(dict.fromkeys(tag for part in text.split(",") if (tag := part.strip())))


def turns_text(history: Sequence[Message]) -> str:
    """Earlier turns, one beginning with `User:` or `Model:`."""
    names = {"user": "User", "assistant": "Model"}
    return "\n".join(f"{names.get(turn.role, turn.role)}: {turn.content}" for turn in history)


def read_turns(text: str) -> tuple[Message, ...]:
    """The other way round; text before the first mark is the user's."""
    if not text.strip():
        return ()
    marks = list(_TURN.finditer(text))
    if not marks or text[: marks[0].start()].strip():
        return read_turns(f"User: {text}")
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    turns = []
    for mark, end in zip(marks, ends, strict=True):
        said = text[mark.end():end].strip()
        if said:
            turns.append(Message("user" if mark[1].lower() == "user" else "assistant", said))
    return tuple(turns)


def variables_text(variables: Iterable[tuple[str, str]]) -> str:
    """`tone: dry`, one a line; further lines of a value are indented."""
    return "\n".join(f"{name}: " + value.replace("\n", "\n  ") for name, value in variables)


def read_variables(text: str) -> tuple[tuple[str, str], ...]:
    """The other way round; a line without a name is passed over."""
    found: dict[str, str] = {}
    for entry in re.split(r"\n(?! )", text):
        head, mark, value = entry.partition(":")
        name = variable_name(head)
        if mark and name and value.strip():
            found[name] = value.strip().replace("\n  ", "\n")
    return tuple(found.items())


def pasted_cases(text: str) -> list[Case]:
    """Rows of a spreadsheet: question, reference, sources, tags; a row of heads is skipped."""
    rows = [[cell.strip() for cell in _cells(line)] for line in _lines(text)]
    if rows and rows[0] and rows[0][0].casefold() in _HEADS:
        rows = rows[1:]
    made = []
    for row in rows:
        question, reference, sources, tags = (*row, "", "", "", "")[:4]
        if question:
            made.append(Case(0, question, reference, read_sources(sources), read_tags(tags)))
    return made


def _lines(text: str) -> list[str]:
    """Lines, but a line break within quotes belongs to its cell."""
    lines: list[str] = []
    for line in text.splitlines():
        if lines and lines[-1].count('"') % 2 and "\t" in text:
            lines[-1] += "\n" + line
        else:
            lines.append(line)
    return lines


def _cells(line: str) -> list[str]:
    cells = []
    for cell in line.split("\t"):
        quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
        cells.append(cell[1:-1].replace('""', '"') if quoted else cell)
    return cells
