"""Plots: where things stand, what is read aloud, and that nothing is drawn outside."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktop.core.advice.cost import MonthlyCost, crossings
from desktop.core.advice.decision import Effect
from desktop.core.plots import (
    Line,
    Mark,
    Picture,
    Words,
    bars_picture,
    costs_picture,
    effects_picture,
    mark_of,
    role_of,
    shots_picture,
)
from desktop.core.plots.scales import count, decades, dollars, linear_ticks, signed
from desktop.core.types import Rung
from tests.ui.decide_samples import shots

EFFECT = Effect("Baseline", "Prompt", "token_f1", 0.13, 0.09, 0.18, 0.001, 60, "Better")
RUNGS = {"Prompt": Rung.PROMPT, "Baseline": Rung.BASELINE}
COSTS = (MonthlyCost("Prompt", 0.001), MonthlyCost("Fine-tuned", 0.0001, hosting=1200.0,
                                                  estimate=True))


def inside(picture: Picture) -> bool:
    points = [point for shape in picture.shapes if isinstance(shape, Line)
              for point in shape.points]
    points += [(shape.x, shape.y) for shape in picture.shapes if isinstance(shape, Mark | Words)]
    return all(-1 <= x <= picture.width + 1 and -1 <= y <= picture.height + 1 for x, y in points)


@given(st.floats(-1e6, 0), st.floats(0, 1e6))
def test_ticks_hold_both_ends(low, high):
    assume(low == high or high - low > 1e-9)
    ticks, slack = linear_ticks(low, high), (high - low) * 1e-6
    assert len(ticks) <= 7
    assert ticks[0] <= low + slack and ticks[-1] >= high - slack


def test_decades_and_figures():
    assert decades(1_000, 10_000_000) == [1e3, 1e4, 1e5, 1e6, 1e7]
    assert (signed(0.126), signed(-0.031), signed(0.001)) == ("+0.13", "−0.03", "0.00")
    assert (count(30_000), count(1_041_000), count(1e6)) == ("30,000", "1.04 million", "1 million")
    assert (dollars(1.374), dollars(10_000), dollars(0)) == ("$1.37", "$10,000", "$0")


def test_an_effect_stands_between_its_bounds_and_is_read_aloud():
    picture = effects_picture([EFFECT], RUNGS, 640)
    mark = next(shape for shape in picture.shapes if isinstance(shape, Mark))
    whisker = next(s for s in picture.shapes if isinstance(s, Line) and s.role == "prompt")
    assert whisker.points[0][0] < mark.x < whisker.points[1][0]
    assert mark.kind == "square"
    assert picture.words == "Prompt against Baseline: +0.13, +0.09 to +0.18, better"
    assert inside(picture)


def test_the_zero_line_is_the_strongest():
    lines = [s for s in effects_picture([EFFECT], RUNGS, 640).shapes if isinstance(s, Line)]
    zero = [line for line in lines if line.role == "border_strong"]
    assert len(zero) == 1 and zero[0].width > 1


def test_an_effect_in_the_noise_is_not_called_better():
    noise = replace(EFFECT, low=-0.02, verdict="No difference shown")
    words = [s for s in effects_picture([noise], RUNGS, 640).shapes if isinstance(s, Words)]
    verdict = next(w for w in words if w.text == "No difference shown")
    assert verdict.role == "text_muted"


def test_cost_lines_cross_where_they_are_equal():
    found = crossings(COSTS)
    picture = costs_picture(COSTS, RUNGS, 640, 30_000, found, "Prompt")
    assert any(isinstance(s, Words) and s.text == "$30.00" and s.bold for s in picture.shapes)
    assert any(isinstance(s, Words) and s.text.startswith("equal at 1.33 million")
               for s in picture.shapes)
    assert any(isinstance(s, Line) and s.dashed and s.role == "fine_tuned"
               for s in picture.shapes)
    assert "Your plan: 30,000 a month" in [s.text for s in picture.shapes if isinstance(s, Words)]
    assert inside(picture)


def test_names_of_lines_do_not_touch():
    costs = [MonthlyCost(f"Strategy {n}", 0.001 + n / 1e6) for n in range(5)]
    words = [s for s in costs_picture(costs, {}, 640).shapes if isinstance(s, Words)]
    heights = sorted(w.y for w in words if w.text.startswith("Strategy"))
    assert min(b - a for a, b in pairwise(heights)) >= 16


def test_what_costs_nothing_has_no_place_on_the_axis():
    assert costs_picture([MonthlyCost("Baseline")], {}, 640).height == 0
    assert effects_picture([], {}, 640).height == 0


def test_bars_are_as_long_as_their_share():
    picture = bars_picture({"Not retrieved": 8, "Other": 2}, 400)
    lengths = [shape.width for shape in picture.shapes if hasattr(shape, "height")]
    assert lengths[0] == pytest.approx(4 * lengths[1])


@pytest.mark.parametrize("rung", Rung)
def test_every_rung_has_a_mark_and_a_colour(rung):
    assert mark_of(rung) and role_of(rung)


@pytest.mark.parametrize("width", [320.0, 720.0])
def test_the_shot_curve_stays_inside_and_is_read_aloud(width: float) -> None:
    picture = shots_picture(shots("still climbs"), Rung.PROMPT, width)
    assert picture.width == width
    for shape in picture.shapes:
        if isinstance(shape, Line):
            assert all(0 <= x <= width and 0 <= y <= picture.height for x, y in shape.points)
        elif isinstance(shape, Words) and shape.anchor == "start":
            assert shape.x + 7 * len(shape.text) <= width
    assert picture.words.startswith("0 examples: 0.30 (0.25 to 0.35). 2 examples: 0.38")
    marks = [shape.y for shape in picture.shapes if isinstance(shape, Mark)]
    assert marks == sorted(marks, reverse=True), "higher scores stand higher"
