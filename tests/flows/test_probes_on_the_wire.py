"""Probes and growing against a real server on this machine: chunks of a stream, refusals, waits."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.advice.general_questions import GENERAL_QUESTIONS
from desktop.core.ports import Ports
from desktop.core.types import Case, Prompt, Strategy
from desktop.flows.drifting import ask_general_questions, plan_drift
from desktop.flows.growing import grow, plan_growth, proposals
from desktop.flows.probing import plan_shot_curve, run_shot_curve, shot_curve
from desktop.services import workspace
from tests.compute import DirectCompute
from tests.flows.test_growing import WORDS, two
from tests.flows.test_growing import World as Documents
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import Deployed, Messages, Reply, Scenario, throttled
from tests.services.chat_helpers import chatting


def knows(messages: Messages) -> str:
    """A general question's answer, else right from two examples on."""
    asked = str(messages[-1]["content"])
    for each in GENERAL_QUESTIONS:
        if asked.startswith(each.question):
            return f"The answer is {each.accepted[0]}."
    return "right" if sum(m["role"] == "assistant" for m in messages) >= 4 else "wrong"


def writes(messages: Messages) -> str:
    return two(str(messages[-1]["content"]).split("===")[2].strip())


DEPLOYMENTS = {
    "base": Deployed(does=(Reply(knows),)),
    "tuned": Deployed(does=(Reply("SELECT 1;"),)),
    "writer": Deployed(does=(throttled({"retry-after-ms": "10"}), Reply(writes))),
}


class WireChats:
    def __init__(self, chats: dict[str, Any]) -> None:
        self.chats = chats

    async def chat(self, connection: str, deployment: str, *, patient: bool = True) -> Any:
        return self.chats[deployment]


@pytest.fixture
def wired(tmp_path: Path) -> Any:
    def start(scenario: Any) -> None:
        async def main(server: AzureEmulator) -> None:
            async with AsyncExitStack() as stack:
                chats = {name: await stack.enter_async_context(chatting(server, name))
                         for name in DEPLOYMENTS}
                store = await workspace.create(tmp_path / "w.stratex")
                stack.push_async_callback(store.aclose)
                nothing: Any = WireChats(chats)
                world = Documents(store)
                await scenario(world, replace(
                    world.ports, chats=nothing, compute=DirectCompute()), server)

        with AzureEmulator(Scenario(DEPLOYMENTS)) as server:
            asyncio.run(main(server))

    return start


def test_a_curve_and_the_general_questions_are_asked_over_http(wired: Any) -> None:
    async def scenario(world: Documents, ports: Ports, server: AzureEmulator) -> None:
        store = ports.store
        for each in await store.strategies():
            await store.remove_strategy(each.id)
        await store.save_prompt(Prompt("Be brief."))
        await store.save_strategy(Strategy(0, "Prompt", "azure", "base", prompt="current"))
        await store.save_strategy(Strategy(0, "Baseline", "azure", "base"))
        await store.save_strategy(Strategy(0, "Tuned", "azure", "tuned", fine_tuned=True))
        await store.add_cases([Case(0, f"{word}ium?", "right") for word in WORDS[:24]])
        await run_shot_curve(await plan_shot_curve(ports, "Prompt"), ports)
        curve = await shot_curve(ports)
        assert curve is not None and curve.verdict == "still climbs"
        assert [round(point.score.mean) for point in curve.points] == [0, 0, 1, 1]
        drift = await ask_general_questions(await plan_drift(ports), ports)
        assert drift.loss.difference == -1.0 and "Drift is shown" in drift.text
        assert len(server.requests) == 4 * 16 + 40

    wired(scenario)


def test_pairs_are_written_over_http_after_a_429(wired: Any) -> None:
    async def scenario(world: Documents, ports: Ports, server: AzureEmulator) -> None:
        await world.fill(3, 2)
        growth = await grow(await plan_growth("azure", "writer", 5, ports), ports)
        assert (growth.chunks, growth.failed) == (5, 0)
        assert len(server.requests) == 6, "one was throttled and asked again"
        waiting = await proposals(ports)
        assert len(waiting) == growth.pairs
        assert all(json.dumps(each.example.row) for each in waiting)

    wired(scenario)
