"""The SDK's client for one connection, made so that nothing but our own headers leaves.

The SDK reads keys, organisation and whole headers from the environment; a connection must
send exactly the key that was bound to its host, so authentication is put on by a hook of our
HTTP client and everything that is not on a short list is taken off.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..core.endpoints import Endpoint, endpoint_of, is_classic
from ..core.errors import ConfigurationError
from ..core.types import Connection
from .redact import redact, remember

if TYPE_CHECKING:
    import httpx2
    import openai

_KEPT = {
    "host", "accept", "accept-encoding", "connection", "content-length", "content-type",
    "transfer-encoding", "user-agent",
}
CONNECT_SECONDS = 10.0
READ_SECONDS = 180.0  # a reasoning model may think for minutes before its first word


@dataclass(frozen=True, slots=True)
class SignIn:
    """Tokens instead of a key: `scopes` are tried in order until the resource takes one."""

    token: Callable[[str], Awaitable[str]]
    scopes: Sequence[str]


async def warm() -> None:
    """Import the SDK, which takes about a second, away from the event loop's thread."""
    await asyncio.to_thread(__import__, "openai")


def make_client(
    connection: Connection, key: str | None, *, read_seconds: float = READ_SECONDS,
    sign_in: SignIn | None = None,
) -> openai.AsyncOpenAI:
    """Blocks for the import and the certificates: call it on a thread.

    A key is left out where it would travel unencrypted. A `sign_in`'s tokens go to Azure's own
    addresses only, and to this machine. Raises ConfigurationError for an endpoint that cannot
    be used.
    """
    import openai

    endpoint = endpoint_of(connection)
    classic = connection.kind == "azure" and is_classic(connection.api_version)
    http = http_client(_auth(key if endpoint.key_allowed else None, classic=classic),
                       read_seconds, proxies=not endpoint.loopback,
                       sign_in=_checked(sign_in, endpoint))
    if classic:
        return openai.AsyncAzureOpenAI(
            base_url=f"{endpoint.url}/openai", api_version=connection.api_version,
            api_key="unused", http_client=http, max_retries=0,
        )
    v1 = connection.kind == "azure"
    query = {"api-version": connection.api_version} if v1 and connection.api_version else None
    return openai.AsyncOpenAI(
        base_url=f"{endpoint.url}/openai/v1" if v1 else endpoint.url, default_query=query,
        api_key="unused", http_client=http, max_retries=0,
    )


def _checked(sign_in: SignIn | None, endpoint: Endpoint) -> SignIn | None:
    if sign_in is not None and not (
            endpoint.loopback or (endpoint.is_azure_host and endpoint.key_allowed)):
        raise ConfigurationError(
            f"No Microsoft Entra token is sent to {endpoint.host}",
            why="It is not one of Azure's own addresses",
            remedy="Use a key for this connection, or the resource's own address")
    return sign_in


def _auth(key: str | None, *, classic: bool) -> dict[str, str]:
    if not key:
        return {}
    remember(key)
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError("The key holds a space or a character no key has",
                                 remedy="Copy the key again and paste it under Connections")
    return {"api-key": key} if classic else {"authorization": f"Bearer {key}"}


def http_client(
    auth: dict[str, str], read_seconds: float, *, proxies: bool, sign_in: SignIn | None = None
) -> httpx2.AsyncClient:
    """Certificates come from the system's store; proxies from the environment, but never for
    a server on this machine: its key must not leave it."""
    import httpx2

    kept = _KEPT | ({"authorization"} if sign_in else set())  # `_token_auth` overwrote it

    async def only_ours(request: httpx2.Request) -> None:
        for name in set(request.headers) - kept:
            del request.headers[name]
        request.headers.update(auth)

    try:
        return httpx2.AsyncClient(
            timeout=httpx2.Timeout(read_seconds, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=200, max_keepalive_connections=20),
            follow_redirects=False, event_hooks={"request": [only_ours]}, trust_env=proxies,
            auth=_token_auth(sign_in) if sign_in else None,
        )
    except (ImportError, ValueError, httpx2.InvalidURL) as error:  # a SOCKS or misspelt proxy
        raise ConfigurationError(
            "The proxy that the environment names cannot be used", details=redact(str(error)),
            remedy="Set HTTPS_PROXY to an http:// address, or add the host to NO_PROXY",
        ) from error


def _token_auth(sign_in: SignIn) -> httpx2.Auth:
    import httpx2

    class TokenAuth(httpx2.Auth):
        """Puts a token on each request; a 401 is asked again with the next scope, and the one
        that was taken is used from then on."""

        def __init__(self) -> None:
            self.first = 0

        async def async_auth_flow(
            self, request: httpx2.Request
        ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
            count = len(sign_in.scopes)
            for step in range(count):
                place = (self.first + step) % count
                token = await sign_in.token(sign_in.scopes[place])
                request.headers["authorization"] = f"Bearer {token}"
                response = yield request
                if response.status_code != 401:
                    self.first = place
                    return

    return TokenAuth()
