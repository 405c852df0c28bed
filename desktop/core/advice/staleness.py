"""Staleness: training examples whose source document is no longer what it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..types import Document, Example
from .phrases import counted, listed

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Stale:
    """The examples, by their lines in the dataset, made from a document that has changed or is
    gone."""

    document: str
    lines: tuple[int, ...]
    gone: bool = False


def stale_examples(
    examples: Sequence[Example], documents: Sequence[Document]
) -> tuple[Stale, ...]:
    """By document, in the dataset's order. An example without a hash says nothing."""
    hashes: dict[str, set[str]] = {}
    for document in documents:
        hashes.setdefault(document.name, set()).add(document.sha256)
    known = {sha256 for each in hashes.values() for sha256 in each}
    found: dict[str, list[int]] = {}
    for example in examples:
        source = example.lineage
        if source.sha256 and source.sha256 not in known and example.state != "off":
            found.setdefault(source.document, []).append(example.line)
    return tuple(Stale(name, tuple(lines), name not in hashes) for name, lines in found.items())


def traced(examples: Sequence[Example]) -> int:
    """Examples that know the file they were made from."""
    return sum(bool(each.lineage.sha256) and each.state != "off" for each in examples)


def stale_words(stale: Sequence[Stale]) -> str:
    """2 training examples were made from documents that have changed since: plan.pdf (lines 3
    and 8)."""
    count = sum(len(each.lines) for each in stale)
    names = [f"{each.document or 'a document'} ({line_words(each.lines)}"
             f"{', removed' if each.gone else ''})" for each in stale[:_MOST_NAMED]]
    if len(stale) > _MOST_NAMED:
        names.append(f"{len(stale) - _MOST_NAMED} more")
    were = "was" if count == 1 else "were"
    return (f"{counted(count, 'training example')} {were} made from documents that have changed "
            f"since: {listed(names)}. Read them again before you train.")


def line_words(lines: Sequence[int], most: int = _MOST_NAMED) -> str:
    """line 3; lines 3 and 8; lines 3, 8, 9 and 12 more."""
    named = [f"{line:,}" for line in lines[:most]]
    if len(lines) > most:
        named.append(f"{len(lines) - most:,} more")
    return f"line{'s' if len(lines) != 1 else ''} {listed(named)}"
