"""What a resource has deployed, from Azure Resource Manager, for an account that signed in.

The data plane lists models, not deployments; this takes a token of the management plane and the
right to read the resource. The resource is found by its address among the account's own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..core.endpoints import endpoint_of
from ..core.errors import DeploymentNotFound, Offline, PermissionDenied, ServerFailed
from ..core.types import Connection, Deployment
from .openai_client import http_client
from .redact import redact

if TYPE_CHECKING:
    import httpx2

MANAGEMENT = "https://management.azure.com"
SECONDS = 30.0
MOST_PAGES = 50
_ACCOUNTS = "providers/Microsoft.CognitiveServices/accounts?api-version=2024-10-01"


class ArmListing:
    """Lists deployments with their models and versions."""

    def __init__(
        self, token: Callable[[], Awaitable[str]], management: str = MANAGEMENT
    ) -> None:
        """`token` gives that of the management plane, for the account that signed in."""
        self._token = token
        self._base = management

    async def deployments(self, connection: Connection) -> list[Deployment]:
        """Each with its model and version, such as gpt-4.1-mini-2025-04-14.

        Raises ProviderError: nobody signed in, no right, or a resource that is not the account's.
        """
        host = endpoint_of(connection).host
        token = await self._token()
        client = await asyncio.to_thread(
            http_client, {"authorization": f"Bearer {token}"}, SECONDS,
            proxies=not self._base.startswith("http://127."))
        async with client:
            account = await self._find(client, host)
            rows = await self._all(client, f"{account}/deployments?api-version=2024-10-01")
        return [found for row in rows if (found := _deployment(row)) is not None]

    async def _find(self, client: httpx2.AsyncClient, host: str) -> str:
        """The id of the resource that answers at `host`."""
        subscriptions = await self._all(client, "/subscriptions?api-version=2022-12-01")
        for each in subscriptions:
            path = f"/subscriptions/{each.get('subscriptionId')}/{_ACCOUNTS}"
            for account in await self._all(client, path):
                if host in _hosts(account):
                    return str(account.get("id"))
        raise DeploymentNotFound(
            f"None of the account's resources answers at {host}",
            why=f"{len(subscriptions)} subscriptions were looked through",
            remedy="Sign in with the account that may read the resource, or type the deployments")

    async def _all(self, client: httpx2.AsyncClient, path: str) -> list[Mapping[str, Any]]:
        """All pages of a list. The next page is only taken from the same server."""
        import httpx2

        rows: list[Mapping[str, Any]] = []
        url = f"{self._base}{path}"
        for _ in range(MOST_PAGES):
            try:
                answer = await client.get(url)
                body = answer.json() if answer.status_code == 200 else {}
            except (httpx2.HTTPError, ValueError) as error:
                raise Offline("Azure Resource Manager cannot be reached",
                              remedy="Check the network and any VPN or proxy",
                              details=redact(repr(error))) from error
            if answer.status_code in (401, 403):
                raise PermissionDenied(
                    "The account may not list this resource's deployments",
                    remedy="Ask for the role Reader on it, or type the deployments",
                    details=redact(answer.text)[:1000])
            if answer.status_code != 200 or not isinstance(body, dict):
                raise ServerFailed(
                    f"Azure Resource Manager failed with status {answer.status_code}",
                    remedy="Try again in a moment, or type the deployments",
                    details=redact(answer.text)[:1000])
            rows += [row for row in body.get("value") or () if isinstance(row, dict)]
            url = str(body.get("nextLink") or "")
            if not url.startswith(self._base + "/"):
                break
        return rows


def _hosts(account: Mapping[str, Any]) -> set[str]:
    inner = account.get("properties")
    inner = inner if isinstance(inner, dict) else {}
    named = inner.get("endpoints")
    addresses = [inner.get("endpoint"), *(named.values() if isinstance(named, dict) else ())]
    hosts = {urlsplit(str(each)).netloc.lower() for each in addresses if each}
    first = {host.partition(".")[0] for host in hosts if host.endswith(".azure.com")}
    return hosts | {f"{name}.{service}.azure.com" for name in first
                    for service in ("openai", "cognitiveservices", "services.ai")}


def _deployment(row: Mapping[str, Any]) -> Deployment | None:
    inner = row.get("properties")
    model = inner.get("model") if isinstance(inner, dict) else None
    if not row.get("name") or not isinstance(model, dict):
        return None
    name, version = str(model.get("name") or ""), str(model.get("version") or "")
    dated = f"{name}-{version}" if name and version[:2] == "20" else name
    return Deployment(str(row["name"]), dated)
