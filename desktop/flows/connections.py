"""Adding, testing and removing connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import Any, Protocol

from ..core.doctor import Problem
from ..core.endpoints import Endpoint, endpoint_of, is_classic, refuse_unsupported
from ..core.errors import ConfigurationError, StrategyExplorerError
from ..core.ports import ChatModel, SecretStore
from ..core.probing import Prober
from ..core.settings import Settings
from ..core.types import BUILTIN, Connection, Deployment, Message, Parameters, TextPiece
from .doctor import diagnose

OpenChat = Callable[[Connection, str, str | None], Awaitable[ChatModel]]
GREETING = (Message("user", "Reply with the word OK."),)
PATIENCE = 60.0  # seconds for a deployment's first word


class SettingsStore(Protocol):
    """The part of the settings file that is needed here."""

    @property
    def current(self) -> Settings: ...
    def update(self, change: Callable[[Settings], Settings]) -> Settings: ...


@dataclass(frozen=True, slots=True)
class DeploymentCheck:
    """Whether a deployment answered; `problem` is one sentence with the next step."""

    name: str
    ok: bool
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionCheck:
    """All deployments of a connection, in its order."""

    name: str
    deployments: tuple[DeploymentCheck, ...]

    @property
    def ok(self) -> bool:
        """A connection without deployments cannot be used, so it is not all right."""
        return bool(self.deployments) and all(each.ok for each in self.deployments)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, as the command line prints it."""
        return {"name": self.name, "ok": self.ok, "deployments": [
            {"name": each.name, "ok": each.ok, "problem": each.problem or None}
            for each in self.deployments]}


async def save_connection(
    connection: Connection, settings: SettingsStore, secrets: SecretStore, *,
    key: str | None = None, confirmed: bool = False, replaces: str | None = None,
) -> Connection:
    """Store a connection in its normal form; returns that form.

    `key` None leaves a stored key alone. `confirmed`: the user allowed plain http to this
    private host. `replaces` names the connection that is being edited. Raises
    ConfigurationError and then stores nothing.
    """
    known = settings.current
    _check_name(connection, known, replaces)
    endpoint = _endpoint(connection, known, confirmed=confirmed)
    tidy = _normal(connection, endpoint)
    if (key or tidy.key_env) and not endpoint.key_allowed:
        raise ConfigurationError(
            f"No key is sent to {endpoint.host}", why="Its address is plain http",
            remedy="Leave the key empty, or use an https:// address",
        )
    old = next((each for each in known.connections if each.name == replaces), None)
    settings.update(lambda current: _with(current, tidy, endpoint, replaces))
    if key:
        await secrets.set(tidy, key)
    if old is not None:
        await _carry_key(old, tidy, secrets)
    return tidy


async def remove_connection(
    name: str, settings: SettingsStore, secrets: SecretStore
) -> Connection:
    """Forget a connection and its key. Strategies that use it stay and say what is missing."""
    found = find_connection(name, settings.current)
    await secrets.delete(found)
    settings.update(lambda current: replace(current, connections=tuple(
        each for each in current.connections if each.name != found.name)))
    return found


def find_connection(name: str, settings: Settings) -> Connection:
    """The user's connection of this name. Raises ConfigurationError."""
    for each in settings.connections:
        if each.name.casefold() == name.casefold():
            return each
    if name.casefold() == BUILTIN.name.casefold():
        raise ConfigurationError("The built-in connection is always there and cannot be changed")
    known = ", ".join(each.name for each in settings.connections)
    raise ConfigurationError(
        f"There is no connection named {name}",
        remedy=f"Choose one of: {known}" if known else "Add one first",
    )


async def check_connection(
    connection: Connection, open_chat: OpenChat, key: str | None = None
) -> ConnectionCheck:
    """Ask every deployment for a word, side by side. Never raises for one that fails.

    `key` is one that was typed and is not stored yet; None uses the stored one.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_check(connection, each.name, open_chat, key))
            for each in connection.deployments
        ]
    return ConnectionCheck(connection.name, tuple(task.result() for task in tasks))


async def probe_connection(connection: Connection, prober: Prober) -> ConnectionCheck:
    """Reach it, try the key, and ask every deployment for a few tokens, embeddings included.

    What concerns all of them is each one's problem. Never raises for one that fails.
    """
    found = await diagnose("", (), prober, chosen=connection)
    asked = {each.deployment: each for each in found.deployments}
    general = " ".join(_words(each) for each in found.problems[:1])
    rows = []
    for each in connection.deployments:
        outcome = asked.get(each.name)
        problem = general if outcome is None else str(outcome.error or "")
        rows.append(DeploymentCheck(each.name, not problem, problem))
    return ConnectionCheck(connection.name, tuple(rows))


def _words(problem: Problem) -> str:
    return str(StrategyExplorerError(problem.what, why=problem.why, remedy=problem.fix))


async def _check(
    connection: Connection, deployment: str, open_chat: OpenChat, key: str | None
) -> DeploymentCheck:
    try:
        async with asyncio.timeout(PATIENCE):
            chat = await open_chat(connection, deployment, key)
            await _first_word(chat)
    except TimeoutError:
        return DeploymentCheck(
            deployment, False, f"{deployment} said nothing within {PATIENCE:.0f} s. "
            "It may be overloaded: test again in a moment.")
    except StrategyExplorerError as error:
        return DeploymentCheck(deployment, False, str(error))
    return DeploymentCheck(deployment, True)


async def _first_word(chat: ChatModel) -> None:
    """Stops reading at the first text: nothing more is paid for."""
    async with aclosing(chat.stream(GREETING, Parameters())) as pieces:
        async for piece in pieces:
            if isinstance(piece, TextPiece):
                return


def _check_name(connection: Connection, known: Settings, replaces: str | None) -> None:
    name = connection.name.strip()
    if not name or "/" in name:
        raise ConfigurationError(
            "A connection's name cannot be empty or hold a /" if name else
            "The connection has no name", remedy="Give it a short name, such as Benefits team")
    taken = {each.name.casefold() for each in known.connections if each.name != replaces}
    if name.casefold() in taken | {BUILTIN.name.casefold()}:
        raise ConfigurationError(f"There is already a connection named {name}",
                                 remedy="Choose another name, or remove the other one first")


def _endpoint(connection: Connection, known: Settings, *, confirmed: bool) -> Endpoint:
    if connection.kind == "builtin":
        raise ConfigurationError("The built-in connection is always there",
                                 remedy="Choose the kind azure or openai")
    refuse_unsupported(connection)
    if connection.entra and connection.key_env.strip():
        raise ConfigurationError(
            "A connection either signs in with Microsoft Entra ID or has a key",
            remedy="Leave the variable empty, or do not sign in")
    endpoint = endpoint_of(connection)
    if connection.entra and not (endpoint.loopback or endpoint.is_azure_host):
        raise ConfigurationError(
            f"No Microsoft Entra token is sent to {endpoint.host}",
            why="It is not one of Azure's own addresses",
            remedy="Use a key for this connection, or the resource's own address")
    if endpoint.needs_confirmation and endpoint.host not in known.private_http_confirmed:
        endpoint_of(connection, confirmed=confirmed)  # says what there is to confirm
    return endpoint


def _normal(connection: Connection, endpoint: Endpoint) -> Connection:
    """The endpoint's normal form; what a pasted address says fills what was left empty."""
    version = connection.api_version.strip() or endpoint.api_version
    if version == "v1" or connection.kind == "openai":
        version = ""
    if version and not is_classic(version) and version != "preview":
        raise ConfigurationError(
            f"{version} is not an API version",
            remedy="Write one like 2024-10-21, or leave it empty for the v1 API")
    deployments = tuple(
        Deployment(each.name.strip(), each.model.strip())
        for each in connection.deployments if each.name.strip()
    )
    if not deployments and endpoint.deployment:
        deployments = (Deployment(endpoint.deployment),)
    names = [each.name for each in deployments]
    if len(set(names)) < len(names):
        raise ConfigurationError("Two deployments have the same name",
                                 remedy="Remove one of them")
    return replace(
        connection, name=connection.name.strip(), endpoint=endpoint.url, api_version=version,
        key_env=connection.key_env.strip(), deployments=deployments,
    )


async def _carry_key(old: Connection, new: Connection, secrets: SecretStore) -> None:
    """A renamed connection keeps its key. A changed host does not get it, and it is forgotten:
    nobody gave it to the new host."""
    if (old.name, old.endpoint) == (new.name, new.endpoint) or old.key_env:
        return
    key = await secrets.get(old)
    if key and old.endpoint == new.endpoint and await secrets.get(new) is None:
        await secrets.set(new, key)
    await secrets.delete(old)


def _with(
    current: Settings, connection: Connection, endpoint: Endpoint, replaces: str | None
) -> Settings:
    """In the place of the one it replaces, else at the end."""
    others = [connection if each.name == replaces else each for each in current.connections]
    if connection not in others:
        others.append(connection)
    hosts = current.private_http_confirmed
    if endpoint.needs_confirmation and endpoint.host not in hosts:
        hosts = (*hosts, endpoint.host)
    return replace(current, connections=tuple(others), private_http_confirmed=hosts)
