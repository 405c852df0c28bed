"""The shot curve: does the model still get better with more examples in its prompt?

Few-shot learning is the cheap rehearsal of fine-tuning: where 2, 4 and 8 examples in the prompt
lift the score step by step, hundreds in training may lift it further; where they do not, training
on more of the same is a bet (Brown et al. 2020 show the curves, "Language Models are Few-Shot
Learners"; the guidance asks for evidence from prompting first).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..evaluation.probes import SHOTS
from ..evaluation.statistics import Enough, Paired
from ..evaluation.thresholds import higher_is_better, is_share, label_of
from ..evaluation.types import Interval
from ..types import BUILTIN_MODEL
from .decision import Evidence
from .phrases import between, counted, plain, signed

FROM, TO = SHOTS[1], SHOTS[-1]  # the doublings whose slope is tested
ROOM = 0.1  # of a share: a gain below this is not worth training for
SHOWN = 0.05

ShotVerdict = Literal["still climbs", "flat", "too few cases"]


@dataclass(frozen=True, slots=True)
class ShotPoint:
    """The score with so many examples in the prompt."""

    shots: int
    score: Interval


@dataclass(frozen=True, slots=True)
class ShotCurve:
    """What a probe found. `steps` is 8 against 2 examples, paired over the same cases."""

    strategy: str  # whose prompt was probed
    model: str
    metric: str
    points: tuple[ShotPoint, ...]
    steps: Paired
    verdict: ShotVerdict
    text: str  # the verdict with its figures, in a sentence
    evidence: Evidence = field(default_factory=Evidence)

    @property
    def quotes(self) -> bool:
        """The built-in model quotes examples and learns nothing from them."""
        return BUILTIN_MODEL in self.model


def judge_curve(
    strategy: str, model: str, metric: str, points: Sequence[ShotPoint], steps: Paired,
    enough: Enough, evidence: Evidence,
) -> ShotCurve:
    """Still climbs: 8 examples are shown to be better than 2 (over the doublings 2, 4, 8 that is
    the least-squares slope). Flat: a gain worth having is outside the interval. Else too few."""
    up = higher_is_better(metric)
    most = steps.high if up else -steps.low
    scale = 1.0 if is_share(metric) else abs(points[1].score.mean)
    n = points[1].score.n
    figures = (f"from {FROM} to {TO} examples {label_of(metric)} changes by "
               f"{signed(steps.difference)} ({between(steps.low, steps.high)}) over "
               f"{counted(n, 'case')}")
    verdict: ShotVerdict
    if steps.p_value < SHOWN and (steps.low > 0 if up else steps.high < 0):
        verdict, text = "still climbs", f"Still climbs: {figures}. Training on more may help."
    elif most < ROOM * scale:
        verdict = "flat"
        text = f"Flat: {figures}. More examples of this kind are worth less than {_room(scale)}."
    else:
        verdict, text = "too few cases", f"Too few cases: {figures}.{_settles(enough, n)}"
    return ShotCurve(strategy, model, metric, tuple(points), steps, verdict, text, evidence)


def _room(scale: float) -> str:
    return plain(ROOM * scale)


def _settles(enough: Enough, n: int) -> str:
    if enough.needed is not None and enough.needed > n:
        return f" About {counted(enough.needed - n, 'more case')} would settle it."
    if enough.smallest < 1e6:
        return f" They can show {plain(enough.smallest)} or more."
    return ""


def curve_words(curve: ShotCurve) -> str:
    """0.33, 0.36, 0.38, 0.41 with 0, 2, 4 and 8 examples."""
    scores = ", ".join(plain(point.score.mean) for point in curve.points)
    return f"{scores} with {', '.join(str(point.shots) for point in curve.points)} examples"
