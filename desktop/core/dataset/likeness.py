"""Which of many texts another text is the same as, nearly the same as, or contains.

"The same" means equal letters and digits: case, spaces and punctuation do not count. "Nearly"
means a Jaccard similarity of at least 0.75 between the sets of letter trigrams of the words
that carry meaning (Kukich 1992 for trigrams; near-duplicates by shingles: Broder 1997), with
the same numbers in both: "tier 1" and "tier 2" are other questions. Candidates come from an
inverted index with prefix filtering (Bayardo, Ma & Srikant 2007; several shared members asked
for: Wang, Li & Feng 2012), which loses none: two sets as alike as that share some of their
rarest trigrams. Paraphrases in other words are not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from typing import Literal, NamedTuple

from ..wording import FUNCTION_WORDS

How = Literal["same", "contains", "near"]
NEAR = 0.75
LEAST_CONTAINED = 5  # words: shorter texts stand in others by chance
_SHARED = 8  # rare trigrams asked of a candidate: more cost memory, fewer cost comparisons
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_ADDRESS = {"please", "tell", "explain", "hello", "hi", "thanks", "thank"}
_SMALL = (FUNCTION_WORDS | _ADDRESS) - {"not", "no", "without"}


class Like(NamedTuple):
    """The text with this key, and how the other one is like it."""

    key: int
    how: How


def words_of(text: str) -> list[str]:
    """Words and numbers as they are compared: compatible forms, no case, no punctuation."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


class Text:
    """What is compared of a text; made lazily, because most comparisons end early."""

    __slots__ = ("_grams", "words")

    def __init__(self, text: str) -> None:
        self.words = words_of(text)
        self._grams: frozenset[str] | None = None

    @property
    def letters(self) -> str:
        """Equal for texts that are the same."""
        return "".join(self.words)

    @property
    def line(self) -> str:
        """With a space around each word, so that `in` finds whole words."""
        return f" {' '.join(self.words)} "

    @property
    def numbers(self) -> frozenset[str]:
        """The words with a digit."""
        return frozenset(word for word in self.words if _DIGIT.search(word))

    @property
    def grams(self) -> frozenset[str]:
        """Trigrams within words, with two spaces between words, as PostgreSQL's pg_trgm has
        them; function words count only where there is nothing else."""
        if self._grams is None:
            kept = [word for word in self.words if word not in _SMALL] or self.words
            line = f"  {'  '.join(kept)} "
            self._grams = frozenset(line[at : at + 3] for at in range(len(line) - 2))
        return self._grams


class LikenessIndex:
    """Built once over the smaller side; `find` is then asked for each text of the larger."""

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        self._texts = {key: made for key, text in texts if (made := Text(text)).words}
        self._same: dict[str, list[int]] = {}
        self._anchors: dict[str, list[int]] = {}  # the rarest word of a text -> who has it
        self._grams: dict[str, list[int]] = {}
        self._rank: dict[str, int] = {}  # of a trigram: rarest first
        self._longest = max((len(text.grams) for text in self._texts.values()), default=0)
        self._fill()

    def _fill(self) -> None:
        seen = Counter(word for text in self._texts.values() for word in set(text.words))
        grams = Counter(gram for text in self._texts.values() for gram in text.grams)
        self._rank = {gram: place for place, (gram, _) in enumerate(reversed(grams.most_common()))}
        for key, text in self._texts.items():
            self._same.setdefault(text.letters, []).append(key)
            if len(text.words) >= LEAST_CONTAINED:
                rarest = min(text.words, key=lambda word: seen[word])
                self._anchors.setdefault(rarest, []).append(key)
            for gram in self._prefix(text.grams, 0):
                self._grams.setdefault(gram, []).append(key)

    def _prefix(self, known: frozenset[str], unknown: int) -> list[str]:
        """The rarest trigrams, of which texts that are near share `_SHARED`, or all they share."""
        size = len(known) + unknown
        most = size - _least(size) + _SHARED - unknown
        return sorted(known, key=self._rank.__getitem__)[:most] if most > 0 else []

    def find(self, text: str) -> list[Like]:
        """All that `text` is like, each once: the same before contained before near."""
        asked = Text(text)
        found: dict[int, How] = dict.fromkeys(self._same.get(asked.letters, ()), "same")
        self._find_contained(asked, found)
        self._find_near(asked, found)
        last = text.rstrip().rpartition("\n")[2].rpartition(": ")[2]
        if "\n" in text and last != text:  # "Passages … \n\nQuestion: Are they?"
            tail = Text(last)
            for key in self._same.get(tail.letters, ()):
                found.setdefault(key, "contains")
            self._find_near(tail, found)
        return [Like(key, how) for key, how in found.items()]

    def contained(self, text: str) -> list[int]:
        """The keys of texts of five words or more that stand in `text` word for word."""
        found: dict[int, How] = {}
        self._find_contained(Text(text), found)
        return sorted(found)

    def _find_contained(self, asked: Text, found: dict[int, How]) -> None:
        line = ""
        for word in self._anchors.keys() & set(asked.words):
            line = line or asked.line
            for key in self._anchors[word]:
                if self._texts[key].line in line:
                    found.setdefault(key, "contains")

    def _find_near(self, asked: Text, found: dict[int, How]) -> None:
        if len(asked.words) * NEAR > self._longest:  # a word has a trigram at least
            return
        grams = asked.grams
        known = grams & self._rank.keys()
        least = _least(len(grams))
        if len(known) < least:
            return
        rare = self._prefix(frozenset(known), len(grams) - len(known))
        shared = Counter(chain.from_iterable(self._grams.get(gram, ()) for gram in rare))
        least = min(_SHARED, least)
        for key, count in shared.items():
            if count >= least and key not in found and self._is_near(asked, self._texts[key]):
                found[key] = "near"

    def _is_near(self, one: Text, other: Text) -> bool:
        a, b = one.grams, other.grams
        shared = len(a & b)
        return shared >= NEAR * (len(a) + len(b) - shared) and one.numbers == other.numbers


def _least(size: int) -> int:
    """How many of `size` trigrams a text that is near must share."""
    return -int(-size * NEAR // 1)
