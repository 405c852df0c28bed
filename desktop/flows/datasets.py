"""Checking a fine-tuning dataset, bringing a file into it and writing it out.

Datasets are long: files and the workspace's examples pass by in blocks of about a megabyte,
checks run in a process of their own, and nothing here holds more than a block.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import PurePath

from ..core.dataset import across, statistics
from ..core.dataset.report import Block, Checked, DatasetReport, in_order
from ..core.dataset.rows import BOM, Format
from ..core.dataset_port import DatasetChecker
from ..core.errors import DatasetError
from ..core.ports import FileSource, Ports, PriceCatalog
from ..core.types import DatasetIssue, ExampleSplit

Tell = Callable[[float], None]  # hears the share that is done, 0 to 1
READING = 0.7  # of a check; the rest compares
LONGEST_LINE = 64 << 20  # bytes


def nobody(share: float) -> None:
    """For callers that show no progress."""


# --- checking ----------------------------------------------------------------------------


async def check_file(
    path: str, files: FileSource, checker: DatasetChecker, prices: PriceCatalog,
    model: str = "", tell: Tell = nobody,
) -> DatasetReport:
    """Check a file. Raises DocumentError, and DatasetError for what is not UTF-8 text."""
    size = 0

    async def blocks() -> AsyncIterator[Block]:
        nonlocal size
        async with aclosing(whole_lines(files, path)) as parts:
            async for data in parts:
                size += len(data)
                yield Block(data)

    checked = await checker.check(blocks(), model, tell)
    issues = [_too_large(size)] if size > across.MAX_BYTES else []
    return make_report(checked, prices, model, issues)


async def whole_lines(files: FileSource, path: str) -> AsyncGenerator[bytes]:
    """A file in blocks that end with a line. Raises DocumentError or DatasetError."""
    rest = b""
    async with aclosing(files.blocks(path)) as blocks:
        async for block in blocks:
            whole, end, rest = (rest + block).rpartition(b"\n")
            if len(rest) > LONGEST_LINE:
                raise DatasetError(
                    f"{PurePath(path).name} has a line of over {LONGEST_LINE >> 20} MB",
                    why="A dataset has one example on each line",
                    remedy="Write each example on a line of its own",
                )
            if end:
                yield whole + end
    if rest:
        yield rest


async def check_stored(
    ports: Ports, model: str = "", issues: Sequence[DatasetIssue] = (), tell: Tell = nobody,
    *, shapes_only: bool = False,
) -> DatasetReport | None:
    """Check the workspace's kept examples; `issues` were found when they were imported.

    None where nothing can check. `shapes_only`: see `core.dataset.checker.Checker`.
    """
    if ports.datasets is None:
        return None
    kept = (await ports.store.example_facets()).states.get("kept", 0)
    checked = await ports.datasets.check(
        _told(stored_blocks(ports), kept, tell), model,
        lambda share: tell(READING + (1 - READING) * share), shapes_only=shapes_only,
    )
    return make_report(checked, ports.prices, model, issues)


async def _told(blocks: AsyncIterator[Block], total: int, tell: Tell) -> AsyncIterator[Block]:
    done = 0
    async for block in blocks:
        yield block
        done += len(block.lines)
        tell(READING * min(done / max(total, 1), 1))


async def stored_blocks(ports: Ports, split: ExampleSplit | str = "") -> AsyncIterator[Block]:
    """The kept examples of the workspace, of one side of the split or ("") both."""
    after = -1
    while True:
        block, after = await ports.store.example_block(after, split)  # type: ignore[arg-type]
        if not block.data:
            return
        yield block


def make_report(
    checked: Checked, prices: PriceCatalog, model: str, issues: Sequence[DatasetIssue] = ()
) -> DatasetReport:
    """What was found, with what training would cost on the documented defaults."""
    number, tokens = len(checked.counts), sum(checked.counts)
    billable = statistics.billable(checked.counts, statistics.example_limit(model))
    epochs = statistics.default_epochs(number)
    price = prices.training(model) if model else None
    found = [*issues, *checked.issues, *_format_issues(checked.format, model),
             *statistics.too_many_tokens(billable, epochs)]
    return DatasetReport(
        checked.format, number, tokens, billable, epochs,
        statistics.training_cost(billable, epochs, price), in_order(found), checked.counts,
        checked.groups, checked.lines, checked.exact,
    )


def _format_issues(format: Format, model: str) -> list[DatasetIssue]:
    if format != "completion" or model.startswith(("babbage", "davinci")):
        return []
    return [DatasetIssue(
        across.WHOLE_FILE, "error" if model else "warning", "completion_format",
        f"{model or 'Every current chat model'} is trained on chat examples, and this file has "
        "prompt and completion. Convert it to chat.",
    )]


def _too_large(size: int) -> DatasetIssue:
    return DatasetIssue(
        across.WHOLE_FILE, "error", "file_too_large",
        f"The file has {size / 1024**2:,.0f} MB: 512 MB are taken at most. Split it.",
    )


# --- in and out --------------------------------------------------------------------------


@dataclass(slots=True)
class Imported:
    """What an import added: ids, and issues of lines that could not be kept as they are."""

    ids: list[int] = field(default_factory=list)
    issues: list[DatasetIssue] = field(default_factory=list)


async def import_lines(
    path: str, ports: Ports, tell: Callable[[int], object] = int
) -> Imported:
    """Append a JSONL file to the workspace's dataset, all of it or, when it fails or is
    cancelled, nothing. `tell` hears how many examples are in.

    Raises DocumentError, and DatasetError for what is not UTF-8 text.
    """
    done = Imported()
    offset, line = await ports.store.last_example_line(), 1
    try:
        async with aclosing(whole_lines(ports.files, path)) as blocks:
            async for data in blocks:
                ids, issues = await ports.store.add_example_lines(
                    data, line, offset, PurePath(path).name)
                done.ids += ids
                done.issues += issues
                line += data.count(b"\n")
                tell(len(done.ids))
    except BaseException:
        await ports.store.remove_examples(done.ids)
        raise
    return done


async def export_lines(
    path: str, ports: Ports, split: ExampleSplit | str = "",
    change: Callable[[bytes], bytes] = bytes,
) -> int:
    """Write the kept examples as Azure OpenAI asks for: UTF-8 with BOM, one object a line.

    `change` makes other lines of each block. Returns how many; raises DocumentError.
    """
    number = 0

    async def blocks() -> AsyncIterator[bytes]:
        nonlocal number
        start = BOM
        async for block in stored_blocks(ports, split):
            number += len(block.lines)
            yield start + change(block.data)
            start = b""
        if start:
            yield start

    size = await ports.files.write_blocks(path, blocks())
    if size > across.MAX_BYTES:
        raise DatasetError(
            f"{PurePath(path).name} is too large to be uploaded", why=_too_large(size).message,
            remedy="Switch some examples off, or export only one side of the split",
        )
    return number
