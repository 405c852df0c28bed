"""What an answer can become: few-shot example, reference, gold source, training or preference
example. Each remembers the cell it came from, in words that `cell_of` reads back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from ..errors import DatasetError
from ..types import Case, Example, FewShotExample, Hit, Lineage, Message
from .metrics.text import without_marks

Use = Literal["few_shot", "case", "reference", "gold", "training", "preference"]
USES: dict[Use, str] = {
    "few_shot": "Few-shot example", "reference": "Reference answer of this case",
    "case": "New case", "gold": "Gold passage", "training": "Training example",
    "preference": "Preference example",
}
ASKED_USES: tuple[Use, ...] = ("few_shot", "case")  # of an answer that is in no run
_CELL = re.compile(r"\bcell (\d+)\b")


def origin_of(cell_id: int, text: str, answer: str) -> str:
    """Where a thing comes from, as it is shown beside it."""
    what = "answer" if text.strip() == answer.strip() else "corrected answer"
    return f"{what} of cell {cell_id}"


def cell_of(origin: str) -> int | None:
    """The cell that an origin names, to lead back to it."""
    found = _CELL.search(origin)
    return int(found[1]) if found else None


def few_shot_example(case: Case, text: str, origin: str) -> FewShotExample:
    """The question with this answer. Citation marks stay out: their passages are not shown."""
    return FewShotExample(case.question, without_marks(text), origin=origin)


def with_reference(case: Case, text: str, origin: str) -> Case:
    """The case with this answer as the one to compare with."""
    return replace(case, reference=without_marks(text), origin=origin)


def new_case(question: str, history: Sequence[Message], text: str, origin: str) -> Case:
    """A case of its own, to tune with."""
    return Case(0, question, without_marks(text), history=tuple(history), origin=origin)


def with_gold(case: Case, hit: Hit) -> Case:
    """The case with a passage's page among its gold sources."""
    source = (hit.document, hit.page)
    known = {(name.casefold(), page) for name, page in case.sources}
    if (hit.document.casefold(), hit.page) in known:
        return case
    return replace(case, sources=(*case.sources, source))


def training_example(
    case: Case, text: str, system: str, origin: str, lineage: Lineage
) -> Example:
    """A chat example: what was said before, the question and the answer to learn."""
    row = {"messages": [*_given(case, system), _assistant(without_marks(text))]}
    return Example(0, 1, row, origin=origin, lineage=lineage)


def preference_example(
    case: Case, text: str, answer: str, system: str, origin: str, lineage: Lineage
) -> Example:
    """The correction preferred to what was answered, in the format of direct preference
    optimisation (OpenAI and Azure OpenAI; Rafailov et al. 2023). Raises DatasetError when
    there is no difference to prefer."""
    preferred, other = without_marks(text), without_marks(answer)
    if preferred == other:
        raise DatasetError(
            "There is nothing to prefer", why="the correction is the answer that was given",
            remedy="Correct the answer first",
        )
    row: dict[str, Any] = {
        "input": {"messages": _given(case, system)},
        "preferred_output": [_assistant(preferred)],
        "non_preferred_output": [_assistant(other)],
    }
    return Example(0, 1, row, origin=origin, lineage=lineage)


def _given(case: Case, system: str) -> list[Mapping[str, str]]:
    first = [{"role": "system", "content": system}] if system else []
    turns = [{"role": turn.role, "content": turn.content} for turn in case.history]
    return [*first, *turns, {"role": "user", "content": case.question}]


def _assistant(text: str) -> Mapping[str, str]:
    return {"role": "assistant", "content": text}
