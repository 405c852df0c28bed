"""Tasks are held, reported, replaced in order and ended."""

import asyncio
import gc

from desktop.core.events import Event, JobChanged, JobState
from desktop.flows.tasks import Tasks


class Watcher:
    """Collects reports and events."""

    def __init__(self) -> None:
        self.reports: list[tuple[str, str]] = []
        self.events: list[Event] = []
        self.tasks = Tasks(lambda name, error: self.reports.append((name, str(error))),
                           self.events.append)

    def states(self) -> list[JobState]:
        return [event.state for event in self.events if isinstance(event, JobChanged)]


def test_a_failure_is_reported_through_the_one_door() -> None:
    async def scenario() -> Watcher:
        watcher = Watcher()

        async def fail() -> None:
            raise ValueError("boom")

        watcher.tasks.start("Break", fail(), shown=True)
        await watcher.tasks.wait_idle()
        return watcher

    watcher = asyncio.run(scenario())
    assert watcher.reports == [("Break", "boom")]
    assert watcher.states() == [JobState.RUNNING, JobState.FAILED]


def test_a_task_survives_garbage_collection() -> None:
    async def scenario() -> list[str]:
        done: list[str] = []
        gate = asyncio.Event()

        async def work() -> None:
            await gate.wait()
            done.append("done")

        tasks = Watcher().tasks
        tasks.start("Work", work())
        await asyncio.sleep(0)
        gc.collect()
        gate.set()
        await tasks.wait_idle()
        return done

    assert asyncio.run(scenario()) == ["done"]


def test_a_key_cancels_the_older_and_waits_for_its_last_word() -> None:
    async def scenario() -> list[str]:
        said: list[str] = []
        forever = asyncio.Event()

        async def first() -> None:
            try:
                await forever.wait()
            except asyncio.CancelledError:
                await asyncio.sleep(0)
                said.append("first put away")
                raise

        async def second() -> None:
            said.append("second began")

        tasks = Watcher().tasks
        tasks.start("First", first(), key="ask")
        await asyncio.sleep(0)
        tasks.start("Second", second(), key="ask")
        await tasks.wait_idle()
        return said

    assert asyncio.run(scenario()) == ["first put away", "second began"]


def test_asked_to_stop_again_and_again_it_still_puts_its_things_away() -> None:
    async def scenario() -> list[str]:
        said: list[str] = []

        async def careful() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                for _ in range(5):
                    await asyncio.sleep(0)
                said.append("put away")

        tasks = Watcher().tasks
        number = tasks.start("Careful", careful(), key="ask")
        await asyncio.sleep(0)
        tasks.cancel(number)
        for word in ("Later", "Last"):
            await asyncio.sleep(0)
            tasks.start(word, asyncio.sleep(0, said.append(word)), key="ask")
        tasks.cancel(number)
        await tasks.end_others()
        await tasks.aclose()
        return said

    assert asyncio.run(scenario())[-1] == "put away"


def test_a_task_that_does_not_end_is_not_waited_for_forever() -> None:
    async def scenario() -> bool:
        gate = asyncio.Event()

        async def stubborn() -> None:
            try:
                await gate.wait()
            finally:
                await gate.wait()

        tasks = Watcher().tasks
        tasks.start("Stubborn", stubborn())
        await asyncio.sleep(0)
        await tasks.end_others(timeout=0.01)
        await tasks.aclose(timeout=0.01)
        gate.set()
        await tasks.wait_idle()
        return True

    assert asyncio.run(scenario())


def test_a_replaced_task_that_never_began_leaves_no_warning() -> None:
    async def scenario() -> list[str]:
        said: list[str] = []

        async def say(word: str) -> None:
            said.append(word)

        tasks = Watcher().tasks
        for word in ("one", "two", "three"):
            tasks.start(word, say(word), key="draft")
        await tasks.wait_idle()
        return said

    assert asyncio.run(scenario()) == ["three"]


def test_closing_cancels_and_refuses_new_work() -> None:
    async def scenario() -> tuple[Watcher, int]:
        watcher = Watcher()
        watcher.tasks.start("Wait", asyncio.Event().wait(), shown=True)
        await asyncio.sleep(0)
        assert watcher.tasks.names() == ["Wait"]
        await watcher.tasks.aclose()
        return watcher, watcher.tasks.start("Late", asyncio.sleep(0))

    watcher, late = asyncio.run(scenario())
    assert watcher.states() == [JobState.RUNNING, JobState.STOPPED]
    assert late == 0
    assert watcher.reports == []


def test_progress_reaches_the_tray_only_while_it_runs() -> None:
    async def scenario() -> Watcher:
        watcher = Watcher()
        number = watcher.tasks.start("Work", asyncio.sleep(0), shown=True)
        watcher.tasks.update(number, "half", 0.5, 3.0)
        await watcher.tasks.wait_idle()
        watcher.tasks.update(number, "after the end")
        return watcher

    sentences = [e.sentence for e in asyncio.run(scenario()).events if isinstance(e, JobChanged)]
    assert sentences == ["", "half", ""]


def test_what_is_stopped_or_paused_waits_until_somebody_goes_on() -> None:
    async def scenario() -> tuple[Watcher, list[str]]:
        watcher, done = Watcher(), list[str]()
        tasks = watcher.tasks
        number = tasks.start("Work", asyncio.Event().wait(), key="k", shown=True,
                             pause=lambda: tasks.cancel_key("k"))
        tasks.leave(number, "Paused.", lambda: done.append("resumed"))
        await asyncio.sleep(0)
        tasks.pause(number)
        await tasks.wait_idle()
        tasks.resume(number)
        tasks.resume(number)  # twice is once
        tasks.pause(99)
        return watcher, done

    watcher, done = asyncio.run(scenario())
    events = [event for event in watcher.events if isinstance(event, JobChanged)]
    assert [event.state for event in events] == [
        JobState.RUNNING, JobState.WAITING, JobState.GONE]
    assert events[0].can_pause and events[1].sentence == "Paused." and events[1].seconds > 0
    assert done == ["resumed"]


def test_what_waits_goes_with_its_key_its_workspace_or_by_hand() -> None:
    async def scenario() -> Watcher:
        watcher = Watcher()
        tasks = watcher.tasks
        for key in ("a", "b", "c", "d"):
            tasks.offer(f"Left {key}", "Half done.", lambda: None, key)
        tasks.start("Goes on", asyncio.sleep(0), key="a", shown=True)
        tasks.withdraw("b")
        tasks.cancel(3)
        ended = tasks.start("Ends well", asyncio.sleep(0), shown=True)
        tasks.leave(ended, "Stopped.", lambda: None)
        tasks.leave(ended, "", None)
        await tasks.wait_idle()
        closed = tasks.start("Is closed", asyncio.Event().wait(), shown=True)
        tasks.leave(closed, "Stopped.", lambda: None)
        await asyncio.sleep(0)
        await tasks.end_others()
        return watcher

    events = [event for event in asyncio.run(scenario()).events if isinstance(event, JobChanged)]
    assert {event.name for event in events if event.state is JobState.GONE} == {
        "Left a", "Left b", "Left c", "Left d"}
    assert [event.state for event in events if event.name == "Ends well"][-1] is JobState.DONE
    assert [event.state for event in events if event.name == "Is closed"][-1] is JobState.STOPPED
