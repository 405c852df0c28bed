"""Drift: asks a fine-tuned model and its base the same general questions, and compares."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..core.advice.drift import Asked, Drift, GeneralQuestion, drift_of, is_right
from ..core.advice.general_questions import GENERAL_QUESTIONS, HINT
from ..core.errors import ConfigurationError
from ..core.evaluation.pacing import Estimate
from ..core.evaluation.summary import baseline_of
from ..core.strategies import find_strategy
from ..core.types import BUILTIN_CONNECTION, Message, Parameters, TextPiece, Usage
from .probing import refuse_recording

if TYPE_CHECKING:
    from ..core.ports import ChatModel, Ports
    from ..core.types import Strategy

FACT = "drift"  # {fine-tuned strategy's name: Drift.as_fact()}
SIDE_BY_SIDE = 4
ANSWER_TOKENS = 20  # guessed
SECONDS = 1.5  # guessed, of one short answer
PARAMETERS = Parameters()
_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]  # asked, of


@dataclass(frozen=True, slots=True)
class DriftPlan:
    """Who is asked: the fine-tuned column and the one it is held against."""

    tuned: Strategy
    base: Strategy
    tuned_model: ChatModel
    base_model: ChatModel
    questions: Sequence[GeneralQuestion] = GENERAL_QUESTIONS


async def plan_drift(ports: Ports, name: str = "") -> DriftPlan:
    """The named fine-tuned strategy, else the first one, and its base: the column it derives
    from where that is not fine-tuned, else Baseline.

    Raises ConfigurationError where there is none, or where one of them has no knowledge of its
    own.
    """
    refuse_recording(ports)
    strategies = await ports.store.strategies()
    tuned = find_strategy(name, strategies) if name else next(
        (each for each in strategies if each.fine_tuned), None)
    if tuned is None or not tuned.fine_tuned:
        raise ConfigurationError("There is no fine-tuned strategy to ask",
                                 remedy="Add one whose deployment is a fine-tuned model")
    from_ = next((each for each in strategies if each.id == tuned.derived_from), None)
    base = from_ if from_ is not None and not from_.fine_tuned else baseline_of(
        [each for each in strategies if not each.fine_tuned])
    if base is None:
        raise ConfigurationError("There is no base to hold the fine-tuned model against",
                                 remedy="Add a Baseline on the model it was trained from")
    if BUILTIN_CONNECTION in (tuned.connection, base.connection):
        raise ConfigurationError(
            "General questions say nothing about a built-in model",
            why="It answers only with sentences it was given",
            remedy="Ask a fine-tuned deployment of a chat model",
        )
    models = [await ports.chats.chat(each.connection, each.deployment) for each in (tuned, base)]
    return DriftPlan(tuned, base, models[0], models[1])


async def estimate_drift(plan: DriftPlan, ports: Ports) -> Estimate:
    """What it will take, before anything is sent."""
    texts = [f"{HINT}\n{each.question}" for each in plan.questions]
    tokens, cost = 0, 0.0
    known = True
    for model in (plan.tuned_model, plan.base_model):
        counts, _ = await ports.tokens.count(texts, model.model)
        usage = Usage(sum(counts), ANSWER_TOKENS * len(texts), estimated=True)
        each = 0.0 if model.local else ports.prices.cost(model.model, usage)
        known, cost = known and each is not None, cost + (each or 0.0)
        tokens += usage.prompt_tokens + usage.completion_tokens
    calls = 2 * len(texts)
    price = cost if known else None
    return Estimate(calls, tokens, price, calls * SECONDS / SIDE_BY_SIDE,
                    await ports.spending.warning(price))


async def ask_general_questions(
    plan: DriftPlan, ports: Ports, progress: Progress = lambda done, of: None
) -> Drift:
    """Ask both, keep what they said with the workspace, and compare.

    Raises ProviderError when a question cannot be asked: nothing is kept then, because half the
    questions are another test.
    """
    gate, done, of = asyncio.Semaphore(SIDE_BY_SIDE), 0, 2 * len(plan.questions)
    account = ports.spending.account()
    models = account.guard(plan.base_model), account.guard(plan.tuned_model)

    async def asked(model: ChatModel, question: GeneralQuestion) -> str:
        nonlocal done
        async with gate:
            text = await _ask(model, question)
        done += 1
        progress(done, of)
        return text

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [[group.create_task(asked(model, each)) for model in models]
                     for each in plan.questions]
    except* Exception as failed:
        raise _first(failed) from failed
    rows = tuple(
        Asked(each.question, base.result(), tuned.result(),
              is_right(base.result(), each.accepted), is_right(tuned.result(), each.accepted))
        for each, (base, tuned) in zip(plan.questions, tasks, strict=True)
    )
    drift = Drift(plan.tuned.name, plan.base.name, plan.tuned_model.label, plan.base_model.label,
                  ports.clock.now(), rows)
    said = await ports.store.fact(FACT)
    known = said if isinstance(said, dict) else {}
    await ports.store.set_fact(FACT, {**known, plan.tuned.name: drift.as_fact()})
    return await with_loss(drift, ports)


async def _ask(model: ChatModel, question: GeneralQuestion) -> str:
    messages = [Message("user", f"{question.question} {HINT}")]
    texts = [piece.text async for piece in model.stream(messages, PARAMETERS)
             if isinstance(piece, TextPiece)]
    return "".join(texts).strip()


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def last_drift(ports: Ports) -> Drift | None:
    """What was asked last, None where nothing was."""
    known = await ports.store.fact(FACT)
    found = []
    for each in known.values() if isinstance(known, dict) else ():
        try:
            found.append(drift_of(each))
        except (KeyError, TypeError):
            _log.warning("a drift test in the workspace cannot be read")
    newest = max(found, key=lambda each: each.asked_at, default=None)
    return await with_loss(newest, ports) if newest is not None and newest.asked else None


async def with_loss(drift: Drift, ports: Ports) -> Drift:
    """With the paired difference and its interval."""
    base = [float(each.base_right) for each in drift.asked]
    tuned = [float(each.tuned_right) for each in drift.asked]
    [loss] = await ports.compute.compare([(base, tuned)], [True])
    return replace(drift, loss=loss)
