"""Make the README's pictures from the real program.

    xvfb-run -s "-screen 0 1440x900x24" .venv/bin/python packaging/screenshots.py

Opens the sample in a data folder of its own, asks its question, looks at its recorded run, and
saves what the window shows to `resources/help/`.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop.ui.views import Views

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "resources" / "help"
SETTLED = 1.0  # seconds: the last event of a view is painted after it came


async def until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    """Raises TimeoutError when it does not come true."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.05)


def main() -> None:
    from dataclasses import replace

    from qasync import QEventLoop

    from desktop import app as application
    from desktop.services.settings_file import SettingsFile

    settings = SettingsFile()
    settings.update(lambda now: replace(now, theme="light"))
    app = application.make_application(settings.current)
    window = application.first_paint(app, settings.current)
    window.resize(1440, 900)
    from desktop.program import Program
    from desktop.ui.views import Views

    async def shoot() -> None:
        views = Views(window)
        program = Program(views, settings)
        async with asyncio.TaskGroup() as group:
            group.create_task(program.run(None))
            try:
                await take_all(views)
            finally:
                window.close()

    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(shoot())


async def take_all(views: Views) -> None:
    """Ask, Prompt, Evaluate and Decide, in the order a first visit takes."""
    from desktop.ui.compare.decide import DecideView

    window = views.window
    await until(lambda: bool(views.ask.question()))
    window.show_documents()
    window.askRequested.emit()
    await until(lambda: answered(views))
    await picture(views, "ask")
    window.show_prompt()
    await picture(views, "prompt")
    window.show_evaluate()
    await picture(views, "evaluate")
    window.show_decide()
    decide = views.center.findChild(DecideView)
    await until(lambda: decide is not None and decide.decision() is not None)
    await picture(views, "decide")


def answered(views: Views) -> bool:
    """Whether all columns are done."""
    from desktop.core.types import AnswerState

    answers = [views.ask.answer_of(column) for column in views.ask.board.columns]
    return all(answer is not None and answer.state is AnswerState.DONE for answer in answers)


async def picture(views: Views, name: str) -> None:
    await asyncio.sleep(SETTLED)
    TARGET.mkdir(exist_ok=True)
    views.window.grab().save(str(TARGET / f"{name}.png"))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STRATEGY_EXPLORER_DATA_DIR"] = folder
        main()
