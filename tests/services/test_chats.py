"""Finding the model behind a connection, with its key, against the emulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from desktop.core.errors import ConfigurationError, Throttled
from desktop.core.types import (
    BUILTIN_CONNECTION,
    BUILTIN_MODEL,
    Connection,
    Deployment,
    Parameters,
)
from desktop.flows.connections import check_connection
from desktop.services.chat_openai import OpenAIChat
from desktop.services.chats import Chats
from desktop.services.secrets import NoKeyring, Secrets
from tests.contracts.check_chat import collect, text_of
from tests.contracts.word_embedder import WordEmbedder
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import ANSWER

from .chat_helpers import QUESTION


def no_keyring() -> object:
    raise NoKeyring


@asynccontextmanager
async def chats_for(
    connections: Sequence[Connection], key: str = "", environ: dict[str, str] | None = None
) -> AsyncIterator[Chats]:
    secrets = Secrets(no_keyring, environ=environ or {})  # type: ignore[arg-type]
    for connection in connections if key else ():
        await secrets.set(connection, key)
    chats = Chats(lambda: connections, secrets, WordEmbedder())
    try:
        yield chats
    finally:
        await chats.aclose()


def work(url: str) -> Connection:
    return Connection("work", "azure", url, deployments=(
        Deployment("gpt-mini", "gpt-4.1-mini"), Deployment("reasoning"), Deployment("missing")))


def test_a_deployment_with_its_stored_key() -> None:
    async def main() -> None:
        with AzureEmulator() as server:
            async with chats_for([work(server.url)], server.key) as chats:
                chat = await chats.chat("work", "gpt-mini")
                assert chat.label == "gpt-mini (gpt-4.1-mini)"
                assert text_of(await collect(chat, QUESTION)) == ANSWER

    asyncio.run(main())


def test_lessons_and_sockets_are_shared_between_columns() -> None:
    async def main() -> None:
        with AzureEmulator() as server:
            async with chats_for([work(server.url)], server.key) as chats:
                for _ in range(2):
                    chat = await chats.chat("work", "reasoning")
                    async for _ in chat.stream(QUESTION, Parameters(temperature=0.5)):
                        pass
                first, second = await asyncio.gather(
                    chats.chat("work", "gpt-mini"), chats.chat("work", "missing"))
                assert isinstance(first, OpenAIChat)
                assert isinstance(second, OpenAIChat)
                assert first._client is second._client
            assert [r.status for r in server.requests] == [400, 200, 200]

    asyncio.run(main())


def test_the_built_in_model_needs_no_key() -> None:
    async def main() -> None:
        async with chats_for([]) as chats:
            chat = await chats.chat(BUILTIN_CONNECTION, BUILTIN_MODEL)
            assert (chat.label, chat.local) == (BUILTIN_MODEL, True)

    asyncio.run(main())


@pytest.mark.parametrize(("connection", "says"), [
    (None, "no connection named work on this machine"),
    (Connection("work", "local", "/models/phi"), "Ollama"),
    (replace(work("https://x.example"), entra=True, kind="openai"), "Only Azure connections"),
    (replace(work("https://x.example"), key_env="NOT_SET"), "variable NOT_SET is not set"),
    (replace(work("https://x.example"), endpoint="http://x.example"), "unencrypted"),
])
def test_what_cannot_work_says_what_to_do(connection: Connection | None, says: str) -> None:
    async def main() -> None:
        async with chats_for([connection] if connection else []) as chats:
            with pytest.raises(ConfigurationError, match=says) as caught:
                await chats.chat("work", "gpt-mini")
            assert caught.value.remedy

    asyncio.run(main())


def test_testing_a_connection_tells_each_deployment() -> None:
    async def main() -> None:
        with AzureEmulator() as server:
            connection = work(server.url)
            async with chats_for([]) as chats:
                found = await check_connection(connection, chats.open, server.key)
                assert [each.ok for each in found.deployments] == [True, True, False]
                assert "no deployment named missing" in found.deployments[2].problem
                wrong = await check_connection(connection, chats.open, "canary-wrong-key")
                assert all("refused the key" in each.problem for each in wrong.deployments)
                assert "canary-wrong-key" not in str(wrong)

    asyncio.run(main())


def test_a_key_from_a_named_variable() -> None:
    async def main() -> None:
        with AzureEmulator() as server:
            connection = replace(work(server.url), key_env="MY_KEY")
            async with chats_for([connection], environ={"MY_KEY": server.key}) as chats:
                chat = await chats.chat("work", "gpt-mini")
                assert text_of(await collect(chat, QUESTION)) == ANSWER

    asyncio.run(main())


def test_who_paces_requests_is_told_at_once_to_slow_down() -> None:
    async def main() -> None:
        with AzureEmulator() as server:
            async with chats_for([replace(work(server.url), key_env="K")],
                                 environ={"K": server.key}) as chats:
                chat = await chats.chat("work", "throttled-once", patient=False)
                with pytest.raises(Throttled) as caught:
                    await collect(chat, QUESTION)
                assert caught.value.retry_after == 0.02
                assert text_of(await collect(chat, QUESTION)) == ANSWER
                other = await chats.chat("work", "gpt-mini")
                assert chat.address != other.address

    asyncio.run(main())
