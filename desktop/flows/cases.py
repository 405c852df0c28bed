"""Cases from files and to files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePath

from ..core.columns import Head
from ..core.evaluation.case_columns import head_of_rows, understood
from ..core.evaluation.case_files import (
    CasesRead,
    Row,
    from_question,
    read_cases,
    rows_of,
    rows_with_header,
)
from ..core.evaluation.case_files import write_cases as _write
from ..core.ports import Ports
from ..core.types import Case, Message

TABLES = (".xlsx", ".xlsm", ".xls", ".ods")


async def import_cases(
    path: str, ports: Ports, mapping: Mapping[str, str] | None = None
) -> CasesRead:
    """Add the cases of a file; those returned have their ids. Questions that are there
    already are skipped. `mapping`: our columns (question, reference, source, page, tags,
    split) under the names the file has for them. Raises DocumentError or DatasetError."""
    read = await read_file(path, ports, mapping)
    stored = await ports.store.add_cases(read.cases)
    return CasesRead(tuple(stored), read.skipped)


async def read_file(
    path: str, ports: Ports, mapping: Mapping[str, str] | None = None
) -> CasesRead:
    """What `import_cases` would add, for a look before it is done."""
    return read_cases(await read_rows(path, ports), await ports.store.cases(), mapping)


async def needs_mapping(path: str, ports: Ports) -> Head | None:
    """The head of a file whose columns a person has to name; None: it is understood as it is.
    Raises DocumentError or DatasetError."""
    rows = await read_rows(path, ports)
    return None if understood(rows) else head_of_rows(rows)


async def read_rows(path: str, ports: Ports) -> list[Row]:
    """The rows of a table or of JSON. Raises DocumentError or DatasetError."""
    return await _rows(PurePath(path).name, await ports.files.read_any(path), ports)


async def _rows(name: str, content: bytes, ports: Ports) -> list[Row]:
    if name.casefold().endswith(TABLES):
        return list(rows_with_header(enumerate(await ports.reader.rows(name, content), start=1)))
    return rows_of(name, content)


async def add_question(
    question: str, ports: Ports, history: Sequence[Message] = ()
) -> Case | None:
    """A question asked by hand becomes a case, tagged as such, with the turns before it; None
    when it is one already."""
    case = from_question(question, await ports.store.cases(), history)
    return (await ports.store.add_cases([case]))[0] if case else None


async def export_cases(path: str, ports: Ports) -> int:
    """Write all cases as jsonl or csv, by the file's name; returns how many.

    Raises DatasetError for another kind, DocumentError when it cannot be written.
    """
    cases = await ports.store.cases()
    await ports.files.write(path, _write(path, cases))
    return len(cases)
