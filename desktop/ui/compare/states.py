"""The chip, the note and the key figure of a column's state. No widgets."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...core.errors import Filtered, Interrupted, StrategyExplorerError, Throttled
from ...core.types import Answer, AnswerState, Rewriting, Rung
from ..tokens import Tone
from . import figures


@dataclass(frozen=True, slots=True)
class Chip:
    """Icon, word and tone; the tone is only the third sign."""

    icon: str
    word: str
    tone: Tone


NOT_ASKED = Chip("", "", "neutral")
WAITING = Chip("hourglass", "Waiting", "neutral")


def streaming(elapsed: float, recorded: bool = False) -> Chip:
    """The chip of a column whose answer is on its way; `elapsed` in seconds."""
    if recorded:
        return Chip("disc", f"Recorded, replaying {figures.seconds(elapsed)}", "info")
    return Chip("spinner", f"Streaming {figures.seconds(elapsed)}", "info")


_ENDED: dict[AnswerState, tuple[str, str, Tone]] = {
    AnswerState.RUNNING: ("spinner", "Streaming", "info"),
    AnswerState.DONE: ("check", "Done", "success"),
    AnswerState.STOPPED: ("stop", "Stopped", "neutral"),
    AnswerState.FAILED: ("x-circle", "Failed", "danger"),
    AnswerState.FILTERED: ("funnel", "Filtered", "warning"),
    AnswerState.INTERRUPTED: ("warning", "Interrupted", "warning"),
}


def ended(answer: Answer, error: StrategyExplorerError | None = None) -> Chip:
    """The chip of a finished column. Throttled and filtered are outcomes, not crashes."""
    icon, word, tone = _ENDED[answer.state]
    if isinstance(error, Filtered):
        icon, word, tone = _ENDED[AnswerState.FILTERED]
    elif isinstance(error, Throttled):
        icon, word, tone = "hourglass", "Throttled", "warning"
    elif isinstance(error, Interrupted):
        icon, word, tone = _ENDED[AnswerState.INTERRUPTED]
    if answer.seconds is not None:
        word = f"{word} {figures.seconds(answer.seconds)}"
    if answer.recorded and answer.state is AnswerState.DONE:
        return Chip("disc", f"Recorded {word.removeprefix('Done ')}", "neutral")
    return Chip(icon, f"Recorded: {word}" if answer.recorded else word, tone)


def stored_error(text: str, remedy: str) -> StrategyExplorerError:
    """An error as the workspace keeps it: one text of what, why and remedy, taken apart again."""
    said = text.rstrip(".").removesuffix(remedy.rstrip(".")).strip()
    what, _, why = said.partition(". ")
    return StrategyExplorerError(what, why=why, remedy=remedy)


_NOTES = {  # of an answer with text; without any, nothing is kept to speak of
    AnswerState.STOPPED: "Stopped by you. The text so far is kept.",
    AnswerState.INTERRUPTED: "Interrupted, partial text kept. Ask again for the whole answer.",
    AnswerState.FILTERED: "A content filter cut this answer. The text so far is kept.",
}
_WITHOUT_TEXT = {
    AnswerState.STOPPED: "Stopped by you before the first text.",
    AnswerState.INTERRUPTED: "Interrupted before the first text. Ask again for the answer.",
}


def note(answer: Answer, asked: str) -> str:
    """What stands under the text of an answer: what happened to it, what did not fit."""
    notes = _NOTES if answer.text else _WITHOUT_TEXT
    parts = [notes.get(answer.state, ""), remarks(answer)]
    if answer.finish_reason == "length":
        parts.append("Cut at the token limit: raise max tokens to see the rest.")
    if asked and answer.question != asked:
        parts.append(f"Answers an earlier question: “{_short(answer.question)}”")
    return "\n".join(part for part in parts if part)


def remarks(answer: Answer) -> str:
    """How its question was understood, and what did not fit."""
    both = understood(answer.rewriting, answer.question), answer.note
    return "\n".join(part for part in both if part)


def understood(rewriting: Rewriting | None, question: str) -> str:
    """How a follow-up question was made to stand alone; "" where it was taken as typed."""
    if rewriting is None:
        return ""
    if rewriting.by == "model":
        same = rewriting.question.casefold().strip(" ?") == question.casefold().strip(" ?")
        if same:
            return "Understood as it is: the model left it so, in one more call."
        return f"Understood as “{rewriting.question}”: rewritten by the model, in one more call."
    note = f" {rewriting.note}." if rewriting.note else ""
    if rewriting.question == question:
        return note.strip()
    return f"Understood as “{rewriting.question}”: words of the questions before it." + note


def stopped(answer: Answer) -> Answer:
    """An answer that was cut off before it began."""
    return replace(answer, state=AnswerState.STOPPED, finish_reason="stopped")


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else words[:79] + "…"


_PROMISES = {
    Rung.BASELINE: "Ask, and the model answers here from the question alone.",
    Rung.PROMPT: "Ask, and the model answers here with your prompt around the question.",
    Rung.WHOLE_DOCUMENTS: "Ask, and all the text that fits goes with the question.",
    Rung.DOCUMENTS: "Ask, and the passages found in your documents go with the question.",
    Rung.FINE_TUNED: "Ask, and a model trained on your examples answers here.",
    Rung.FINE_TUNED_DOCUMENTS: "Ask, and a trained model answers here with the passages found.",
    Rung.CEILING: "Ask, and the right passage goes with the question.",
    Rung.ELSEWHERE: "Made elsewhere: it cannot be asked here.",
}


def promise(rung: Rung) -> str:
    """What will happen in a column that was not asked yet, in one sentence."""
    return _PROMISES[rung]


def key_figure(answer: Answer | None) -> str:
    """The words of a strip: `1.1 s, 66 tokens`."""
    if answer is None:
        return "not asked"
    if answer.state is not AnswerState.DONE:
        return ended(answer).word
    used = answer.usage
    count = "" if used is None else f", {used.prompt_tokens + used.completion_tokens:,} tokens"
    return figures.seconds(answer.seconds) + count
