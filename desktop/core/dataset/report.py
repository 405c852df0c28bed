"""The result of checking a dataset: what it is, what it costs, what is wrong with it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..types import DatasetIssue
from .rows import Format


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a dataset. `lines` are their numbers where they do not simply go on."""

    data: bytes
    lines: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found. `counts` and `groups` have one number an example, in order: its tokens,
    and the position of the first example that it must stay together with in a split."""

    format: Format
    counts: array[int]
    groups: array[int]
    issues: tuple[DatasetIssue, ...]
    exact: bool = True


@dataclass(frozen=True, slots=True)
class DatasetReport:
    """Issues are sorted by line; line 0 stands for the whole file."""

    format: Format
    examples: int
    tokens: int
    billable_tokens: int  # of one epoch
    epochs: int
    estimated_cost: float | None  # US dollars for all epochs; None: the price is unknown
    issues: tuple[DatasetIssue, ...]
    counts: Sequence[int] = ()  # tokens of each example, in order
    groups: Sequence[int] = ()  # see `Checked`
    exact: bool = True  # False: the tokens are an estimate, shown with "~"

    @property
    def errors(self) -> int:
        """How many issues have to be mended."""
        return sum(issue.severity == "error" for issue in self.issues)

    @property
    def warnings(self) -> int:
        """How many issues are worth a look."""
        return len(self.issues) - self.errors

    @property
    def ok(self) -> bool:
        """Whether the service would take it."""
        return self.errors == 0

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, as `dataset check --json` prints it."""
        return {
            "format": self.format, "examples": self.examples, "tokens": self.tokens,
            "billable_tokens": self.billable_tokens, "epochs": self.epochs,
            "estimated_cost": self.estimated_cost, "ok": self.ok,
            "issues": [asdict(issue) for issue in self.issues],
        }


def in_order(issues: Iterable[DatasetIssue]) -> tuple[DatasetIssue, ...]:
    """By line, errors before warnings."""
    return tuple(sorted(issues, key=lambda issue: (issue.line, issue.severity)))
