"""Which of many texts another text is the same as, nearly the same as, or contains.

"The same" means equal letters and digits: case, spaces and punctuation do not count. "Nearly"
means a Jaccard similarity of at least 0.75 between the sets of letter trigrams of the words
that carry meaning (Kukich 1992 for trigrams; near-duplicates by shingles: Broder 1997), with
the same numbers in both: "tier 1" and "tier 2" are other questions. An inverted index counts
the trigrams shared with every text at once, so nothing is missed and nothing compared in vain.
Paraphrases in other words are not found.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

from ..wording import FUNCTION_WORDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Places = NDArray[np.int64]

How = Literal["same", "contains", "near"]
NEAR = 0.75
LEAST_CONTAINED = 5  # words: shorter texts stand in others by chance
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
        self._keys = list(self._texts)
        self._same: dict[str, list[int]] = {}
        self._anchors: dict[str, list[int]] = {}  # the rarest word of a text -> who has it
        self._longest = max((len(text.grams) for text in self._texts.values()), default=0)
        self._fill()
        self._having, self._sizes = self._count_grams()

    def _fill(self) -> None:
        seen = Counter(word for text in self._texts.values() for word in set(text.words))
        for key, text in self._texts.items():
            self._same.setdefault(text.letters, []).append(key)
            if len(text.words) >= LEAST_CONTAINED:
                rarest = min(text.words, key=lambda word: seen[word])
                self._anchors.setdefault(rarest, []).append(key)

    def _count_grams(self) -> tuple[dict[str, Places], Places]:
        """For each trigram the places of texts that have it; and how many each text has."""
        import numpy as np

        places: dict[str, list[int]] = {}
        for place, text in enumerate(self._texts.values()):
            for gram in text.grams:
                places.setdefault(gram, []).append(place)
        sizes = np.array([len(text.grams) for text in self._texts.values()], np.int64)
        return {gram: np.array(found, np.int64) for gram, found in places.items()}, sizes

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
        if not self._keys or len(asked.words) * NEAR > self._longest:
            return  # a word has a trigram at least
        having = [self._having[gram] for gram in asked.grams if gram in self._having]
        size = len(asked.grams)
        if len(having) < NEAR * size:
            return
        import numpy as np

        shared = np.bincount(np.concatenate(having), minlength=len(self._keys))
        near = shared >= NEAR * (size + self._sizes - shared)
        for place in near.nonzero()[0].tolist():
            key = self._keys[place]
            if self._texts[key].numbers == asked.numbers:
                found.setdefault(key, "near")
