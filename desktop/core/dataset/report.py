"""The result of checking a dataset: what it is, what it costs, what is wrong with it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from ..types import DatasetIssue
from .rows import Format

NAMED = 3  # lines that a kind of issue names


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines of a dataset. `lines` are their numbers where they do not simply go on."""

    data: bytes
    lines: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found. `counts` and `groups` have one number an example, in order: its tokens,
    the position of the first example that it must stay together with in a split, and its line."""

    format: Format
    counts: array[int]
    groups: array[int]
    lines: array[int]
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
    lines: Sequence[int] = ()
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

    def with_issues(self, more: Sequence[DatasetIssue]) -> DatasetReport:
        """The same with more issues in their places."""
        return replace(self, issues=in_order([*self.issues, *more])) if more else self

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


@dataclass(frozen=True, slots=True)
class IssueKind:
    """Issues of one code and severity."""

    first: DatasetIssue
    count: int
    lines: tuple[int, ...]  # the first of them


def kinds_of(issues: Sequence[DatasetIssue]) -> list[IssueKind]:
    """Errors first, then in the order of the first line."""
    firsts: dict[tuple[str, str], DatasetIssue] = {}
    lines: dict[tuple[str, str], list[int]] = {}
    for issue in issues:
        key = (issue.severity, issue.code)
        firsts.setdefault(key, issue)
        lines.setdefault(key, []).append(issue.line)
    found = [IssueKind(firsts[key], len(lines[key]), tuple(lines[key][:NAMED])) for key in firsts]
    return sorted(found, key=lambda kind: (kind.first.severity != "error", kind.first.line))
