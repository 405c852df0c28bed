"""The table of training examples with 100,000 rows, in the window's own program, offscreen.

    python -m tests.benchmarks.examples_table [EXAMPLES] [--trace 30]

A dataset is imported, checked, and the workspace closed and opened again; then the table is
scrolled by jumps of a tenth of its length (each until the rows that came into view are loaded
and painted), searched, filtered, sorted, and 1,000 rows are tagged and that undone. While each
of these goes on, a precise timer of 5 ms ticks on the window's thread: what is printed is the
seconds until the result is on screen, and the longest time between two ticks. `--trace MS`
prints where the window's thread was when it was later than that. On a busy machine most of a stall
is waiting for a processor, which is said beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.dataset_checks import write_examples
from tests.benchmarks.driving import drive, make_workspace
from tests.benchmarks.stalls import Ticks, Trace

if TYPE_CHECKING:
    from desktop.program import Program
    from desktop.ui.panes.fine_tuning import FineTuningPane

WAITING = 600.0  # seconds, at most, for one thing


class Meter:
    """Seconds and the longest stall of each step, printed as they come."""

    def __init__(self, late: float = 0.0) -> None:
        self.rows: dict[str, dict[str, float]] = {}
        self._late = late

    async def step(self, name: str, work: Callable[[], Awaitable[object]]) -> float:
        """Do something until it is on screen."""
        ticks = Ticks()
        ticks.start()
        trace = Trace(ticks, self._late) if self._late else None
        begun = time.perf_counter()
        await work()
        seconds = time.perf_counter() - begun
        ticks._tick()
        longest = max(ticks.gaps)
        at = ticks.gaps.index(longest)
        self.rows[name] = {"seconds": round(seconds, 3), "longest_stall_ms": round(longest, 1),
                           "of_it_work_ms": round(ticks.work[at], 1)}
        print(f"{name:28} {seconds:7.3f} s   longest stall {ticks.gap_after(ticks.times[at])}",
              flush=True)
        ticks.stop()
        if trace is not None:
            trace.print(begun)
        return seconds


async def until(holds: Callable[[], object]) -> None:
    """Wait, a few milliseconds at a time."""
    end = time.perf_counter() + WAITING
    while not holds():
        if time.perf_counter() > end:
            raise TimeoutError("it did not come on screen")
        await asyncio.sleep(0.004)


def painted(pane: FineTuningPane) -> bool:
    """Whether all rows in view are loaded, and painted."""
    table, model = pane.table, pane.model
    first = max(table.rowAt(0), 0)
    last = table.rowAt(table.viewport().height() - 1)
    last = model.rowCount() - 1 if last < 0 else last
    if model.rowCount() == 0 or any(model.example(row) is None for row in range(first, last + 1)):
        return False
    table.viewport().repaint()
    return True


async def use(program: Program, path: Path, count: int, late: float) -> dict[str, Any]:
    """All steps, one after the other."""
    views, session = program.views, program._session
    assert session is not None
    pane, meter = views.dataset, Meter(late)
    views.window.show_fine_tuning()

    def listed(number: int) -> Callable[[], bool]:
        return lambda: pane.model.rowCount() == number and painted(pane)

    async def load() -> None:
        pane.importRequested.emit([path])
        await until(listed(count))

    async def checked() -> None:
        await until(lambda: pane._report is not None and not program.tasks.running("check dataset"))

    async def reopen() -> None:
        assert session._ports is not None
        file = session._ports.workspace
        await session.close()
        await session.open(file)
        views.window.show_fine_tuning()
        await until(listed(count))

    await meter.step("import", load)
    await meter.step("check, in its process", checked)
    await meter.step("open the workspace", reopen)
    program.tasks.cancel_key("check dataset")
    await until(lambda: not program.tasks.running("check dataset"))
    await scroll(pane, meter, count)
    await find(pane, meter, count)
    await sort(pane, meter, count)
    await change(program, pane, meter)
    return meter.rows


async def scroll(pane: FineTuningPane, meter: Meter, count: int) -> None:
    """Jumps to rows that were never seen, then steps of three rows as a wheel makes them."""
    bar, jumps, steps = pane.table.verticalScrollBar(), [], []

    async def jump() -> None:
        for place in range(40):
            begun = time.perf_counter()
            bar.setValue(place * 7_919 % count)
            await until(lambda: painted(pane))
            jumps.append((time.perf_counter() - begun) * 1000)

    async def wheel() -> None:
        bar.setValue(count // 3)
        await until(lambda: painted(pane))
        for _ in range(200):
            begun = time.perf_counter()
            bar.setValue(bar.value() + 3)
            pane.table.viewport().repaint()
            steps.append((time.perf_counter() - begun) * 1000)
            await asyncio.sleep(0)

    await meter.step("40 jumps", jump)
    await meter.step("200 steps of 3 rows", wheel)
    for name, values in (("jump", jumps), ("step", steps)):
        p95 = sorted(values)[int(len(values) * 0.95)]
        meter.rows[f"{name} p95"] = {"ms": round(p95, 2)}
        print(f"{name}, 95th percentile       {p95:7.2f} ms until painted")


async def find(pane: FineTuningPane, meter: Meter, count: int) -> None:
    """A search that finds few, one that finds many, and none."""
    async def search(text: str, found: Callable[[int], bool]) -> None:
        pane.tools.search.setText(text)
        pane._search()
        await until(lambda: found(pane.model.rowCount()) and painted(pane))

    await meter.step("search: few", lambda: search("member 4711 ", lambda n: 0 < n < count / 10))
    await meter.step("search: many", lambda: search("dental", lambda n: count / 20 < n < count))
    await meter.step("search: end", lambda: search("", lambda n: n == count))


async def sort(pane: FineTuningPane, meter: Meter, count: int) -> None:
    """By a text, which SQLite sorts, and back."""
    async def by(section: int, line: Callable[[int], bool]) -> None:
        pane.table.horizontalHeader().sectionClicked.emit(section)
        await until(lambda: line(pane.model.line_at(0)) and painted(pane))

    await meter.step("sort by question", lambda: by(1, lambda line: line != 1))
    await meter.step("sort by line", lambda: by(0, lambda line: line == 1))


async def change(program: Program, pane: FineTuningPane, meter: Meter) -> None:
    """Tag 1,000 rows, list them, and undo."""
    ids = pane.model.ids([range(1_000)])

    async def tag() -> None:
        pane.tagged.emit(ids, "benchmark", True)
        await until(lambda: pane._facets.tags.get("benchmark") == len(ids) and painted(pane))

    async def undo() -> None:
        program.views.window.undo()
        await until(lambda: "benchmark" not in pane._facets.tags and painted(pane))

    async def choose_all() -> None:
        pane.table.selectAll()
        await until(lambda: pane.bulk.isVisible())

    await meter.step("tag 1,000 rows", tag)
    await meter.step("undo", undo)
    await meter.step("select all", choose_all)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("examples", type=int, nargs="?", default=100_000)
    parser.add_argument("--trace", type=float, default=0.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "examples.jsonl"
        write_examples(path, arguments.examples)
        workspace = folder / "w.stratex"
        asyncio.run(make_workspace(workspace))
        results: dict[str, Any] = {}

        async def story(program: Program) -> None:
            results.update(await use(program, path, arguments.examples, arguments.trace))

        drive(folder / "data", story, workspace)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
