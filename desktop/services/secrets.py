"""Keys of connections: in the system keyring, else in memory until the program ends.

A key is stored under its connection's name and host. Point the connection at another host
and the key is simply not found: nobody can move it by editing an address. A keyring may hang
(a locked one prompts, a broken one waits), so each call has a thread of its own and a limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from ..core.endpoints import endpoint_of, parse_endpoint
from ..core.errors import ConfigurationError
from ..core.types import Connection
from .redact import remember

SERVICE = "Strategy Explorer"
SECONDS = 5.0
_PROBE = "probe: may be deleted"
# These keep passwords in plain text, or pretend to keep them.
_UNSAFE = ("keyrings.alt", "keyring.backends.fail", "keyring.backends.null")
T = TypeVar("T")


class Backend(Protocol):
    """The part of a keyring backend that is used here."""

    def get_password(self, service: str, username: str, /) -> str | None: ...
    def set_password(self, service: str, username: str, password: str, /) -> None: ...
    def delete_password(self, service: str, username: str, /) -> None: ...


class NoKeyring(Exception):
    """There is nothing on this system that keeps passwords encrypted."""


def system_keyring() -> Backend:
    """The system's keyring. Blocks; raises NoKeyring."""
    import keyring.core

    keyring.core.init_backend(limit=_is_safe)  # the limit also holds for chained keyrings
    found = keyring.core.get_keyring()
    if not _is_safe(found):
        raise NoKeyring
    return found


def _is_safe(backend: object) -> bool:
    return not type(backend).__module__.startswith(_UNSAFE)


class Secrets:
    """Implements core.ports.SecretStore."""

    def __init__(
        self, backend: Callable[[], Backend] = system_keyring, *,
        environ: Mapping[str, str] = os.environ, seconds: float = SECONDS,
    ) -> None:
        self._make_backend = backend
        self._backend: Backend | None = None
        self._environ = environ
        self._seconds = seconds
        self._memory: dict[str, str] = {}
        self._works: bool | None = None  # None: not tried yet
        self.why = ""  # why keys are only in memory, one sentence

    def __repr__(self) -> str:
        return f"<Secrets: {len(self._memory)} in memory>"

    async def get(self, connection: Connection) -> str | None:
        """The key for this connection at its present host, None when there is none."""
        entry = _entry(connection)
        if entry is None:
            return None
        if connection.key_env:
            return self._seen(self._environ.get(connection.key_env))
        stored = self._memory.get(entry) or await self._read(entry)
        return self._seen(stored or self._azure_variable(connection))

    async def set(self, connection: Connection, key: str) -> None:
        """Raises ConfigurationError where a key would travel unencrypted."""
        entry = _entry(connection)
        if entry is None:
            raise ConfigurationError(
                f"{connection.name} cannot have a key",
                why="Its address is reached over plain http, or is on this machine only",
                remedy="Use an https:// address",
            )
        remember(key)
        self._memory[entry] = key
        if self._works is not True:
            self._works = await self._probe()
        if self._works and await self._attempt(
                lambda backend: backend.set_password(SERVICE, entry, key)):
            del self._memory[entry]

    async def delete(self, connection: Connection) -> None:
        """Forget the key of this connection at its present host."""
        entry = _entry(connection)
        if entry is None:
            return
        self._memory.pop(entry, None)
        if await self._read(entry) is not None:
            await self._attempt(lambda backend: backend.delete_password(SERVICE, entry))

    async def persistent(self) -> bool:
        """Whether keys outlive the program; if not, `why` says so."""
        if self._works is None:
            self._works = await self._probe()
        return self._works

    def _seen(self, key: str | None) -> str | None:
        key = (key or "").strip()
        remember(key)
        return key or None

    def _azure_variable(self, connection: Connection) -> str | None:
        """`AZURE_OPENAI_API_KEY`, only for the host that `AZURE_OPENAI_ENDPOINT` names."""
        endpoint = self._environ.get("AZURE_OPENAI_ENDPOINT", "")
        if connection.kind != "azure" or not endpoint:
            return None
        with contextlib.suppress(ConfigurationError):
            if parse_endpoint(endpoint, "azure").host == endpoint_of(connection).host:
                return self._environ.get("AZURE_OPENAI_API_KEY")
        return None

    async def _read(self, entry: str) -> str | None:
        if self._works is False:
            return None  # a keyring that hung once must not hold up every question
        found: list[str | None] = []
        await self._attempt(lambda b: found.append(b.get_password(SERVICE, entry)))
        return found[0] if found else None

    async def _probe(self) -> bool:
        """Write, read and delete an entry: some keyrings only fail at the second step."""
        def there_and_back(backend: Backend) -> None:
            backend.set_password(SERVICE, _PROBE, "x")
            if backend.get_password(SERVICE, _PROBE) != "x":
                raise NoKeyring
            backend.delete_password(SERVICE, _PROBE)

        return await self._attempt(there_and_back)

    async def _attempt(self, work: Callable[[Backend], None]) -> bool:
        """Whether the keyring did it in time. Backends raise whatever they like."""
        def with_backend() -> None:
            self._backend = self._backend or self._make_backend()
            work(self._backend)

        try:
            await asyncio.wait_for(_on_thread(with_backend), self._seconds)
        except TimeoutError:
            self._works = False
            self.why = f"The system keyring did not answer within {self._seconds:g} s"
        except NoKeyring:
            self.why = "This system has no keyring that keeps keys encrypted"
        except Exception as error:
            self.why = f"The system keyring failed ({type(error).__name__})"
        else:
            return True
        return False


def _entry(connection: Connection) -> str | None:
    """The name a key is stored under; None where no key may be sent."""
    if connection.kind not in ("azure", "openai"):
        return None
    try:
        endpoint = endpoint_of(connection)
    except ConfigurationError:
        return None
    return f"{connection.name} @ {endpoint.host}" if endpoint.key_allowed else None


def _on_thread(work: Callable[[], T]) -> asyncio.Future[T]:
    """Run `work` on a daemon thread: one that hangs for ever must not hold up the exit."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: Exception | None) -> None:
        if future.done():
            return  # given up meanwhile
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failure = None, None
        try:
            result = work()
        except Exception as error:
            failure = error
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return future
