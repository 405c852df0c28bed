"""Runs and what they take, in words. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ....core.evaluation.pacing import Estimate
from ....core.evaluation.types import Run
from ....core.types import Case


def run_title(run: Run) -> str:
    """`Run 7, 20 Nov 16:10`, or its own name."""
    title = run_name(run)
    try:
        begun = datetime.fromisoformat(run.started_at).astimezone()
    except ValueError:
        return title
    return f"{title}, {begun.day} {begun:%b %H:%M}"


def run_name(run: Run) -> str:
    """`Run 7`, or its own name."""
    return run.name or f"Run {run.id}"


def estimate_text(found: Estimate) -> str:
    """`300 calls, ~520,000 tokens, $0.23, 40 s`."""
    calls = f"{found.calls:,} call{'s' if found.calls != 1 else ''}{_rewriting(found)}"
    first = f"{found.warning} " if found.warning else ""
    return (f"{first}Run: {calls}, ~{found.tokens:,} tokens, "
            f"{cost_text(found.cost).lower()}, {time_text(found.seconds)}")


def calls_text(found: Estimate) -> str:
    """`300`, or `340 (40 to rewrite follow-up questions)`."""
    return f"{found.calls:,}{_rewriting(found)}"


def _rewriting(found: Estimate) -> str:
    return f" ({found.rewritings:,} to rewrite follow-up questions)" if found.rewritings else ""


def cost_text(cost: float | None) -> str:
    """US dollars; what is unknown or nothing in words."""
    if cost is None:
        return "Price unknown"
    if not cost:
        return "Cost 0"
    return f"${cost:,.2f}" if cost >= 0.01 else "Under $0.01"


def time_text(seconds: float) -> str:
    """`40 s`, `3 min`."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


def case_groups(
    cases: Sequence[Case], listed: Sequence[int], selected: Sequence[int]
) -> dict[str, list[int]]:
    """Which cases a run can be of, in words; only groups that differ from all cases."""
    everything = [case.id for case in cases]
    known = set(everything)
    groups = {"All cases": everything}
    for words, ids in (
        ("The selected rows", [n for n in selected if n in known]),
        ("The rows that are listed", [n for n in listed if n in known]),
        ("Tune", [case.id for case in cases if case.split == "tune"]),
        ("Holdout", [case.id for case in cases if case.split == "holdout"]),
        ("The first ones, to try", everything[:10]),
    ):
        if ids and len(ids) < len(everything):
            groups[words] = ids
    return groups
