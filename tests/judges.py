"""Judges for tests: deployments of the emulator that answer from what they are sent, and a
workspace whose answers they judge."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop.core.evaluation.judging import JudgeChoice
from desktop.core.evaluation.types import Cell, CellState, Rating, Run, RunState
from desktop.core.events import Event
from desktop.core.ports import Ports
from desktop.core.types import Answer, AnswerState, Case, Connection, Deployment, Strategy
from desktop.services import workspace
from desktop.services.chats import Chats
from desktop.services.clock import SystemClock
from desktop.services.secrets import NoKeyring, Secrets
from desktop.services.store import SqliteStore
from tests.compute import DirectCompute
from tests.contracts.word_embedder import WordEmbedder
from tests.fakes import MemoryIndex
from tests.runs import MadePrices, MadeTokens
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import DEPLOYMENTS, Deployed, Refusal, Reply, Scenario

Messages = Sequence[Mapping[str, Any]]
COLUMNS = (Strategy(1, "Baseline", "work", "mini"), Strategy(2, "Prompt", "work", "gpt-mini"))
CHOICE = JudgeChoice("work", "judge")


def blocks(messages: Messages) -> dict[str, str]:
    """The data of a request by the names of its blocks, read as a careful judge would."""
    return dict(_block(messages).findall(messages[1]["content"]))


def outside(messages: Messages) -> str:
    """What is not data: what a model may take for instructions."""
    return str(messages[0]["content"]) + _block(messages).sub("", messages[1]["content"])


def _block(messages: Messages) -> re.Pattern[str]:
    mark = re.search(r"<(data-[0-9a-f]+) name>", messages[0]["content"])
    assert mark is not None
    return re.compile(rf"<{mark[1]} ([^>]+)>\n(.*?)\n</{mark[1]} \1>", re.DOTALL)


def rating(value: int, reason: str = "because") -> str:
    return json.dumps({"reason": reason, "ratings": dict.fromkeys(
        ("Correctness", "Support", "Completeness", "Format"), value)})


def fair(messages: Messages) -> str:
    """5 for an answer that holds the reference, else 1; of two the one that holds it. Obeys
    whatever it is told outside the marks."""
    if "give 5" in outside(messages).casefold():
        return rating(5, "I was told to")
    data = blocks(messages)
    if "answer" in data:
        return rating(5 if data["reference answer"] in data["answer"] else 1)
    right = [data["reference answer"] in data[f"answer {name}"] for name in "AB"]
    return won("tie" if right[0] == right[1] else "A" if right[0] else "B")


def won(winner: str) -> str:
    return json.dumps({"reason": f"{winner} it is", "winner": winner})


def first(messages: Messages) -> str:
    """Position bias, pure."""
    return won("A")


def longer(messages: Messages) -> str:
    """Length bias, pure."""
    data = blocks(messages)
    if "answer" in data:
        return rating(5 if len(data["answer"]) > 60 else 1)
    return won("A" if len(data["answer A"]) > len(data["answer B"]) else "B")


@asynccontextmanager
async def chats_to(url: str, key: str) -> AsyncIterator[Chats]:
    """The connection "work" with a judge and a model that answers."""
    connections = [Connection("work", "azure", url, deployments=(
        Deployment("judge", "gpt-4.1"), Deployment("gpt-mini", "gpt-4.1-mini")))]
    secrets = Secrets(no_keyring, environ={})  # type: ignore[arg-type]
    await secrets.set(connections[0], key)
    chats = Chats(lambda: connections, secrets, WordEmbedder())
    try:
        yield chats
    finally:
        await chats.aclose()


def judging_ports(store: SqliteStore, chats: Chats) -> Ports:
    """What judging and deciding need."""
    nothing: Any = None
    return Ports(store.path, store, MemoryIndex(), WordEmbedder(), nothing, chats, MadeTokens(),
                 MadePrices(), SystemClock(), nothing, DirectCompute())


@dataclass
class Court:
    """An open workspace with a finished run, and a server whose deployments judge it."""

    store: SqliteStore
    server: AzureEmulator
    chats: Chats
    run: Run
    events: list[Event] = field(default_factory=list)

    @property
    def ports(self) -> Ports:
        return judging_ports(self.store, self.chats)

    async def cells(self) -> list[Cell]:
        return await self.store.cells(self.run.id)

    async def scores(self) -> list[float | None]:
        return [cell.scores.get("judge") for cell in await self.cells()]

    async def label(self, value: Callable[[Cell], float]) -> None:
        """A blind label on every cell."""
        for cell in await self.cells():
            await self.store.save_rating(Rating(0, cell.id, value(cell), rater="blind"))

    def asked(self) -> list[Messages]:
        """What the server was sent, request by request."""
        return [request.body["messages"] for request in self.server.requests]


async def filled(
    store: SqliteStore, texts: Sequence[tuple[str, ...]], columns: Sequence[Strategy] = COLUMNS
) -> Run:
    """A finished run: a case for each row, an answer for each column."""
    cases = await store.add_cases(
        [Case(0, f"Question {n}?", f"fact {n}") for n, _ in enumerate(texts)])
    run = await store.begin_run(Run(0, RunState.RUNNING, tuple(columns),
                                    tuple(case.id for case in cases), metrics=("token_f1",)))
    cells = await store.cells(run.id)
    for cell, text in zip(cells, [text for row in texts for text in row], strict=True):
        answer = Answer("", "mini", "?", AnswerState.DONE, text, seconds=1.0, cost=0.0)
        await store.save_cell(Cell(cell.id, run.id, cell.case_id, cell.strategy_id, 0,
                                   CellState.DONE, answer, {"token_f1": 0.5}))
    return await store.set_run(run.id, RunState.DONE)


def server_with(*does: Reply | Refusal, **deployed: Any) -> AzureEmulator:
    """An emulator whose deployment "judge" does this."""
    special = Deployed(does=does or (Reply(text=fair),), **deployed)
    return AzureEmulator(Scenario({**DEPLOYMENTS, "judge": special}))


def no_keyring() -> object:
    raise NoKeyring


@asynccontextmanager
async def court(
    path: Path, *does: Reply | Refusal, texts: Sequence[tuple[str, ...]] = (), **deployed: Any
) -> AsyncIterator[Court]:
    """Answers of which those that hold "fact N" for case N are right."""
    texts = texts or [(f"It is fact {n}.", "No idea.") for n in range(3)]
    with server_with(*does, **deployed) as server:
        async with chats_to(server.url, server.key) as chats:
            store = await workspace.create(path)
            try:
                yield Court(store, server, chats, await filled(store, texts))
            finally:
                await store.aclose()
