"""Pace: halved by refusals, regained by successes, bounded by what the server says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.evaluation.pacing import MOST_TRIES, Load, Pace, request_key
from desktop.core.types import Message, Parameters, RateLimits

ASKED = [Message("user", "Glasses?")]


def test_refusals_sent_together_slow_down_once() -> None:
    pace = Pace(16)
    for _ in range(4):
        pace.throttled(now=10.0, sent=9.0, retry_after=2.0, tries=1)
    assert pace.limit == 8
    assert not pace.may_start(11.9) and pace.may_start(12.0)
    pace.throttled(now=13.0, sent=12.5, retry_after=None, tries=3)
    assert (pace.limit, pace.not_before) == (4, 17.0), "without a word from the server: 1, 2, 4"


def test_successes_regain_the_pace_slowly_and_never_more_than_was_given() -> None:
    pace = Pace(4)
    pace.throttled(1.0, 0.0, 0.0, 1)
    needed = 0
    while pace.limit < 4:
        pace.succeeded(None)
        needed += 1
    assert needed == 6
    pace.succeeded(None)
    assert pace.limit == 4


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 64))
def test_there_is_always_room_for_one_and_never_for_too_many(
    outcomes: list[bool], most: int
) -> None:
    pace = Pace(most)
    for turn, refused in enumerate(outcomes):
        if refused:
            pace.throttled(turn, turn - 0.5, 0.0, 1)
        else:
            pace.succeeded(RateLimits(remaining_requests=turn % 3))
        started = 0
        while pace.may_start(turn):
            pace.start()
            started += 1
        assert 1 <= started <= most
        for _ in range(started):
            pace.end()


def test_tokens_left_in_this_minute_bound_it_too() -> None:
    pace = Pace(8)
    pace.succeeded(RateLimits(remaining_tokens=350), seconds=2.0, tokens=100)
    for _ in range(3):
        assert pace.may_start(0.0)
        pace.start()
    assert not pace.may_start(0.0)
    pace.succeeded(RateLimits(remaining_tokens=9_000), seconds=3.0, tokens=200)
    assert (pace.seconds_each, pace.tokens_each) == (pytest.approx(2.1), pytest.approx(110.0))


def test_a_cell_gives_up_when_it_waited_as_long_as_it_was_asked_to() -> None:
    pace = Pace(2)
    assert not pace.gives_up(60.0, 0.0, 1)
    assert pace.gives_up(60.0, 60.0, 2)
    assert pace.gives_up(0.1, 0.0, 1), "the next one need not wait to learn the same"
    pace.succeeded(None)
    assert not pace.gives_up(0.1, 0.0, 1)
    assert pace.gives_up(86_400.0, 0.0, 1)
    assert Pace(1).gives_up(0.0, 0.0, MOST_TRIES)


def test_a_key_names_the_exact_request() -> None:
    key = request_key("host", ASKED, Parameters(temperature=0.0))
    assert key == request_key("host", ASKED, Parameters(temperature=0.0))
    others = {
        request_key("other", ASKED, Parameters(temperature=0.0)),
        request_key("host", [Message("system", "Glasses?")], Parameters(temperature=0.0)),
        request_key("host", ASKED, Parameters()),
        request_key("host", ASKED, Parameters(temperature=0.0), repeat=1),
    }
    assert key not in others and len(others) == 4


@pytest.mark.parametrize(("limits", "seconds"), [
    (None, 30.0), (RateLimits(60, None), 60.0), (RateLimits(600, 1000), 120.0),
])
def test_time_follows_the_slowest_bound(limits: RateLimits | None, seconds: float) -> None:
    assert Load(60, 2000, 2.0, 4, limits).seconds == seconds
