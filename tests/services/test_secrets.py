"""Where keys are kept, and that they only ever serve their own host."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.types import BUILTIN, Connection
from desktop.services.redact import redact
from desktop.services.secrets import Backend, NoKeyring, Secrets, system_keyring

KEY = "canary-in-the-keyring"
WORK = Connection("work", "azure", "https://res.openai.azure.com")
T = TypeVar("T")


class Vault:
    """A keyring that works."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str, /) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str, /) -> None:
        del self.kept[service, username]


class Forgetful(Vault):
    """Takes passwords and has none later, as some containers' keyrings do."""

    def set_password(self, service: str, username: str, password: str, /) -> None:
        return None


class Locked(Vault):
    """Hangs in a prompt until released."""

    def __init__(self, release: threading.Event) -> None:
        super().__init__()
        self.release = release

    def set_password(self, service: str, username: str, password: str, /) -> None:
        self.release.wait(30)

    def get_password(self, service: str, username: str, /) -> str | None:
        self.release.wait(30)
        return None


class Broken(Vault):
    """Raises something of its own."""

    def set_password(self, service: str, username: str, password: str, /) -> None:
        raise RuntimeError("dbus went away")

    get_password = set_password  # type: ignore[assignment]


def no_keyring() -> Backend:
    raise NoKeyring


def do(work: Callable[[], Awaitable[T]]) -> T:
    async def main() -> T:
        return await work()

    return asyncio.run(main())


@pytest.fixture
def release() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(5)


def test_a_key_survives_in_the_keyring_only() -> None:
    vault = Vault()

    async def main() -> None:
        secrets = Secrets(lambda: vault, environ={})
        assert await secrets.persistent()
        await secrets.set(WORK, KEY)
        assert KEY not in str(vars(secrets)["_memory"])
        assert await Secrets(lambda: vault, environ={}).get(WORK) == KEY
        assert list(vault.kept) == [("Strategy Explorer", "work @ res.openai.azure.com")]
        await secrets.delete(WORK)
        assert await secrets.get(WORK) is None
        assert vault.kept == {}, "the probe cleaned up too"

    asyncio.run(main())


@pytest.mark.parametrize("backend", [no_keyring, Forgetful, Broken])
def test_without_a_keyring_keys_stay_in_memory_and_it_is_said(
    backend: Callable[[], Backend]
) -> None:
    async def main() -> None:
        secrets = Secrets(backend, environ={})
        assert not await secrets.persistent()
        assert "keyring" in secrets.why
        await secrets.set(WORK, KEY)
        assert await secrets.get(WORK) == KEY
        assert await Secrets(backend, environ={}).get(WORK) is None
        await secrets.delete(WORK)
        assert await secrets.get(WORK) is None
        assert KEY not in repr(secrets)

    asyncio.run(main())


def test_a_keyring_that_hangs_is_given_up(release: threading.Event) -> None:
    async def main() -> None:
        secrets = Secrets(lambda: Locked(release), environ={}, seconds=0.05)
        await secrets.set(WORK, KEY)
        assert not await secrets.persistent()
        assert secrets.why == "The system keyring did not answer within 0.05 s"
        assert await secrets.get(WORK) == KEY
        assert await secrets.get(replace(WORK, name="other")) is None, "without waiting again"

    asyncio.run(main())


def test_a_keyring_that_hangs_when_read_is_asked_once(release: threading.Event) -> None:
    async def main() -> None:
        secrets = Secrets(lambda: Locked(release), environ=AZURE, seconds=0.05)
        assert await secrets.get(WORK) == "canary-env"
        assert await secrets.get(WORK) == "canary-env"
        assert sum(thread.name == "keyring" for thread in threading.enumerate()) == 1

    asyncio.run(main())


def test_a_keyring_that_was_unlocked_later_is_used() -> None:
    vault = Vault()
    states: list[Callable[[], Backend]] = [no_keyring, lambda: vault]

    async def main() -> None:
        secrets = Secrets(lambda: states.pop(0)(), environ={})
        assert not await secrets.persistent()
        await secrets.set(WORK, KEY)
        assert await secrets.persistent()
        assert KEY in vault.kept.values()

    asyncio.run(main())


@pytest.mark.parametrize("endpoint", [
    "https://evil.example", "https://res.openai.azure.com:8443", "https://other.openai.azure.com",
    "http://res.openai.azure.com", "not an address"])
def test_a_key_does_not_follow_a_changed_address(endpoint: str) -> None:
    async def main() -> None:
        secrets = Secrets(Vault, environ={})
        await secrets.set(WORK, KEY)
        assert await secrets.get(replace(WORK, endpoint=endpoint)) is None
        same = replace(WORK, endpoint="https://RES.openai.azure.com/openai/v1/")
        assert await secrets.get(same) == KEY

    asyncio.run(main())


def test_keys_are_not_shared_between_connections() -> None:
    async def main() -> None:
        secrets = Secrets(Vault, environ={})
        await secrets.set(WORK, KEY)
        assert await secrets.get(replace(WORK, name="other")) is None

    asyncio.run(main())


def test_a_named_variable_is_read_at_each_use() -> None:
    environ = {"MY_KEY": "canary-first"}
    connection = replace(WORK, key_env="MY_KEY")

    async def main() -> None:
        secrets = Secrets(Vault, environ=environ)
        assert await secrets.get(connection) == "canary-first"
        environ["MY_KEY"] = " canary-second\n"
        assert await secrets.get(connection) == "canary-second"
        del environ["MY_KEY"]
        assert await secrets.get(connection) is None

    asyncio.run(main())


AZURE = {"AZURE_OPENAI_API_KEY": "canary-env", "AZURE_OPENAI_ENDPOINT": WORK.endpoint + "/"}


@pytest.mark.parametrize(("connection", "environ", "key"), [
    (WORK, AZURE, "canary-env"),
    (replace(WORK, endpoint="https://other.openai.azure.com"), AZURE, None),
    (replace(WORK, kind="openai"), AZURE, None),
    (WORK, {"AZURE_OPENAI_API_KEY": "canary-env"}, None),
    (WORK, {**AZURE, "AZURE_OPENAI_ENDPOINT": "nonsense of an address"}, None),
    (replace(WORK, key_env="OTHER"), AZURE, None),
    (BUILTIN, AZURE, None),
])
def test_the_azure_variable(
    connection: Connection, environ: dict[str, str], key: str | None
) -> None:
    secrets = Secrets(Vault, environ=environ)
    assert do(lambda: secrets.get(connection)) == key


def test_a_stored_key_comes_before_the_azure_variable() -> None:
    async def main() -> None:
        secrets = Secrets(Vault, environ=AZURE)
        await secrets.set(WORK, KEY)
        assert await secrets.get(WORK) == KEY

    asyncio.run(main())


def test_no_key_for_plain_http() -> None:
    office = Connection("office", "openai", "http://10.1.2.3:8000/v1")
    with pytest.raises(ConfigurationError, match="cannot have a key"):
        do(lambda: Secrets(Vault, environ={}).set(office, KEY))


def test_keys_that_were_read_are_redacted_from_then_on() -> None:
    secrets = Secrets(Vault, environ={"MY_KEY": "canary-from-a-variable"})
    do(lambda: secrets.get(replace(WORK, key_env="MY_KEY")))
    assert "canary-from-a-variable" not in redact("sent canary-from-a-variable to the host")


def test_the_systems_keyring_is_never_a_plain_text_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    with pytest.raises(NoKeyring):
        system_keyring()
