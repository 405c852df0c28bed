"""Probe runs: asked to learn one thing about a model, never to choose a strategy by.

A probe is an ordinary run with a mark among its versions, so that it can be paused, resumed and
looked into like any other, while Decide goes on judging the main run. Its prompts stand in the
run itself: they are no versions that anybody wrote, and must not become the current one.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..dataset.overlap import without_case
from ..dataset.turns import answer_of, question_of, turns_of
from ..errors import ConfigurationError
from ..prompts import chosen_of
from ..types import (
    Case,
    Example,
    FewShotExample,
    Parameters,
    Prompt,
    PromptVersion,
    Strategy,
)
from .types import Run

PROBE, PROMPTS, OF = "probe", "prompts", "probe of"
SHOTS_PROBE = "shots"
SHOTS = (0, 2, 4, 8)
SEED = 7
FEWEST = 10  # cases besides the examples: fewer show nothing at all


def is_probe(run: Run) -> bool:
    """Whether a run was made to probe a model."""
    return PROBE in run.versions


def plain_runs(runs: Iterable[Run]) -> list[Run]:
    """Those that somebody ran to compare strategies, in their order."""
    return [run for run in runs if not is_probe(run)]


def prompts_of(run: Run) -> list[PromptVersion]:
    """The prompts that a probe brought along, found by the names its strategies use."""
    return prompts_in(run.versions)


def prompts_in(versions: Mapping[str, Any]) -> list[PromptVersion]:
    """The same, from what the run keeps."""
    found = versions.get(PROMPTS)
    rows = found if isinstance(found, Mapping) else {}
    return [PromptVersion(0, _prompt(row), name=str(name)) for name, row in rows.items()
            if isinstance(row, Mapping)]


@dataclass(frozen=True, slots=True)
class ShotPlan:
    """A shot curve before it is run: a column for each number of examples."""

    of: str  # the strategy probed
    strategies: tuple[Strategy, ...]
    prompts: tuple[PromptVersion, ...]
    cases: tuple[Case, ...]
    source: str  # where the examples come from, in words

    def versions(self) -> dict[str, Any]:
        """What the run keeps."""
        return {PROBE: SHOTS_PROBE, OF: self.of,
                PROMPTS: {each.name: prompt_row(each.prompt) for each in self.prompts}}


def plan_shots(
    strategy: Strategy, prompt: Prompt, cases: Sequence[Case], examples: Sequence[Example],
    seed: int = SEED,
) -> ShotPlan:
    """0, 2, 4 and 8 examples in the prompt of `strategy`, each number with those before it.

    Examples come from the dataset where it holds enough that ask what no case asks, else from
    the tune cases, which are then not asked. Holdout cases are left alone. Raises
    ConfigurationError when too little is left, and says what to add.
    """
    tune = [case for case in cases if case.split == "tune" and case.reference.strip()]
    shuffled = random.Random(seed)
    shown = _from_dataset(examples, cases, shuffled)
    source = "the dataset"
    if len(shown) < SHOTS[-1]:
        drawn = shuffled.sample(tune, min(SHOTS[-1], len(tune)))
        shown = [FewShotExample(case.question, case.reference, origin=f"case {case.id}")
                 for case in drawn]
        tune = _without(tune, drawn, shown)
        source = "tune cases, which are left out of the curve"
    missing = max(SHOTS[-1] - len(shown), FEWEST - len(tune))
    if missing > 0:
        raise ConfigurationError(
            "There are too few tune cases for a shot curve",
            why=f"{SHOTS[-1]} serve as examples and {FEWEST} or more are asked",
            remedy=f"Add {missing} tune case{'s' if missing != 1 else ''} with reference "
                   "answers, or import training examples",
        )
    return ShotPlan(
        strategy.name, tuple(_column(strategy, place, count) for place, count in
                             enumerate(SHOTS, start=1)),
        tuple(PromptVersion(0, replace(prompt, examples=tuple(shown[:count])), _name(count))
              for count in SHOTS), tuple(tune), source,
    )


def shots_of(strategy: Strategy) -> int:
    """How many examples a column of the curve shows. Raises ValueError for another column."""
    return int((strategy.prompt or "").partition(" ")[0])


def _from_dataset(
    examples: Sequence[Example], cases: Sequence[Case], shuffled: random.Random
) -> list[FewShotExample]:
    pool = [each for each in examples if each.state == "kept"]
    shuffled.shuffle(pool)
    found: list[FewShotExample] = []
    for example in pool:
        turns = turns_of(example)
        if turns is None or [turn.role for turn in turns if turn.role not in (
                "system", "developer")] != ["user", "assistant"]:
            continue
        shot = FewShotExample(question_of(example), answer_of(example), origin="dataset")
        if not any(without_case(Prompt(examples=(shot,)), case)[1] for case in cases):
            found.append(shot)
        if len(found) == SHOTS[-1]:
            break
    return found


def _without(
    tune: Sequence[Case], drawn: Sequence[Case], shown: Sequence[FewShotExample]
) -> list[Case]:
    """The cases that are no example, not even in other words."""
    ids, prompt = {case.id for case in drawn}, Prompt(examples=tuple(shown))
    return [case for case in tune if case.id not in ids and not without_case(prompt, case)[1]]


def _column(strategy: Strategy, place: int, count: int) -> Strategy:
    return replace(strategy, id=place, name=f"{_name(count)}, {strategy.name}",
                   prompt=_name(count), derived_from=None, hidden=False, position=place - 1)


def _name(count: int) -> str:
    return f"{count} examples"


def prompt_row(prompt: Prompt) -> dict[str, Any]:
    """A prompt as a run keeps it, for `prompts_of`."""
    return {"system": prompt.system, "template": prompt.template,
            "parameters": prompt.parameters.as_dict(), "chosen": prompt.chosen,
            "variables": [list(pair) for pair in prompt.variables],
            "examples": [[each.question, each.answer, each.origin] for each in prompt.examples]}


def _prompt(row: Mapping[str, Any]) -> Prompt:
    rows = row.get("examples")
    shown = [each for each in rows if isinstance(each, list | tuple) and len(each) == 3] \
        if isinstance(rows, list | tuple) else []
    return Prompt(
        str(row.get("system", "")),
        tuple(FewShotExample(str(q), str(a), origin=str(o)) for q, a, o in shown),
        str(row.get("template", "{{ question }}")), _parameters(row.get("parameters")),
        chosen_of(row.get("chosen")), _pairs(row.get("variables")),
    )


def _pairs(rows: object) -> tuple[tuple[str, str], ...]:
    """Names and values of variables, of a row that a stranger may have written."""
    pairs = rows if isinstance(rows, list | tuple) else ()
    return tuple((each[0], each[1]) for each in pairs
                 if isinstance(each, list | tuple) and len(each) == 2
                 and all(isinstance(part, str) for part in each))


def _parameters(values: Any) -> Parameters:
    """A workspace may come from anywhere: what is no parameter is left out."""
    try:
        return Parameters.from_dict(values if isinstance(values, Mapping) else {})
    except TypeError:
        return Parameters()
