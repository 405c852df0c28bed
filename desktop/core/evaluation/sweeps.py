"""A sweep: prompt versions x parameters x models, each combination a column of one run.

It varies one strategy and keeps its documents. The run is a probe (see `probes`): Decide does
not judge it, and the ladder keeps its columns.

Method: multiple comparisons with the best (Hsu 1984). Each combination is compared with the one
that scored best, and its p-value is multiplied by the number of those comparisons (Bonferroni). A
combination is wrongly called worse only if it is truly the best and another seems better than it,
and there are just so many others: so the bound holds although the best was picked after looking.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from ..advice.phrases import counted, dollars, plain
from ..advice.ranking import SHOWN
from ..errors import ConfigurationError
from ..parameters import checked_parameters
from ..types import CURRENT_PROMPT, Case, Parameters, PromptVersion, Strategy
from .leave_one_out import drawn_cases
from .probes import FEWEST, OF, PROBE
from .statistics import Paired
from .thresholds import higher_is_better, label_of
from .types import Interval, Run, StrategySummary

SWEEP = "sweep"
OF_ID = "swept strategy"  # the id of the strategy that is varied
MOST_COMBINATIONS = 36  # more are found by luck, and hard to read
ENOUGH_ANSWERS = 0.8  # of the cases: a column with fewer is not compared
SWEPT = ("temperature", "top_p", "max_tokens", "reasoning_effort", "verbosity",
         "presence_penalty", "frequency_penalty", "seed")

Against = tuple[float | None, float | None, float | None, float | None]
Verdict = Literal["best", "no difference shown", "worse", "worst", "too few answers", ""]
Model = tuple[str, str]  # connection, deployment
Values = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class SweepChoice:
    """What is varied. No values for a parameter: it stays as the strategy has it."""

    of: int  # id of the strategy
    prompts: tuple[int, ...]  # numbers of versions
    models: tuple[Model, ...]
    values: Values = field(default_factory=dict)
    most: int = 0  # cases; 0: all tune cases

    @property
    def combinations(self) -> int:
        count = len(self.prompts) * len(self.models)
        for values in self.values.values():
            count *= max(1, len(values))
        return count


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """The sweep before it is run."""

    of: Strategy
    strategies: tuple[Strategy, ...]
    cases: tuple[Case, ...]
    available: int  # tune cases that could be asked

    def versions(self) -> dict[str, Any]:
        """What the run keeps."""
        return {PROBE: SWEEP, OF: self.of.name, OF_ID: self.of.id}


def plan_sweep(
    strategy: Strategy, choice: SweepChoice, versions: Sequence[PromptVersion],
    cases: Sequence[Case],
) -> SweepPlan:
    """Raises ConfigurationError for nothing or too much to vary, a value that is none, or too
    few tune cases; and says what to do. Holdout cases are left alone: the winner is tried on
    them afterwards."""
    if not choice.prompts or not choice.models:
        missing = "model" if choice.prompts else "prompt version"
        raise ConfigurationError(f"No {missing} is chosen", remedy="Choose one or more")
    if not 2 <= choice.combinations <= MOST_COMBINATIONS:
        few = choice.combinations < 2
        raise ConfigurationError(
            "There is only one combination" if few else
            f"{choice.combinations:,} combinations are chosen",
            why="" if few else f"At most {MOST_COMBINATIONS} are tried: more are found by luck",
            remedy="Choose a second prompt version, value or model" if few else
            "Choose fewer versions, values or models",
        )
    tune = [case for case in cases if case.split == "tune" and case.reference.strip()]
    if len(tune) < FEWEST:
        raise ConfigurationError(
            "There are too few tune cases for a sweep",
            why=f"{FEWEST} or more with reference answers are asked, and there are {len(tune)}",
            remedy=f"Add {counted(FEWEST - len(tune), 'tune case')} with reference answers",
        )
    known = {version.number: version for version in versions}
    gone = [number for number in choice.prompts if number not in known]
    if gone:
        raise ConfigurationError(f"There is no prompt version {gone[0]} in this workspace")
    made = [
        replace(strategy, connection=model[0], deployment=model[1], prompt=str(number),
                parameters=values.over(strategy.parameters), derived_from=None, hidden=False,
                fine_tuned=strategy.fine_tuned and model == model_of(strategy))
        for number in choice.prompts for values in _sets(choice.values) for model in choice.models
    ]
    named = _named(made, known)
    return SweepPlan(strategy, tuple(named), tuple(drawn_cases(tune, choice.most)), len(tune))


def model_of(strategy: Strategy) -> Model:
    return strategy.connection, strategy.deployment


def read_values(text: str) -> list[Any]:
    """`0, 0.5` as numbers, other words as they are."""
    found: list[Any] = []
    for part in text.replace(";", ",").split(","):
        try:
            found.append(json.loads(part.strip()))
        except ValueError:
            found += [part.strip()] if part.strip() else []
    return [each for each in found if isinstance(each, int | float | str)]


def _sets(values: Values) -> list[Parameters]:
    """Each combination of the values that are given. Raises ConfigurationError."""
    given = {name: list(dict.fromkeys(some)) for name, some in values.items() if some}
    return [checked_parameters(dict(zip(given, each, strict=True)))
            for each in itertools.product(*given.values())]


def _named(made: Sequence[Strategy], known: Mapping[int, PromptVersion]) -> list[Strategy]:
    """Names say what differs. Raises ConfigurationError where two columns would be the same."""
    words = Wording(made, known)
    found: dict[str, Strategy] = {}
    for place, each in enumerate(made, start=1):
        name = words.whole(each)
        if name in found:
            raise ConfigurationError(f'"{name}" is chosen twice', remedy="Give each value once")
        found[name] = replace(each, id=place, name=name, position=place - 1)
    return list(found.values())


class Wording:
    """What differs between the columns of a sweep, in words."""

    def __init__(
        self, strategies: Sequence[Strategy], versions: Mapping[int, PromptVersion]
    ) -> None:
        rows = [each.parameters.as_dict() for each in strategies]
        names = dict.fromkeys(name for row in rows for name in row)
        self._varied = [name for name in names if len({repr(row.get(name)) for row in rows}) > 1]
        self._names = {str(number): version.name for number, version in versions.items()}
        self._deployments: dict[str, set[str]] = {}
        for each in strategies:
            self._deployments.setdefault(each.deployment, set()).add(each.connection)

    def prompt(self, strategy: Strategy) -> str:
        """`v7 Cites pages`."""
        number = strategy.prompt or ""
        return f"v{number} {self._names.get(number, '')}".strip()

    def parameters(self, strategy: Strategy) -> str:
        """`temperature 0.2, top p 0.9`; "" where none is varied."""
        values = strategy.parameters.as_dict()
        return ", ".join(f"{name.replace('_', ' ')} {values.get(name, 'as it is')}"
                         for name in self._varied)

    def model(self, strategy: Strategy) -> str:
        """The deployment, with its connection where two have one of that name."""
        if len(self._deployments.get(strategy.deployment, ())) > 1:
            return f"{strategy.deployment} ({strategy.connection})"
        return strategy.deployment

    def whole(self, strategy: Strategy) -> str:
        """All three."""
        parts = (self.prompt(strategy), self.parameters(strategy), self.model(strategy))
        return ", ".join(part for part in parts if part)


# --- what it showed ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SweepCell:
    """One combination. `low` and `high` bound its difference from the best, paired."""

    strategy: Strategy
    score: Interval | None  # None: no answer was scored
    verdict: Verdict
    answered: int  # cells that ended with an answer
    failed: int
    cost_per_1000: float | None
    seconds: float | None  # the median
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None  # corrected for all that are compared with the best


@dataclass(frozen=True, slots=True)
class SweepResult:
    """The matrix, in the run's order, and what it comes to in a few sentences."""

    run: Run
    metric: str
    cells: tuple[SweepCell, ...]
    text: str

    @property
    def best(self) -> SweepCell | None:
        return next((cell for cell in self.cells if cell.verdict == "best"), None)


def comparable(strategies: Sequence[Strategy], answered: Mapping[int, int]) -> list[Strategy]:
    """Those that answered nearly as many cases as the others; `answered` by strategy id."""
    most = max((answered.get(each.id, 0) for each in strategies), default=0)
    return [each for each in strategies
            if most and answered.get(each.id, 0) >= ENOUGH_ANSWERS * most]


def best_first(run: Run, metric: str, scores: Mapping[int, Interval]) -> list[Strategy]:
    """The columns that may be compared, best mean first; `scores` by strategy id."""
    able = comparable(run.strategies, {number: score.n for number, score in scores.items()})
    sign = -1 if higher_is_better(metric) else 1
    return sorted(able, key=lambda each: sign * scores[each.id].mean)


def judge_sweep(
    run: Run, metric: str, scores: Mapping[int, Interval], summaries: Mapping[int, StrategySummary],
    failed: Mapping[int, int], against: Mapping[int, Paired],
) -> SweepResult:
    """`against` holds each column of `best_first` minus the first of them, over the cases of
    both, not yet corrected; the mappings are by strategy id."""
    ranked = best_first(run, metric, scores)
    lowest = [each for each in ranked
              if abs(scores[each.id].mean - scores[ranked[-1].id].mean) < 1e-9]
    cells = []
    for each in run.strategies:
        verdict, found = _verdict(each, ranked, lowest, against, each.id in scores,
                                  higher_is_better(metric))
        summary = summaries.get(each.id)
        cells.append(SweepCell(
            each, scores.get(each.id), verdict, summary.n if summary else 0,
            failed.get(each.id, 0), summary.cost_per_1000 if summary else None,
            summary.latency.p50 if summary and summary.latency else None, *found))
    return SweepResult(run, metric, tuple(cells), _text(cells, metric))


def _verdict(
    strategy: Strategy, ranked: Sequence[Strategy], lowest: Sequence[Strategy],
    against: Mapping[int, Paired], scored: bool, up: bool,
) -> tuple[Verdict, Against]:
    nothing = (None, None, None, None)
    if strategy not in ranked:
        return ("too few answers" if scored else ""), nothing
    if strategy is ranked[0]:
        return "best", nothing
    paired = against.get(strategy.id)
    if paired is None:
        return "no difference shown", nothing
    p_value = min(1.0, paired.p_value * (len(ranked) - 1))
    found = (paired.difference, paired.low, paired.high, p_value)
    lower = paired.high < 0 if up else paired.low > 0  # over the cases of both
    if p_value >= SHOWN or not lower:
        return "no difference shown", found
    return ("worst" if strategy in lowest else "worse"), found


def _text(cells: Sequence[SweepCell], metric: str) -> str:
    best = next((cell for cell in cells if cell.verdict == "best"), None)
    if best is None or best.score is None:
        return "No combination has scored answers yet."
    worse = sum(cell.verdict in ("worse", "worst") for cell in cells)
    tied = [cell for cell in cells if cell.verdict == "no difference shown"]
    text = (f"Best: {best.strategy.name}, {label_of(metric)} {plain(best.score.mean)} "
            f"({plain(best.score.low)} to {plain(best.score.high)}) over "
            f"{counted(best.score.n, 'case')}. ")
    if not worse:
        text += f"No difference is shown between it and the {len(tied)} others." if len(
            tied) > 1 else "No difference is shown between the two."
    else:
        text += f"{worse} of {len(cells) - 1} others are shown to be worse"
        text += f"; for {len(tied)} no difference is shown." if tied else "."
    cheaper = [cell for cell in tied if cell.cost_per_1000 is not None
               and best.cost_per_1000 is not None and cell.cost_per_1000 < best.cost_per_1000]
    if cheaper:
        least = min(cheaper, key=lambda cell: cell.cost_per_1000 or 0.0)
        text += (f" Cheapest of those: {least.strategy.name}, {dollars(least.cost_per_1000 or 0)} "
                 f"instead of {dollars(best.cost_per_1000 or 0)} for 1,000 calls.")
    return text


@dataclass(frozen=True, slots=True)
class Matrix:
    """The cells as rows and columns; None where there is no such combination."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[SweepCell | None, ...], ...]


def matrix_of(result: SweepResult, versions: Sequence[PromptVersion]) -> Matrix:
    """Models across where there are several, else parameters, else a single column."""
    words = Wording(result.run.strategies, {each.number: each for each in versions})
    several = len({model_of(each) for each in result.run.strategies}) > 1
    across = words.model if several or not words.parameters(result.run.strategies[0]) \
        else words.parameters
    parts = [part for part in (words.prompt, words.parameters, words.model) if part != across]
    held: dict[str, dict[str, SweepCell]] = {}
    for cell in result.cells:
        row = ", ".join(said for part in parts if (said := part(cell.strategy))
                        and (several or part != words.model))
        held.setdefault(row, {})[across(cell.strategy)] = cell
    columns = tuple(dict.fromkeys(name for row in held.values() for name in row))
    return Matrix(tuple(held), columns, tuple(
        tuple(row.get(name) for name in columns) for row in held.values()))


def winner(
    cell: SweepCell, strategy: Strategy, versions: Sequence[PromptVersion]
) -> Strategy:
    """The strategy with the combination's model, prompt and parameters.

    It goes on following the Prompt pane where the combination used the newest version.
    Parameters that this version has already stay with it, so that the column does not seem to
    differ in more than its prompt.
    """
    number = cell.strategy.prompt
    found = next((each for each in versions if str(each.number) == number), None)
    known = found.prompt.parameters.as_dict() if found is not None else {}
    own = {name: value for name, value in cell.strategy.parameters.as_dict().items()
           if known.get(name) != value}
    newest = found is not None and found is versions[-1]
    return replace(
        strategy, connection=cell.strategy.connection, deployment=cell.strategy.deployment,
        prompt=CURRENT_PROMPT if newest else number, parameters=Parameters.from_dict(own),
        fine_tuned=cell.strategy.fine_tuned,
    )
