"""Which examples of the dataset are wanted, and in what order."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..types import ExampleSplit, ExampleState

Sort = Literal["line", "question", "answer", "origin", "tags", "split"]


@dataclass(frozen=True, slots=True)
class ExampleQuery:
    """Of each filter "" lets everything through. `search` is looked for in the question and in
    the answer, whatever its case."""

    search: str = ""
    tag: str = ""
    state: ExampleState | Literal[""] = ""
    split: ExampleSplit | Literal[""] = ""
    origin: str = ""
    sort: Sort = "line"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class ExampleOrder:
    """The examples that were found: their ids and, in the same order, their lines."""

    ids: array[int] = field(default_factory=lambda: array("q"))
    lines: array[int] = field(default_factory=lambda: array("q"))

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class Facets:
    """What the dataset holds, for filters: how many examples there are of each."""

    states: Mapping[str, int] = field(default_factory=dict)
    splits: Mapping[str, int] = field(default_factory=dict)  # of those that are kept
    tags: Mapping[str, int] = field(default_factory=dict)
    origins: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.states.values())


Columns = Mapping[str, Any]  # of one example: some of tags, split, state
