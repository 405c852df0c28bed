"""Seconds from Ctrl+Enter to the first answer text, right after the program has started.

A column that is asked without documents needs no embedder and has text at once; the figure is
that of the column that answers from passages.

    python -m tests.benchmarks.first_question [--data FOLDER] [--times 5]

Each time a new process opens the window, offscreen, on the sample as the last workspace (FOLDER:
its documents, indexed before), and Ctrl+Enter is pressed as soon as the window takes it: the
embedder's process is still starting then. The same question asked again is the baseline.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.driving import (
    ROOT,
    documents_of,
    drive,
    drop,
    ended,
    make_workspace,
    questions_of,
    silence_qt,
)

if TYPE_CHECKING:
    from desktop.core.events import Event
    from desktop.program import Program
    from desktop.ui.views import Views

GOAL = 1.5  # seconds
WITHIN = 30.0  # seconds, else something hangs


class Keys:
    """Presses Ctrl+Enter when it can be taken, twice, and notes when text comes."""

    def __init__(self, views: Views, began: float) -> None:
        from PySide6.QtCore import QTimer

        self._views = views
        self._began = began
        self._pressed = 0.0
        self._with_passages: set[int] = set()
        self.first_anywhere = 0.0
        self.figures: list[float] = []
        self.ready = 0.0
        self._show = views.ask.apply
        views.ask.apply = self._apply  # type: ignore[method-assign]
        self._timer = QTimer(views.window)
        self._timer.timeout.connect(self._look)
        self._timer.start(1)

    def _look(self) -> None:
        action = self._views.window.actions_table.by_id["ask"]
        if self._pressed or not action.isEnabled():
            if time.time() - self._began > WITHIN:
                os._exit(1)
            return
        if len(self.figures) == 2:
            self._timer.stop()
            self._views.window.close()
            return
        self.ready = self.ready or time.time() - self._began
        self._press()

    def _press(self) -> None:
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        self._pressed = time.perf_counter()
        box = self._views.ask.bar.box
        QTest.keyClick(box, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        if not self._views.ask.is_running():  # offscreen, shortcuts want an active window
            self._views.ask.ask()

    def _apply(self, event: Event) -> None:
        from desktop.core.events import ColumnSent, ColumnText

        self._show(event)
        if isinstance(event, ColumnSent) and event.context:
            self._with_passages.add(event.column)
        if self._pressed and isinstance(event, ColumnText):
            seconds = time.perf_counter() - self._pressed
            self.first_anywhere = self.first_anywhere or seconds
            if event.column in self._with_passages:
                self.figures.append(seconds)
                self._pressed = 0.0


def child(began: float) -> None:
    """The program, with somebody at the keys."""
    from desktop import app
    from desktop.ui import views

    silence_qt()
    keys: list[Keys] = []

    class Watched(views.Views):
        def __init__(self, window: object) -> None:
            super().__init__(window)  # type: ignore[arg-type]
            keys.append(Keys(self, began))

    views.Views = Watched  # type: ignore[misc]
    app.main(None)
    first, again = keys[0].figures
    print(json.dumps({"ready": keys[0].ready, "anywhere": keys[0].first_anywhere,
                      "first": first, "again": again}))


def prepare_data(data_dir: Path, folder: Path | None) -> None:
    """Settings whose last workspace is the sample, or one with FOLDER's documents indexed."""

    async def story(program: Program) -> None:
        if folder is not None:
            drop(program, folder)
            await ended(program, "index")
            program.views.ask.bar.box.setPlainText(questions_of(folder)[0])
        await program.tasks.wait_idle()

    file = None
    if folder is not None:
        file = data_dir / "documents.stratex"
        asyncio.run(make_workspace(file))
    drive(data_dir, story, file)


def once(data_dir: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.first_question", "--child",
               str(time.time())]
    environment = {**os.environ, "STRATEGY_EXPLORER_DATA_DIR": str(data_dir)}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"the program ended with {done.returncode}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--child", type=float)
    given = parser.parse_args()
    if given.child:
        child(given.child)
        return 0
    if given.data is not None and not documents_of(given.data):
        parser.error("--data needs a folder with documents")
    with tempfile.TemporaryDirectory() as temporary:
        data_dir = Path(temporary, "data")
        data_dir.mkdir()
        prepare_data(data_dir, given.data)
        runs = [once(data_dir) for _ in range(given.times)]
    medians = {key: statistics.median(run[key] for run in runs) for key in runs[0]}
    print(json.dumps({
        "start_to_ready_seconds": [round(run["ready"], 2) for run in runs],
        "first_text_in_any_column_seconds": [round(run["anywhere"], 2) for run in runs],
        "first_text_from_documents_seconds": [round(run["first"], 2) for run in runs],
        "asked_again_seconds": [round(run["again"], 3) for run in runs],
        "median_first_text_from_documents": round(medians["first"], 2),
        "ratio_to_asked_again": round(medians["first"] / medians["again"], 1),
        "goal": GOAL,
    }, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
