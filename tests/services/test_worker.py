"""Worker processes: frames, errors, overtaking, cancelling, dying, and leaving no orphan."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core import errors
from desktop.core.errors import DocumentError, EmbedderUnavailable
from desktop.services.worker import Worker, WorkerDied
from desktop.services.worker_frames import WorkerFailed, describe, pack, recreate, unpack

from . import worker_targets

ROOT = Path(__file__).resolve().parents[2]


def run(
    test: Callable[[Worker], Awaitable[None]],
    make: Any = worker_targets.make_echo, **options: bool,
) -> None:
    """With a fresh worker, which is gone afterwards."""

    async def whole() -> None:
        worker = Worker("test", make, {"greeting": "hello"}, **options)
        try:
            await asyncio.wait_for(test(worker), 20)
        finally:
            await worker.aclose()
        assert worker.pid is None

    asyncio.run(whole())


async def echo(worker: Worker, text: str = "é", payload: bytes = b"abc") -> tuple[Any, bytes]:
    return await worker.call(
        {"do": "echo", "text": text}, payload, decode=lambda head, body: (head, bytes(body))
    )


async def do(worker: Worker, what: str, **more: Any) -> Any:
    urgent = more.pop("urgent", False)
    return await worker.call(
        {"do": what, **more}, decode=lambda head, body: head, urgent=urgent
    )


@given(st.dictionaries(st.text(), st.text()), st.binary())
def test_frames_come_back_as_they_were(header: dict[str, str], payload: bytes) -> None:
    found, rest = unpack(pack(header, payload))
    assert bytes(rest) == payload
    assert found == {
        key.encode("utf-8", "replace").decode(): value.encode("utf-8", "replace").decode()
        for key, value in header.items()
    }


@pytest.mark.parametrize("frame", [b"", b"\0", b"\0\0\0\2[]", b"\0\0\0\1{", b"\xff" * 9])
def test_what_is_no_frame_is_a_value_error(frame: bytes) -> None:
    with pytest.raises(ValueError):
        unpack(frame)


def test_problems_survive_the_pipe_and_bugs_become_worker_failed() -> None:
    problem = EmbedderUnavailable("What", why="why", remedy="Remedy", details="d")
    copy = recreate(describe(problem))
    assert isinstance(copy, EmbedderUnavailable)
    assert str(copy) == str(problem) and copy.__dict__ == problem.__dict__
    assert isinstance(recreate({"details": "Traceback"}), WorkerFailed)
    assert isinstance(recreate({"kind": "annotations"}), WorkerFailed)
    assert errors.DocumentError is type(recreate({"kind": "DocumentError", "what": "x"}))


def test_a_call_is_answered_in_another_process() -> None:
    async def test(worker: Worker) -> None:
        assert worker.pid is None
        header, payload = await echo(worker, "naïve 🙂", b"xyz")
        assert (header["greeting"], header["text"], payload) == ("hello", "naïve 🙂", b"zyx")
        assert worker.pid not in (None, os.getpid())

    run(test)


def test_many_calls_at_once_and_large_ones_do_not_mix() -> None:
    async def test(worker: Worker) -> None:
        async with asyncio.TaskGroup() as group:
            calls = [group.create_task(echo(worker, str(n), bytes([n]) * n * 50_000))
                     for n in range(20)]
        for n, call in enumerate(calls):
            header, payload = call.result()
            assert header["text"] == str(n) and payload == bytes([n]) * n * 50_000

    run(test)


def test_the_child_never_imports_qt_or_anything_slow() -> None:
    async def test(worker: Worker) -> None:
        modules = set((await do(worker, "modules"))["modules"])
        assert not modules & {"PySide6", "qasync", "torch", "faiss", "openai", "onnxruntime"}

    run(test)


def test_a_problem_and_a_bug_are_told_apart_and_the_child_lives_on() -> None:
    async def test(worker: Worker) -> None:
        with pytest.raises(DocumentError, match=r"What\. why\. Remedy\."):
            await do(worker, "refuse")
        pid = worker.pid
        with pytest.raises(WorkerFailed, match="ZeroDivisionError: a bug"):
            await do(worker, "fail")
        await echo(worker)
        assert worker.pid == pid

    run(test)


@pytest.mark.parametrize(
    ("make", "kind"),
    [(worker_targets.make_refusing, DocumentError), (worker_targets.make_broken, WorkerFailed)],
)
def test_a_child_that_cannot_start_says_why(make: Any, kind: type[Exception]) -> None:
    async def test(worker: Worker) -> None:
        with pytest.raises(kind):
            await echo(worker)

    run(test, make)


def test_an_answer_that_cannot_be_decoded_is_an_error_of_its_own_call_only() -> None:
    async def test(worker: Worker) -> None:
        with pytest.raises(KeyError):
            await worker.call({"do": "echo", "text": ""}, decode=lambda head, body: head["none"])
        await echo(worker)

    run(test)


def test_urgent_calls_overtake() -> None:
    async def test(worker: Worker) -> None:
        await echo(worker)
        done: list[str] = []

        async def noted(name: str, **options: Any) -> None:
            await do(worker, "steps", **options)
            done.append(name)

        async with asyncio.TaskGroup() as group:
            group.create_task(noted("long", steps=100))
            group.create_task(noted("behind", steps=1))
            group.create_task(noted("urgent", steps=1, urgent=True))
        assert done == ["urgent", "long", "behind"]

    run(test)


def test_a_cancelled_call_stops_between_steps_and_others_go_on() -> None:
    async def test(worker: Worker) -> None:
        await echo(worker)
        pid = worker.pid
        endless = asyncio.ensure_future(do(worker, "steps", steps=10**6))
        await do(worker, "steps", steps=1, urgent=True)
        endless.cancel()
        await echo(worker)
        assert worker.pid == pid
        with pytest.raises(asyncio.CancelledError):
            await endless

    run(test)


def test_a_cancelled_call_that_cannot_yield_ends_the_child() -> None:
    async def test(worker: Worker) -> None:
        await echo(worker)
        child = psutil.Process(worker.pid)
        started = time.perf_counter()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await do(worker, "hang")
        await echo(worker)
        assert worker.pid != child.pid
        assert time.perf_counter() - started < 5
        assert not child.is_running()

    run(test, kill_on_cancel=True)


def test_all_who_wait_are_told_of_a_death_and_the_next_call_starts_anew() -> None:
    async def test(worker: Worker) -> None:
        calls = [do(worker, "die"), echo(worker), echo(worker)]
        found = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(each) for each in found] == [WorkerDied] * 3
        assert isinstance(found[0], WorkerDied) and found[0].exit_code == 7
        await echo(worker)

    run(test)


def test_closing_in_the_midst_of_work_is_quick_and_a_call_after_it_starts_anew() -> None:
    async def test(worker: Worker) -> None:
        await echo(worker)
        hanging = asyncio.ensure_future(do(worker, "hang"))
        await asyncio.sleep(0)
        started = time.perf_counter()
        await worker.aclose()
        assert time.perf_counter() - started < 1
        with pytest.raises(WorkerDied):
            await hanging
        await echo(worker)

    run(test)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("starting", [True, False])
def test_ctrl_c_is_left_to_the_parent(starting: bool) -> None:
    async def test(worker: Worker) -> None:
        call = asyncio.ensure_future(echo(worker))
        while worker.pid is None or not (starting or call.done()):
            await asyncio.sleep(0)
        pid = worker.pid
        os.kill(pid, signal.SIGINT)
        await call
        await echo(worker)
        assert worker.pid == pid

    run(test)


PARENT = """
import asyncio, sys
from desktop.services.worker import Worker
from tests.services import worker_targets

async def main():
    worker = Worker("test", worker_targets.make_echo, {"greeting": ""})
    decode = lambda head, body: head
    print((await worker.call({"do": "modules"}, decode=decode))["pid"], flush=True)
    %s

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.parametrize("ending", ["busy", "idle", "unclosed"])
def test_no_orphan_is_left_however_the_parent_ends(ending: str, tmp_path: Path) -> None:
    """Killed while the child works, killed while it waits, or ended without closing."""
    last = {
        "busy": 'await worker.call({"do": "hang"}, decode=decode)',
        "idle": "await asyncio.sleep(60)",
        "unclosed": "",
    }[ending]
    script = tmp_path / "parent.py"
    script.write_text(PARENT % last, encoding="utf-8")
    parent = subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert parent.stdout is not None
    with parent, parent.stdout:
        child = psutil.Process(int(parent.stdout.readline()))
        if ending != "unclosed":
            parent.kill()
        parent.wait(10)
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
