"""The window's program in this process, driven as a user would, for the benchmarks.

    def story(): ...
    drive(data_dir, story)

`story(program)` is a coroutine function that runs beside the program on its own event loop;
when it ends, the window is closed as by its user. Views, session and services are the real ones.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Worker processes import the benchmark that started them: nothing heavy up here.
if TYPE_CHECKING:
    from desktop.program import Program

    Story = Callable[[Program], Awaitable[None]]
FALLBACK_QUESTIONS = ("Are eyeglasses covered?", "What does the plan pay for a dentist?")


def drive(data_dir: Path, story: Story, file: Path | None = None) -> None:
    """Open the window with settings from `data_dir`, tell the story, close, and return."""
    os.environ["STRATEGY_EXPLORER_DATA_DIR"] = str(data_dir)
    from PySide6.QtWidgets import QApplication

    from desktop import app
    from desktop.program import Program
    from desktop.services.settings_file import SettingsFile
    from desktop.ui.views import Views

    settings = SettingsFile()
    application = QApplication.instance() or app.make_application(settings.current)
    silence_qt()
    views = Views(app.first_paint(application, settings.current))

    async def both() -> None:
        program = Program(views, settings)
        async with asyncio.TaskGroup() as group:
            group.create_task(program.run(file))
            await opened(program)
            try:
                await story(program)
            finally:
                views.window.close()

    with asyncio.Runner(loop_factory=lambda: app.make_loop(application)) as runner:
        runner.run(both())


def silence_qt() -> None:
    """Leave out what the offscreen platform says at every turn; the rest goes to stderr."""
    from PySide6.QtCore import qInstallMessageHandler

    qInstallMessageHandler(_without_noise)


def _without_noise(kind: object, context: object, message: str) -> None:
    if "propagateSizeHints" not in message:
        print("Qt:", message, file=sys.stderr)


async def opened(program: Program) -> None:
    """Until a workspace is shown and can be asked."""
    while program._session is None or program.tasks.running("workspace"):
        await asyncio.sleep(0.005)


async def ended(program: Program, key: str) -> None:
    """Until no task holds `key`."""
    while program.tasks.running(key):
        await asyncio.sleep(0.02)


def drop(program: Program, folder: Path) -> None:
    """The documents of a folder, dropped on the window."""
    program.views.window.filesDropped.emit(documents_of(folder))


def ask(program: Program, question: str) -> None:
    """Type a question and press Ctrl+Enter."""
    program.views.ask.bar.box.setPlainText(question)
    program.views.ask.ask()


async def make_workspace(path: Path, connection: str = "", deployment: str = "") -> None:
    """Empty, with the three columns of a new workspace, asked of `connection` if one is named."""
    from dataclasses import replace

    from desktop.services import workspace

    path.parent.mkdir(parents=True, exist_ok=True)
    store = await workspace.create(path)
    if connection:
        for strategy in await store.strategies():
            changed = replace(strategy, connection=connection, deployment=deployment)
            await store.save_strategy(changed)
    await store.aclose()


def add_connection(data_dir: Path, name: str, endpoint: str, deployment: str) -> None:
    """An OpenAI-compatible server among the settings."""
    from dataclasses import replace

    from desktop.core.types import Connection, Deployment
    from desktop.services.settings_file import SettingsFile

    made = Connection(name, "openai", endpoint, deployments=(Deployment(deployment, deployment),))
    SettingsFile(data_dir).update(lambda settings: replace(settings, connections=(made,)))


def documents_of(folder: Path) -> list[Path]:
    """The files of a data folder that are documents: not its cases and licences."""
    files = (path for path in sorted(folder.iterdir()) if path.is_file())
    return [path for path in files if path.suffix.lower() in (".pdf", ".docx", ".md", ".html")]


def questions_of(folder: Path) -> list[str]:
    """Those of `cases.jsonl`, else two that fit any health plan."""
    cases = folder / "cases.jsonl"
    if not cases.exists():
        return list(FALLBACK_QUESTIONS)
    lines = cases.read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines if line.strip()]
