"""OpenAIChat over real sockets, in the three modes it speaks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from desktop.core.errors import ConfigurationError, Interrupted
from desktop.core.types import (
    Connection,
    Deployment,
    Finished,
    Parameters,
    RateLimits,
    TextPiece,
    Usage,
)
from desktop.services.chat_openai import OpenAIChat
from desktop.services.learned import Learned
from desktop.services.openai_client import make_client, warm
from tests.contracts.check_chat import check_chat, text_of
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import ANSWER, Refusal, Reply, refused

from .chat_helpers import (
    MODES,
    QUESTION,
    Waits,
    answer_of,
    chatting,
    connection_to,
    partial_text,
    scenario,
)


@pytest.fixture(scope="module")
def server() -> Iterator[AzureEmulator]:
    with AzureEmulator() as running:
        yield running


@pytest.mark.parametrize("mode", MODES)
def test_contract(server: AzureEmulator, mode: str) -> None:
    async def main() -> None:
        async with chatting(server, "gpt-mini", mode) as chat:
            await check_chat(lambda: chat, QUESTION)

    asyncio.run(main())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ["gpt-mini", "async-filter", "usage-with-choice", "reasoning"])
def test_answer_usage_and_model(server: AzureEmulator, name: str, mode: str) -> None:
    async def main() -> None:
        async with chatting(server, name, mode) as chat:
            *texts, end = await answer_of(chat)
        assert text_of(texts) == ANSWER
        assert isinstance(end, Finished)
        assert end.reason == "stop"
        assert end.usage == Usage(14, 9)
        assert end.model.startswith(("gpt-4.1-mini-2025", "o4-mini-2025"))

    asyncio.run(main())


def test_a_stream_without_usage_is_estimated(server: AzureEmulator) -> None:
    class Words:
        async def count(self, texts: Sequence[str], model: str) -> tuple[list[int], bool]:
            return [len(text.split()) for text in texts], False

    async def main() -> None:
        connection = connection_to(server.url)
        client = make_client(connection, server.key)
        chat = OpenAIChat(connection, Deployment("no-usage"), client, has_key=True,
                          tokens=Words())
        end = (await answer_of(chat))[-1]
        await client.close()
        assert isinstance(end, Finished)
        assert end.usage == Usage(2 + 3 + 9, 9, estimated=True)

    asyncio.run(main())


def test_a_filtered_answer_keeps_its_text_and_says_so(server: AzureEmulator) -> None:
    async def main() -> None:
        async with chatting(server, "filtered-midway") as chat:
            *texts, end = await answer_of(chat)
        assert text_of(texts) == ANSWER
        assert isinstance(end, Finished)
        assert end.reason == "content_filter"

    asyncio.run(main())


def test_parameters_arrive_as_set(server: AzureEmulator) -> None:
    parameters = Parameters(
        temperature=0.2, top_p=0.9, max_tokens=50, seed=7, stop=("END",),
        presence_penalty=0.1, frequency_penalty=0.2, response_format="json_object",
    )

    async def main() -> None:
        async with chatting(server, "gpt-mini") as chat:
            await answer_of(chat, parameters)

    asyncio.run(main())
    body = server.requests[-1].body
    assert body["messages"] == [{"role": m.role, "content": m.content} for m in QUESTION]
    assert {name: body[name] for name in ("temperature", "max_tokens", "seed", "stop")} == {
        "temperature": 0.2, "max_tokens": 50, "seed": 7, "stop": ["END"]}
    assert body["response_format"] == {"type": "json_object"}


def test_a_reasoning_model_is_adapted_to_once_and_remembered() -> None:
    learned = Learned()
    parameters = Parameters(temperature=0.0, max_tokens=40)

    async def main() -> None:
        with AzureEmulator() as server:
            async with chatting(server, "reasoning", learned=learned) as chat:
                assert text_of(await answer_of(chat, parameters)) == ANSWER
                tried = len(server.requests)
                assert chat.left_out == {"temperature"}
            async with chatting(server, "reasoning", learned=learned) as chat:
                await answer_of(chat, parameters)
            assert len(server.requests) == tried + 1
            assert server.requests[-1].body["max_completion_tokens"] == 40
            assert "temperature" not in server.requests[-1].body

    asyncio.run(main())


def test_a_server_that_does_not_know_stream_options_is_served(server: AzureEmulator) -> None:
    async def main() -> None:
        async with chatting(server, "old-server", "openai") as chat:
            assert text_of(await answer_of(chat)) == ANSWER

    asyncio.run(main())


def test_what_cannot_be_left_out_is_not_asked_for_ever() -> None:
    never = refused(400, "unsupported_parameter", "Unsupported parameter: 'max_tokens'",
                    param="max_tokens")

    async def main() -> None:
        with AzureEmulator(scenario(never)) as server:
            async with chatting(server) as chat:
                with pytest.raises(Exception, match="does not take max_tokens"):
                    await answer_of(chat, Parameters(max_tokens=5))
            assert len(server.requests) == 2

    asyncio.run(main())


@pytest.mark.parametrize("headers", [{"retry-after-ms": "1500"}, {"retry-after": "1.5"}])
def test_a_short_429_is_waited_out(headers: dict[str, str]) -> None:
    waits = Waits()
    busy = refused(429, "429", "busy", headers=headers)

    async def main() -> None:
        with AzureEmulator(scenario(busy, Reply())) as server:
            async with chatting(server, waits=waits) as chat:
                assert text_of(await answer_of(chat)) == ANSWER

    asyncio.run(main())
    assert waits.seconds == [1.5]


@pytest.mark.parametrize("failure", [
    refused(500, None, "broken"), refused(503, None, "starting"), refused(429, "429", "busy")])
def test_three_attempts_and_no_more(failure: Refusal) -> None:
    waits = Waits()

    async def main() -> None:
        with AzureEmulator(scenario(failure)) as server:
            async with chatting(server, waits=waits) as chat:
                with pytest.raises(Exception, match=r"failed|too many"):
                    await answer_of(chat)
            assert len(server.requests) == 3

    asyncio.run(main())
    assert len(waits.seconds) == 2
    assert 0 < waits.seconds[0] < waits.seconds[1] <= 2


def test_waiting_for_a_429_can_be_cancelled() -> None:
    async def main() -> None:
        asked = asyncio.Event()

        async def wait(seconds: float) -> None:
            asked.set()
            await asyncio.Event().wait()

        with AzureEmulator(scenario(refused(429, "429", "busy"))) as server:
            connection = connection_to(server.url)
            client = make_client(connection, server.key)
            chat = OpenAIChat(connection, Deployment("d"), client, has_key=True, sleep=wait)
            task = asyncio.ensure_future(answer_of(chat))
            await asyncio.wait_for(asked.wait(), 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await client.close()

    asyncio.run(main())


@pytest.mark.parametrize("how", ["close", "cancel"])
def test_stopping_early_closes_the_socket(how: str) -> None:
    async def main() -> None:
        with AzureEmulator(scenario(Reply(hold=True))) as server:
            async with chatting(server) as chat:
                stream = chat.stream(QUESTION, Parameters())
                first = await anext(stream)
                assert first == TextPiece("Yes. ")
                if how == "close":
                    await stream.aclose()
                else:
                    reader = asyncio.ensure_future(_drain(stream))
                    await asyncio.sleep(0)
                    reader.cancel()
                    with pytest.raises(asyncio.CancelledError):
                        await reader
                gone = server.requests[0].disconnected
                assert await asyncio.to_thread(gone.wait, 5), "the server still saw a client"

    asyncio.run(main())


async def _drain(stream: object) -> None:
    async for _ in stream:  # type: ignore[attr-defined]
        pass


@pytest.mark.parametrize("name", ["cut", "cut-cleanly"])
def test_a_cut_stream_keeps_its_text_and_is_an_error(server: AzureEmulator, name: str) -> None:
    async def main() -> None:
        async with chatting(server, name) as chat:
            assert await partial_text(chat) == "Yes. Eyeglasses are covered "
            with pytest.raises(Interrupted):
                await answer_of(chat)

    asyncio.run(main())


def test_thirty_streams_at_once(server: AzureEmulator) -> None:
    async def main() -> None:
        async with chatting(server, "gpt-mini") as chat:
            answers = await asyncio.gather(*(answer_of(chat) for _ in range(30)))
        assert [text_of(pieces) for pieces in answers] == [ANSWER] * 30

    asyncio.run(main())


def test_only_our_own_headers_leave(
    server: AzureEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-another-service-altogether")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Ambient: yes\nAuthorization: Bearer ambient")

    async def main() -> None:
        async with chatting(server, "gpt-mini", "openai") as chat:
            await answer_of(chat)

    asyncio.run(main())
    request = server.requests[-1]
    assert request.key_ok
    assert set(request.headers) == {
        "host", "accept", "accept-encoding", "connection", "content-length", "content-type",
        "user-agent",
    }


def test_an_environment_key_never_serves_a_connection_without_one(
    server: AzureEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_AD_TOKEN"):
        monkeypatch.setenv(name, server.key)

    async def main() -> None:
        for mode in MODES:
            async with chatting(server, "gpt-mini", mode, key="") as chat:
                with pytest.raises(Exception, match="wants a key and work has none"):
                    await answer_of(chat)

    asyncio.run(main())


def test_a_key_is_not_sent_unencrypted_over_the_network() -> None:
    office = Connection("office", "openai", "http://10.1.2.3:8000/v1")

    async def main() -> None:
        client = make_client(office, "canary-key-1")
        request = client._client.build_request("POST", "http://10.1.2.3:8000/v1/chat/completions")
        for hook in client._client.event_hooks["request"]:
            await hook(request)
        assert "authorization" not in request.headers
        await client.close()

    asyncio.run(main())


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "nonsense://x", "http://a:b:c"])
def test_a_proxy_that_cannot_be_used_is_said(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(ConfigurationError, match="NO_PROXY"):
        make_client(connection_to("https://res.openai.azure.com"), "canary-key-3")


def test_a_server_on_this_machine_is_never_reached_through_a_proxy(
    server: AzureEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")

    async def main() -> None:
        async with chatting(server, "gpt-mini") as chat:
            assert text_of(await answer_of(chat)) == ANSWER

    asyncio.run(main())


@pytest.mark.parametrize("key", ["two words", "ключ", "line\nbreak"])
def test_a_key_no_header_can_carry_is_refused_in_words(key: str) -> None:
    with pytest.raises(ConfigurationError, match="Copy the key again"):
        make_client(connection_to("https://res.openai.azure.com"), key)


def test_names(server: AzureEmulator) -> None:
    async def main() -> None:
        connection = connection_to(server.url, "openai")
        client = make_client(connection, None)
        chat = OpenAIChat(connection, Deployment("mini", "gpt-4.1-mini"), client, has_key=False)
        assert (chat.label, chat.model, chat.local) == (
            "mini (gpt-4.1-mini)", "gpt-4.1-mini", True)
        far = replace(connection, endpoint="https://llm.example.com")
        chat = OpenAIChat(far, Deployment("mini"), client, has_key=False)
        assert (chat.label, chat.model, chat.local) == ("mini", "mini", False)
        azure = connection_to(server.url)
        chat = OpenAIChat(azure, Deployment("gpt-4o"), client, has_key=False)
        assert (chat.label, chat.model, chat.local) == ("gpt-4o", "", False), "a name says nothing"
        await client.close()

    asyncio.run(main())


def test_warm_imports_the_sdk() -> None:
    import sys

    asyncio.run(warm())
    assert "openai" in sys.modules


def test_what_a_deployment_still_takes_is_told() -> None:
    said = {"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-tokens": "1000",
            "x-ratelimit-remaining-requests": "odd"}

    async def main() -> None:
        with AzureEmulator(scenario(Reply(headers=said), Reply())) as server:
            async with chatting(server) as chat:
                first, second = await answer_of(chat), await answer_of(chat)
        assert isinstance(first[-1], Finished) and isinstance(second[-1], Finished)
        assert first[-1].limits == RateLimits(requests=60, remaining_tokens=1000)
        assert second[-1].limits is None

    asyncio.run(main())
