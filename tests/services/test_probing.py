"""Probing finds out what a deployment takes, remembers it, and names the cause of a failure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import AuthFailed, DeploymentNotFound, Offline
from desktop.core.ports import Learner
from desktop.core.probing import MOST_CALLS, Accepts
from desktop.core.types import Connection, Deployment, Parameters
from desktop.services.chats import Chats
from desktop.services.learned import LearnedFile
from desktop.services.probing import HttpProber
from desktop.services.secrets import Secrets
from tests.contracts.word_embedder import WordEmbedder
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import DEPLOYMENTS, Deployed, Scenario

from .chat_helpers import MODES, answer_of, connection_to

PROBED = {**DEPLOYMENTS, "old-json": Deployed(unknown=("response_format", "logprobs"))}


def probe(
    scenario: Callable[[HttpProber, Connection, AzureEmulator], Any], mode: str = "v1",
    folder: Path | None = None,
) -> Any:
    async def main() -> Any:
        with AzureEmulator(Scenario(PROBED)) as server:
            chats = Chats(lambda: (), Secrets(environ={}), WordEmbedder(),
                          learned=LearnedFile(folder))
            try:
                return await scenario(HttpProber(chats), connection_to(server.url, mode), server)
            finally:
                await chats.aclose()

    return asyncio.run(main())


def found(name: str, mode: str = "v1", folder: Path | None = None) -> Accepts:
    result: Accepts = probe(
        lambda prober, connection, server: prober.deployment(connection, name, server.key),
        mode, folder)
    return result


@pytest.mark.parametrize("mode", MODES)
def test_one_call_is_enough_where_all_is_taken(mode: str) -> None:
    async def scenario(prober: HttpProber, connection: Connection, server: AzureEmulator) -> None:
        took = await prober.deployment(connection, "gpt-mini", server.key)
        assert (took.ok, took.kind, took.region) == (True, "chat", "Sweden Central")
        assert took.model == "gpt-4.1-mini-2025-04-14"
        assert all(took.takes.values())
        assert len(server.requests) == 1
        assert server.requests[0].body["max_completion_tokens"] == 16

    probe(scenario, mode)


@pytest.mark.parametrize(("name", "refused"), [
    ("reasoning", {"temperature", "logprobs"}),
    ("old-json", {"response_format", "logprobs"}),
    ("unstreamed", {"stream", "temperature", "logprobs"}),
])
def test_what_is_refused_is_named(name: str, refused: set[str]) -> None:
    took = found(name)
    assert took.ok
    assert {feature for feature, ok in took.takes.items() if not ok} == refused
    assert "does not take" in took.sentence


def test_an_embedding_deployment_has_its_dimension() -> None:
    took = found("embed")
    assert (took.kind, took.dimension) == ("embeddings", 1536)
    assert "1,536 numbers" in took.sentence


def test_a_model_of_the_responses_api_is_recognised() -> None:
    took = found("responses-only")
    assert (took.ok, took.kind, took.model) == (True, "responses", "gpt-5-codex")
    assert "through the Responses API only" in took.sentence
    assert "does not answer chat messages" in str(found("no-chat").error)


@pytest.mark.parametrize(("name", "says"), [
    ("missing", "no deployment named missing"), ("blocked", "Virtual Network"),
    ("throttled", "too many requests"), ("failing", "status 500"), ("cut", "broke off"),
    ("malformed", "not a chat answer")])
def test_a_failing_deployment_is_an_answer_with_a_remedy(name: str, says: str) -> None:
    took = found(name)
    assert took.error is not None
    assert says in str(took.error)
    assert took.error.remedy


def test_what_was_learned_is_not_sent_again_after_a_start(tmp_path: Path) -> None:
    async def ask(prober: HttpProber, connection: Connection, server: AzureEmulator) -> list[Any]:
        prober._chats.learned._known = {  # the port is another one each time
            f"{connection.endpoint}  {key.split()[-1]}": value
            for key, value in prober._chats.learned._known.items()}
        chat = await prober._chats.open(connection, "reasoning", server.key)
        await answer_of(chat, Parameters(temperature=0.1, max_tokens=20))
        return server.requests

    found("reasoning", folder=tmp_path)
    requests = probe(ask, folder=tmp_path)
    assert [request.status for request in requests] == [200], "nothing was refused first"
    assert "temperature" not in requests[0].body
    assert requests[0].body["max_completion_tokens"] == 20


@pytest.mark.parametrize(("name", "refused", "calls"), [
    ("gpt-mini", set(), 1),
    ("reasoning", {"temperature", "top_p", "presence_penalty", "frequency_penalty"}, 5),
])
def test_parameters_are_tried_together_and_remembered(
    name: str, refused: set[str], calls: int, tmp_path: Path
) -> None:
    async def scenario(prober: HttpProber, connection: Connection, server: AzureEmulator) -> Any:
        tried = await prober.parameters(connection, name, server.key)
        assert len(server.requests) == tried.calls <= MOST_CALLS
        chat = await prober._chats.open(connection, name, server.key)
        assert isinstance(chat, Learner)
        assert (chat.tried, chat.left_out) == (True, tried.refused)
        return tried

    tried = probe(scenario, folder=tmp_path)
    assert (tried.refused, tried.calls) == (refused, calls)
    [row] = json.loads((tmp_path / "learned.json").read_text()).values()
    assert (row["tried"], set(row["left_out"])) == (True, refused)


def test_a_model_that_does_not_stream_answers_at_once() -> None:
    async def ask(prober: HttpProber, connection: Connection, server: AzureEmulator) -> None:
        chat = await prober._chats.open(connection, "unstreamed", server.key)
        pieces = await answer_of(chat)
        assert "".join(getattr(piece, "text", "") for piece in pieces).startswith("Yes.")
        assert pieces[-1].usage is not None  # type: ignore[union-attr]

    probe(ask)


def test_a_damaged_file_of_lessons_is_forgotten(tmp_path: Path) -> None:
    (tmp_path / "learned.json").write_text('{"a b c": {"left_out": ["messages", 3], "x": 1}}')
    learned = LearnedFile(tmp_path).of(Connection("", "azure", "a", "b"), "c")
    assert learned.left_out == set(), "only what is optional can ever be left out"
    (tmp_path / "learned.json").write_text("[")
    LearnedFile(tmp_path)


def test_the_key_is_tried_and_models_come_with_their_dates() -> None:
    async def scenario(prober: HttpProber, connection: Connection, server: AzureEmulator) -> None:
        models = await prober.models(connection, server.key)
        assert any(model.retires[:2] == "20" for model in models)
        assert any(model.tunable for model in models)
        with pytest.raises(AuthFailed):
            await prober.models(connection, "canary-wrong-key-123")
        with pytest.raises(DeploymentNotFound):
            await prober.models(replace(connection, endpoint=f"{server.url}/gateway"), server.key)

    probe(scenario)


def test_reaching_needs_no_key_and_names_the_cause() -> None:
    async def scenario(prober: HttpProber, connection: Connection, server: AzureEmulator) -> None:
        assert (await prober.reach(connection)).seconds < 20
        for url, why in (("http://127.0.0.1:1", "Nothing answers"),
                         ("https://name.invalid", "No name server")):
            with pytest.raises(Offline, match=why):
                await prober.reach(Connection("", "azure", url))

    probe(scenario)


def test_an_unverified_certificate_is_named(tmp_path: Path) -> None:
    from .tls_server import self_signed

    with self_signed(tmp_path) as url:
        async def scenario(prober: HttpProber, *rest: Any) -> None:
            with pytest.raises(Offline, match="certificate is not one this machine trusts"):
                await prober.reach(Connection("", "azure", url, deployments=(Deployment("d"),)))

        probe(scenario)
