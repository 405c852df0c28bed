"""Garbage is collected on the window's thread, and not while something runs."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from desktop.ui.garbage import GarbageCollector


class Knot:
    """Part of a cycle: only the collector can end it."""

    def __init__(self) -> None:
        self.self = self


class Busy:
    def __init__(self) -> None:
        self.now = False

    def __call__(self) -> bool:
        return self.now


@pytest.fixture
def busy() -> Busy:
    return Busy()


@pytest.fixture
def collector(qapp: object, busy: Busy) -> Iterator[GarbageCollector]:
    was_on = gc.isenabled()
    made = GarbageCollector(busy)
    made._timer.stop()  # the test says when
    yield made
    made.stop()
    if not was_on:
        gc.disable()


def litter(count: int = 1000) -> weakref.ref[Knot]:
    """Young garbage, more of it than Python would let lie."""
    knots = [Knot() for _ in range(count)]
    return weakref.ref(knots[0])


def make_all_due() -> None:
    """Enough rounds of the young that a full one is due."""
    for _ in range(gc.get_threshold()[2] + 1):
        gc.collect(1)
    litter()
    assert gc.get_count()[2] > gc.get_threshold()[2]


def test_no_other_thread_collects(collector: GarbageCollector) -> None:
    seen: list[str] = []

    def note(phase: str, info: dict[str, Any]) -> None:
        seen.append(threading.current_thread().name)

    gc.callbacks.append(note)
    try:
        thread = threading.Thread(target=litter, args=(100_000,))
        thread.start()
        thread.join()
        assert seen == []
        gone = litter()
        collector.collect()
        assert gone() is None
        assert set(seen) == {threading.current_thread().name}
    finally:
        gc.callbacks.remove(note)


def test_a_full_round_waits_until_nothing_runs(collector: GarbageCollector, busy: Busy) -> None:
    gc.collect()
    knot = Knot()
    gone = weakref.ref(knot)
    gc.collect(1)  # it is old now
    del knot
    make_all_due()
    busy.now = True
    collector.collect()
    assert gone() is not None
    busy.now = False
    collector.collect()
    assert gone() is None


def test_what_was_set_aside_is_looked_at_again(collector: GarbageCollector) -> None:
    knot = Knot()
    gone = weakref.ref(knot)
    make_all_due()
    collector.collect()  # sets it aside, alive
    del knot
    rounds = 0
    while gone() is not None:
        make_all_due()
        collector.collect()
        rounds += 1
        assert rounds <= 10


def test_python_takes_over_again(qapp: object) -> None:
    was_on = gc.isenabled()
    made = GarbageCollector(lambda: False)
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled() and gc.get_freeze_count() == 0
    if not was_on:
        gc.disable()
