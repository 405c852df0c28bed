"""Datasets in files: tables and other formats become chat examples, one file becomes two.

JSONL passes by in blocks, however long; tables are read whole, as spreadsheets are not long.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any

from ..core.dataset import rows
from ..core.dataset.convert import Target, convert
from ..core.dataset.findings import Finding
from ..core.dataset.mapping import ColumnMap, column_map, example_of
from ..core.dataset.report import Block
from ..core.dataset.split import SEED, SHARE, validation_places
from ..core.dataset_port import DatasetChecker
from ..core.errors import DatasetError
from ..core.evaluation.case_files import Row, rows_of, rows_with_header
from ..core.ports import DocumentReader, FileSource, Ports
from ..core.types import Example
from .datasets import Tell, nobody, stored_blocks, whole_lines

TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".ods")
_BOOKS = TABLES[2:]
PREVIEW = 5


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that made no example, and why."""

    line: int
    why: str


@dataclass(slots=True)
class Converted:
    """What became of a file."""

    examples: int = 0
    alternatives: int = 0  # examples with several answers that count as right
    skipped: list[Skipped] = field(default_factory=list)


def is_table(path: str) -> bool:
    """Whether a file has columns, by its name."""
    return path.casefold().endswith(TABLES)


# --- tables ------------------------------------------------------------------------------


async def table_rows(path: str, files: FileSource, reader: DocumentReader) -> list[Row]:
    """The rows of a table with a header. Raises DocumentError or DatasetError."""
    name, content = PurePath(path).name, await files.read_any(path)
    if name.casefold().endswith(_BOOKS):
        return list(rows_with_header(enumerate(await reader.rows(name, content), start=1)))
    return rows_of(name, content)


def columns_of(table: Iterable[Row]) -> list[str]:
    """The names of the columns, in their order."""
    return list(dict.fromkeys(
        str(name) for _, row in table if isinstance(row, Mapping) for name in row))


def examples_of(
    table: Iterable[Row], columns: ColumnMap, origin: str
) -> Iterator[Example | Skipped]:
    """What each row becomes."""
    for line, row in table:
        found = row if isinstance(row, str) else example_of(row, columns, line, origin)
        yield Skipped(line, found) if isinstance(found, str) else found


async def import_table(
    path: str, ports: Ports, named: Mapping[str, str] | None = None
) -> tuple[list[Example], list[Skipped]]:
    """Append a table's rows to the workspace's dataset. Raises DocumentError, DatasetError."""
    table = await table_rows(path, ports.files, ports.reader)
    found = list(examples_of(table, column_map(columns_of(table), named), PurePath(path).name))
    offset = await ports.store.last_example_line()
    good = (each for each in found if isinstance(each, Example))
    new = [replace(each, line=offset + at) for at, each in enumerate(good, start=1)]
    return await ports.store.add_examples(new), [e for e in found if isinstance(e, Skipped)]


# --- convert -----------------------------------------------------------------------------


async def convert_file(
    path: str, out: str, files: FileSource, reader: DocumentReader,
    to: Target = "chat", named: Mapping[str, str] | None = None,
) -> Converted:
    """Write a file's examples in a format: UTF-8, with BOM for chat and completion.

    Raises DocumentError, and DatasetError where nothing can be converted.
    """
    done = Converted()
    found = _table_examples(path, files, reader, named, done) if is_table(path) else \
        _line_rows(path, files, named, done)

    async def blocks() -> AsyncIterator[bytes]:
        start = b"" if to == "llama" else rows.BOM
        async for line, row in found:
            new = convert(row, to)
            if isinstance(new, str):
                done.skipped.append(Skipped(line, new))
                continue
            done.examples += 1
            yield start + rows.encode_line(Example(0, line, new)) + b"\n"
            start = b""
        if not done.examples:
            raise _nothing(path, done)

    await files.write_blocks(out, gathered(blocks()))
    return done


async def export_as(path: str, ports: Ports, to: Target) -> Converted:
    """Write the workspace's kept examples in another format. Raises DocumentError, and
    DatasetError where none of them can be written in it."""
    done = Converted()

    async def blocks() -> AsyncIterator[bytes]:
        start = b"" if to == "llama" else rows.BOM
        async for block in stored_blocks(ports):
            lines = zip(block.lines, block.data.split(b"\n"), strict=False)
            for line, text in lines:
                row = rows.parse_row(text.decode("utf-8", "replace"))
                new = row.message if isinstance(row, Finding) else convert(row, to)
                if isinstance(new, str):
                    done.skipped.append(Skipped(line, new))
                    continue
                done.examples += 1
                yield start + rows.encode_line(Example(0, line, new)) + b"\n"
                start = b""
        if not done.examples:
            raise _nothing(path, done)

    await ports.files.write_blocks(path, gathered(blocks()))
    return done


async def gathered(pieces: AsyncIterator[bytes], size: int = 1 << 18) -> AsyncIterator[bytes]:
    """The same bytes in fewer pieces."""
    waiting, length = [], 0
    async for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= size:
            yield b"".join(waiting)
            waiting, length = [], 0
    yield b"".join(waiting)


async def _table_examples(
    path: str, files: FileSource, reader: DocumentReader, named: Mapping[str, str] | None,
    done: Converted,
) -> AsyncIterator[tuple[int, Mapping[str, Any]]]:
    table = await table_rows(path, files, reader)
    columns = column_map(columns_of(table), named)
    for each in examples_of(table, columns, PurePath(path).name):
        if isinstance(each, Skipped):
            done.skipped.append(each)
        else:
            done.alternatives += bool(each.accepted)
            yield each.line, each.row


async def _line_rows(
    path: str, files: FileSource, named: Mapping[str, str] | None, done: Converted
) -> AsyncIterator[tuple[int, Mapping[str, Any]]]:
    """The rows of a JSONL file; one of no known format is mapped like a row of a table."""
    columns: ColumnMap | None = None
    async for line, text in file_lines(files, path):
        row = rows.parse_row(text)
        if isinstance(row, Finding):
            done.skipped.append(Skipped(line, row.message))
        elif rows.format_of(row) and not named:
            yield line, row
        else:
            columns = columns or column_map(list(row), named)
            found = example_of(row, columns, line, PurePath(path).name)
            if isinstance(found, str):
                done.skipped.append(Skipped(line, found))
            else:
                done.alternatives += bool(found.accepted)
                yield line, found.row


async def file_lines(files: FileSource, path: str) -> AsyncIterator[tuple[int, str]]:
    """The lines that are not blank, numbered from 1. Raises DatasetError for UTF-16."""
    number = 1
    async with aclosing(whole_lines(files, path)) as blocks:
        async for data in blocks:
            rows.refuse_utf16(data)
            for line in data.removesuffix(b"\n").split(b"\n"):
                text = line.decode("utf-8", "replace").strip("\ufeff \t\r")
                if text:
                    yield number, text
                number += 1


def _nothing(path: str, done: Converted) -> DatasetError:
    first = done.skipped[0] if done.skipped else None
    return DatasetError(
        f"{PurePath(path).name} holds no example that can be converted",
        why=f"Line {first.line}: {first.why}" if first else "It is empty",
        remedy="Name its columns: --column question=NAME --column answer=NAME",
    )


# --- split -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FileSplit:
    """How many examples went where; `together` are in groups that were not torn apart."""

    examples: int
    train: int
    validation: int
    together: int


async def split_file(
    path: str, train: str, validation: str, files: FileSource, checker: DatasetChecker,
    share: float = SHARE, seed: int = SEED, tell: Tell = nobody,
) -> FileSplit:
    """Write a file's lines, as they are, to two files. Blank lines are left out.

    Raises DocumentError, and DatasetError where there is too little to split.
    """
    async def blocks() -> AsyncIterator[Block]:
        async with aclosing(whole_lines(files, path)) as parts:
            async for data in parts:
                yield Block(data)

    checked = await checker.check(blocks(), tell=tell)
    number = len(checked.groups)
    wrong = {issue.line for issue in checked.issues if issue.severity == "error" and issue.line}
    if number and wrong.issuperset(checked.lines):
        raise DatasetError(
            f"{PurePath(path).name} holds no training example", why="Every line has an error",
            remedy="dataset check says what is wrong with each",
        )
    chosen = validation_places(checked.groups, share=share, seed=seed)
    if not chosen or len(chosen) == number:
        raise DatasetError(
            f"{number:,} examples cannot be split so that {share:.0%} validate",
            why="Examples that are nearly the same stay together",
            remedy="Add examples, or choose another share",
        )
    for out, side in ((validation, True), (train, False)):
        await files.write_blocks(out, gathered(_side(path, files, chosen, side)))
    sizes = [0] * number
    for first in checked.groups:
        sizes[first] += 1
    return FileSplit(number, number - len(chosen), len(chosen), sum(s for s in sizes if s > 1))


async def _side(
    path: str, files: FileSource, chosen: set[int], side: bool
) -> AsyncIterator[bytes]:
    place, start = 0, rows.BOM
    async for _, text in file_lines(files, path):
        if (place in chosen) is side:
            yield start + text.encode() + b"\n"
            start = b""
        place += 1
