"""Chats against the emulator, for the tests of chat."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from desktop.core.types import Connection, Deployment, Message, Parameters, Piece, TextPiece
from desktop.services.chat_openai import OpenAIChat
from desktop.services.learned import Learned
from desktop.services.openai_client import make_client
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import DEPLOYMENTS, Deployed, Refusal, Reply, Scenario

QUESTION = [Message("system", "Answer briefly."), Message("user", "Are eyeglasses covered?")]
MODES = {"v1": ("azure", ""), "classic": ("azure", "2024-10-21"), "openai": ("openai", "")}


def connection_to(url: str, mode: str = "v1") -> Connection:
    kind, version = MODES[mode]
    return Connection("work", kind, url, version)  # type: ignore[arg-type]


def scenario(*does: Reply | Refusal, **deployed: object) -> Scenario:
    """A server whose deployment "d" does this."""
    special = Deployed(does=does or (Reply(),), **deployed)  # type: ignore[arg-type]
    return Scenario({**DEPLOYMENTS, "d": special})


@dataclass
class Waits:
    """A clock that only writes down how long it was asked to wait."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@asynccontextmanager
async def chatting(
    server: AzureEmulator, deployment: str = "d", mode: str = "v1", *, key: str | None = None,
    waits: Waits | None = None, learned: Learned | None = None, read_seconds: float = 20.0,
) -> AsyncIterator[OpenAIChat]:
    """A chat with a client of its own; waits cost nothing."""
    connection = connection_to(server.url, mode)
    key = server.key if key is None else key
    client = make_client(connection, key, read_seconds=read_seconds)
    try:
        yield OpenAIChat(connection, Deployment(deployment, "gpt-4.1-mini"), client,
                         has_key=bool(key), sleep=waits or Waits(), learned=learned)
    finally:
        await client.close()


async def answer_of(
    chat: OpenAIChat, parameters: Parameters | None = None,
    messages: Sequence[Message] = QUESTION,
) -> list[Piece]:
    return [piece async for piece in chat.stream(messages, parameters or Parameters())]


async def partial_text(chat: OpenAIChat) -> str:
    """The text that arrived before the stream failed."""
    texts = []
    with suppress(Exception):
        async for piece in chat.stream(QUESTION, Parameters()):
            assert isinstance(piece, TextPiece)
            texts.append(piece.text)
    return "".join(texts)
