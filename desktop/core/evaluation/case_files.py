"""Cases in files: rows of a table or of JSON become cases, and cases become a file again.

Understood without being told: our own export, `{"question", "truth"}` lines, a table with a
header in the usual words, OpenAI Evals (`input`, `ideal`), chat examples (`messages`) and
promptfoo tests (`vars`, `assert`; `__expected` in tables). A mapping names columns otherwise.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..errors import DatasetError
from ..spreadsheets import original_text, safe_text
from ..types import Case, Message
from .case_variables import FIELD, variables_of
from .other_tools import flat

Row = tuple[int, Mapping[str, Any] | str]  # the line it starts on, and its values or why not
Mapped = Mapping[str, str]  # our column -> theirs

# Our columns, and the words under which other tools keep them. The first one found counts.
ALIASES: dict[str, tuple[str, ...]] = {
    "question": ("question", "query", "prompt", "input", "user question", "user_input"),
    "reference": ("truth", "reference", "answer", "reference answer", "reference_answer",
                  "ground_truth", "ground truth", "expected", "expected answer",
                  "expected_output", "ideal", "__expected", "sql", "query"),
    "source": ("source", "sources", "gold source", "gold sources", "gold", "document", "file"),
    "page": ("page",),
    "tags": ("tags", "tag", "category", "labels"),
    "split": ("split",),
    "history": ("history", "previous_messages", "chat_history"),
}
COLUMNS = ("question", "truth", "source", "tags", "split", "history")
_CITATION = re.compile(
    r"\s*\[(?P<name>[^\[\]\n|]+?\.[A-Za-z]\w{1,4})(?:#page=(?P<page>\d{1,6}))?\]"
)
_SOURCE = re.compile(r"(?P<name>.+?)(?:#page=|,\s*(?:page|p\.)\s*)(?P<page>\d{1,6})", re.I)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that made no case, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class CasesRead:
    """What a file holds; `cases` have id 0."""

    cases: tuple[Case, ...]
    skipped: tuple[Skipped, ...]


# --- from rows to cases ------------------------------------------------------------------


def read_cases(
    rows: Iterable[Row], known: Iterable[Case] = (), mapping: Mapped | None = None
) -> CasesRead:
    """Cases of all rows that hold a question which is not there yet."""
    seen = _Seen(known)
    cases: list[Case] = []
    skipped: list[Skipped] = []
    for line, row in rows:
        case = row if isinstance(row, str) else case_of(row, mapping or {})
        if not isinstance(case, str) and case in seen:
            case = "This question is already there"
        if isinstance(case, str):
            skipped.append(Skipped(line, case))
        else:
            seen.add(case)
            cases.append(case)
    return CasesRead(tuple(cases), tuple(skipped))


def new_cases(cases: Iterable[Case], known: Iterable[Case]) -> tuple[list[Case], list[Case]]:
    """Those whose question is not there yet, and those whose is."""
    seen = _Seen(known)
    told = [(case, case in seen) for case in cases]
    return [case for case, old in told if not old], [case for case, old in told if old]


class _Seen:
    """Questions that are there: the same words after the same turns, about the same variables.
    A case that has no variables is the same as one that has."""

    def __init__(self, known: Iterable[Case]) -> None:
        self._values: dict[tuple[str, ...], set[tuple[tuple[str, str], ...]]] = {}
        for case in known:
            self.add(case)

    def add(self, case: Case) -> None:
        self._values.setdefault(_key(case), set()).add(tuple(sorted(case.variables)))

    def __contains__(self, case: Case) -> bool:
        there = self._values.get(_key(case), set())
        mine = tuple(sorted(case.variables))
        return bool(there) and (not mine or () in there or mine in there)


def _key(case: Case) -> tuple[str, ...]:
    turns = (*(turn.content for turn in case.history), case.question)
    return tuple(" ".join(turn.casefold().split()) for turn in turns)


def case_of(row: Mapping[str, Any], mapping: Mapped) -> Case | str:
    """The case in a row, or why there is none."""
    row = flat(row)
    values = values_of(row, mapping)
    question, history = conversation_of(values.get("question"))
    if not question.strip():
        return 'There is no question: name the column with it "question"'
    raw = values.get("reference")
    reference, cited = split_citations(_text(raw[0] if isinstance(raw, list) and raw else raw))
    sources = dict.fromkeys([*_sources(values.get("source"), values.get("page")), *cited])
    earlier = _history(values.get("history")) or history
    split = _text(values.get("split")).strip().casefold()
    return Case(
        0, question.strip(), reference, tuple(sources), tuple(_tags(values.get("tags"))),
        "holdout" if split in ("holdout", "test", "validation") else "tune", tuple(earlier),
        variables=variables_of(row, mapping),
    )


def values_of(row: Mapping[str, Any], mapping: Mapped) -> dict[str, Any]:
    """Our columns of a flat row; a mapping goes before the usual names."""
    by_name = {str(name).strip().casefold(): value for name, value in row.items()}
    found: dict[str, Any] = {}
    for column, names in ALIASES.items():
        wanted = (mapping[column].strip().casefold(),) if column in mapping else names
        for name in wanted:
            if by_name.get(name) not in (None, "", []):
                found[column] = by_name.pop(name)  # "query" beside "question" is the answer
                break
    return found


def conversation_of(value: Any) -> tuple[str, tuple[Message, ...]]:
    """A question, and the turns before it where a list of messages was given.

    System messages are left out: what a strategy adds to the question is its prompt's.
    """
    if not isinstance(value, list):
        return _text(value), ()
    turns = [turn for turn in _history(value) if turn.role != "system"]
    if not turns or turns[-1].role != "user":
        return "", ()
    return turns[-1].content, tuple(turns[:-1])


def _history(value: Any) -> list[Message]:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return []
    if not isinstance(value, list):
        return []
    return [
        Message(turn["role"], turn["content"]) for turn in value
        if isinstance(turn, Mapping) and turn.get("role") in ("system", "user", "assistant")
        and isinstance(turn.get("content"), str)
    ]


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _tags(value: Any) -> list[str]:
    parts = value if isinstance(value, list) else re.split(r"[,;|]", _text(value))
    return list(dict.fromkeys(_text(part).strip() for part in parts if _text(part).strip()))


def split_citations(text: str) -> tuple[str, list[tuple[str, int | None]]]:
    """A reference without its citations, and the gold sources they name, each once."""
    found = [(match["name"].strip(), _page(match["page"])) for match in _CITATION.finditer(text)]
    return _CITATION.sub("", text).strip(), list(dict.fromkeys(found))


def _page(digits: str | None) -> int | None:
    return int(digits) if digits and int(digits) else None


def _sources(value: Any, page: Any = None) -> Iterator[tuple[str, int | None]]:
    """`file.pdf#page=7`, `file.pdf, page 7`, `{"document", "page"}`, pairs, and lists of them."""
    if isinstance(value, Mapping):
        yield from _sources(value.get("document") or value.get("source"), value.get("page"))
    elif isinstance(value, list):
        if len(value) == 2 and isinstance(value[0], str) and not isinstance(value[1], str | list):
            yield from _sources(value[0], value[1])
            return
        for each in value:
            yield from _sources(each)
    elif isinstance(value, str):
        number = _page(_text(page).strip()) if _text(page).strip().isdecimal() else None
        for part in re.split(r"[;|\n]", value):
            if part := part.strip().strip("[]"):
                match = _SOURCE.fullmatch(part)
                yield (match["name"], _page(match["page"])) if match else (part, number)


# --- from bytes to rows ------------------------------------------------------------------


def rows_of(name: str, data: bytes) -> list[Row]:
    """The rows of a jsonl, json, yaml, csv or tsv file. Raises DatasetError."""
    suffix = name.casefold().rpartition(".")[2]
    text = decode(name, data)
    if suffix in ("jsonl", "ndjson"):
        return list(json_lines(text))
    if suffix in ("json", "yaml", "yml"):
        return list(_document(name, text, yaml=suffix != "json"))
    if suffix in ("csv", "tsv", "txt"):
        return list(table(text))
    raise DatasetError(
        f"{name} is not a kind of file that cases are read from",
        remedy="Use jsonl, csv, xlsx, json or yaml",
    )


def decode(name: str, data: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else Windows-1252, as spreadsheets write.

    Raises DatasetError for what is not text."""
    marks = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    for encoding in (marks.get(data[:2], "utf-8-sig"), "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DatasetError(f"{name} is not text", remedy="Save it as UTF-8")


def json_lines(text: str) -> Iterator[Row]:
    """Blank lines are passed over."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _object(line)


def _object(line: str) -> Mapping[str, Any] | str:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return "It is not JSON"
    return value if isinstance(value, dict) else "It is not a JSON object"


def _document(name: str, text: str, *, yaml: bool) -> Iterator[Row]:
    try:
        value = _load_yaml(text) if yaml else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DatasetError(f"{name} cannot be read", why=str(error)) from error
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("tests", "cases") if key in value), [value])
    if isinstance(value, str):
        raise DatasetError(f"{name} holds no cases itself: they are in {value[:200]}",
                           remedy="Import that file")
    if not isinstance(value, list):
        raise DatasetError(f"{name} holds no list of cases")
    for number, each in enumerate(value, start=1):
        yield number, each if isinstance(each, Mapping) else "It is not an object"


def _load_yaml(text: str) -> Any:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def table(text: str) -> Iterator[Row]:
    """A table with a header; the delimiter is the one that the header has most of."""
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    yield from rows_with_header(_numbered(reader))


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    before = 0
    try:
        for cells in reader:
            yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        raise DatasetError(f"Line {before + 1} cannot be read", why=str(error)) from error


def rows_with_header(rows: Iterable[tuple[int, Sequence[Any]]]) -> Iterator[Row]:
    """The first row that is not empty names the columns."""
    header: list[str] = []
    for line, cells in rows:
        if not any(_text(cell).strip() for cell in cells):
            continue
        if not header:
            header = [_text(cell).strip() for cell in cells]
        else:
            yield line, {name: _shown(cell) for name, cell in zip(header, cells, strict=False)}


def _shown(cell: Any) -> Any:
    """A cell as it was before it was made safe for spreadsheets."""
    return original_text(cell) if isinstance(cell, str) else cell


# --- from cases to bytes -----------------------------------------------------------------


def write_cases(name: str, cases: Sequence[Case]) -> bytes:
    """What `rows_of` and `read_cases` read back. Raises DatasetError for another kind."""
    suffix = name.casefold().rpartition(".")[2]
    writers: dict[str, Callable[[Sequence[Case]], str]] = {"jsonl": _as_lines, "csv": _as_table}
    if suffix not in writers:
        raise DatasetError(f"Cases are not written as {name}", remedy="Use .jsonl or .csv")
    return writers[suffix](cases).encode("utf-8", "replace")


def _as_lines(cases: Sequence[Case]) -> str:
    return "".join(json.dumps(_row(case), ensure_ascii=False) + "\n" for case in cases)


def _as_table(cases: Sequence[Case]) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    more = (FIELD,) if any(case.variables for case in cases) else ()
    writer.writerow((*COLUMNS, *more))
    for case in cases:
        row = _row(case)
        row["source"], row["tags"] = "; ".join(row["source"]), ", ".join(row["tags"])
        for name in ("history", FIELD):
            row[name] = json.dumps(row[name], ensure_ascii=False) if row.get(name) else ""
        writer.writerow([safe_text(row[column]) for column in (*COLUMNS, *more)])
    return out.getvalue()


def _row(case: Case) -> dict[str, Any]:
    sources = [name if page is None else f"{name}#page={page}" for name, page in case.sources]
    return {
        "question": case.question, "truth": case.reference, "source": sources,
        "tags": list(case.tags), "split": case.split,
        "history": [asdict(turn) for turn in case.history],
        **({FIELD: dict(case.variables)} if case.variables else {}),
    }


def from_question(
    question: str, known: Iterable[Case] = (), history: Sequence[Message] = ()
) -> Case | None:
    """A case for a question that was asked by hand, after these turns; None when it is there
    already."""
    turns = [asdict(turn) for turn in history]
    read = read_cases([(1, {"question": question, "history": turns})], known)
    return replace(read.cases[0], tags=("asked",)) if read.cases else None
