"""Checking, importing and exporting a fine-tuning dataset.

Everything works on bytes: who calls has the file. Long datasets are walked in slices of a few
milliseconds, with the event loop in between, so that a check of 100,000 lines stalls nothing.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..core.dataset import across, statistics
from ..core.dataset.checks import check_example
from ..core.dataset.report import DatasetReport, in_order
from ..core.dataset.rows import Format, detect, encode_line, read
from ..core.ports import PriceCatalog, Store, TokenCounter
from ..core.types import DatasetIssue, Example
from .slices import in_slices

BATCH = 100  # examples whose tokens are counted in one call
DEFAULT_MODEL = "gpt-4.1-mini"  # whose tokens are counted when no model is named


async def check_bytes(
    data: bytes, tokens: TokenCounter, prices: PriceCatalog, model: str = ""
) -> DatasetReport:
    """Check a file's bytes. Raises DatasetError for what is not UTF-8 text at all."""
    examples, issues = await _read(data, "import")
    if len(data) > across.MAX_BYTES:
        issues.append(_too_large(len(data)))
    return await check(examples, tokens, prices, model, issues)


async def check(
    examples: Sequence[Example], tokens: TokenCounter, prices: PriceCatalog,
    model: str = "", issues: Iterable[DatasetIssue] = (),
) -> DatasetReport:
    """Check a dataset; `issues` are those already found while reading its file."""
    format = detect(example.row for example in examples)
    counts, exact = await _count(examples, tokens, model or DEFAULT_MODEL)
    limit = statistics.example_limit(model)
    billable = statistics.billable(counts, limit)
    epochs = statistics.default_epochs(len(examples))
    price = prices.training(model) if model else None
    found = [
        *issues, *await _issues(examples, format), *_cut_off(examples, counts, limit),
        *_format_issues(format, model),
    ]
    return DatasetReport(
        format, len(examples), sum(counts), billable, epochs,
        statistics.training_cost(billable, epochs, price), in_order(found), tuple(counts), exact,
    )


async def _issues(examples: Sequence[Example], format: Format) -> list[DatasetIssue]:
    together = across.Across()
    found: list[DatasetIssue] = []
    async for example in in_slices(examples):
        found += check_example(example, format)
        found += together.add(example)
    return found + together.finish()


async def _count(
    examples: Sequence[Example], tokens: TokenCounter, model: str
) -> tuple[list[int], bool]:
    known: dict[str, int] = {}  # system messages and roles come again and again
    counts: list[int] = []
    exact = True
    for start in range(0, len(examples), BATCH):
        texts = [statistics.texts_of(example) for example in examples[start : start + BATCH]]
        new = list({text for pieces, _ in texts for text in pieces if text not in known})
        numbers, sure = await tokens.count(new, model)
        exact = exact and sure
        known.update(zip(new, numbers, strict=True))
        counts += [sum(known[text] for text in pieces) + extra for pieces, extra in texts]
        await asyncio.sleep(0)
    return counts, exact


def _cut_off(
    examples: Sequence[Example], counts: Sequence[int], limit: int
) -> list[DatasetIssue]:
    return [
        DatasetIssue(
            example.line, "warning", "too_long",
            f"{count:,} tokens: all after {limit:,} are cut off. Shorten or split the example.",
        )
        for example, count in zip(examples, counts, strict=True) if count > limit
    ]


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


@dataclass(frozen=True, slots=True)
class Imported:
    """The dataset after an import; `added` of its examples are new."""

    examples: list[Example]
    added: int
    issues: list[DatasetIssue]  # about lines that could not be kept as they are


async def import_dataset(data: bytes, store: Store, origin: str = "import") -> Imported:
    """Append a file's examples to the workspace's dataset. Raises DatasetError."""
    new, issues = await _read(data, origin)
    before = await store.examples()
    offset = max((example.line for example in before), default=0)
    moved = [dataclasses.replace(example, line=example.line + offset) for example in new]
    stored = await store.replace_examples([*before, *moved])
    return Imported(
        stored, len(new), [dataclasses.replace(i, line=i.line + offset) for i in issues]
    )


async def export_dataset(store: Store) -> bytes:
    """The workspace's dataset as a training file: UTF-8 with BOM, one object a line."""
    lines: list[bytes] = []
    async for example in in_slices(await store.examples()):
        lines.append(encode_line(example) + b"\n")
    return b"\xef\xbb\xbf" + b"".join(lines)


async def _read(data: bytes, origin: str) -> tuple[list[Example], list[DatasetIssue]]:
    examples: list[Example] = []
    issues: list[DatasetIssue] = []
    async for item in in_slices(read(data, origin)):
        if isinstance(item, Example):
            examples.append(item)
        else:
            issues.append(item)
    return examples, issues
