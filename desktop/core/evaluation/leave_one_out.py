"""Which few-shot example helps? A probe that asks the cases with all of them, and without each.

What an example is worth is the score with all examples minus the score without it, over the same
cases (leave one out). It is worth that beside the others: two examples that teach the same are
each worth little, so one is switched off at a time.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..advice.decision import Evidence
from ..advice.phrases import counted, listed, plain
from ..dataset.overlap import without_case
from ..errors import ConfigurationError
from ..types import Case, FewShotExample, PromptVersion, Strategy
from .probes import FEWEST, OF, PROBE, PROMPTS, SEED, prompt_row, prompts_of
from .statistics import Enough, Paired, holm
from .thresholds import higher_is_better, label_of
from .types import Comparison, Interval, Run

EXAMPLES_PROBE = "examples"
VERSION = "probe version"  # the number of the prompt version that was probed
MOST_EXAMPLES = 24  # each costs a column
ALL = "all examples"

Effect = Literal["helps", "harms", "no difference shown"]


@dataclass(frozen=True, slots=True)
class ExamplePlan:
    """The probe before it is run: a column with all examples, and one without each."""

    of: str  # the strategy probed
    version: int
    strategies: tuple[Strategy, ...]
    prompts: tuple[PromptVersion, ...]
    cases: tuple[Case, ...]
    available: int  # tune cases that could be asked
    repeated: int  # tune cases left out because an example asks the same

    def versions(self) -> dict[str, Any]:
        """What the run keeps."""
        return {PROBE: EXAMPLES_PROBE, OF: self.of, VERSION: self.version,
                PROMPTS: {each.name: prompt_row(each.prompt) for each in self.prompts}}


def plan_examples(
    strategy: Strategy, version: PromptVersion | None, cases: Sequence[Case], most: int = 0,
    seed: int = SEED,
) -> ExamplePlan:
    """For the examples that are on, over tune cases: at most `most` of them, drawn by the seed;
    0 takes all. Holdout cases are left alone, and so are cases that an example repeats.

    Raises ConfigurationError where there is nothing to compare, and says what to add.
    """
    shown = [each for each in version.prompt.examples if each.on] if version else []
    if version is None or not shown:
        raise ConfigurationError(
            f"The prompt of {strategy.name} has no few-shot example that is on",
            remedy="Add examples in the Prompt pane, then measure them",
        )
    if len(shown) > MOST_EXAMPLES:
        raise ConfigurationError(
            f"{len(shown)} examples are on", why=f"at most {MOST_EXAMPLES} are tried at a time",
            remedy="Switch some off first",
        )
    prompt = replace(version.prompt, examples=tuple(shown))
    tune = [case for case in cases if case.split == "tune" and case.reference.strip()]
    able = [case for case in tune if not without_case(prompt, case)[1]]
    if len(able) < FEWEST:
        raise ConfigurationError(
            "There are too few tune cases to tell examples apart",
            why=f"{FEWEST} or more are asked that no example repeats, and there are {len(able)}",
            remedy=f"Add {counted(FEWEST - len(able), 'tune case')} with reference answers",
        )
    drawn = drawn_cases(able, most, seed)
    names = [ALL, *(_name(place) for place in range(1, len(shown) + 1))]
    prompts = [prompt, *(replace(prompt, examples=_without(shown, place))
                         for place in range(len(shown)))]
    return ExamplePlan(
        strategy.name, version.number,
        tuple(_column(strategy, place, name) for place, name in enumerate(names, start=1)),
        tuple(PromptVersion(0, each, name) for name, each in zip(names, prompts, strict=True)),
        tuple(drawn), len(able), len(tune) - len(able),
    )


def drawn_cases(cases: Sequence[Case], most: int = 0, seed: int = SEED) -> list[Case]:
    """`most` of them, `FEWEST` at least; 0 takes all. The same ones each time, in their order,
    so that answers are not paid twice."""
    if not most or most >= len(cases):
        return list(cases)
    wanted = {case.id for case in random.Random(seed).sample(list(cases), max(most, FEWEST))}
    return [case for case in cases if case.id in wanted]


def _without(shown: Sequence[FewShotExample], place: int) -> tuple[FewShotExample, ...]:
    return (*shown[:place], *shown[place + 1:])


def _name(number: int) -> str:
    return f"without example {number}"


def _column(strategy: Strategy, place: int, name: str) -> Strategy:
    return replace(strategy, id=place, name=f"{name}, {strategy.name}", prompt=name,
                   derived_from=None, hidden=False, position=place - 1)


def examples_of(run: Run) -> tuple[FewShotExample, ...]:
    """The examples that a probe tried, in order; () for a run that is no such probe."""
    found = {each.name: each.prompt for each in prompts_of(run)}
    return found[ALL].examples if ALL in found else ()


def columns_of(run: Run) -> tuple[Strategy, list[Strategy]] | None:
    """The column with all examples, and those without each, in the order of `examples_of`;
    None where the run, which may come from anywhere, does not hold them."""
    by_prompt = {each.prompt: each for each in run.strategies}
    names = [_name(place) for place in range(1, len(examples_of(run)) + 1)]
    if ALL not in by_prompt or not names or not set(names) <= set(by_prompt):
        return None
    return by_prompt[ALL], [by_prompt[name] for name in names]


@dataclass(frozen=True, slots=True)
class ExampleEffect:
    """What one example is worth; `change` is with all examples minus without this one."""

    example: FewShotExample
    change: Comparison
    verdict: Effect
    tokens: int | None  # that it adds to each call; None: not known
    where: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True, slots=True)
class ExampleEffects:
    """What a probe found, in the order of the prompt."""

    run: int
    of: str
    version: int
    metric: str
    score: Interval  # with all examples
    effects: tuple[ExampleEffect, ...]
    text: str  # all of it in a few sentences


def judge_effects(
    run: Run, metric: str, score: Interval, pairs: Sequence[tuple[Strategy, Paired, Enough, int]],
    tokens: Sequence[int | None],
) -> ExampleEffects:
    """`pairs` holds, for each example, its column, all minus without, what so many cases can
    show, and the number of cases. P-values are corrected over all examples (Holm)."""
    found = columns_of(run)
    assert found is not None, "looked at before"
    corrected = holm([paired.p_value for _, paired, _, _ in pairs])
    effects = []
    for place, (column, paired, _, n) in enumerate(pairs):
        change = Comparison(column.name, found[0].name, metric, paired.difference, paired.low,
                            paired.high, corrected[place], n)
        effects.append(ExampleEffect(
            examples_of(run)[place], change, _verdict(change), tokens[place],
            Evidence(run.id, (found[0].name, column.name), metric, run.case_ids)))
    smallest = sorted(each.smallest for _, _, each, _ in pairs)[len(pairs) // 2]
    version = run.versions.get(VERSION)
    return ExampleEffects(
        run.id, str(run.versions.get(OF, "")), version if isinstance(version, int) else 0, metric,
        score, tuple(effects), _text(effects, metric, score.n, smallest),
    )


def _verdict(change: Comparison) -> Effect:
    if not change.shows_difference:
        return "no difference shown"
    return "helps" if (change.difference > 0) is higher_is_better(change.metric) else "harms"


def _text(effects: Sequence[ExampleEffect], metric: str, n: int, smallest: float) -> str:
    counts = {verdict: sum(each.verdict == verdict for each in effects)
              for verdict in ("helps", "harms", "no difference shown")}
    parts = []
    if counts["helps"]:
        parts.append(f"{counts['helps']} help{'s' if counts['helps'] == 1 else ''}")
    if counts["harms"]:
        parts.append(f"{counts['harms']} harm{'s' if counts['harms'] == 1 else ''}")
    if counts["no difference shown"]:
        parts.append(f"for {counts['no difference shown']} no difference is shown")
    told = listed(parts) if len(parts) > 1 or not counts["no difference shown"] \
        else "no difference is shown for any"
    text = (f"Of {counted(len(effects), 'example')}, by {label_of(metric)} over "
            f"{counted(n, 'case')}: {told}.")
    if smallest < 1e6:
        text += (f" So many cases can show a difference of about {plain(smallest)} or more; "
                 "a smaller one needs more cases.")
    return text
