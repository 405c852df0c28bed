"""From a cell to what improves the next run, and never to what would spoil the test.

Nothing is stored here: what comes back is put where it belongs by whoever can take it back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..core.dataset.likeness import LikenessIndex
from ..core.dataset.overlap import case_text
from ..core.dataset.turns import system_of
from ..core.errors import ConfigurationError, DatasetError
from ..core.evaluation import reuse
from ..core.evaluation.calibration import BLIND
from ..core.evaluation.reuse import Use
from ..core.evaluation.types import Cell
from ..core.follow_ups import standalone
from ..core.ports import Ports
from ..core.templates import is_template
from ..core.types import Answer, Case, Example, FewShotExample, Lineage, Prompt

Made = FewShotExample | Example | Case  # a Case with id 0 is new, another one is changed


@dataclass(frozen=True, slots=True)
class _Source:
    """A cell with its case and the text that is used."""

    cell: Cell
    answer: Answer
    case: Case
    text: str

    @property
    def origin(self) -> str:
        return reuse.origin_of(self.cell.id, self.text, self.answer.text)


async def make(
    use: Use, cell_id: int, ports: Ports, text: str = "", passage: int | None = None
) -> Made:
    """What a cell's answer becomes. `text`: the answer as somebody corrected it; "": the
    correction that is kept with the cell, else the answer. `passage`: the rank of the passage
    that is the gold one.

    Raises ConfigurationError when the cell, its case or the passage is gone, DatasetError when
    a holdout case would be taught.
    """
    source = await _source(cell_id, text, ports)
    if use in ("few_shot", "training", "preference"):
        await refuse_holdout(source.case, ports)
    match use:
        case "few_shot":
            asked = standalone(source.case.question, source.case.history)
            return reuse.few_shot_example(
                replace(source.case, question=asked), source.text, source.origin)
        case "reference":
            return reuse.with_reference(source.case, source.text, source.origin)
        case "case":
            return reuse.new_case(
                source.case.question, source.case.history, source.text, source.origin)
        case "gold":
            return _with_gold(source, passage)
        case "training" | "preference":
            return await _example(use == "preference", source, ports)


async def make_asked(use: Use, answer: Answer, ports: Ports) -> FewShotExample | Case:
    """As `make`, of an answer under Ask, which is in no run: a few-shot example or a new case.

    Raises DatasetError when the question is that of a holdout case.
    """
    origin = f"answer of {answer.strategy}, asked by hand"
    if use == "case":
        return reuse.new_case(answer.question, answer.history, answer.text, origin)
    whole = answer.rewriting.question if answer.rewriting else \
        standalone(answer.question, answer.history)
    case = Case(0, whole)  # an example is shown without the conversation
    await refuse_holdout(case, ports)
    return reuse.few_shot_example(case, answer.text, origin)


async def refuse_holdout(case: Case, ports: Ports) -> None:
    """Raises DatasetError when the case, or one that asks the same, is holdout."""
    holdout = [each for each in await ports.store.cases() if each.split == "holdout"]
    asked = LikenessIndex((each.id, case_text(each)) for each in holdout)
    same = [case.id] if case.split == "holdout" else [
        like.key for like in asked.find(case_text(case))]
    if same:
        asking = f"Case {case.id}" if case.id else "This question"
        which = f"{asking} is" if same == [case.id] else \
            f"{asking} asks what case {same[0]} asks, which is"
        raise DatasetError(
            f"{which} holdout, so its answer is not taught",
            why="a model that has seen the answer is not tested by the question",
            remedy=f"Move case {same[0]} to tune (Evaluate, Cases), or use an answer to a tune "
                   "case",
        )


async def _source(cell_id: int, text: str, ports: Ports) -> _Source:
    cell = await ports.store.cell(cell_id)
    if cell is None or cell.answer is None:
        raise ConfigurationError("This cell has no answer", remedy="Run it first")
    case = next((each for each in await ports.store.cases() if each.id == cell.case_id), None)
    if case is None:
        raise ConfigurationError("The case of this answer was removed",
                                 remedy="Undo its removal, or use another answer")
    used = text.strip() or await _correction(cell_id, ports) or cell.answer.text.strip()
    if not used:
        raise ConfigurationError("The answer is empty", remedy="Write what it should have been "
                                 "with Correct")
    return _Source(cell, cell.answer, case, used)


async def _correction(cell_id: int, ports: Ports) -> str:
    kept = [each.correction for each in await ports.store.ratings()
            if each.cell_id == cell_id and each.rater != BLIND and each.correction.strip()]
    return kept[-1].strip() if kept else ""


def _with_gold(source: _Source, passage: int | None) -> Case:
    hit = next((each for each in source.answer.context if each.rank == passage), None)
    if hit is None:
        raise ConfigurationError("This passage is not among those of the answer",
                                 remedy="Choose another passage")
    return reuse.with_gold(source.case, hit)


def _system_sent(answer: Answer, prompt: Prompt | None) -> str:
    """The system message with its variables filled in, as this answer had it; the prompt's where
    it had none, unless that would have to be filled."""
    sent = next((each.content for each in answer.messages if each.role == "system"), "")
    plain = prompt.system if prompt is not None and not is_template(prompt.system) else ""
    return sent or plain


async def _example(preference: bool, source: _Source, ports: Ports) -> Example:
    """With the system message of the dataset, else of the prompt: the same as when asking."""
    known = await ports.store.examples()
    line = max((each.line for each in known), default=0) + 1
    draft = await ports.store.draft()
    versions = await ports.store.prompt_versions()
    prompt = draft or (versions[-1].prompt if versions else None)
    system = system_of(known[0]) if known else _system_sent(source.answer, prompt)
    first = next(iter(source.answer.citations), None)
    lineage = Lineage(
        cell_id=source.cell.id, case_id=source.case.id,
        document=first.document if first else "", page=first.page if first else None,
        sha256=await _hash_of(first.document, ports) if first else "",
    )
    made = reuse.preference_example(
        source.case, source.text, source.answer.text, system, source.origin, lineage
    ) if preference else reuse.training_example(
        source.case, source.text, system, source.origin, lineage)
    return replace(made, line=line)


async def _hash_of(name: str, ports: Ports) -> str:
    return next((each.sha256 for each in await ports.store.documents() if each.name == name), "")
