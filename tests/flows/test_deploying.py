"""From a trained model to a column."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.core.deploying import Deployed, Place
from desktop.core.errors import ConfigurationError, DeploymentNotFound, Offline, Refused
from desktop.core.ports import Ports
from desktop.core.settings import Settings
from desktop.core.strategies import rung_of
from desktop.core.tuning import Job, Order
from desktop.core.types import Connection, Deployment, Finished, Rung, TextPiece
from desktop.flows.deploying import add_deployment, deploy, until_it_answers, use

from .training_tools import FakeTrainer, Naps, training

PLACE = Place("00000000-1111-2222-3333-444444444444", "g", "acct", "voice")
JOB = Job(0, "service", "work", "succeeded", Order("gpt", suffix="voice"), "ftjob-1",
          fine_tuned_model="gpt.ft-1")


class FakeDeployer:
    """`states`: what it says, one a look; the first is the answer to the order."""

    def __init__(self, *states: str | Exception, there: str = "") -> None:
        self.states = list(states)
        self.model = there
        self.orders = 0

    async def deploy(self, place: Place, model: str, token: str = "") -> Deployed:
        self.orders += 1
        self.model = model
        return self._next()

    async def look(self, place: Place, token: str = "") -> Deployed:
        if not self.model:
            raise DeploymentNotFound("No such deployment")
        return self._next()

    def _next(self) -> Deployed:
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if isinstance(state, Exception):
            raise state
        return Deployed(state, self.model)


class FakeChats:
    """Answers after so many refusals."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.asked: list[tuple[str, str]] = []

    async def chat(self, connection: str, deployment: str, **rest: Any) -> Any:
        self.asked.append((connection, deployment))
        return self

    async def stream(self, messages: Any, parameters: Any) -> AsyncIterator[Any]:
        if len(self.asked) <= self.refusals:
            raise DeploymentNotFound("work has no deployment named voice")
        yield TextPiece("OK")
        yield Finished("stop")


def told(tmp_path: Path, story: Any, *, deployer: Any = None, chats: Any = None) -> Any:
    async def with_ports(ports: Ports) -> Any:
        return await story(replace(ports, deployer=deployer, chats=chats))

    return training(tmp_path / "w.stratex", FakeTrainer(), with_ports)


def run_deploy(tmp_path: Path, deployer: FakeDeployer, naps: Naps | None = None) -> None:
    told(tmp_path, lambda ports: deploy(
        JOB, PLACE, "gpt.ft-1", ports, lambda event: None, sleep=naps or Naps()),
        deployer=deployer)


def test_it_is_ordered_once_and_waited_for(tmp_path: Path) -> None:
    deployer, naps = FakeDeployer("Accepted", "Creating", Offline("Away"), "Succeeded"), Naps()
    run_deploy(tmp_path, deployer, naps)
    assert (deployer.orders, len(naps.seconds)) == (1, 3)
    run_deploy(tmp_path, deployer)
    assert deployer.orders == 1, "it is there"


def test_another_models_deployment_is_left_alone(tmp_path: Path) -> None:
    deployer = FakeDeployer("Succeeded", there="gpt-4.1-mini")
    with pytest.raises(ConfigurationError, match="Choose another name"):
        run_deploy(tmp_path, deployer)
    assert deployer.orders == 0


def test_one_that_fails_says_so(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="it is failed"):
        run_deploy(tmp_path, FakeDeployer("Accepted", "Failed"))


def test_a_place_that_cannot_be_is_not_asked_for(tmp_path: Path) -> None:
    async def story(ports: Ports) -> None:
        with pytest.raises(ConfigurationError, match="subscription"):
            await deploy(JOB, replace(PLACE, subscription="x"), "m", ports, lambda event: None)

    told(tmp_path, story, deployer=FakeDeployer("Succeeded"))


def test_a_young_deployment_is_asked_until_it_answers(tmp_path: Path) -> None:
    chats, naps = FakeChats(refusals=3), Naps()

    async def story(ports: Ports) -> Job:
        job = await ports.store.save_job(JOB)
        return await until_it_answers(job, "voice", ports, lambda event: None, naps)

    assert told(tmp_path, story, chats=chats).deployment == "voice"
    assert len(naps.seconds) == 3
    with pytest.raises(DeploymentNotFound):
        told(tmp_path, story, chats=FakeChats(refusals=1000))


def test_it_becomes_two_columns_that_differ_by_the_model_only(tmp_path: Path) -> None:
    async def story(ports: Ports) -> None:
        job = await ports.store.save_job(JOB)
        with pytest.raises(ConfigurationError, match="not deployed"):
            await use(job, ports)
        job = replace(job, deployment="voice")
        columns = {column.id: column for column in await ports.store.strategies()}
        for documents, rung, base in (
            (False, Rung.FINE_TUNED, Rung.PROMPT),
            (True, Rung.FINE_TUNED_DOCUMENTS, Rung.DOCUMENTS),
        ):
            made = await use(job, ports, documents=documents)
            assert rung_of(made) is rung and made.name == rung.value
            before = columns[made.derived_from or 0]
            assert rung_of(before) is base
            assert (made.prompt, made.retrieval) == (before.prompt, before.retrieval)
            assert await use(job, ports, documents=documents) == made, "once only"
        other = replace(job, deployment="voice-2", order=Order("gpt", suffix="second"))
        assert (await use(other, ports)).name == "Fine-tuned (second)"

    told(tmp_path, story)


def test_the_connection_lists_the_deployment_with_its_model() -> None:
    class Kept:
        current = Settings(connections=(Connection("work", "azure", "https://a"),))

        def update(self, change: Any) -> Settings:
            self.current = change(self.current)
            return self.current

    kept = Kept()
    for _ in range(2):
        add_deployment(replace(JOB, deployment="voice"), kept)
    assert kept.current.connections[0].deployments == (Deployment("voice", "gpt.ft-1"),)
