"""A trainer of the emulator, as the program makes it, and files it accepts."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from desktop.core.types import Connection
from desktop.services.chats import Chats
from desktop.services.tuning_openai import OpenAITrainer, OpenAITrainers
from tests.servers.azure import AzureEmulator

MODEL = "gpt-4.1-mini-2025-04-14"
APIS = ("v1", "classic", "openai")


def connection_to(server: AzureEmulator, api: str = "v1") -> Connection:
    """Named `work`."""
    if api == "openai":
        return Connection("work", "openai", f"{server.url}/v1")
    return Connection("work", "azure", server.url, "2024-10-21" if api == "classic" else "")


def rows(count: int, *, preference: bool = False) -> bytes:
    """A training file of so many examples."""
    question = [{"role": "user", "content": "Are eyeglasses covered?"}]
    made = []
    for number in range(count):
        answer = [{"role": "assistant", "content": f"Yes, rule {number}."}]
        made.append({"input": {"messages": question}, "preferred_output": answer,
                     "non_preferred_output": [{"role": "assistant", "content": "No."}]}
                    if preference else {"messages": [*question, *answer]})
    return b"\xef\xbb\xbf" + b"".join(json.dumps(row).encode() + b"\n" for row in made)


class OneKey:
    """Secrets with the emulator's key for everyone."""

    def __init__(self, key: str) -> None:
        self.key = key

    async def get(self, connection: Connection) -> str | None:
        return self.key


@asynccontextmanager
async def trainers_of(server: AzureEmulator, api: str = "v1") -> AsyncIterator[OpenAITrainers]:
    """All its connections lead to the emulator."""
    nothing: Any = None
    secrets: Any = OneKey(server.key)
    connections = (connection_to(server, api),)
    chats = Chats(lambda: connections, secrets, nothing)
    try:
        yield OpenAITrainers(lambda: connections, chats)
    finally:
        await chats.aclose()


@asynccontextmanager
async def trainer_of(server: AzureEmulator, api: str = "v1") -> AsyncIterator[OpenAITrainer]:
    async with trainers_of(server, api) as trainers:
        yield await trainers.trainer("work")
