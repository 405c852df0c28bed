"""Tours: five steps that end at Decide, and a stranger's fact that costs nothing."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.core.tours import GENERAL, PLACES, TOURS, Tour
from desktop.parts import SAMPLES
from desktop.ui.actions import TABLE


def test_every_sample_has_a_tour_of_five_steps_that_ends_at_decide() -> None:
    assert set(TOURS) == {*SAMPLES, GENERAL}
    actions = {row.id for row in TABLE}
    for steps in TOURS.values():
        assert len(steps) == 5 and steps[-1].place == "decide"
        for step in steps:
            assert step.place in PLACES and step.title and step.text
            assert bool(step.offer) == bool(step.action)
            assert not step.action or step.action in actions


def test_a_generating_model_is_offered_where_the_lesson_needs_one() -> None:
    for name in SAMPLES:
        assert any(step.action == "connections" for step in TOURS[name])


def test_it_goes_on_where_it_stood_and_stays_within_its_steps() -> None:
    tour = Tour("sql").moved(1).moved(1)
    assert Tour.of(tour.as_fact()) == tour and tour.at == 2
    assert tour.moved(9).is_last and tour.moved(-9).at == 0


@pytest.mark.parametrize("said", [
    None, [], "benefits", {"name": "benefits", "at": True}, {"name": ["x"], "at": -1},
    {"name": "nowhere", "at": 99, "shown": True}, {"at": 10**30, "shown": "yes"},
])
def test_a_strange_fact_is_no_tour_on_screen(said: Any) -> None:
    tour = Tour.of(said)
    assert not tour.shown and tour.at == 0 and tour.step
