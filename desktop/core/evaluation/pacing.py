"""How many requests to one deployment may be on their way, learnt from its refusals.

Additive increase, multiplicative decrease, as in TCP's congestion avoidance (Jacobson 1988):
a refusal halves what may be in flight, each success adds a little, and nothing is sent before
the time the server named. What the server says it still takes in this minute is a bound too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from ..types import Message, Parameters, RateLimits

LONGEST_WAIT = 60.0  # seconds: rate limits count in minutes; more is an outcome, not a wait
MOST_TRIES = 25
_FIRST_BACKOFF = 1.0
_LAST_BACKOFF = 16.0


@dataclass(slots=True)
class Pace:
    """The pace of one deployment. Times are seconds of one monotonic clock."""

    most: int
    limit: float = field(init=False)
    in_flight: int = 0
    not_before: float = 0.0
    exhausted: bool = False  # a cell gave up, and nothing has succeeded since
    limits: RateLimits | None = None
    seconds_each: float | None = None  # of an answer, on a moving average
    tokens_each: float | None = None
    _slowed_at: float = float("-inf")

    def __post_init__(self) -> None:
        self.limit = float(self.most)

    def may_start(self, now: float) -> bool:
        return now >= self.not_before and self.in_flight < self._room()

    def _room(self) -> int:
        rooms = [int(self.limit)]
        if self.limits and self.limits.remaining_requests is not None:
            rooms.append(self.limits.remaining_requests)
        if self.limits and self.limits.remaining_tokens is not None and self.tokens_each:
            rooms.append(int(self.limits.remaining_tokens / self.tokens_each))
        return max(1, min(rooms))

    def start(self) -> None:
        self.in_flight += 1

    def end(self) -> None:
        self.in_flight -= 1

    def succeeded(
        self, limits: RateLimits | None, seconds: float | None = None, tokens: int | None = None
    ) -> None:
        """An answer came, in so many seconds and of so many tokens with its question."""
        self.exhausted = False
        self.seconds_each = _average(self.seconds_each, seconds)
        self.tokens_each = _average(self.tokens_each, tokens)
        self.limits = limits or self.limits
        self.limit = min(self.most, self.limit + 1 / self.limit)

    def throttled(self, now: float, sent: float, retry_after: float | None, tries: int) -> float:
        """Seconds to wait before this cell is asked again, its `tries`-th refusal.

        Many requests are refused together; those sent before the last slowing-down say nothing
        about what came of it, and do not slow down again.
        """
        wait = retry_after
        if wait is None:
            wait = min(_LAST_BACKOFF, _FIRST_BACKOFF * 2 ** (tries - 1))
        if sent > self._slowed_at:
            self.limit = max(1.0, self.limit / 2)
            self._slowed_at = now
        if wait <= LONGEST_WAIT:
            self.not_before = max(self.not_before, now + wait)
        return wait

    def gives_up(self, wait: float, waited: float, tries: int) -> bool:
        """Whether the cell ends as throttled: it has waited as long as it was asked to."""
        over = wait > LONGEST_WAIT or waited >= LONGEST_WAIT or tries >= MOST_TRIES
        if over or self.exhausted:
            self.exhausted = True
        return self.exhausted


def _average(before: float | None, value: float | None) -> float | None:
    """Moving: a tenth of the newest, so that it follows a deployment that slows down."""
    if before is None or value is None:
        return before if value is None else value
    return 0.9 * before + 0.1 * value


def request_key(
    address: str, messages: Sequence[Message], parameters: Parameters, repeat: int = 0
) -> str:
    """Names an exact request: the sha256 of its canonical JSON.

    Repeats are there to show how answers vary, so each has a key of its own.
    """
    request = {
        "address": address, "messages": [[each.role, each.content] for each in messages],
        "parameters": parameters.as_dict(), "repeat": repeat,
    }
    text = json.dumps(request, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a run will take, before it is started."""

    calls: int
    tokens: int  # of prompts and answers; answers are guessed, so this is shown with "~"
    cost: float | None  # US dollars; None: a price is unknown
    seconds: float
    warning: str = ""  # that it does not fit the spending limit
    rewritings: int = 0  # of the calls: those that only rewrite a follow-up question


@dataclass(frozen=True, slots=True)
class Load:
    """What a run asks of one deployment; the part of an estimate that takes its own time."""

    calls: int
    tokens: int
    seconds_each: float
    concurrency: int
    limits: RateLimits | None = None

    @property
    def seconds(self) -> float:
        """Under the concurrency, and under the limits by the minute where they are known."""
        slowest = self.calls * self.seconds_each / self.concurrency
        if self.limits and self.limits.requests:
            slowest = max(slowest, 60 * self.calls / self.limits.requests)
        if self.limits and self.limits.tokens:
            slowest = max(slowest, 60 * self.tokens / self.limits.tokens)
        return slowest
