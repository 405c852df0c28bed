"""The one place where top-level tasks start: named, strongly held, reported, ended in order.

asyncio keeps only weak references to tasks and tells nobody when one fails; both have
bitten every program that forgot. Everything a user starts goes through `Tasks.start`.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from ..core.events import JobChanged, JobState, ignore

PUT_AWAY_SECONDS = 1.5  # a closed window must be gone within two

Act = Callable[[], object]
Report = Callable[[str, BaseException], None]
EmitJob = Callable[[JobChanged], None]


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that was left unfinished: `resume` goes on with it."""

    name: str
    resume: Act
    key: str


class Tasks:
    """Owns every background task of the program.

    `report(name, error)` receives what a task raised, whoever's fault it is; `emit` receives
    a JobChanged when a task that is shown starts, moves or ends.
    """

    def __init__(self, report: Report, emit: EmitJob = ignore) -> None:
        self._report = report
        self._emit = emit
        self._numbers = itertools.count(1)
        self._running: dict[int, asyncio.Task[Any]] = {}
        self._names: dict[int, str] = {}
        self._keys: dict[int, str] = {}  # of running tasks
        self._shown: set[int] = set()
        self._cancelled: set[int] = set()  # that still put their things away
        self._pauses: dict[int, Act] = {}
        self._since: dict[int, float] = {}
        self._unfinished: dict[int, tuple[str, Act]] = {}  # running ones that will wait
        self._offers: dict[int, Offer] = {}
        self._closed_with: set[int] = set()  # ends with its workspace: nothing waits then
        self._closing = False

    def start(
        self, name: str, work: Coroutine[Any, Any, Any], *, key: str = "", shown: bool = False,
        pause: Act | None = None,
    ) -> int:
        """Run `work` in the background and return its number.

        A `key` holds one task at a time: a new one cancels the older and begins when it has
        ended, so that its last events never follow the first ones of the new. `shown` tasks
        appear in the jobs tray, with `pause` behind a button of their row; what waits there
        under the same key goes.
        """
        if self._closing:
            work.close()
            return 0
        number = next(self._numbers)
        same = [n for n, held in self._keys.items() if key and held == key]
        older = [self._running[n] for n in same]
        for each in same:
            self.cancel(each)
        task = asyncio.get_running_loop().create_task(_after(older, work), name=name)
        self._running[number] = task
        self._names[number] = name
        self._keys[number] = key
        self._since[number] = time.monotonic()
        if shown:
            self.withdraw(key)
            self._shown.add(number)
            if pause is not None:
                self._pauses[number] = pause
            self._emit(JobChanged(number, name, JobState.RUNNING, can_pause=pause is not None))
        task.add_done_callback(lambda done: self._ended(number, done))
        # A task cancelled before its first step never reaches `work`: close it all the same.
        task.add_done_callback(lambda _: work.close())
        return number

    def update(
        self, number: int, sentence: str, share: float | None = None,
        seconds_left: float | None = None,
    ) -> None:
        """Tell how far a shown task is. Ignored once it has ended."""
        if number in self._running and number in self._shown:
            self._emit(JobChanged(
                number, self._names[number], JobState.RUNNING, sentence, share, seconds_left,
                number in self._pauses,
            ))

    def running(self, key: str) -> int:
        """The number of the task that holds `key`, or 0."""
        return max((n for n, held in self._keys.items() if held == key), default=0)

    def names(self) -> list[str]:
        """What is still running, for the sentence shown while closing."""
        return [self._names[number] for number in self._running if number in self._shown]

    # --- what can be gone on with ------------------------------------------------------------

    def pause(self, number: int) -> None:
        """As the button of its row; unknown ones, and those that cannot, are ignored."""
        if number in self._running and (act := self._pauses.get(number)) is not None:
            act()

    def leave(self, number: int, sentence: str, resume: Act | None) -> None:
        """Should a running task be stopped, or end now: its row waits with `resume` behind it.
        None: it ends for good after all."""
        if resume is None:
            self._unfinished.pop(number, None)
        elif number in self._running and number in self._shown:
            self._unfinished[number] = (sentence, resume)

    def offer(self, name: str, sentence: str, resume: Act, key: str = "") -> int:
        """A row for something that an earlier start of the program left unfinished."""
        number = next(self._numbers)
        self._offers[number] = Offer(name, resume, key)
        self._emit(JobChanged(number, name, JobState.WAITING, sentence))
        return number

    def resume(self, number: int) -> None:
        """Go on with what waits; its row goes, for the one of the new task."""
        if (offer := self._offers.get(number)) is not None:
            self._take_away(number)
            offer.resume()

    def withdraw(self, key: str) -> None:
        """What waits under a key is gone on with elsewhere, or its workspace closes."""
        for number in [n for n, offer in self._offers.items() if key and offer.key == key]:
            self._take_away(number)

    def _take_away(self, number: int) -> None:
        offer = self._offers.pop(number)
        self._emit(JobChanged(number, offer.name, JobState.GONE))

    def cancel(self, number: int) -> None:
        """Ask a task to stop; unknown or ended ones are ignored. What waits is forgotten.

        Once only: a second time would break off what it does to put its things away.
        """
        if number in self._offers:
            self._take_away(number)
        if number in self._running and number not in self._cancelled:
            self._cancelled.add(number)
            self._running[number].cancel()

    def cancel_key(self, key: str) -> None:
        """Ask the task that holds `key` to stop."""
        self.cancel(self.running(key))

    async def end_others(self, timeout: float = PUT_AWAY_SECONDS) -> None:
        """Cancel everything but the caller, and give it time to put its things away."""
        me = asyncio.current_task()
        for number in list(self._offers):
            self._take_away(number)
        others = {n: task for n, task in self._running.items() if task is not me}
        self._closed_with.update(others)
        for number in others:
            self.cancel(number)
        if others:
            await asyncio.wait(others.values(), timeout=timeout)

    async def wait_idle(self) -> None:
        """Until nothing runs."""
        while self._running:
            await asyncio.wait(list(self._running.values()))

    async def aclose(self, timeout: float = PUT_AWAY_SECONDS) -> None:
        """Cancel all, give them time to put their things away, and start nothing any more."""
        self._closing = True
        for number in list(self._running):
            self.cancel(number)
        if self._running:
            await asyncio.wait(list(self._running.values()), timeout=timeout)

    def _ended(self, number: int, task: asyncio.Task[Any]) -> None:
        name = self._names.pop(number)
        key = self._keys.pop(number)
        del self._running[number]
        self._cancelled.discard(number)
        self._pauses.pop(number, None)
        seconds = time.monotonic() - self._since.pop(number)
        put_away = self._closing or number in self._closed_with
        self._closed_with.discard(number)
        sentence, resume = self._unfinished.pop(number, ("", None))
        error = None if task.cancelled() else task.exception()
        if number in self._shown:
            self._shown.discard(number)
            state = _end_state(task, error)
            if resume is not None and error is None and not put_away:
                self._offers[number] = Offer(name, resume, key)
                state = JobState.WAITING
            self._emit(JobChanged(number, name, state, str(error or sentence), seconds=seconds))
        if error is not None:
            self._report(name, error)


def _end_state(task: asyncio.Task[Any], error: BaseException | None) -> JobState:
    if task.cancelled():
        return JobState.STOPPED
    return JobState.DONE if error is None else JobState.FAILED


async def _after(older: list[asyncio.Task[Any]], work: Coroutine[Any, Any, Any]) -> Any:
    if older:
        await asyncio.wait(older)
    return await work
