"""Make the README's picture from the real program.

    xvfb-run -s "-screen 0 1440x900x24" .venv/bin/python packaging/screenshots.py

Opens the sample in a data folder of its own, asks its question, and saves what the window
shows to `resources/help/`.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "resources" / "help"


async def until(holds: Callable[[], bool], seconds: float = 20.0) -> None:
    """Raises TimeoutError when it does not come true."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.05)


def main() -> None:
    from dataclasses import replace

    from qasync import QEventLoop

    from desktop import app as application
    from desktop.core.types import AnswerState
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
            await until(lambda: bool(views.ask.question()))
            window.show_documents()
            window.askRequested.emit()
            columns = views.ask.board.columns

            def answered() -> bool:
                answers = [views.ask.answer_of(column) for column in columns]
                return all(a is not None and a.state is AnswerState.DONE for a in answers)

            await until(answered)
            await asyncio.sleep(0.5)  # the last text is painted after its event
            TARGET.mkdir(exist_ok=True)
            window.grab().save(str(TARGET / "ask.png"))
            window.close()

    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(shoot())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.environ["STRATEGY_EXPLORER_DATA_DIR"] = folder
        main()
