"""What training on a dataset would cost, and what the result costs a month.

Formula: tokens that are paid for x epochs x price (Azure OpenAI's cost guidance); a deployment
of the result is paid by the hour, whether it is asked or not. Prices come from the dated table
or from the user; where neither knows one, the cost is unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .statistics import billable, default_epochs, example_limit, training_cost

HOURS_A_MONTH = 730.0
BINS = 24
EPOCHS_RULE = ("The service's usual choice: 3 epochs, more below 34 examples (up to 25, so that "
               "about 100 examples are seen), fewer above 8,333 (so that at most 25,000 are). "
               "Source: OpenAI's cookbook on preparing chat data for fine-tuning.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What the user decides; None leaves the documented default, or the table's price."""

    model: str = ""
    epochs: int | None = None
    price: float | None = None  # US dollars for a million training tokens


def plan_of(value: Any) -> Plan:
    """A plan as a workspace keeps it; what is not one there is left out."""
    kept = value if isinstance(value, dict) else {}
    model, epochs, price = kept.get("model"), kept.get("epochs"), kept.get("price")
    whole = isinstance(epochs, int) and not isinstance(epochs, bool) and 1 <= epochs <= 50
    priced = isinstance(price, int | float) and 0 <= price < 1e6
    return Plan(model if isinstance(model, str) else "", epochs if whole else None,
                price if priced else None)


@dataclass(frozen=True, slots=True)
class Estimate:
    """Dollars are None where the price is unknown."""

    model: str
    examples: int  # that train; those that validate are not paid for
    tokens: int  # of one epoch, without what is cut off
    cut_off: int  # examples longer than the model takes
    limit: int  # tokens of one example
    epochs: int
    usual_epochs: int
    price: float | None
    price_from: str  # "typed", "the price table of 2026-11-20", or ""
    training: float | None
    hosting_an_hour: float
    exact: bool = True

    @property
    def hosting_a_month(self) -> float:
        return self.hosting_an_hour * HOURS_A_MONTH

    @property
    def first_month(self) -> float | None:
        """Training once and a month of hosting, without a single question asked."""
        return None if self.training is None else self.training + self.hosting_a_month


def estimate(
    counts: Sequence[int], plan: Plan, table_price: float | None, table_date: str,
    hosting: float, *, exact: bool = True,
) -> Estimate:
    """`counts`: the tokens of each example that trains."""
    limit = example_limit(plan.model)
    usual = default_epochs(len(counts))
    price = table_price if plan.price is None else plan.price
    origin = "" if price is None else f"the price table of {table_date}"
    tokens, epochs = billable(counts, limit), plan.epochs or usual
    return Estimate(
        plan.model, len(counts), tokens, sum(count > limit for count in counts), limit, epochs,
        usual, price, origin if plan.price is None else "typed",
        training_cost(tokens, epochs, price), hosting, exact,
    )


@dataclass(frozen=True, slots=True)
class Lengths:
    """How long the examples are, in tokens: bars of equal width from 0 to beyond the longest."""

    step: int
    bars: tuple[int, ...]
    median: int
    p90: int
    longest: int


def lengths_of(counts: Sequence[int], bins: int = BINS) -> Lengths:
    """Of at least one example."""
    ordered = sorted(counts)
    longest = ordered[-1]
    step = _round_up(longest / bins + 0.001)
    bars = [0] * (longest // step + 1)
    for count in ordered:
        bars[count // step] += 1
    return Lengths(step, tuple(bars), ordered[len(ordered) // 2],
                   ordered[len(ordered) * 9 // 10], longest)


def _round_up(value: float) -> int:
    """The next of 1, 2, 5, 10, 20, 50, ..."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor >= value:
                return step * factor
        step *= 10
