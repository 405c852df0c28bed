"""Tokens, epochs and cost of a dataset.

Sources: the OpenAI cookbook "Data preparation and analysis for chat model fine-tuning" (the
token formula, the default number of epochs, billable tokens); Azure OpenAI's limits for one
example and its formula tokens x epochs x price.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..types import DatasetIssue, Example

PER_MESSAGE = 3
PER_NAME = 1
PER_CONVERSATION = 3
LIMIT = 65_536  # tokens of one example that are trained on; the rest is cut off
MOST_TRAINED = 2_000_000_000  # tokens x epochs that Azure OpenAI trains on in one job
_SMALLER_LIMITS = {"gpt-4.1-nano": 32_768, "gpt-35-turbo": 16_385, "gpt-3.5-turbo": 16_385}
_NOT_ENCODED = ("weight",)


def example_limit(model: str) -> int:
    """Tokens of one example that a model trains on."""
    for name, limit in _SMALLER_LIMITS.items():
        if model.startswith(name):
            return limit
    return LIMIT


def texts_of(example: Example) -> tuple[list[str], int]:
    """The texts of an example to be encoded, and the tokens its format adds to them."""
    row = example.row
    if example.raw:
        return [example.raw], 0
    given = row.get("input") if isinstance(row.get("input"), Mapping) else row
    lists = [given.get("messages") if isinstance(given, Mapping) else None,
             row.get("preferred_output"), row.get("non_preferred_output")]
    messages = [m for found in lists if isinstance(found, list) for m in found]
    texts = [row[key] for key in ("prompt", "completion") if isinstance(row.get(key), str)]
    overhead = PER_CONVERSATION if messages else 0
    for message in messages:
        if isinstance(message, Mapping):
            texts += _values(message)
            overhead += PER_MESSAGE + (PER_NAME if "name" in message else 0)
    return [*texts, *_definitions(given)], overhead


def _values(message: Mapping[str, Any]) -> Iterator[str]:
    for key, value in message.items():
        if isinstance(value, str):
            yield value
        elif key == "content" and isinstance(value, list):
            yield from (p["text"] for p in value
                        if isinstance(p, Mapping) and isinstance(p.get("text"), str))
        elif value is not None and key not in _NOT_ENCODED:
            yield json.dumps(value, ensure_ascii=False)


def _definitions(given: Any) -> Iterator[str]:
    for key in ("tools", "functions"):
        if isinstance(given, Mapping) and given.get(key):
            yield json.dumps(given[key], ensure_ascii=False)


def default_epochs(examples: int) -> int:
    """How often the service goes through the data when nobody says; 0 for no data."""
    if examples == 0:
        return 0
    if examples * 3 < 100:
        return min(25, 100 // examples)
    if examples * 3 > 25_000:
        return max(1, 25_000 // examples)
    return 3


def billable(tokens: Sequence[int], limit: int) -> int:
    """Tokens of one epoch that are paid for: what is cut off is not."""
    return sum(min(limit, count) for count in tokens)


def training_cost(billable_tokens: int, epochs: int, price: float | None) -> float | None:
    """US dollars at `price` for a million tokens; None when the price is unknown."""
    return None if price is None else billable_tokens * epochs * price / 1_000_000


def too_many_tokens(tokens: int, epochs: int) -> Iterator[DatasetIssue]:
    """One issue for the whole file where its tokens in all epochs are more than are taken."""
    if tokens * epochs > MOST_TRAINED:
        yield DatasetIssue(
            0, "error", "too_many_tokens",
            f"{tokens:,} tokens in {epochs} epochs are more than the {MOST_TRAINED:,} that are "
            "trained on. Use fewer examples or epochs.",
        )
