"""From a trained model to a column: deploying it, waiting until it answers, using it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING

from ..core.deploying import DONE, ENDED, Deployed, Deployer, Place, problem_with
from ..core.errors import (
    ConfigurationError,
    DeploymentNotFound,
    Offline,
    Refused,
    ServerFailed,
    Throttled,
)
from ..core.strategies import rung_of
from ..core.tuning import EmitTuning, Job, TuningChanged, TuningProgress
from ..core.types import HYBRID, Deployment, Message, Parameters, Rung, Strategy
from .connections import GREETING, SettingsStore, find_connection

if TYPE_CHECKING:
    from ..core.ports import Ports

Sleep = Callable[[float], Awaitable[None]]
FIRST, SLOWEST = 1.0, 20.0  # seconds between two looks
PATIENCE = 45 * 60.0  # seconds until a deployment is there
UNTIL_IT_ANSWERS = 6 * 60.0  # a new deployment is not found for up to five minutes
FEW = 16  # tokens of the word it is asked for
_PASSING = (Offline, ServerFailed, Throttled)


async def deploy(
    job: Job, place: Place, model: str, ports: Ports, emit: EmitTuning, token: str = "",
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Ask Azure for the deployment and wait until it is there. Asking again for one that is there
    changes nothing. Raises ConfigurationError and ProviderError."""
    if wrong := problem_with(place):
        raise ConfigurationError(wrong)
    if ports.deployer is None:
        raise ConfigurationError("Nothing can be deployed from here",
                                 remedy="Copy the command and run it yourself")
    found = await _begin(ports.deployer, place, model, token)
    waited, wait = 0.0, FIRST
    while (state := found.state.casefold()) != DONE:
        if state in ENDED or waited > PATIENCE:
            raise Refused(
                f"The deployment {place.deployment} was not made: it is {state}",
                remedy="Look at it in the portal, which says why; then deploy again")
        emit(TuningProgress(job.id, f"Deploying {place.deployment}: {state}"))
        await sleep(wait)
        waited, wait = waited + wait, min(wait * 1.5, SLOWEST)
        try:
            found = await ports.deployer.look(place, token)
        except _PASSING as error:
            emit(TuningProgress(job.id, f"{error.what}. Asks again in {wait:.0f} s."))


async def _begin(deployer: Deployer, place: Place, model: str, token: str) -> Deployed:
    """Azure would change a deployment that has this name: another model's is left alone."""
    try:
        there = await deployer.look(place, token)
    except DeploymentNotFound:
        return await deployer.deploy(place, model, token)
    if there.model != model:
        raise ConfigurationError(
            f"There is already a deployment named {place.deployment}",
            why=f"It is one of {there.model or 'another model'}, and would be replaced",
            remedy="Choose another name")
    if there.state.casefold() in ENDED:
        return await deployer.deploy(place, model, token)
    return there


async def until_it_answers(
    job: Job, deployment: str, ports: Ports, emit: EmitTuning, sleep: Sleep = asyncio.sleep
) -> Job:
    """Ask the deployment for a word until it answers, and note its name with the job.

    Raises ProviderError; DeploymentNotFound where it is not there after some minutes.
    """
    waited, wait = 0.0, FIRST
    while True:
        try:
            await _first_word(job, deployment, ports)
            break
        except (DeploymentNotFound, *_PASSING) as error:
            if waited > UNTIL_IT_ANSWERS:
                raise
            emit(TuningProgress(job.id, f"{deployment} does not answer yet. {error.what}."))
        await sleep(wait)
        waited, wait = waited + wait, min(wait * 1.5, SLOWEST)
    stored = await ports.store.save_job(replace(job, deployment=deployment))
    emit(TuningChanged(stored))
    return stored


async def _first_word(job: Job, deployment: str, ports: Ports) -> None:
    chat = await ports.chats.chat(job.connection, deployment)
    messages: Sequence[Message] = GREETING
    async with aclosing(chat.stream(messages, Parameters(max_tokens=FEW))) as pieces:
        async for _ in pieces:
            continue  # to the end: it is short, and some models begin with an empty piece


def add_deployment(job: Job, settings: SettingsStore) -> None:
    """The connection lists the deployment with its model, so that columns can choose it."""
    connection = find_connection(job.connection, settings.current)
    if job.deployment in [each.name for each in connection.deployments]:
        return
    added = replace(connection, deployments=(
        *connection.deployments, Deployment(job.deployment, job.fine_tuned_model)))
    settings.update(lambda current: replace(current, connections=tuple(
        added if each.name == connection.name else each for each in current.connections)))


async def use(job: Job, ports: Ports, *, documents: bool = False) -> Strategy:
    """A column of the trained model: as the Prompt column (or the one with documents) but for the
    model. One that is there already is returned. Raises ConfigurationError without deployment."""
    if not job.deployment:
        raise ConfigurationError(f"{job.name} is not deployed yet", remedy="Deploy it first")
    columns = await ports.store.strategies()
    wanted = Rung.FINE_TUNED_DOCUMENTS if documents else Rung.FINE_TUNED
    for column in columns:
        if (column.connection, column.deployment) == (job.connection, job.deployment) and (
                rung_of(column) is wanted):
            return column
    base = _base(columns, documents)
    return await ports.store.save_strategy(Strategy(
        0, _free(wanted.value, job, columns), job.connection, job.deployment,
        base.prompt if base else None, (base and base.retrieval) or (
            HYBRID.name if documents else None),
        derived_from=base.id if base else None,
        position=max((each.position for each in columns), default=-1) + 1, fine_tuned=True))


def _base(columns: Sequence[Strategy], documents: bool) -> Strategy | None:
    """The column that the new one differs from by its model only."""
    order = (Rung.DOCUMENTS,) if documents else (Rung.PROMPT, Rung.BASELINE)
    for rung in order:
        for column in columns:
            if rung_of(column) is rung:
                return column
    return None


def _free(name: str, job: Job, columns: Sequence[Strategy]) -> str:
    taken = {column.name.casefold() for column in columns}
    names = [name, f"{name} ({job.name})", *(f"{name} {number}" for number in range(2, 1000))]
    return next(each for each in names if each.casefold() not in taken)
