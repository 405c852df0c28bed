"""Each failure the service is known for becomes one error with one next step."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import Any

import pytest

from desktop.core.errors import (
    AuthFailed,
    ContextTooLong,
    DeploymentNotFound,
    Filtered,
    Interrupted,
    Offline,
    PermissionDenied,
    ProviderError,
    Refused,
    ServerFailed,
    Throttled,
)
from desktop.core.types import Connection, Deployment
from desktop.services.chat_errors import retry_after
from desktop.services.chat_openai import OpenAIChat
from desktop.services.openai_client import make_client
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import ANSWER, NO_RESOURCE, Refusal, Reply, refused, throttled

from .chat_helpers import MODES, Waits, answer_of, chatting, scenario


def failure(
    reply: Reply | Refusal | None = None, deployment: str = "d", *, mode: str = "v1",
    key: str | None = None, read_seconds: float = 20.0,
) -> ProviderError:
    """The error of asking a deployment that does this."""
    async def main() -> ProviderError:
        with AzureEmulator(scenario(*([reply] if reply else []))) as server:
            async with chatting(server, deployment, mode, key=key, read_seconds=read_seconds,
                                waits=Waits()) as chat:
                with pytest.raises(ProviderError) as caught:
                    await answer_of(chat)
                return caught.value

    return asyncio.run(main())


FILTERED_SPEC = refused(400, "content_filter", "filtered", inner_error={
    "content_filter_results": {"jailbreak": {"detected": True, "filtered": True}}})

ROWS: list[tuple[Reply | Refusal | str, type[ProviderError], str]] = [
    ("missing", DeploymentNotFound, "has no deployment named missing"),
    ("blocked", PermissionDenied, "Virtual Network"),
    ("throttled", Throttled, "Ask again in 60 s"),
    ("filtered", Filtered, "self harm"),
    ("too-long", ContextTooLong, "maximum context length is 4097"),
    ("cut", Interrupted, "broke off"),
    ("cut-cleanly", Interrupted, "broke off"),
    ("failing", ServerFailed, "status 500"),
    ("malformed", ServerFailed, "not a chat answer"),
    ("no-chat", Refused, "does not answer chat messages"),
    (NO_RESOURCE, DeploymentNotFound, "does not know this address"),
    (refused(403, "403", "Your resource has been temporarily blocked because we detected abuse."),
     PermissionDenied, "blocked by Microsoft"),
    (refused(403, "PermissionDenied", "The principal `x` lacks the required data action "
             "`Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action`."),
     PermissionDenied, "Cognitive Services OpenAI User"),
    (throttled({}, 86400), Throttled, "takes nothing more for 24 hours"),
    (refused(429, "429", "The service is temporarily unable to process your request."),
     Throttled, "too busy"),
    (refused(431, "431", "Request Header Fields Too Large"), Refused, "more headers"),
    (refused(400, None, "messages: 'system' and 'developer' cannot be used together"), Refused,
     "either a system or a developer"),
    (refused(400, "unsupported_parameter", "Unsupported parameter: 'logit_bias' is not supported.",
             param="logit_bias"), Refused, "does not take logit_bias"),
    (FILTERED_SPEC, Filtered, "jailbreak"),
    (refused(400, None, "3 is greater than the maximum of 2 - 'temperature'"), Refused, "3 is"),
    (refused(422, None, "temperature: too hot"), Refused, "too hot"),
    (refused(408, "Timeout", "The operation was timeout."), Offline, "too slow"),
    (refused(429, "insufficient_quota", "You exceeded your quota."), Throttled, "used up"),
    (refused(404, None, 'model "d" not found, try pulling it first'), DeploymentNotFound,
     "has no deployment named d"),
    (Refusal(307, b"", {"location": "http://127.0.0.1:9/elsewhere"}), DeploymentNotFound,
     "another address"),
    (Refusal(502, b"<html>Bad Gateway</html>"), ServerFailed, "status 502"),
    (Refusal(200, b"<html>Sign in</html>", {"content-type": "text/html"}), ServerFailed,
     "not a chat answer"),
    (Refusal(200, b'{"choices": []}', {"content-type": "application/json"}), ServerFailed,
     "not a chat answer"),
    (Reply(malformed=b"data: \xff\xfe\n\n"), ServerFailed, "not a chat answer"),
    (Reply(malformed=b"data: [1, 2]\n\ndata: \"x\"\n\n"), Interrupted, "broke off"),
    (Reply(error_event={"message": "The server is overloaded", "type": "server_error"}),
     Interrupted, "overloaded"),
    (Reply(error_event={"message": "stop", "code": "content_filter"}), Filtered, "filter"),
    (Reply(error_event={"message": "slow down", "code": "rate_limit_exceeded"}), Throttled,
     "too many requests"),
]


@pytest.mark.parametrize(("reply", "kind", "says"), ROWS, ids=lambda value: str(value)[:40])
def test_failures(reply: Any, kind: type[ProviderError], says: str) -> None:
    named = isinstance(reply, str)
    error = failure(None if named else reply, reply if named else "d")
    assert type(error) is kind
    assert says in str(error)
    assert error.remedy, "every error says what to do next"


def test_a_filter_that_is_out_of_order_stops_no_answer() -> None:
    async def main() -> None:
        with AzureEmulator(scenario(Reply(filter_outage=True))) as server:
            async with chatting(server) as chat:
                *texts, end = await answer_of(chat)
                assert "".join(piece.text for piece in texts) == ANSWER  # type: ignore[union-attr]
                assert end.reason == "stop"  # type: ignore[union-attr]

    asyncio.run(main())


@pytest.mark.parametrize("mode", MODES)
def test_a_wrong_key(mode: str) -> None:
    error = failure(deployment="gpt-mini", mode=mode, key="canary-wrong-key")
    assert type(error) is AuthFailed
    assert "refused the key" in str(error)
    assert "canary-wrong-key" not in error.details


def test_a_missing_key_is_named_as_missing() -> None:
    assert "work has none" in str(failure(deployment="gpt-mini", key=""))


@pytest.mark.parametrize(("reply", "category", "severity"), [
    ("filtered", "self_harm", "medium"), (FILTERED_SPEC, "jailbreak", "")])
def test_filter_verdict(reply: Any, category: str, severity: str) -> None:
    named = isinstance(reply, str)
    error = failure(None if named else reply, reply if named else "d")
    assert isinstance(error, Filtered)
    assert (error.category, error.severity) == (category, severity)


@pytest.mark.parametrize(("headers", "seconds"), [
    ({"retry-after-ms": "12500"}, 12.5),
    ({"retry-after": "20"}, 20.0),
    ({"retry-after-ms": "soon", "retry-after": "20"}, 20.0),
    ({}, 60.0),  # Azure's sentence says it too
])
def test_retry_after_reaches_the_error(headers: dict[str, str], seconds: float) -> None:
    error = failure(throttled(headers))
    assert isinstance(error, Throttled)
    assert error.retry_after == seconds


@pytest.mark.parametrize(("headers", "seconds"), [
    ({"retry-after": "Sat, 21 Nov 2026 00:00:30 GMT", "date": "Sat, 21 Nov 2026 00:00:00 GMT"},
     30.0),
    ({"retry-after": "Sat, 21 Nov 2026 00:00:30 GMT"}, None),
    ({"retry-after": "inf"}, None),
    ({"retry-after": "-3"}, None),
    ({}, None),
])
def test_retry_after_header(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_slow_first_byte_is_offline() -> None:
    error = failure(Reply(first_byte=30.0), read_seconds=0.1)
    assert type(error) is Offline
    assert "did not answer in time" in str(error)


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:1/v1",  # nobody listens
    "https://name.invalid/v1",  # no such host
])
def test_an_unreachable_server_is_offline(url: str) -> None:
    async def main() -> ProviderError:
        connection = Connection("work", "openai", url)
        client = make_client(connection, "canary-key-2")
        chat = OpenAIChat(connection, Deployment("d"), client, has_key=True, sleep=Waits())
        with pytest.raises(Offline) as caught:
            await answer_of(chat)
        await client.close()
        return caught.value

    error = asyncio.run(main())
    assert "cannot be reached" in str(error)
    assert error.details


def test_no_redirect_is_followed() -> None:
    with AzureEmulator() as other:
        error = failure(Refusal(307, b"", {"location": f"{other.url}/v1/chat/completions"}))
        assert isinstance(error, DeploymentNotFound)
        assert other.requests == []


def test_the_key_is_nowhere(caplog: pytest.LogCaptureFixture, capsys: Any) -> None:
    """Logs at the loudest level, tracebacks, messages, details, representations."""
    key = "canary-0987654321fedcba"
    caplog.set_level(logging.DEBUG)
    echo = refused(400, "bad", f"Your request with api-key: {key} was odd")

    async def main() -> list[str]:
        with AzureEmulator(scenario(echo, echo, Reply(malformed=b"data: {\n\n"))) as server:
            server.scenario.key = key
            async with chatting(server, key=key) as chat:
                seen = [repr(chat), repr(chat._client), str(vars(chat))]
                for _ in range(3):
                    with pytest.raises(ProviderError) as caught:
                        await answer_of(chat)
                    error = caught.value
                    seen += [str(error), repr(error), error.details, error.why]
            return seen

    seen = asyncio.run(main())
    assert any("[hidden]" in text for text in seen), "the server's echo was redacted"
    for text in [*seen, caplog.text, "".join(capsys.readouterr())]:
        assert key not in text


def test_a_traceback_of_ours_shows_no_key() -> None:
    error = failure(deployment="gpt-mini", key="canary-wrong-key")
    text = "".join(traceback.format_exception(error))
    assert "canary-wrong-key" not in text
