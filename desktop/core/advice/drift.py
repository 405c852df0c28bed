"""Drift: what a fine-tuned model has forgotten that its base knew.

Training on a narrow set can cost general abilities ("catastrophic forgetting", McCloskey and
Cohen 1989). Both models are asked the same general questions, bare, and their short answers are
held against the accepted ones; the loss is paired over the questions.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..evaluation.statistics import Paired
from .phrases import between, signed

SHOWN = 0.05
NO_LOSS = Paired(0.0, 0.0, 0.0, 1.0)
_WORDS = re.compile(r"[^\w.]+|\.(?!\d)|(?<!\d)\.")
_THOUSANDS = re.compile(r"(?<=\d)[,\u202f\u00a0'](?=\d{3}\b)")


@dataclass(frozen=True, slots=True)
class GeneralQuestion:
    """A question that has nothing to do with the use case, and the answers that are right."""

    question: str
    accepted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with both answers."""

    question: str
    base: str
    tuned: str
    base_right: bool
    tuned_right: bool


@dataclass(frozen=True, slots=True)
class Drift:
    """What asking both found; kept as a fact of the workspace. Times are ISO 8601, UTC."""

    strategy: str  # the fine-tuned column
    base: str
    tuned_model: str
    base_model: str
    asked_at: str
    asked: tuple[Asked, ...]
    loss: Paired = NO_LOSS  # tuned minus base, a share of the questions

    @property
    def text(self) -> str:
        """The finding with its figures."""
        n = len(self.asked)
        base, tuned = (sum(getattr(each, name) for each in self.asked)
                       for name in ("base_right", "tuned_right"))
        figures = (f"of {n} general questions {self.strategy} answers {tuned} right, its base "
                   f"{self.base_model or self.base} {base}: {signed(self.loss.difference)} "
                   f"({between(self.loss.low, self.loss.high)})")
        if self.loss.p_value < SHOWN and self.loss.high < 0:
            return f"Drift is shown: {figures}. Mix general examples into the dataset."
        if self.loss.p_value < SHOWN and self.loss.low > 0:
            return f"No drift: {figures}."
        return f"No drift shown: {figures}."

    def as_fact(self) -> dict[str, Any]:
        """JSON-ready, without the interval: it is worked out when it is shown."""
        return {"strategy": self.strategy, "base": self.base, "tuned_model": self.tuned_model,
                "base_model": self.base_model, "asked_at": self.asked_at,
                "asked": [asdict(each) for each in self.asked]}


def drift_of(fact: Mapping[str, Any]) -> Drift:
    """Raises KeyError or TypeError for what is no such fact."""
    asked = tuple(Asked(str(each["question"]), str(each["base"]), str(each["tuned"]),
                        bool(each["base_right"]), bool(each["tuned_right"]))
                  for each in fact["asked"])
    return Drift(str(fact["strategy"]), str(fact["base"]), str(fact["tuned_model"]),
                 str(fact["base_model"]), str(fact["asked_at"]), asked)


def is_right(answer: str, accepted: Sequence[str]) -> bool:
    """Whether an accepted answer stands in the text as whole words, whatever its case."""
    text = f" {_plain(answer)} "
    return any(f" {_plain(each)} " in text for each in accepted)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    folded = _THOUSANDS.sub("", folded)
    return " ".join(_WORDS.sub(" ", folded).split())
