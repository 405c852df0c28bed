"""The longest stall of the event loop while documents are indexed and three columns stream.

    python -m tests.benchmarks.stalls --data FOLDER [--served] [--trace 25]

The window's program runs in this process, offscreen, with real views and services. A precise
timer of 5 ms ticks on its loop, first while nothing happens, then from the drop of FOLDER's
documents until all are indexed, while question after question is asked in three columns of the
built-in model, or of a server that streams 80 words a second into each (`--served`). A stall
is the time between two ticks. The same timer ticks in a bare Qt process at the same time: what
it is late, the machine's other work makes late. `--trace MS` prints where the window's thread
was when it was later than that.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from contextlib import nullcontext
from pathlib import Path
from types import FrameType

from tests.benchmarks.driving import (
    add_connection,
    ask,
    documents_of,
    drive,
    drop,
    ended,
    make_workspace,
    questions_of,
)
from tests.benchmarks.token_server import served

INTERVAL = 5  # ms
IDLE_SECONDS = 3.0
GOAL_LONGEST, GOAL_P99 = 50.0, 16.0  # ms


class Ticks:
    """Times between the ticks of a precise timer, in milliseconds."""

    def __init__(self) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.gaps: list[float] = []
        self.times: list[float] = []  # when each gap began
        self.work: list[float] = []  # of it the thread's own processor time
        self.queued: list[float] = []  # and the time it waited for a processor, on Linux
        self.last = time.perf_counter()
        self._worked, self._waited = time.thread_time(), waited()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self._tick)

    def start(self) -> None:
        self.last = time.perf_counter()
        self._worked, self._waited = time.thread_time(), waited()
        self._timer.start()

    def stop(self) -> dict[str, float]:
        self._timer.stop()
        return summary(self.gaps)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self.last) * 1000)
        self.times.append(self.last)
        worked, queued = time.thread_time(), waited()
        self.work.append((worked - self._worked) * 1000)
        self.queued.append((queued - self._waited) * 1000)
        self.last, self._worked, self._waited = now, worked, queued

    def gap_after(self, moment: float) -> str:
        """What is known of the time after the tick at that moment."""
        if moment not in self.times:
            return "the end"
        at = self.times.index(moment)
        return (f"{self.gaps[at]:.0f} ms: {self.work[at]:.0f} ms of work, "
                f"{self.queued[at]:.0f} ms waiting for a processor")


def waited() -> float:
    """Seconds this thread was ready and had no processor; 0 where the system does not say."""
    try:
        with open("/proc/thread-self/schedstat", encoding="ascii") as file:
            return int(file.read().split()[1]) / 1e9
    except OSError:
        return 0.0


def summary(gaps: list[float]) -> dict[str, float]:
    """Figures in ms, and how many ticks they stand on."""
    ordered = sorted(gaps)
    return {
        "longest": round(ordered[-1], 1),
        "p99": round(ordered[int(len(ordered) * 0.99)], 1),
        "median": round(ordered[len(ordered) // 2], 1),
        "over_16": sum(gap > 16 for gap in ordered),
        "over_50": sum(gap > 50 for gap in ordered),
        "ticks": len(ordered),
    }


class Trace:
    """A thread that looks where all threads are when the window's tick is late."""

    def __init__(self, ticks: Ticks, late: float) -> None:
        self._ticks = ticks
        self._late = late / 1000
        self._main = threading.get_ident()
        self._stop = threading.Event()
        self._seen: dict[float, list[str]] = {}
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stop.wait(0.002):
            last = self._ticks.last
            if time.perf_counter() - last > self._late and last not in self._seen:
                found = [
                    _where(ident == self._main, frame)
                    for ident, frame in sys._current_frames().items()
                    if ident != self._thread.ident
                ]
                self._seen[last] = sorted(filter(None, found))

    def print(self, begun: float) -> None:
        self._stop.set()
        self._thread.join()
        for last, found in self._seen.items():
            print(f"{last - begun:.2f} s after the drop, {self._ticks.gap_after(last)}")
            print(*found, sep="\n")


_WAITING = ("_recv", "wait", "_worker", "_work", "_converse", "_send")


def _where(main: bool, frame: FrameType) -> str:
    """The innermost calls of a thread; "" for one that waits."""
    stack = traceback.extract_stack(frame)
    if not main and stack[-1].name in _WAITING:
        return ""
    calls = [f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in stack[-5:]]
    return f"  {'MAIN' if main else 'thread'}: " + " > ".join(calls)


def bare() -> None:
    """The same timer in a process that does nothing else, until its input ends."""
    from PySide6.QtCore import QCoreApplication, QSocketNotifier

    application = QCoreApplication([])
    ticks = Ticks()
    ticks.start()
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(application.quit)
    application.exec()
    print(json.dumps(ticks.stop()))


def start_bare() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.benchmarks.stalls", "--bare"]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def measure(folder: Path, late: float | None, address: str) -> dict[str, object]:
    """Idle, then loaded; figures in ms."""
    questions = questions_of(folder)
    result: dict[str, object] = {}

    async def story(program: object) -> None:
        await program.tasks.wait_idle()
        idle = Ticks()
        idle.start()
        await asyncio.sleep(IDLE_SECONDS)
        result["idle"] = idle.stop()
        control = start_bare()
        loaded = Ticks()
        trace = Trace(loaded, late) if late else None
        loaded.start()
        begun = time.perf_counter()
        drop(program, folder)
        asked = 0
        while program.tasks.running("index"):
            ask(program, questions[asked % len(questions)])
            asked += 1
            await ended(program, "ask")
        result["loaded"] = loaded.stop()
        result["work_between_ticks"] = summary(loaded.work)
        result["waiting_for_a_processor"] = summary(loaded.queued)
        if trace:
            trace.print(begun)
        result["seconds"] = round(time.perf_counter() - begun, 1)
        result["asked"] = asked
        said, _ = await asyncio.to_thread(control.communicate, "")
        result["bare_process_at_the_same_time"] = json.loads(said)

    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        if address:
            add_connection(root / "data", "Server", address, "steady")
        model = ("Server", "steady") if address else ()
        asyncio.run(make_workspace(root / "w.stratex", *model))
        drive(root / "data", story, root / "w.stratex")
    return result


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--served", action="store_true")
    parser.add_argument("--trace", type=float)
    parser.add_argument("--bare", action="store_true")
    given = parser.parse_args()
    if given.bare:
        bare()
        return 0
    if given.data is None or not documents_of(given.data):
        parser.error("--data needs a folder with documents")
    with served() if given.served else nullcontext("") as address:
        result = measure(given.data, given.trace, address)
    print(json.dumps(result, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
