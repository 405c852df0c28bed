"""Fills templates that may compute for long, in a process of its own with limits.

Two loops over a hundred thousand numbers take an hour, and a filter pads a word to a gigabyte;
Jinja2's sandbox forbids neither, and Python cannot be interrupted in the midst of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from ..core.errors import PromptError
from ..core.templates import fill
from .worker import Worker, WorkerDied
from .worker_child import Handler, Steps, limit_memory
from .worker_frames import Header

SECONDS = 2.0  # for one prompt; a sound one takes milliseconds
STARTING = 8.0  # seconds more for the first: its process starts
REMEMBERED = 32  # prompts that were stopped, and are not tried again
MOST_MEMORY = 600_000_000  # bytes of address space


class TemplateProcess:
    """Implements core.ports.TemplateFiller. The process starts with the first call."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._worker = Worker("templates", make_handler, {}, kill_on_cancel=True)
        self._turn = asyncio.Lock()
        self._started = False
        self._refused: dict[tuple[str, ...], None] = {}  # what was stopped, oldest first

    async def fill(self, parts: Sequence[tuple[str, str]], values: Mapping[str, str]) -> list[str]:
        """See the port."""
        texts = tuple(text for text, _ in parts)
        if texts in self._refused:  # columns and cases share prompts: each would be waited for
            raise self._too_long()
        request = {"parts": [list(part) for part in parts], "values": dict(values)}
        try:
            async with self._turn:
                async with asyncio.timeout(self._seconds + (0.0 if self._started else STARTING)):
                    found = await self._worker.call(request, decode=_answer)
                self._started = True
        except TimeoutError as error:
            self._started = False  # the process is gone with the template
            self._refused[texts] = None
            if len(self._refused) > REMEMBERED:
                del self._refused[next(iter(self._refused))]
            raise self._too_long() from error
        except WorkerDied as error:
            self._started = False
            raise PromptError("The prompt cannot be filled", why="It takes too much memory",
                              remedy="Shorten its loops in the Prompt pane") from error
        if isinstance(found, PromptError):
            raise found
        return found

    def _too_long(self) -> PromptError:
        return PromptError(
            "The prompt takes too long to fill",
            why=f"It was stopped after {self._seconds:g} seconds: loops inside loops multiply",
            remedy="Shorten its loops in the Prompt pane")

    async def aclose(self) -> None:
        """Ends the process, if any."""
        await self._worker.aclose()


def _answer(header: Header, payload: memoryview) -> list[str] | PromptError:
    wrong = header.get("wrong")
    if wrong is None:
        return [str(text) for text in header["texts"]]
    return PromptError(str(wrong["what"]), why=str(wrong["why"]), remedy=str(wrong["remedy"]),
                       line=wrong["line"] if isinstance(wrong["line"], int) else None)


def make_handler(config: Header) -> Handler:
    """What the child runs."""
    limit_memory(MOST_MEMORY)
    return handle


def handle(header: Header, payload: memoryview) -> Steps:
    """All parts of one prompt; the mistake keeps its line, which an error over the pipe loses."""
    yield from ()
    try:
        texts = [fill(text, header["values"], what) for text, what in header["parts"]]
    except PromptError as error:
        return {"wrong": {"what": error.what, "why": error.why, "remedy": error.remedy,
                          "line": error.line}}, b""
    return {"texts": texts}, b""
