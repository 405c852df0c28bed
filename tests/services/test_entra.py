"""Signing in: quiet by default, asked for by name, and only a right host gets the token."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from azure.identity import AuthenticationRecord, AuthenticationRequiredError

from desktop.core.errors import AuthFailed, ConfigurationError, Offline
from desktop.core.types import Connection, Deployment
from desktop.services import entra_credentials
from desktop.services.chat_openai import OpenAIChat
from desktop.services.entra import MANAGEMENT, SCOPES, Entra, scopes_of
from desktop.services.openai_client import SignIn, make_client
from desktop.services.redact import redact
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import Scenario

from .chat_helpers import Waits, answer_of, connection_to

RECORD = AuthenticationRecord("tenant", "client", "login.example", "home", "ana@contoso.com")
NOW = 1_795_651_200.0


@dataclass
class Token:
    token: str
    expires_on: float = NOW + 3600


@dataclass
class FakeCredential:
    """Knows tokens by scope; without, it would have to ask the user."""

    record: Any = None
    tokens: dict[str, str] = field(default_factory=dict)
    fails: Exception | None = None
    asked: list[str] = field(default_factory=list)
    gate: threading.Event | None = None

    def get_token(self, *scopes: str, **kwargs: Any) -> Token:
        self.asked.append(scopes[0])
        if self.fails:
            raise self.fails
        if scopes[0] not in self.tokens:
            raise AuthenticationRequiredError(scopes, "Interaction is needed")
        return Token(self.tokens[scopes[0]])

    def authenticate(self, *, scopes: Sequence[str]) -> AuthenticationRecord:
        if self.gate is not None:
            self.gate.wait(10)
        if self.fails:
            raise self.fails
        self.tokens = dict.fromkeys([*SCOPES, MANAGEMENT], "canary-token-of-ana")
        return RECORD


def sign(
    folder: Path, scenario: Callable[[Entra], Any], *credentials: FakeCredential, cli: Any = None,
) -> Any:
    """`credentials` are handed out in turn."""
    left = list(credentials)

    def browser(record: Any, tenant: str, persistent: bool) -> FakeCredential:
        made = left.pop(0) if len(left) > 1 else left[0]
        made.record = record
        return made

    def no_cli(tenant: str) -> Any:
        return FakeCredential(fails=ClientAuthenticationError("az login"))

    async def main() -> Any:
        entra = Entra(folder, browser=browser, cli=cli or no_cli, now=lambda: NOW)
        try:
            async with asyncio.timeout(20):
                return await scenario(entra)
        finally:
            await entra.aclose()

    return asyncio.run(main())


def test_signing_in_gives_tokens_now_and_at_the_next_start(tmp_path: Path) -> None:
    credential = FakeCredential()

    async def first(entra: Entra) -> None:
        with pytest.raises(AuthFailed, match="Nobody is signed in"):
            await entra.token(MANAGEMENT)
        assert await entra.sign_in() == "ana@contoso.com"
        assert await entra.token(MANAGEMENT) == "canary-token-of-ana"
        assert await entra.token(MANAGEMENT) == "canary-token-of-ana"
        assert credential.asked == [MANAGEMENT], "a valid token is not asked for again"

    async def second(entra: Entra) -> None:
        assert await entra.who() == "ana@contoso.com"
        assert await entra.token(SCOPES[0]) == "canary-token-of-ana"
        assert isinstance(credential.record, AuthenticationRecord)
        await entra.sign_out()
        assert await entra.who() == ""

    sign(tmp_path, first, credential)
    assert "canary" not in "".join(p.read_text() for p in tmp_path.iterdir())
    sign(tmp_path, second, credential)
    assert list(tmp_path.iterdir()) == []
    assert redact("a canary-token-of-ana b") == "a [hidden] b"


def test_the_azure_command_line_is_asked_where_nobody_signed_in(tmp_path: Path) -> None:
    signed_in = FakeCredential(tokens={SCOPES[1]: "from-az-login"})
    token = sign(tmp_path, lambda entra: entra.token(SCOPES[1]), FakeCredential(),
                 cli=lambda tenant: signed_in)
    assert token == "from-az-login"


def test_without_an_encrypted_cache_the_sign_in_lasts_for_this_program(tmp_path: Path) -> None:
    async def scenario(entra: Entra) -> None:
        await entra.sign_in()
        assert not entra.persistent
        assert await entra.token(SCOPES[0]) == "canary-token-of-ana"

    sign(tmp_path, scenario, FakeCredential(fails=ValueError("no libsecret")), FakeCredential())


@pytest.mark.parametrize(("failure", "kind", "says"), [
    (ServiceRequestError("no route"), Offline, "cannot be reached"),
    (ClientAuthenticationError("Timed out after waiting 180 seconds"), AuthFailed, "in within"),
    (ClientAuthenticationError("Failed to open a browser"), AuthFailed, "No browser"),
    (ClientAuthenticationError("AADSTS50020: not in tenant"), AuthFailed, "AADSTS50020"),
])
def test_what_goes_wrong_has_a_remedy(
    tmp_path: Path, failure: Exception, kind: type[Exception], says: str
) -> None:
    async def scenario(entra: Entra) -> Any:
        with pytest.raises(kind) as caught:
            await entra.sign_in()
        return caught.value

    error = sign(tmp_path, scenario, FakeCredential(fails=failure))
    assert says in str(error)
    assert error.remedy


def test_a_cancelled_sign_in_is_not_used_when_the_browser_comes_back(tmp_path: Path) -> None:
    gate = threading.Event()

    async def scenario(entra: Entra) -> None:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(entra.sign_in())
            await asyncio.sleep(0)
            task.cancel()
        gate.set()
        assert entra.account == ""
        assert list(tmp_path.iterdir()) == []

    sign(tmp_path, scenario, FakeCredential(gate=gate))


def test_the_real_credential_asks_nobody_by_itself() -> None:
    made = entra_credentials.browser_credential(None, "", False)
    with pytest.raises(AuthenticationRequiredError):
        made.get_token(SCOPES[0])
    entra_credentials.forget_accounts(made)  # without a network
    made.close()


def ask(server: AzureEmulator, sign_in: SignIn, mode: str = "v1") -> Any:
    async def main() -> Any:
        connection = connection_to(server.url, mode)
        client = make_client(connection, None, sign_in=sign_in)
        chat = OpenAIChat(connection, Deployment("gpt-mini"), client, has_key=True, sleep=Waits())
        try:
            return [await answer_of(chat), await answer_of(chat)]
        finally:
            await client.close()

    return asyncio.run(main())


@pytest.mark.parametrize("mode", ["v1", "classic"])
def test_the_header_holds_the_token_and_the_second_scope_is_tried(mode: str) -> None:
    asked: list[str] = []

    async def token(scope: str) -> str:
        asked.append(scope)
        return f"token-for-{scope}"

    with AzureEmulator(Scenario(bearer=f"token-for-{SCOPES[1]}")) as server:
        ask(server, SignIn(token, SCOPES), mode)
        assert [request.key_ok for request in server.requests] == [False, True, True]
    assert asked == [SCOPES[0], SCOPES[1], SCOPES[1]], "what was taken is used from then on"


def test_a_failed_sign_in_reaches_the_user_in_its_own_words() -> None:
    async def token(scope: str) -> str:
        raise AuthFailed("Nobody is signed in", remedy="Sign in")

    with AzureEmulator() as server:
        with pytest.raises(AuthFailed, match="Nobody is signed in"):
            ask(server, SignIn(token, SCOPES))
        assert server.requests == []


def test_a_token_goes_to_azure_only() -> None:
    async def token(scope: str) -> str:
        raise AssertionError("not even asked for")

    with pytest.raises(ConfigurationError, match="No Microsoft Entra token"):
        make_client(Connection("g", "azure", "https://gateway.example.com", entra=True), None,
                    sign_in=SignIn(token, SCOPES))


def test_the_scope_is_a_setting_with_the_documented_default() -> None:
    v1, classic = connection_to("https://r.openai.azure.com"), connection_to("x", "classic")
    assert scopes_of(v1) == ("https://ai.azure.com/.default",
                             "https://cognitiveservices.azure.com/.default")
    assert scopes_of(classic)[0] == "https://cognitiveservices.azure.com/.default"
    assert scopes_of(v1, "api://mine/.default") == ("api://mine/.default",)
