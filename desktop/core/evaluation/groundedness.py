"""Which sentences of an answer do its passages support? Judged locally, without a model.

1. `claims.claims_of` takes an answer apart: each sentence that claims something. Greetings,
   lone citation marks and sentences that say "the passages do not mention it" claim nothing.
2. `Evidence` takes the passages apart: windows of one to three neighbouring sentences, and how
   rare each word is in them.
3. `Evidence.worth_embedding` picks the windows that share most with the claims; only these and
   the claims are embedded, so that whole documents cost little more than five passages.
4. `Evidence.support` weighs, for one claim, the nearest meaning, the words covered (rare ones
   count more), and what speaks against it: a number that stands nowhere or elsewhere only, a
   name that stands in another passage only, a negation or an opposite on one side.

An answer's groundedness is the mean support of its claims, 0 to 1; None when it claims nothing
(a decline, for instance: there is nothing to be supported, and counting it as 1 would reward
silence). The idea is that of faithfulness in RAGAS (Es et al., 2023). The weights come from a
logistic regression over half of the questions of one collection, rounded; that for a denial
which the claim drops is set by hand, too few examples had one. The other half measures them:
tests/benchmarks/groundedness.py.
"""

from __future__ import annotations

import math
import re
import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from ..sentences import split_sentences
from ..wording import mentions
from .claims import Claim, Traits, together, traits

WIDEST = 3  # sentences of a window
PASSAGES = 12  # looked at sentence by sentence; more are whole documents
NEAREST = 5  # windows embedded for a claim because of their words
SINGLES = 60  # sentences embedded besides: those of some five passages
LOOKED = 3  # windows compared in detail, by meaning and by words
LONGEST = 900  # characters of a window; the embedder cuts at 256 tokens
# In the order of `Evidence.signals`: cosine; words covered by a window, by a passage; numbers in
# no passage, in no near window; names in no near passage; what only the claim denies, and what
# only the window denies; opposites.
WEIGHTS = (3.7, 1.0, 1.7, -3.5, -5.8, -3.6, -3.0, -2.0, -2.1)
BIAS = -3.5
SHARPNESS = 1.5  # a share counts sentences: a plain quotation must come close to 1


@dataclass(frozen=True, slots=True)
class Window:
    """One to three neighbouring sentences of a passage."""

    text: str
    traits: Traits
    single: bool  # one sentence
    passage: int = 0  # its place among the passages, from 0


class Passage:
    """A text an answer may rest on. Taken apart once, however many answers rest on it."""

    def __init__(self, text: str, name: str = "") -> None:
        """`name` is its document's: a plan's name may stand nowhere else."""
        self.text = text
        self.traits = traits(f"{_title(name)}\n{text}")

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """One to three neighbouring sentences, of each place where one begins."""
        parts = [
            part for sentence in split_sentences(self.text)
            for part in textwrap.wrap(sentence.text, LONGEST, break_on_hyphens=False)
        ]
        own = [traits(part) for part in parts]
        found = [Window(part, one, True) for part, one in zip(parts, own, strict=True)]
        for width in range(2, WIDEST + 1):
            for start in range(len(parts) - width + 1):
                text = " ".join(parts[start : start + width])
                if len(text) <= LONGEST:
                    found.append(Window(text, together(own[start : start + width]), False))
        return tuple(found)


def worth_reading(passages: Sequence[Passage], claims: Sequence[Claim]) -> list[int]:
    """Which passages to look at sentence by sentence: all of a few, and of many (whole
    documents) those that share most with the claims."""
    wanted: set[str] = set().union(*(claim.traits.roots for claim in claims))
    shared = [len(wanted & passage.traits.roots) for passage in passages]
    return sorted(sorted(range(len(passages)), key=lambda i: -shared[i])[:PASSAGES])


class Evidence:
    """The passages of one answer, prepared for its claims; `kept` are those worth reading.

    What repeats `question` without standing in any passage is not held against a claim.
    """

    def __init__(
        self, passages: Sequence[Passage], claims: Sequence[Claim], question: str = "",
        kept: Sequence[int] | None = None,
    ) -> None:
        self._passages = [passage.traits for passage in passages]
        kept = worth_reading(passages, claims) if kept is None else kept
        self._windows = [
            replace(window, passage=i) for i in kept for window in passages[i].windows
        ]
        self._claims = claims
        self._asked = traits(question)

    @cached_property
    def _rarity(self) -> Mapping[str, float]:
        counts = Counter(stem for w in self._windows for stem in w.traits.roots)
        total = len(self._windows)
        return {stem: math.log(1 + total / count) for stem, count in counts.items()}

    def _weight(self, stem: str) -> float:
        known = self._rarity.get(stem)
        return math.log(2 + len(self._windows)) if known is None else known

    def _covered(self, claim: Set[str], have: Set[str]) -> float:
        """Share of the claim's words, rare ones counting more; its own and close forms."""
        total = self._weigh(claim)
        kept = self._weigh(stem for stem in claim if mentions(stem, have))
        return kept / total if total else 1.0

    def worth_embedding(self) -> list[Window]:
        """The windows that may support a claim, each once: those that share most words with
        it, and single sentences, because a paraphrase may share no word at all."""
        chosen: dict[int, None] = {}
        for claim in self._claims:
            chosen.update(dict.fromkeys(self._sharing(claim)[:NEAREST]))
        shared: set[str] = set().union(*(claim.traits.roots for claim in self._claims))
        single = [i for i, window in enumerate(self._windows) if window.single]
        single.sort(key=lambda i: -self._weigh(shared & self._windows[i].traits.roots))
        chosen.update(dict.fromkeys(single[:SINGLES]))
        return [self._windows[i] for i in chosen]

    def _sharing(self, claim: Claim) -> list[int]:
        """Windows by the words they share with a claim, the shorter first of equals."""
        own = claim.traits.roots
        common = [self._weigh(own & w.traits.roots) - 0.002 * len(w.text) for w in self._windows]
        return sorted(range(len(common)), key=lambda i: -common[i])

    def _weigh(self, stems: Iterable[str]) -> float:
        return math.fsum(self._weight(stem) for stem in stems)  # in any order the same

    def support(
        self, claim: Claim, near: Sequence[tuple[Window, float]],
        only: Collection[int] | None = None,
    ) -> float:
        """How well the passages (those in `only`, from 0) support a claim: 0 to 1.

        `near` are the windows worth embedding, each with its cosine to the claim.
        """
        signals = self.signals(claim, near, only)
        if signals is None:
            return 0.0
        weighed = sum(w * s for w, s in zip(WEIGHTS, signals, strict=True))
        return 1 / (1 + math.exp(-SHARPNESS * (weighed + BIAS)))

    def signals(
        self, claim: Claim, near: Sequence[tuple[Window, float]],
        only: Collection[int] | None = None,
    ) -> tuple[float, ...] | None:
        """What `support` weighs, in the order of WEIGHTS; None without any passage."""
        looked = self._closest(claim, near, only)
        if not looked:
            return None
        own, best, cosine = claim.traits, looked[0][0], looked[0][1]
        covers = [self._covered(own.roots, window.traits.roots) for window, _ in looked]
        widest = looked[covers.index(max(covers))][0]
        passages = {i: p for i, p in enumerate(self._passages) if only is None or i in only}
        among = {window.passage for window, _ in near if window.passage in passages}
        beside = [passages[i] for i in {best.passage, widest.passage}]
        numbers, names = self._own(own.numbers, "numbers"), self._own(own.names, "plain")
        there = together([best.traits, widest.traits])
        return (
            cosine,
            max(covers),
            max(self._covered(own.roots, passages[i].roots) for i in among),
            _lost(numbers, [passage.numbers for passage in passages.values()]),
            _lost(numbers, [best.traits.numbers, widest.traits.numbers]),
            _lost(names, [passage.plain for passage in beside]),
            _share(own.denied, there.roots - there.denied),
            _share(best.traits.denied, own.roots - own.denied) * covers[0] ** 2,
            _reversed(own, there),
        )

    def _closest(
        self, claim: Claim, near: Sequence[tuple[Window, float]], only: Collection[int] | None
    ) -> list[tuple[Window, float]]:
        """The nearest few windows by meaning, then the nearest few others by words."""
        among = [pair for pair in near if only is None or pair[0].passage in only]
        among.sort(key=lambda pair: -pair[1])
        others = sorted(
            among[LOOKED:], key=lambda pair: -self._weigh(claim.traits.roots & pair[0].traits.roots)
        )
        return among[:LOOKED] + others[:LOOKED]

    def _own(self, found: frozenset[str], kind: Literal["numbers", "plain"]) -> frozenset[str]:
        """Without what only repeats the question while no passage has it: that is no claim."""
        repeated = found & getattr(self._asked, kind)
        return found - {each for each in repeated
                        if not any(each in getattr(p, kind) for p in self._passages)}


def _title(name: str) -> str:
    return re.sub(r"\.\w{2,5}$", "", name).replace("_", " ")


def _reversed(own: Traits, there: Traits) -> float:
    """Share of the words with an opposite for which only the opposite is there."""
    turned = [(pair, side) for pair, side in own.sides
              if (pair, 1 - side) in there.sides and (pair, side) not in there.sides]
    return len(turned) / len(own.sides) if own.sides else 0.0


def _share(wanted: Set[str], have: Set[str]) -> float:
    return len(wanted & have) / len(wanted) if wanted else 0.0


def _lost(wanted: Set[str], have: Sequence[Set[str]]) -> float:
    """Share of `wanted` that none of `have` holds."""
    if not wanted:
        return 0.0
    return sum(not any(each in one for one in have) for each in wanted) / len(wanted)
