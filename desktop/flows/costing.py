"""What each strategy of a run would cost a month, from the tokens its own calls used."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..core.advice.cost import (
    HOURS_A_MONTH,
    MonthlyCost,
    split_prompt,
    training_a_month,
)
from ..core.errors import StrategyExplorerError
from ..core.evaluation.summary import baseline_of, is_ceiling
from ..core.types import Answer, Rung, Strategy, Usage

if TYPE_CHECKING:
    from ..core.evaluation.summary import Averages
    from ..core.evaluation.types import Cell
    from ..core.ports import ChatModel, Ports

SAMPLE = 20  # answers looked at for the share of passages in what is sent
NO_TRAINING = "training is not included: its price is unknown"


# US dollars to train a model on the workspace's dataset, None when its price is unknown.
TrainingCost = Callable[[str], float | None]


@dataclass(frozen=True, slots=True)
class Costs:
    """Strategies without a known price are left out. Retirements: name -> (model, ISO date)."""

    costs: tuple[MonthlyCost, ...] = ()
    retirements: Mapping[str, tuple[str, str]] = field(default_factory=dict)


async def monthly_costs(
    averages: Averages, ports: Ports, training_cost: TrainingCost
) -> Costs:
    """Of every strategy whose model's price is known.

    Where no strategy of the run is fine-tuned, an estimate is added: Baseline's own model and
    tokens with hosting and training, if that model can be fine-tuned.
    """
    found: list[MonthlyCost] = []
    retirements: dict[str, tuple[str, str]] = {}
    models = {each.name: await _model(each, ports) for each in averages.run.strategies}
    for strategy in averages.run.strategies:
        if is_ceiling(strategy):
            continue  # nobody can run it: it needs the gold passage of each question
        model = models[strategy.name]
        answers = [cell.answer for cell in averages.answered(strategy) if cell.answer]
        sent = await _sent(averages.answered(strategy), ports) if strategy.retrieval else []
        cost = _measured(strategy, answers, sent, model, ports) if model else None
        if cost is None or model is None:
            continue
        found.append(_with_fixed(cost, model, ports, training_cost)
                     if strategy.fine_tuned else cost)
        if ports.prices.retires(model.model):
            retirements[strategy.name] = (model.model, ports.prices.retires(model.model))
    found += _estimate(averages.run.strategies, found, models, ports, training_cost)
    return Costs(tuple(found), retirements)


async def _model(strategy: Strategy, ports: Ports) -> ChatModel | None:
    """None when the connection is not there any more, as in a colleague's workspace."""
    try:
        return await ports.chats.chat(strategy.connection, strategy.deployment)
    except StrategyExplorerError:
        return None


def _measured(
    strategy: Strategy, answers: Sequence[Answer], sent: Sequence[Answer], model: ChatModel,
    ports: Ports,
) -> MonthlyCost | None:
    used = [answer.usage for answer in answers if answer.usage is not None]
    if model.local:
        return MonthlyCost(strategy.name, note="runs on this machine")
    if not used:
        return None
    prompt = ports.prices.cost(model.model, Usage(sum(u.prompt_tokens for u in used), 0))
    answer = ports.prices.cost(model.model, Usage(0, sum(u.completion_tokens for u in used)))
    if prompt is None or answer is None:
        return None
    context, characters = _characters(sent)
    plain, passages = split_prompt(prompt / len(used), context, characters)
    return MonthlyCost(strategy.name, plain, passages, answer / len(used))


async def _sent(cells: Sequence[Cell], ports: Ports) -> list[Answer]:
    """Some answers with what was sent for them: a run's cells are listed without it."""
    step = max(1, len(cells) // SAMPLE)
    whole = [await ports.store.cell(cell.id) for cell in cells[::step]]
    return [cell.answer for cell in whole if cell is not None and cell.answer is not None]


def _characters(answers: Sequence[Answer]) -> tuple[int, int]:
    """Of the passages, and of all that was sent."""
    return (
        sum(len(hit.text) for answer in answers for hit in answer.context),
        sum(len(message.content) for answer in answers for message in answer.messages),
    )


def _with_fixed(
    cost: MonthlyCost, model: ChatModel, ports: Ports, training_cost: TrainingCost,
    name: str = "",
) -> MonthlyCost:
    dollars = training_cost(model.model)
    retires, today = ports.prices.retires(model.model), ports.clock.now()
    return MonthlyCost(
        name or cost.strategy, cost.prompt, cost.context, cost.answer,
        ports.prices.hosting() * HOURS_A_MONTH,
        0.0 if dollars is None else training_a_month(dollars, retires, today),
        bool(name), NO_TRAINING if dollars is None else "",
    )


def _estimate(
    strategies: Sequence[Strategy], found: Sequence[MonthlyCost],
    models: Mapping[str, ChatModel | None], ports: Ports, training_cost: TrainingCost,
) -> list[MonthlyCost]:
    baseline = baseline_of(strategies)
    if baseline is None or any(each.fine_tuned for each in strategies):
        return []
    model = models[baseline.name]
    cost = next((each for each in found if each.strategy == baseline.name), None)
    if model is None or cost is None or not ports.prices.tunable(model.model):
        return []
    return [_with_fixed(cost, model, ports, training_cost, Rung.FINE_TUNED.value)]
