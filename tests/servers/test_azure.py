"""The emulator itself, spoken to without the SDK."""

from __future__ import annotations

import http.client
import json
from typing import Any

import pytest

from .azure import AzureEmulator
from .behaviours import ANSWER, KEY, Deployed, Reply, Scenario

BODY = {"model": "gpt-mini", "messages": [{"role": "user", "content": "hi"}]}
CLASSIC = "/openai/deployments/gpt-mini/chat/completions?api-version=2024-10-21"
AZURE_KEY = {"api-key": KEY}
BEARER = {"Authorization": f"Bearer {KEY}"}


def call(server: AzureEmulator, path: str, body: Any = None, headers: Any = None) -> (
        tuple[int, str]):
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=10)
    content = None if body is None else json.dumps(body)
    connection.request("POST" if content else "GET", path, content, headers or {})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


@pytest.mark.parametrize(("path", "headers", "status"), [
    (CLASSIC, AZURE_KEY, 200),
    (CLASSIC, BEARER, 401),
    (CLASSIC.partition("?")[0], AZURE_KEY, 404),
    (CLASSIC.replace("2024-10-21", "soon"), AZURE_KEY, 404),
    ("/openai/v1/chat/completions", BEARER, 200),
    ("/openai/v1/chat/completions", AZURE_KEY, 200),
    ("/openai/v1/chat/completions?api-version=2024-10-21", AZURE_KEY, 404),
    ("/openai/v1/chat/completions", {}, 401),
    ("/v1/chat/completions", BEARER, 200),
    ("/v1/chat/completions", AZURE_KEY, 401),
    ("/chat/completions", BEARER, 404),
])
def test_addresses_and_keys(path: str, headers: dict[str, str], status: int) -> None:
    with AzureEmulator() as server:
        assert call(server, path, BODY, headers)[0] == status


def test_a_whole_answer() -> None:
    with AzureEmulator() as server:
        _, text = call(server, CLASSIC, BODY, AZURE_KEY)
    answer = json.loads(text)
    assert answer["choices"][0]["message"]["content"] == ANSWER
    assert answer["prompt_filter_results"]


def test_a_streamed_answer_begins_with_the_prompts_filter_results() -> None:
    with AzureEmulator() as server:
        _, text = call(server, CLASSIC, {**BODY, "stream": True}, AZURE_KEY)
    events = [line.removeprefix("data: ") for line in text.split("\n\n") if line]
    first = json.loads(events[0])
    assert first["choices"] == []
    assert "prompt_filter_results" in first
    assert events[-1] == "[DONE]"
    assert not any(json.loads(event).get("usage") for event in events[:-1]), "nobody asked"


def test_it_refuses_what_the_schemas_forbid() -> None:
    with AzureEmulator() as server:
        status, text = call(server, CLASSIC, {**BODY, "temprature": 1}, AZURE_KEY)
    assert status == 400
    assert "temprature" in text


def test_models_and_embeddings() -> None:
    with AzureEmulator() as server:
        _, models = call(server, "/v1/models", headers=BEARER)
        _, vectors = call(server, "/openai/v1/embeddings",
                          {"model": "embed", "input": ["a", "b"], "dimensions": 8}, BEARER)
    assert "gpt-mini" in [row["id"] for row in json.loads(models)["data"]]
    rows = [row["embedding"] for row in json.loads(vectors)["data"]]
    assert [len(row) for row in rows] == [8, 8]
    assert sum(value * value for value in rows[0]) == pytest.approx(1.0)


def test_a_scenario_answers_from_the_messages() -> None:
    echo = Deployed(does=(Reply(text=lambda messages: str(messages[-1]["content"]).upper()),))
    with AzureEmulator(Scenario({"gpt-mini": echo}, key="")) as server:
        _, text = call(server, "/v1/chat/completions", BODY)
    assert json.loads(text)["choices"][0]["message"]["content"] == "HI"


def test_requests_are_recorded_without_keys() -> None:
    with AzureEmulator() as server:
        call(server, CLASSIC, BODY, AZURE_KEY)
    [request] = server.requests
    assert (request.api, request.deployment, request.status) == ("classic", "gpt-mini", 200)
    assert request.key_ok
    assert KEY not in str(request)
