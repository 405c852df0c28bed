"""A window with its session and real services, but models that a test holds in its hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from desktop.core.types import (
    Answer,
    Document,
    Finished,
    Message,
    Parameters,
    Piece,
    TextPiece,
    Usage,
)
from desktop.flows.tasks import Tasks
from desktop.parts import Parts, open_parts
from desktop.services import workspace
from desktop.services.settings_file import SettingsFile
from desktop.services.tokens import by_length
from desktop.ui.main_window import MainWindow
from desktop.ui.session import Session
from desktop.ui.views import Views
from tests.fakes import FakeReader, GatedEmbedder

WORDS = ("Yes, ", "they ", "are.")


class SteppedChat:
    """Streams three words, and waits after the first while its chats `hold`."""

    label = model = "stepped"
    local = True
    address = ""

    def __init__(self, chats: SteppedChats) -> None:
        self._chats = chats

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        self._chats.streaming += 1
        try:
            for word in WORDS:
                yield TextPiece(word)
                await self._chats.gate.wait()
            yield Finished("stop", Usage(1, len(WORDS)), "stepped")
        finally:
            self._chats.streaming -= 1


class SteppedChats:
    """All connections lead to the same model."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.streaming = 0

    async def chat(self, connection: str, deployment: str, **rest: Any) -> SteppedChat:
        return SteppedChat(self)

    async def aclose(self) -> None:
        """Nothing to close."""


class LengthTokens:
    """Counts by length: a tokenizer's process would have to start for every window."""

    async def count(self, texts: Sequence[str], model: str) -> tuple[list[int], bool]:
        return by_length(texts), False


class Opened:
    """An open window: `views`, `session`, `tasks`, the models, and what was reported."""

    def __init__(self, views: Views, parts: Parts) -> None:
        self.views = views
        self.parts = parts
        self.chats = SteppedChats()
        self.embedder = GatedEmbedder()
        self.reported: list[tuple[str, BaseException]] = []
        parts.chats = self.chats  # type: ignore[assignment]
        parts.embedder = self.embedder  # type: ignore[assignment]
        parts.tokens = LengthTokens()  # type: ignore[assignment]
        parts.reader = FakeReader()  # type: ignore[assignment]
        self.tasks = Tasks(lambda name, error: self.reported.append((name, error)),
                           views.window.jobs.apply)
        self.session = Session(views, parts, self.tasks)

    def ask(self, question: str = "Are eyeglasses covered?") -> None:
        self.views.ask.show_question(question)
        self.views.ask.ask()

    def answers(self) -> list[Answer]:
        """Of the columns, left to right."""
        columns = self.views.ask.board.columns
        return [answer for id_ in columns if (answer := self.views.ask.answer_of(id_))]

    def documents(self) -> list[Document]:
        self.views.documents.model.flush()  # it gathers changes before it shows them
        return self.views.documents.model.documents()

    async def idle(self) -> None:
        """Until nothing runs."""
        await self.tasks.wait_idle()


async def until(there: Callable[[], Any]) -> None:
    """Lets the loop turn until something has happened; the `run` fixture limits the time."""
    while not there():
        await asyncio.sleep(0)


async def make(path: Path) -> Path:
    """A new workspace with the three columns to begin with."""
    await (await workspace.create(path)).aclose()
    return path


@asynccontextmanager
async def opened(folder: Path, *files: Path) -> AsyncIterator[Opened]:
    """A shown window with the first of `files` open; all are made."""
    for file in files:
        if not file.exists():
            await make(file)
    window = MainWindow()
    views = Views(window)
    window.resize(1200, 800)
    window.show()
    async with open_parts(SettingsFile(folder / "data")) as parts:
        each = Opened(views, parts)
        if files:
            await each.session.open(files[0])
            await each.idle()
        try:
            yield each
        finally:
            await each.session.close()
            await each.tasks.aclose()
            window.allow_close()
            window.deleteLater()
