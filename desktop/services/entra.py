"""Signing in with Microsoft Entra ID, through azure-identity.

The browser is opened only where the user asked to sign in (`sign_in`); everything else asks
quietly and says what to do. Not DefaultAzureCredential: it picks up whatever identity the
machine has. Tokens are kept in a cache of our own that the system encrypts; where there is
none, in memory until the program ends. Everything of azure-identity blocks, so it has threads.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from ..core.endpoints import is_classic
from ..core.errors import AuthFailed, Offline, ProviderError
from ..core.types import Connection
from .entra_credentials import browser_credential, cli_credential, forget_accounts
from .redact import redact, remember
from .threads import Threads

if TYPE_CHECKING:
    from azure.identity import AuthenticationRecord

# The documentation names both for Azure OpenAI; the first is the newer one, the second what the
# specification says. `openai_client.EntraAuth` tries the other where one is refused.
SCOPES = ("https://ai.azure.com/.default", "https://cognitiveservices.azure.com/.default")
MANAGEMENT = "https://management.azure.com/.default"
FILE = "entra.json"  # who signed in; no secret is in it
_OLDER = (SCOPES[1], SCOPES[0])
AHEAD = 300.0  # seconds before its end that a token counts as over
SIGN_IN = "Sign in under Connections, or run: az login"
T = TypeVar("T")


class Credential(Protocol):
    """The part of an azure-identity credential that is used here."""

    def get_token(self, *scopes: str, **kwargs: Any) -> Any: ...


MakeBrowser = Callable[["AuthenticationRecord | None", str, bool], Any]


class Entra:
    """One account for all connections that sign in."""

    def __init__(
        self, folder: Path, tenant: Callable[[], str] = str, *,
        browser: MakeBrowser = browser_credential,
        cli: Callable[[str], Credential] | None = None, now: Callable[[], float] = time.time,
    ) -> None:
        """`folder` keeps who signed in. `cli` None takes the Azure CLI, where it is installed."""
        self._file = folder / FILE
        self._tenant = tenant
        self._make_browser = browser
        self._make_cli = cli
        self._now = now
        self._threads = Threads(3, "entra")
        self._browser: Any = None
        self._cli: Credential | None = None
        self._tokens: dict[str, tuple[str, float]] = {}  # scope -> token, when it ends
        self._lock = asyncio.Lock()
        self.account = ""  # who is signed in, as far as is known
        self.persistent = True  # False: the sign-in ends with the program

    async def token(self, scope: str) -> str:
        """A valid token, without asking anybody. Raises AuthFailed where nobody is signed in,
        Offline where the sign-in service cannot be reached."""
        async with self._lock:
            token, ends = self._tokens.get(scope, ("", 0.0))
            if ends - AHEAD <= self._now():
                token = await self._do(lambda: self._quiet(scope))
            return token

    async def sign_in(self, scope: str = "") -> str:
        """Open the browser, wait for the user, and return the account's name.

        Cancelling gives up waiting; a sign-in that is finished later is not used. Raises
        AuthFailed, Offline.
        """
        credential, record, account = await self._do(lambda: self._ask(scope or SCOPES[0]))
        self._tokens.clear()
        self._browser, self.account = credential, account
        await self._do(lambda: self._keep(record))
        return self.account

    async def sign_out(self) -> None:
        """Forget the account, its tokens and the cache's. The Azure CLI stays as it is."""
        browser, self._browser = self._browser, None
        self._tokens.clear()
        self.account = ""

        def forget() -> None:
            record = _read(self._file)
            self._file.unlink(missing_ok=True)
            found = browser or (self._make_browser(record, self._tenant(), self.persistent)
                                if record else None)
            if found is not None:
                forget_accounts(found)

        with contextlib.suppress(ProviderError):
            await self._do(forget)

    async def who(self) -> str:
        """The account that signed in here, or that the Azure CLI has; "" for nobody."""
        if not self.account:
            record = await self._do(lambda: _read(self._file))
            self.account = record.username if record is not None else ""
        if not self.account and self._cli_there():
            with contextlib.suppress(ProviderError):
                await self.token(SCOPES[0])
        return self.account

    async def aclose(self) -> None:
        """Does not wait for a browser that nobody answers."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    # --- on a thread -----------------------------------------------------------------------

    def _quiet(self, scope: str) -> str:
        self._browser = self._browser or self._remembered()
        problem: Exception | None = None
        cli_problem = ""
        if self._browser is not None:
            try:
                return self._take(scope, self._browser.get_token(scope))
            except Exception as error:
                problem = error
        if self._cli_there():
            self._cli = self._cli or (self._make_cli or cli_credential)(self._tenant())
            try:
                token = self._take(scope, self._cli.get_token(scope))
            except Exception as error:
                cli_problem = redact(repr(error))
            else:
                self.account = self.account or "the account of the Azure CLI"
                return token
        found = meaning(problem)
        found.details = "\n".join(part for part in (found.details, cli_problem) if part)
        raise found

    def _ask(self, scope: str) -> tuple[Any, AuthenticationRecord, str]:
        for persistent in (True, False):
            credential = self._make_browser(None, self._tenant(), persistent)
            try:
                record = credential.authenticate(scopes=[scope])
            except ValueError as error:  # this system encrypts no cache
                if not persistent:
                    raise meaning(error) from error
                self.persistent = False
            except Exception as error:
                raise meaning(error) from error
            else:
                return credential, record, str(record.username)
        raise AssertionError("the second try returns or raises")

    def _remembered(self) -> Any:
        record = _read(self._file)
        if record is None:
            return None
        self.account = str(record.username)
        return self._make_browser(record, self._tenant(), True)

    def _take(self, scope: str, found: Any) -> str:
        remember(found.token)
        self._tokens[scope] = (found.token, float(found.expires_on))
        return str(found.token)

    def _keep(self, record: AuthenticationRecord) -> None:
        with contextlib.suppress(OSError):  # then the next start asks again
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._file.write_text(record.serialize(), encoding="utf-8")

    def _cli_there(self) -> bool:
        return self._make_cli is not None or shutil.which("az") is not None

    async def _do(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def scopes_of(connection: Connection, chosen: str = "") -> tuple[str, ...]:
    """What to ask a token for: what the user chose, else the documented one of the API's
    generation, then the other."""
    if chosen:
        return (chosen,)
    return _OLDER if is_classic(connection.api_version) else SCOPES


def _read(file: Path) -> AuthenticationRecord | None:
    """Who signed in; None for a file that is missing or damaged."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    from azure.identity import AuthenticationRecord  # a third of a second: only where needed

    try:
        return AuthenticationRecord.deserialize(text)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def meaning(problem: Exception | None) -> ProviderError:
    """What a failed sign-in is, in our words; None: nobody has signed in."""
    if isinstance(problem, ProviderError):
        return problem
    from azure.core.exceptions import ServiceRequestError, ServiceResponseError
    from azure.identity import AuthenticationRequiredError

    details = redact(repr(problem)) if problem else ""
    if isinstance(problem, ServiceRequestError | ServiceResponseError):
        return Offline("Microsoft Entra ID cannot be reached", details=details,
                       remedy="Check the network and any VPN or proxy, then sign in again")
    text = str(problem or "")
    if problem is None or isinstance(problem, AuthenticationRequiredError | ValueError):
        return AuthFailed("Nobody is signed in to Microsoft Entra ID", remedy=SIGN_IN,
                          details=details)
    if "Timed out" in text:
        return AuthFailed("Nobody signed in within the time the browser waited",
                          remedy="Sign in again under Connections", details=details)
    if "open a browser" in text:
        return AuthFailed("No browser could be opened to sign in",
                          remedy="Run: az login --use-device-code, then try again",
                          details=details)
    return AuthFailed("The sign-in to Microsoft Entra ID failed",
                      why=redact(" ".join(text.split()))[:300],
                      remedy="Sign in again; if it repeats, check the tenant under Connections",
                      details=details)
