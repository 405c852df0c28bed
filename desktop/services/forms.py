"""Patterns and schemas that people write, tried in a process of their own.

A pattern such as `(a+)+$` can take longer than the universe lasts, and Python's `re` cannot be
interrupted; and jsonschema takes a tenth of a second to import.
"""

from __future__ import annotations

import asyncio
import json

from ..core.errors import ConfigurationError
from ..core.evaluation.metrics import structure
from .worker import Worker, WorkerDied
from .worker_child import Handler, Steps
from .worker_frames import Header

SECONDS = 2.0  # for one answer; a sound pattern takes milliseconds
STARTING = 8.0  # seconds more for the first: its process starts


class FormProcess:
    """Implements core.ports.FormChecker. The process starts with the first call."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._worker = Worker("forms", make_handler, {}, kill_on_cancel=True)
        self._turn = asyncio.Lock()

    async def matches(self, pattern: str, text: str) -> bool:
        """Raises ConfigurationError for a pattern that is none."""
        return await self._check({"pattern": pattern, "text": text})

    async def fits(self, schema: str, text: str) -> bool:
        """Raises ConfigurationError for a schema that is none."""
        return await self._check({"schema": schema, "text": text})

    async def aclose(self) -> None:
        """Ends the process, if any."""
        await self._worker.aclose()

    async def _check(self, request: Header) -> bool:
        try:
            async with self._turn:
                starting = STARTING if self._worker.pid is None else 0.0
                async with asyncio.timeout(self._seconds + starting):
                    return await self._worker.call(request, decode=_verdict)
        except TimeoutError:
            return False  # and the process is gone with the pattern
        except WorkerDied as error:
            raise ConfigurationError(
                "The process that checks answers ended", why=str(error), remedy="Try again"
            ) from error


def _verdict(header: Header, payload: memoryview) -> bool:
    return bool(header["good"])


def make_handler(config: Header) -> Handler:
    """What the child runs."""
    return handle


def handle(header: Header, payload: memoryview) -> Steps:
    """One answer against one pattern or schema."""
    yield from ()
    return {"good": check(header) == 1.0}, b""


def check(request: Header) -> float:
    """1 or 0. Raises ConfigurationError for what is neither pattern nor schema."""
    try:
        if "pattern" in request:
            return structure.regex(request["text"], request["pattern"])
        schema = json.loads(request["schema"])
        if not isinstance(schema, dict):
            raise ValueError("a JSON Schema is a JSON object")
        return structure.json_schema(request["text"], schema)
    except (ValueError, RecursionError) as error:
        kind = "pattern" if "pattern" in request else "JSON schema"
        raise ConfigurationError(
            f"The {kind} cannot be used", why=str(error),
            remedy="Correct it, or leave this metric out",
        ) from error
