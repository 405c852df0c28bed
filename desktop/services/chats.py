"""Finds the chat model behind a connection and a deployment."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..core.endpoints import endpoint_of, refuse_unsupported
from ..core.errors import ConfigurationError
from ..core.local_tuning import PREFIX
from ..core.ports import ChatModel, Embedder, SecretStore, TokenCounter
from ..core.types import BUILTIN, Connection, Deployment
from .chat_extractive import ExtractiveChat
from .chat_openai import OpenAIChat
from .learned import LearnedFile
from .openai_client import SignIn, make_client

if TYPE_CHECKING:
    import openai

    from .local_models import LocalModels

Made = tuple[str, str, str, str | None]  # kind, endpoint, api version, key or how it signs in


class Chats:
    """Implements core.ports.ChatModels. Keeps one HTTP client for each endpoint and key."""

    def __init__(
        self, connections: Callable[[], Sequence[Connection]], secrets: SecretStore,
        embedder: Embedder, tokens: TokenCounter | None = None, *,
        sign_in: Callable[[Connection], SignIn] | None = None, learned: LearnedFile | None = None,
        tuned: LocalModels | None = None,
    ) -> None:
        """`connections` is asked at each use, so that an edited one counts at once. `sign_in`
        gives the tokens of connections that use Microsoft Entra ID, `tuned` the models that
        were fine-tuned on this machine."""
        self._connections = connections
        self._secrets = secrets
        self._builtin = ExtractiveChat(embedder)
        self._tuned = tuned
        self._tokens = tokens
        self._sign_in = sign_in
        self._clients: dict[Made, openai.AsyncOpenAI] = {}
        self.learned = learned or LearnedFile()
        self._lock = asyncio.Lock()

    async def chat(
        self, connection: str, deployment: str, *, patient: bool = True
    ) -> ChatModel:
        """Raises ConfigurationError for an unknown connection, or one that cannot work."""
        if connection == BUILTIN.name:
            return await self._own(deployment)
        for known in self._connections():
            if known.name == connection:
                return await self.open(known, deployment, patient=patient)
        raise ConfigurationError(
            f"There is no connection named {connection} on this machine",
            why="A workspace from elsewhere may name connections that only its author has",
            remedy="Add it under Connections, or choose another model for this strategy",
        )

    async def open(
        self, connection: Connection, deployment: str, key: str | None = None, *,
        patient: bool = True,
    ) -> ChatModel:
        """A model of a connection that need not be saved; `key` None takes the stored one."""
        if connection.kind == "builtin":
            return await self._own(deployment)
        client, has_key = await self.client(connection, key)
        known = {each.name: each for each in connection.deployments}
        found = known.get(deployment, Deployment(deployment))
        learned = self.learned.of(connection, deployment)
        return OpenAIChat(connection, found, client, has_key=has_key, learned=learned,
                          tokens=self._tokens, patient=patient)

    async def client(
        self, connection: Connection, key: str | None = None
    ) -> tuple[openai.AsyncOpenAI, bool]:
        """The SDK's client of a connection, and whether it has a key; `key` None takes the
        stored one. Raises ConfigurationError for one that cannot work."""
        refuse_unsupported(connection)
        key = key or await self._key(connection)
        return await self._client(connection, key), key is not None

    async def _own(self, deployment: str) -> ChatModel:
        """The built-in model as it comes, or one that was fine-tuned here."""
        if self._tuned is not None and deployment.startswith(PREFIX):
            return await self._tuned.chat(deployment)
        return self._builtin

    async def aclose(self) -> None:
        """Close all connections to servers."""
        clients, self._clients = list(self._clients.values()), {}
        for client in clients:
            await client.close()
        if self._tuned is not None:
            await self._tuned.aclose()

    async def _key(self, connection: Connection) -> str | None:
        key = await self._secrets.get(connection)
        if connection.key_env and not key and endpoint_of(connection).key_allowed:
            raise ConfigurationError(
                f"{connection.name or 'The call'} has no key: the variable {connection.key_env} "
                "is not set",
                remedy="Set it before the program starts, or store a key under Connections",
            )
        return key

    async def _client(self, connection: Connection, key: str | None) -> openai.AsyncOpenAI:
        how = "entra" if connection.entra else key
        made = (connection.kind, connection.endpoint, connection.api_version, how)
        sign_in = self._sign_in(connection) if connection.entra and self._sign_in else None
        async with self._lock:  # columns that start together share one client
            if made not in self._clients:
                self._clients[made] = await asyncio.to_thread(
                    make_client, connection, key, sign_in=sign_in)
            return self._clients[made]
