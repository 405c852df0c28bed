"""The SDK's client for one connection, made so that nothing but our own headers leaves.

The SDK reads keys, organisation and whole headers from the environment; a connection must
send exactly the key that was bound to its host, so authentication is put on by a hook of our
HTTP client and everything that is not on a short list is taken off.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from ..core.endpoints import endpoint_of, is_classic
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


async def warm() -> None:
    """Import the SDK, which takes about a second, away from the event loop's thread."""
    await asyncio.to_thread(__import__, "openai")


def make_client(
    connection: Connection, key: str | None, *, read_seconds: float = READ_SECONDS
) -> openai.AsyncOpenAI:
    """Blocks for the import and the certificates: call it on a thread.

    A key is left out where it would travel unencrypted. Raises ConfigurationError for an
    endpoint that cannot be used.
    """
    import openai

    endpoint = endpoint_of(connection)
    classic = connection.kind == "azure" and is_classic(connection.api_version)
    http = _http_client(_auth(key if endpoint.key_allowed else None, classic=classic),
                        read_seconds, proxies=not endpoint.loopback)
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


def _auth(key: str | None, *, classic: bool) -> dict[str, str]:
    if not key:
        return {}
    remember(key)
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigurationError("The key holds a space or a character no key has",
                                 remedy="Copy the key again and paste it under Connections")
    return {"api-key": key} if classic else {"authorization": f"Bearer {key}"}


def _http_client(
    auth: dict[str, str], read_seconds: float, *, proxies: bool
) -> httpx2.AsyncClient:
    """Certificates come from the system's store; proxies from the environment, but never for
    a server on this machine: its key must not leave it."""
    import httpx2

    async def only_ours(request: httpx2.Request) -> None:
        for name in set(request.headers) - _KEPT:
            del request.headers[name]
        request.headers.update(auth)

    try:
        return httpx2.AsyncClient(
            timeout=httpx2.Timeout(read_seconds, connect=CONNECT_SECONDS),
            limits=httpx2.Limits(max_connections=200, max_keepalive_connections=20),
            follow_redirects=False, event_hooks={"request": [only_ours]}, trust_env=proxies,
        )
    except (ImportError, ValueError, httpx2.InvalidURL) as error:  # a SOCKS or misspelt proxy
        raise ConfigurationError(
            "The proxy that the environment names cannot be used", details=redact(str(error)),
            remedy="Set HTTPS_PROXY to an http:// address, or add the host to NO_PROXY",
        ) from error
