"""Ready to fine-tune? Each condition of Microsoft's guidance, held against what is there.

Met, not met or unknown, never guessed: what the workspace cannot tell is unknown. Every
condition that is not met names its next step; the cheapest three are the plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from ..evaluation.probes import SHOTS
from ..evaluation.types import Cause
from ..types import Rung
from .decision import Check, Evidence, Place, Reason, Status
from .drift import Drift
from .knowledge import Dated
from .phrases import counted, plain
from .shots import ShotCurve, curve_words
from .staleness import Stale

FEWEST_EXAMPLES = 50  # to see a change at all
GOOD_EXAMPLES = 300  # "hundreds to thousands" for a good model
FEWEST_HOLDOUT = 20
FEWEST_FAILURES = 10
FEWEST_RATINGS = 20
KNOWLEDGE = frozenset({Cause.NOT_IN_DOCUMENTS, Cause.NOT_RETRIEVED})
_VAGUE = ("better", "improve", "cheaper", "save money", "reduce cost", "lower cost")
_MOST_STEPS = 3
_QUOTES = ". The built-in model quotes examples, it does not learn from them"
BASELINE, PROMPTED, SEARCHED, FAILURES = "baseline", "prompted", "searched", "failures"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a workspace. None: not known."""

    sentence: str = ""
    prompt_versions: int = 0
    rungs: Set[Rung] = frozenset()  # that answered in the run
    hit_rate: float | None = None
    baseline_cases: int = 0
    causes: Mapping[Cause, int] = field(default_factory=dict)
    examples: int = 0
    dataset_errors: int | None = None
    holdout: int = 0
    overlap: int = 0  # evaluated questions that are trained on as well
    ratings: int = 0
    shots: ShotCurve | None = None
    drift: Drift | None = None
    stale: Sequence[Stale] = ()
    traced: int = 0  # examples that know the file they were made from
    dated: Sequence[Dated] = ()
    documents: int = 0
    knowledge: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # model, YYYY-MM or ""
    as_of: str = ""  # of the catalog, an ISO date
    cells: Mapping[str, Evidence] = field(default_factory=dict)  # see BASELINE and the others

    def at(self, key: str) -> Evidence:
        """The cells behind a condition, if any."""
        return self.cells.get(key, Evidence())


def readiness(facts: Facts) -> tuple[Check, ...]:
    """The conditions, in the guidance's order."""
    return tuple(check(facts) for _, check in _CHECKS)


def next_steps(checks: Sequence[Check]) -> tuple[Reason, ...]:
    """The three cheapest steps towards what is not met, for what `readiness` returned."""
    efforts = [effort for effort, _ in _CHECKS]
    unmet = sorted(((effort, place) for place, (effort, each) in enumerate(
        zip(efforts, checks, strict=True)) if each.step))
    found = [checks[place] for _, place in unmet[:_MOST_STEPS]]
    return tuple(Reason(each.step, each.where) for each in found)


def knowledge_share(causes: Mapping[Cause, int]) -> tuple[int, int]:
    """Failures that are missing knowledge, and all that have a cause of their own."""
    total = sum(count for cause, count in causes.items() if cause is not Cause.OTHER)
    return sum(causes.get(cause, 0) for cause in KNOWLEDGE), total


def _check(
    name: str, status: Status, evidence: str, step: str, where: Evidence | Place = ""
) -> Check:
    found = where if isinstance(where, Evidence) else Evidence(place=where)
    return Check(name, status, evidence, "" if status == "met" else step, found)


def _use_case(facts: Facts) -> Check:
    sentence = facts.sentence.strip()
    vague = any(word in sentence.casefold() for word in _VAGUE) and len(sentence.split()) < 6
    evidence = sentence or "no use case"
    return _check("Use case stated in one sentence",
                  "met" if len(sentence.split()) >= 3 and not vague else "not met",
                  f'"{sentence}" names no task' if vague else evidence,
                  "Say in one sentence what the model is to do, for whom", "Goal")


def _prompt(facts: Facts) -> Check:
    tried = Rung.PROMPT in facts.rungs or Rung.DOCUMENTS in facts.rungs
    versions = counted(facts.prompt_versions, "version")
    return _check("Prompt engineering tried", "met" if tried and facts.prompt_versions else
                  "not met", versions if tried else f"{versions}, none in this run",
                  "Run a strategy with a system message and few-shot examples",
                  facts.at(PROMPTED) if tried else "Prompt")


def _documents(facts: Facts) -> Check:
    tried = facts.rungs & {Rung.DOCUMENTS, Rung.WHOLE_DOCUMENTS}
    hit = "" if facts.hit_rate is None else f"hit@k {plain(facts.hit_rate)}"
    return _check("Documents tried", "met" if tried else "not met",
                  (hit or "in this run") if tried else "not in this run",
                  "Run a strategy that searches your documents",
                  facts.at(SEARCHED) if tried else "Documents")


def _baseline(facts: Facts) -> Check:
    return _check("Baseline measured", "met" if facts.baseline_cases >= FEWEST_HOLDOUT else
                  "not met", counted(facts.baseline_cases, "case"),
                  f"Run Baseline over {FEWEST_HOLDOUT} cases or more", facts.at(BASELINE))


def _failures(facts: Facts) -> Check:
    known = sum(facts.causes.values())
    return _check("Examples of what fails", "met" if known >= FEWEST_FAILURES else "not met",
                  f"{counted(known, 'failure')} with a cause",
                  "Add cases that fail, so that there is something to train for",
                  facts.at(FAILURES))


def _behaviour(facts: Facts) -> Check:
    missing, total = knowledge_share(facts.causes)
    status: Status = "unknown"
    if total >= 5:
        status = "met" if 2 * missing < total else "not met"
    return _check("The gap is behaviour, not knowledge", status,
                  f"{missing} of {counted(total, 'failure')} are missing knowledge",
                  "Add documents or improve the search first: training adds no knowledge"
                  if status == "not met" else "Run more cases with gold sources",
                  facts.at(FAILURES))


def _dataset(facts: Facts) -> Check:
    if not facts.examples:
        return _check("Dataset in the model's format", "not met", "no dataset",
                      "Send corrected answers to the dataset, or import one", "Fine-tuning")
    errors = facts.dataset_errors
    status: Status = "unknown" if errors is None else "met" if errors == 0 else "not met"
    return _check("Dataset in the model's format", status,
                  "not checked" if errors is None else counted(errors, "error"),
                  "Mend the errors that the Fine-tuning pane lists", "Fine-tuning")


def _size(facts: Facts) -> Check:
    few = facts.examples < FEWEST_EXAMPLES
    more = "" if facts.examples >= GOOD_EXAMPLES or few else ", hundreds are better"
    return _check(f"{FEWEST_EXAMPLES} training examples or more",
                  "not met" if few else "met", f"{counted(facts.examples, 'example')}{more}",
                  f"Add {counted(FEWEST_EXAMPLES - facts.examples, 'training example')}",
                  "Fine-tuning")


def _holdout(facts: Facts) -> Check:
    if facts.overlap:
        return _check("Holdout kept apart", "not met",
                      f"{counted(facts.overlap, 'case')} also in the dataset",
                      "Take the evaluated questions out of the dataset", "Fine-tuning")
    return _check("Holdout kept apart", "met" if facts.holdout >= FEWEST_HOLDOUT else "not met",
                  f"{counted(facts.holdout, 'holdout case')}, no overlap",
                  f"Mark {FEWEST_HOLDOUT} cases or more as holdout and tune on the others",
                  "Cases")


def _shots(facts: Facts) -> Check:
    name = f"More examples help ({', '.join(map(str, SHOTS))})"
    curve = facts.shots
    if curve is None:
        return _check(name, "unknown", "not measured",
                      "Measure the shot curve: the prompt with 0, 2, 4 and 8 examples")
    status: Status = {"still climbs": "met", "flat": "not met"}.get(  # type: ignore[assignment]
        curve.verdict, "unknown")
    step = {"flat": "More examples of this kind do not help: look at what fails instead"}.get(
        curve.verdict, "Add cases, then measure the shot curve again")
    if curve.quotes:
        status, step = "unknown", "Measure the shot curve on a model that learns from examples"
    return _check(name, status, f"{curve.verdict}: {curve_words(curve)}"
                  f"{_QUOTES if curve.quotes else ''}", step, curve.evidence)


def _acceptance(facts: Facts) -> Check:
    enough = facts.ratings >= FEWEST_RATINGS
    return _check("Plan for user acceptance", "met" if enough else "unknown",
                  counted(facts.ratings, "rating") if facts.ratings else "no ratings",
                  f"Let users rate {FEWEST_RATINGS} answers, blind")


# Effort of its step, cheapest first, and the condition.
_CHECKS: tuple[tuple[int, Callable[[Facts], Check]], ...] = (
    (1, _use_case), (3, _prompt), (4, _documents), (2, _baseline), (8, _failures),
    (9, _behaviour), (7, _dataset), (10, _size), (5, _holdout), (6, _shots), (11, _acceptance),
)


def count_causes(causes: Sequence[Cause]) -> dict[Cause, int]:
    """A histogram in the order of `Cause`, without empty rows."""
    counts = Counter(causes)
    return {cause: counts[cause] for cause in Cause if counts[cause]}
