"""What an answer took: seconds, tokens, dollars. Lower is better; None where it is unknown."""

from __future__ import annotations

from ...types import Answer


def latency(answer: Answer) -> float | None:
    """Seconds from the request to the last piece, as our clock saw it."""
    return answer.seconds


def tokens(answer: Answer) -> float | None:
    """Tokens of the request and the answer together, as the service counted them."""
    usage = answer.usage
    return None if usage is None else float(usage.prompt_tokens + usage.completion_tokens)


def cost(answer: Answer) -> float | None:
    """US dollars by the price table; 0 on this machine."""
    return answer.cost
