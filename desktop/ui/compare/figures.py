"""How an answer's figures are written. No Qt."""

from __future__ import annotations

from ...core.types import Answer, AnswerState, Usage

NOTHING = "–"


def seconds(value: float | None) -> str:
    """`1.1 s`, or a dash for what was not measured."""
    if value is None:
        return NOTHING
    return f"{value:.1f} s" if value < 60 else f"{int(value) // 60}:{int(value) % 60:02} min"


def tokens(usage: Usage | None) -> str:
    """`1,655 in, 71 out`; with a tilde where nobody counted."""
    if usage is None:
        return NOTHING
    about = "~" if usage.estimated else ""
    return f"{about}{usage.prompt_tokens:,} in, {about}{usage.completion_tokens:,} out"


def cost(answer: Answer) -> str:
    """`0, local`, `$0.00021`, or that the price is unknown."""
    if answer.cost is None:
        unbilled = answer.state is AnswerState.FAILED and answer.usage is None
        return NOTHING if unbilled else "unknown price"
    if answer.cost == 0:
        return "0, local"
    if answer.cost < 0.00001:
        return "under $0.00001"
    return f"${answer.cost:.2f}" if answer.cost >= 1 else f"${answer.cost:.5f}"


_REASONS = {
    "stop": "complete",
    "length": "Cut at the token limit",
    "content_filter": "Cut by a content filter",
    "tool_calls": "Asked for a tool",
    "stopped": "Stopped by you",
}


def finish(reason: str | None) -> str:
    """The finish reason in words; an unknown one as the model wrote it."""
    return NOTHING if not reason else _REASONS.get(reason, reason)
