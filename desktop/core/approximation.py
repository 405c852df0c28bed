"""Approximate nearest neighbours: how well they were found, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Approximation:
    """What was measured when an index was grouped: see services/vector_groups."""

    recall: float  # of the ten nearest chunks, the share that is found: 0 to 1
    sample: int  # passages of the workspace it was measured on
    chunks: int  # how many there were then
    probes: int  # groups that a search looks into
    groups: int


def words(found: Approximation) -> str:
    """For the status bar: "approximate search, finds 99.1 % of what exact search would"."""
    return f"approximate search, finds {_percent(found.recall)} of what exact search would"


def sentence(found: Approximation) -> str:
    """All of it, for tooltips and for what was sent."""
    return (
        f"With so many chunks search is approximate: it looks into the {found.probes:,} nearest "
        f"of {found.groups:,} groups. It finds {_percent(found.recall)} of the ten passages that "
        f"exact search would find, measured on {found.sample:,} passages of this workspace."
    )


def _percent(share: float) -> str:
    """Never rounded up to 100 %."""
    return "100 %" if share >= 1 else f"{int(share * 1000) / 10:.1f} %"
