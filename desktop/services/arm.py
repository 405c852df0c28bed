"""Azure Resource Manager: the one call this program makes there, a deployment.

The token is another one than that of the resource. It is the sign-in's, or one that the user
pastes, which is used once and kept nowhere.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..core.deploying import Deployed, Place
from ..core.errors import (
    AuthFailed,
    ConfigurationError,
    DeploymentNotFound,
    Offline,
    PermissionDenied,
    ProviderError,
    Refused,
    ServerFailed,
    Throttled,
)
from .chat_errors import retry_after
from .redact import redact, remember

if TYPE_CHECKING:
    import httpx2

SECONDS = 60.0
_ROLE = ("Ask for the role Azure AI Owner or Cognitive Services Contributor on the resource, or "
         "give the command to somebody who has it")
_AGAIN = "Try again in a moment; nothing is deployed twice"


class ArmDeployer:
    """Implements core.deploying.Deployer."""

    def __init__(self, token: Callable[[], Awaitable[str]] | None = None) -> None:
        """`token` gives that of the signed-in account; None: only pasted ones are used."""
        self._token = token

    async def deploy(self, place: Place, model: str, token: str = "") -> Deployed:
        return await self._call("PUT", place, token, place.body(model))

    async def look(self, place: Place, token: str = "") -> Deployed:
        return await self._call("GET", place, token)

    async def _call(
        self, method: str, place: Place, token: str, body: dict[str, Any] | None = None
    ) -> Deployed:
        import httpx2

        bearer = await self._bearer(place, token)
        try:
            async with await asyncio.to_thread(_client, place) as client:
                answer = await client.request(
                    method, place.url, json=body, headers={"authorization": f"Bearer {bearer}"})
        except httpx2.HTTPError as error:
            raise Offline(
                f"{urlsplit(place.url).netloc} cannot be reached", details=redact(repr(error)),
                remedy="Check the network and any proxy, or copy the command instead") from error
        found = _object(answer.content)
        if answer.status_code >= 300:
            raise _problem(answer.status_code, found, answer.headers, place)
        inner = found.get("properties") or {}
        return Deployed(str(inner.get("provisioningState") or "Accepted"),
                        str((inner.get("model") or {}).get("name") or ""))

    async def _bearer(self, place: Place, token: str) -> str:
        """Raises AuthFailed. The sign-in's token goes to Azure only."""
        token = token.strip().removeprefix("Bearer ").strip()
        if not token and self._token is not None and place.url.startswith("https://management."):
            token = await self._token()
        if not token:
            raise AuthFailed(
                "Deploying needs a token of its own",
                remedy="Sign in under Connections, or run az account get-access-token "
                       f"--resource {place.management} and paste the token")
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ConfigurationError("The token holds a space or a character no token has",
                                     remedy="Copy the value of accessToken, without quotes")
        remember(token)
        return token


def _client(place: Place) -> httpx2.AsyncClient:
    import httpx2

    local = urlsplit(place.url).hostname in ("127.0.0.1", "localhost", "::1")
    return httpx2.AsyncClient(timeout=SECONDS, follow_redirects=False, trust_env=not local)


def _object(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _problem(
    status: int, body: Mapping[str, Any], headers: Mapping[str, str], place: Place
) -> ProviderError:
    error = body.get("error")
    error = error if isinstance(error, Mapping) else {}
    code, message = str(error.get("code") or ""), redact(str(error.get("message") or ""))[:300]
    details = redact(f"status {status}\n{json.dumps(dict(body), default=str)}")[:4000]
    more = {"why": message, "details": details}
    if status == 401:
        return AuthFailed("Azure refused the token", **more,
                          remedy="Tokens last about an hour: sign in again, or paste a new one")
    if status == 403:
        return PermissionDenied("You may not deploy on this resource", **more, remedy=_ROLE)
    if status == 404:
        return DeploymentNotFound(
            f"Azure does not find {place.deployment} on {place.account}", **more,
            remedy="Compare subscription, resource group and resource with the portal's page")
    if status == 429:
        return Throttled("Azure takes no more calls just now", retry_after=retry_after(headers),
                         **more, remedy=_AGAIN)
    if status >= 500:
        return ServerFailed(f"Azure failed with status {status}", **more, remedy=_AGAIN)
    if "quota" in f"{code} {message}".lower():
        return Refused("The resource has no quota left for this deployment", **more,
                       remedy="Take a smaller capacity, delete another deployment, or ask for more")
    return Refused("Azure did not accept the deployment", **more,
                   remedy="Change what it names, or deploy in the portal and come back")
