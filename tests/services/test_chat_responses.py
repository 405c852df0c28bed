"""Models that answer through the Responses API only keep the same contract."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktop.core.errors import Throttled
from desktop.core.types import Connection, Finished, Parameters
from desktop.services.chat_responses import as_responses
from desktop.services.learned import Learned, LearnedFile
from tests.contracts.check_chat import check_chat
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import ANSWER

from .chat_helpers import QUESTION, answer_of, chatting


@pytest.mark.parametrize("mode", ["v1", "openai"])
def test_the_contract(mode: str) -> None:
    async def main() -> None:
        with AzureEmulator() as server:
            async with chatting(server, "responses-only", mode) as chat:
                await check_chat(lambda: chat, QUESTION)
            refused = [each for each in server.requests if each.status == 400]
            assert len(refused) == 1, "asked once, then known"

    asyncio.run(main())


def test_parameters_take_their_other_names() -> None:
    async def main() -> None:
        with AzureEmulator() as server:
            async with chatting(server, "responses-only") as chat:
                *texts, end = await answer_of(chat, Parameters(
                    temperature=0.5, max_tokens=40, seed=7, reasoning_effort="low",
                    verbosity="low", response_format="json_object"))
            assert "".join(piece.text for piece in texts) == ANSWER  # type: ignore[union-attr]
            assert isinstance(end, Finished)
            assert (end.reason, end.model) == ("stop", "gpt-5-codex")
            assert end.usage is not None and not end.usage.estimated
            sent = server.requests[-1].body
            assert sent["max_output_tokens"] == 40
            assert sent["reasoning"] == {"effort": "low"}
            assert sent["text"] == {"format": {"type": "json_object"}, "verbosity": "low"}
            assert sent["store"] is False
            assert "seed" not in sent

    asyncio.run(main())


def test_an_answer_that_was_cut_off_says_so_and_errors_are_errors() -> None:
    async def main() -> None:
        with AzureEmulator() as server:
            async with chatting(server, "responses-cut-off") as chat:
                end = (await answer_of(chat))[-1]
                assert isinstance(end, Finished)
                assert end.reason == "length"
            async with chatting(server, "responses-failing") as chat:
                with pytest.raises(Throttled):
                    await answer_of(chat)

    asyncio.run(main())


def test_it_is_remembered_over_starts(tmp_path: Path) -> None:
    connection = Connection("", "azure", "https://r.openai.azure.com")
    learned = LearnedFile(tmp_path).of(connection, "codex")
    learned.responses = True
    learned.keep()
    assert LearnedFile(tmp_path).of(connection, "codex").responses
    assert not LearnedFile(tmp_path).of(connection, "other").responses
    assert Learned().request({"messages": []})[0] == "/chat/completions"


def test_a_body_without_anything_special() -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}], "stop": ["a"]}
    assert as_responses(body) == {
        "model": "m", "input": body["messages"], "store": False}
