"""Profiles side by side on the cases: what each finds, with intervals and misses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..core.errors import ConfigurationError
from ..core.evaluation.retrieval_quality import (
    METRICS,
    Found,
    ProfileQuality,
    measured,
    with_sources,
)
from ..core.follow_ups import standalone
from ..core.ports import Ports
from ..core.types import Case, RetrievalProfile
from .searching import search

Progress = Callable[[int, int], None]  # searches done, of how many


async def compare_profiles(
    profiles: Sequence[RetrievalProfile], ports: Ports, tell: Progress
) -> list[ProfileQuality]:
    """In the order of `profiles`. Raises ConfigurationError when no case names a source."""
    cases = with_sources(await ports.store.cases())
    if not cases:
        raise ConfigurationError(
            "No case names a source", why="What should be found is known from the cases' sources",
            remedy="Add sources to the cases under Evaluate, e.g. plan.pdf, page 4",
        )
    found: list[ProfileQuality] = []
    for number, profile in enumerate(profiles):
        def told(done: int, before: int = number * len(cases)) -> None:
            tell(before + done, len(profiles) * len(cases))

        found.append(await _measure(profile, cases, ports, told))
    return found


def _searched(case: Case, profile: RetrievalProfile) -> str:
    """No model is asked here: where one would rewrite follow-ups, terms are carried over."""
    if profile.follow_ups == "typed":
        return case.question
    return standalone(case.question, case.history)


async def _measure(
    profile: RetrievalProfile, cases: Sequence[Case], ports: Ports, told: Callable[[int], None]
) -> ProfileQuality:
    rows: list[Found] = []
    started = ports.clock.seconds()
    for done, case in enumerate(cases, start=1):
        rows.append(measured(case, await search(_searched(case, profile), profile, ports)))
        told(done)
    seconds = (ports.clock.seconds() - started) / len(cases)
    values = [[row.scores[name] for row in rows] for name in METRICS]
    intervals = await ports.compute.intervals(values)
    return ProfileQuality(
        profile.name, len(rows), dict(zip(METRICS, intervals, strict=True)),
        sum(row.near for row in rows),
        tuple(row.case_id for row in rows if not row.scores["hit"]), seconds, tuple(rows),
    )
