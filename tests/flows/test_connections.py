"""Adding, editing, testing and removing connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace

import pytest

from desktop.core.errors import ConfigurationError, DeploymentNotFound
from desktop.core.ports import ChatModel
from desktop.core.settings import Settings
from desktop.core.types import (
    BUILTIN_CONNECTION,
    Connection,
    Deployment,
    Finished,
    Message,
    Parameters,
    Piece,
    TextPiece,
)
from desktop.flows.connections import (
    check_connection,
    find_connection,
    remove_connection,
    save_connection,
)

KEY = "canary-of-the-flow"
WORK = Connection("Work", "azure", "https://res.openai.azure.com",
                  deployments=(Deployment("mini", "gpt-4.1-mini"),))


class Book:
    """Settings in memory."""

    def __init__(self, *connections: Connection) -> None:
        self.current = Settings(connections=connections)

    def update(self, change: Callable[[Settings], Settings]) -> Settings:
        self.current = change(self.current)
        return self.current


class Keys:
    """Keys by name and address, as the real store binds them."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    async def get(self, connection: Connection) -> str | None:
        return self.kept.get((connection.name, connection.endpoint))

    async def set(self, connection: Connection, key: str) -> None:
        self.kept[connection.name, connection.endpoint] = key

    async def delete(self, connection: Connection) -> None:
        self.kept.pop((connection.name, connection.endpoint), None)

    async def persistent(self) -> bool:
        return True


def save(book: Book, connection: Connection, keys: Keys | None = None, **more: object) -> (
        Connection):
    return asyncio.run(
        save_connection(connection, book, keys or Keys(), **more))  # type: ignore[arg-type]


def test_a_pasted_address_fills_what_was_left_empty() -> None:
    book, keys = Book(), Keys()
    pasted = Connection(" Work ", "azure", "https://res.openai.azure.com/openai/deployments/mini"
                        "/chat/completions?api-version=2024-10-21")
    stored = save(book, pasted, keys, key=KEY)
    assert stored == Connection("Work", "azure", "https://res.openai.azure.com", "2024-10-21",
                                deployments=(Deployment("mini"),))
    assert book.current.connections == (stored,)
    assert keys.kept == {("Work", "https://res.openai.azure.com"): KEY}


def test_what_was_typed_wins_over_the_address() -> None:
    pasted = replace(WORK, endpoint=f"{WORK.endpoint}/openai/deployments/other/chat/completions"
                     "?api-version=2024-10-21", api_version="2025-03-01-preview")
    stored = save(Book(), pasted)
    assert stored.api_version == "2025-03-01-preview"
    assert stored.deployments == WORK.deployments


@pytest.mark.parametrize(("connection", "says"), [
    (replace(WORK, name=" "), "no name"),
    (replace(WORK, name="a/b"), "hold a /"),
    (replace(WORK, name="old"), "already a connection named old"),
    (replace(WORK, name=BUILTIN_CONNECTION.upper()), "already a connection"),
    (replace(WORK, endpoint="http://res.openai.azure.com"), "unencrypted"),
    (replace(WORK, endpoint="http://10.0.0.1", kind="openai"), "Confirm"),
    (replace(WORK, api_version="latest"), "latest is not an API version"),
    (replace(WORK, deployments=(Deployment("a"), Deployment("a ", "x"))), "same name"),
    (replace(WORK, kind="builtin"), "always there"),
    (replace(WORK, kind="local"), "Ollama"),
    (replace(WORK, entra=True, kind="openai"), "Only Azure connections"),
    (replace(WORK, entra=True, key_env="KEY"), "either signs in"),
    (replace(WORK, entra=True, endpoint="https://gateway.example.com"), "No Microsoft Entra"),
])
def test_what_cannot_be_stored_says_why_and_stores_nothing(
    connection: Connection, says: str
) -> None:
    book = Book(Connection("Old", "openai", "https://x.example/v1"))
    keys = Keys()
    with pytest.raises(ConfigurationError, match=says) as caught:
        save(book, connection, keys, key=KEY)
    assert caught.value.remedy
    assert [each.name for each in book.current.connections] == ["Old"]
    assert keys.kept == {}


def test_plain_http_is_confirmed_once_and_never_gets_a_key() -> None:
    office = Connection("Office", "openai", "http://10.0.0.1:8000/v1")
    book = Book()
    with pytest.raises(ConfigurationError, match="No key is sent"):
        save(book, office, key=KEY, confirmed=True)
    with pytest.raises(ConfigurationError, match="No key is sent"):
        save(book, replace(office, key_env="MY_KEY"), confirmed=True)
    assert not book.current.private_http_confirmed
    save(book, office, confirmed=True)
    assert book.current.private_http_confirmed == ("10.0.0.1:8000",)
    save(book, replace(office, name="Second"))


def test_editing_keeps_the_place_and_the_key_of_a_renamed_connection() -> None:
    book, keys = Book(), Keys()
    save(book, WORK, keys, key=KEY)
    save(book, Connection("Other", "openai", "https://x.example/v1"), keys)
    save(book, replace(WORK, name="Benefits"), keys, replaces="Work")
    assert [each.name for each in book.current.connections] == ["Benefits", "Other"]
    assert keys.kept == {("Benefits", WORK.endpoint): KEY}


def test_a_changed_host_does_not_get_the_key() -> None:
    book, keys = Book(), Keys()
    save(book, WORK, keys, key=KEY)
    save(book, replace(WORK, endpoint="https://evil.example"), keys, replaces="Work")
    assert keys.kept == {}


def test_removing_forgets_the_key() -> None:
    book, keys = Book(), Keys()
    save(book, WORK, keys, key=KEY)
    assert asyncio.run(remove_connection("work", book, keys)) == WORK
    assert (book.current.connections, keys.kept) == ((), {})


@pytest.mark.parametrize(("name", "says"), [
    ("nobody", "Choose one of: Work"), (BUILTIN_CONNECTION, "always there")])
def test_unknown_connections(name: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        find_connection(name, Settings(connections=(WORK,)))


class Answers:
    """A model that says OK and notes how far it was read."""

    model = label = "fake"
    local = False

    def __init__(self, log: list[str]) -> None:
        self.log = log

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        try:
            yield TextPiece("OK")
            self.log.append("read on")
            yield Finished("stop")
        finally:
            self.log.append("closed")


def test_each_deployment_is_tested_by_itself() -> None:
    log: list[str] = []
    keys: list[str | None] = []

    async def open_chat(connection: Connection, deployment: str, key: str | None) -> ChatModel:
        keys.append(key)
        if deployment == "gone":
            raise DeploymentNotFound("No such deployment", remedy="Compare the name")
        return Answers(log)

    two = replace(WORK, deployments=(Deployment("gone"), Deployment("mini")))
    found = asyncio.run(check_connection(two, open_chat, KEY))
    assert found.as_dict() == {"name": "Work", "ok": False, "deployments": [
        {"name": "gone", "ok": False, "problem": "No such deployment. Compare the name."},
        {"name": "mini", "ok": True, "problem": None}]}
    assert keys == [KEY, KEY]
    assert log == ["closed"], "nothing is read, or paid for, after the first word"


def test_a_connection_without_deployments_is_not_all_right() -> None:
    async def never(connection: Connection, deployment: str, key: str | None) -> ChatModel:
        raise AssertionError

    found = asyncio.run(check_connection(replace(WORK, deployments=()), never))
    assert not found.ok
