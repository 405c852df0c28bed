"""What a run will take, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..core.errors import StrategyExplorerError
from ..core.evaluation.pacing import Estimate, Load
from ..core.follow_ups import standalone
from ..core.ports import ChatModel, Ports, Store
from ..core.profiles import find_profile
from ..core.rewriting import reads_whole, rewriting_messages, way_of
from ..core.strategies import prompt_for
from ..core.types import (
    BUILTIN_CONNECTION,
    Case,
    PromptVersion,
    RateLimits,
    Rewriting,
    Strategy,
    Usage,
)
from .answering import blank, prepare
from .choosing import with_stand_ins
from .passages import Retrieval

CONCURRENCY = 8
CONCURRENCY_BUILT_IN = 2  # it computes on this machine, which has other work to do
PACE_FACT = "pace"  # {lane: [requests a minute, tokens a minute, seconds of an answer]}
SAMPLE = 5  # cases whose messages are made and counted for each strategy
ANSWER_TOKENS = 150  # when no case has a reference answer to go by
SECONDS = 3.0  # a hosted model's usual answer
SECONDS_BUILT_IN = 0.3


def lane_of(strategy: Strategy) -> str:
    """Strategies on one deployment share its limits."""
    return f"{strategy.connection}/{strategy.deployment}"


async def known_paces(store: Store) -> dict[str, list[Any]]:
    """What `PACE_FACT` holds; a file from elsewhere may hold anything there."""
    found = await store.fact(PACE_FACT)
    return {lane: said for lane, said in (found if isinstance(found, dict) else {}).items()
            if isinstance(said, list) and len(said) == 3
            and all(each is None or (isinstance(each, int | float) and 0 <= each < 1e9)
                    for each in said)}


async def estimate(
    strategies: Sequence[Strategy], cases: Sequence[Case], repeats: int, ports: Ports,
    concurrency: int | None = None, *, prompts: Sequence[PromptVersion] = (),
) -> Estimate:
    """Calls, tokens, US dollars and seconds, from the messages of a few cases spread evenly.

    Answers are guessed as long as the reference answers. Where a strategy has its model rewrite
    follow-up questions, cases with earlier turns take a second call. A strategy whose messages
    cannot be made counts its calls only: it will fail its cells, not the run. `prompts` are those
    that the workspace does not hold: see core/evaluation/probes. A recording sends nothing.
    """
    if ports.recording is not None:  # nothing is sent
        return Estimate(len(cases) * repeats * len(strategies), 0, 0.0, 0.0)
    sample = list(cases[:: max(1, len(cases) // SAMPLE)][:SAMPLE])
    versions = await with_stand_ins([*prompts, *await ports.store.prompt_versions()], ports)
    retrievals = {case.id: Retrieval(case.question, ports, case) for case in sample}
    known = await known_paces(ports.store)
    asked, rewritings = len(cases) * repeats, 0
    cost: float | None = 0.0
    loads: dict[str, Load] = {}
    for strategy in strategies:
        usage, price = await _usage(strategy, sample, versions, retrievals, ports)
        cost = None if cost is None or price is None else cost + asked * price
        tokens = asked * (usage.prompt_tokens + usage.completion_tokens)
        extra = repeats * sum(_rewrites(strategy, case) for case in cases)
        rewritings += extra
        calls = asked + extra
        lane = lane_of(strategy)
        before = loads.get(lane)
        requests, by_tokens, seconds = known.get(lane, (None, None, None))
        loads[lane] = Load(
            calls + (before.calls if before else 0), tokens + (before.tokens if before else 0),
            *_speed(strategy, seconds, concurrency), RateLimits(requests, by_tokens),
        )
    return Estimate(
        asked * len(strategies) + rewritings, sum(load.tokens for load in loads.values()), cost,
        max((load.seconds for load in loads.values()), default=0.0),
        await ports.spending.warning(cost), rewritings,
    )


def _rewrites(strategy: Strategy, case: Case) -> bool:
    """Whether asking this case takes a call more. An unknown profile fails its cells instead."""
    if not case.history or strategy.retrieval is None:
        return False
    try:
        return way_of(strategy, find_profile(strategy.retrieval)) == "model"
    except StrategyExplorerError:
        return False


def _speed(
    strategy: Strategy, seconds: float | None, concurrency: int | None
) -> tuple[float, int]:
    if strategy.connection == BUILTIN_CONNECTION:
        return seconds or SECONDS_BUILT_IN, concurrency or CONCURRENCY_BUILT_IN
    return seconds or SECONDS, concurrency or CONCURRENCY


async def _usage(
    strategy: Strategy, sample: Sequence[Case], versions: Sequence[PromptVersion],
    retrievals: Mapping[int, Retrieval], ports: Ports,
) -> tuple[Usage, float | None]:
    """Tokens of one call on average, and its price."""
    try:
        model = await ports.chats.chat(strategy.connection, strategy.deployment, patient=False)
        version = prompt_for(strategy, versions)
        texts = [await _text(strategy, case, version, model, retrievals[case.id], ports)
                 for case in sample]
    except StrategyExplorerError:
        return Usage(0, 0, estimated=True), None
    references = [case.reference for case in sample if case.reference]
    counts, _ = await ports.tokens.count([*texts, *references], model.model)
    prompt = round(sum(counts[: len(texts)]) / max(1, len(texts)))
    answers = counts[len(texts):]
    answer = round(sum(answers) / len(answers)) if answers else ANSWER_TOKENS
    usage = Usage(prompt, answer, estimated=True)
    return usage, 0.0 if model.local else ports.prices.cost(model.model, usage)


async def _text(
    strategy: Strategy, case: Case, version: PromptVersion | None, model: ChatModel,
    retrieval: Retrieval, ports: Ports,
) -> str:
    """All that is sent for a case. What a model would write is not asked for: terms stand in."""
    rewrites = _rewrites(strategy, case)
    searched = standalone(case.question, case.history)
    found = await retrieval.find(strategy, model, searched)
    rewriting = Rewriting(searched, "terms") if reads_whole(strategy) else None
    answer = await prepare(
        blank(strategy, case.question), strategy, version, model, found, ports, case, rewriting
    )
    extra = rewriting_messages(case.question, case.history) if rewrites else ()
    texts = [message.content for message in (*answer.messages, *extra)]
    return "\n".join([*texts, case.question] if rewrites else texts)  # the question comes back
