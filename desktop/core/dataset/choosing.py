"""Few-shot examples that are chosen anew for each question: those of the dataset most like it.

Method: the nearest neighbours of the question among the examples' questions, by cosine of their
vectors, the nearest one last, right before the question (Liu et al. 2022, "What makes good
in-context examples for GPT-3?"). An example that asks what is asked is never shown: the model
would copy, and the score would say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ..types import Case, Example, FewShotExample, Prompt
from .likeness import LikenessIndex
from .overlap import case_text
from .turns import answer_of, question_of, turns_of

MOST_SEARCHED = 20_000  # examples: twenty thousand questions take minutes to embed, once
_QUESTION, _EXAMPLE = 0, 1  # keys of what must not be repeated


@dataclass(frozen=True, slots=True)
class Candidate:
    """A training example that can be shown as a question and its answer."""

    line: int
    question: str
    answer: str
    case_id: int | None = None  # the case it was made from, if any

    @property
    def shot(self) -> FewShotExample:
        return FewShotExample(self.question, self.answer, origin=f"training example {self.line}")


def candidate_of(example: Example) -> Candidate | None:
    """None for one that is off or proposed, has several turns, or calls tools."""
    turns = turns_of(example) if example.state == "kept" else None
    said = [turn.role for turn in turns or () if turn.role not in ("system", "developer")]
    if said != ["user", "assistant"] or example.row.get("tools"):
        return None
    question, answer = question_of(example).strip(), answer_of(example).strip()
    if not question or not answer:
        return None
    return Candidate(example.line, question, answer, example.lineage.case_id)


@dataclass(frozen=True, slots=True)
class Choice:
    """The examples for one question, the nearest last, each with its cosine."""

    found: tuple[tuple[Candidate, float], ...]
    searched: int  # examples that were compared
    repeats: int = 0  # that were nearer but ask the same

    @property
    def note(self) -> str:
        """What the reader of the answer must know, in a sentence."""
        if not self.searched:
            return ("No example was chosen by likeness: the dataset holds none with one question "
                    "and one answer.")
        lines = ", ".join(f"line {each.line} ({cosine:.2f})"
                          for each, cosine in reversed(self.found))
        some = f"{len(self.found)} of {self.searched:,} training examples chosen by likeness"
        said = f"{some}: {lines}." if lines else f"{some}."
        if self.repeats:
            what = "1 that asks" if self.repeats == 1 else f"{self.repeats} that ask"
            said += f" {what} this very question left out."
        return said


def choose(
    nearest: Iterable[tuple[Candidate, float]], prompt: Prompt, question: str,
    case: Case | None, searched: int,
) -> Choice:
    """The first `prompt.chosen` of `nearest` (best first) that repeat neither what is asked nor
    an example that is in the prompt already, not even nearly."""
    asked = LikenessIndex([(_QUESTION, question),
                           (_QUESTION + 2, case_text(case) if case else "")])
    shown = [each.question for each in prompt.examples if each.on]
    found: list[tuple[Candidate, float]] = []
    taken = LikenessIndex((_EXAMPLE, text) for text in shown)
    repeats = 0
    for each, cosine in nearest:
        if len(found) == prompt.chosen:
            break
        if asked.find(each.question) or (case is not None and each.case_id == case.id):
            repeats += 1
        elif not taken.find(each.question):
            found.append((each, cosine))
            shown.append(each.question)
            taken = LikenessIndex(enumerate(shown))
    return Choice(tuple(reversed(found)), searched, repeats)


def with_shots(prompt: Prompt, shots: Sequence[FewShotExample]) -> Prompt:
    """The prompt as it is sent: its own examples first, the chosen ones after them."""
    return replace(prompt, examples=(*prompt.examples, *shots), chosen=0)
