"""Near-duplicates among many texts: MinHash signatures, and buckets of equal bands.

Method: Broder, "On the resemblance and containment of documents" (1997), with the banding of
Leskovec, Rajaraman and Ullman, "Mining of Massive Datasets", chapter 3. Two texts are near
when the sets of their word pairs agree by `THRESHOLD` or more (Jaccard) and they hold the same
figures: rule 3 is not rule 4. A text is compared
with the first one of each bucket it falls into, so that the time grows with the number of
texts, also where all of them are alike.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

THRESHOLD = 0.7
HASHES = 48
ROWS = 4  # hashes in a band: 12 bands of 4 find 96 % of the pairs that agree by 0.7, 99.8 by 0.8
LEEWAY = 0.2  # what an estimate from so many hashes may be wrong by: three standard errors
SHORTEST = 4  # words; shorter texts are alike by chance
STEP = 2_000  # texts whose signatures are made at once
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"  # kana, Han, Hangul
_WORD = re.compile(f"[{_UNSPACED}]|[^\\W{_UNSPACED}]+")
_DIGIT = re.compile(r"\d")
_ASCII = str.maketrans({chr(code): " " for code in range(128)
                        if not (chr(code).isalnum() or chr(code) == "_")})
_PAD = 0
Words = NDArray[np.uint64]
Groups = list[int]


class _Numbers(dict[str, int]):
    """A number for each word, from 1, in the order they are met."""

    def __init__(self) -> None:
        super().__init__()
        self.figures: set[int] = set()  # those of words with a digit

    def __missing__(self, word: str) -> int:
        number = self[word] = len(self) + 1
        if not word.isalpha() and _DIGIT.search(word):
            self.figures.add(number)
        return number


def words(text: str) -> list[str]:
    """Lower-case words without punctuation; each character where words are not spaced."""
    if text.isascii():  # the same, five times as fast
        return text.lower().translate(_ASCII).split()
    return _WORD.findall(text.lower())


class NearTexts:
    """Feed it texts in order, then ask which are near an earlier one."""

    def __init__(self) -> None:
        self.numbers = _Numbers()
        self._ids = array("I")  # the words of all texts, one after another
        self._starts = array("Q")
        self._short = array("b")

    def __len__(self) -> int:
        return len(self._starts)

    def add(self, text: str) -> list[str]:
        """One more text; returns its words, for other uses."""
        found = words(text)
        self._starts.append(len(self._ids))
        self._ids.extend(map(self.numbers.__getitem__, found))
        self._ids.append(_PAD)
        self._short.append(len(found) < SHORTEST)
        return found

    def word_numbers(self) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """The words of all texts as numbers, 0 after each text, and where each text starts."""
        return (np.frombuffer(self._ids, np.uint32) if self._ids else np.empty(0, np.uint32),
                np.array(self._starts, np.int64))

    def firsts(self) -> Iterator[list[int]]:
        """Yields now and then, at last with one entry a text: the position of the first text
        of its group, its own where nothing earlier is near."""
        if not len(self):
            yield []
            return
        pairs, starts = self._pairs()
        signatures = np.empty((len(self), HASHES), np.uint32)
        for begin in range(0, len(self), STEP):
            end = min(begin + STEP, len(self))
            stop = starts[end] if end < len(self) else len(pairs)
            signatures[begin:end] = _signatures(
                pairs[starts[begin]:stop], starts[begin:end] - starts[begin])
            yield []
        bounds = [*starts.tolist(), len(pairs)]
        groups = list(range(len(self)))
        candidates = _candidates(signatures, np.frombuffer(self._short, np.int8) == 0)
        for count, (text, first) in enumerate(candidates):
            if groups[text] == text and self._agree(pairs, bounds, text, first):
                groups[text] = groups[first]
            if count % STEP == 0:
                yield []
        yield groups

    def _pairs(self) -> tuple[Words, NDArray[np.int64]]:
        """A hash of each word with the next one; the last one of a text with the pad."""
        ids, starts = self.word_numbers()
        mixed = _mixed(ids.astype(np.uint64))
        following = np.roll(mixed, -1)
        return _mixed(mixed * np.uint64(0x9E3779B97F4A7C15) + following), starts

    def _agree(self, pairs: Words, bounds: Sequence[int], one: int, other: int) -> bool:
        left, right = (slice(bounds[at], bounds[at + 1] - 1) for at in (one, other))  # no pads
        if (self.numbers.figures.intersection(self._ids[left])
                != self.numbers.figures.intersection(self._ids[right])):
            return False
        mine, others = set(pairs[left].tolist()), set(pairs[right].tolist())
        shared = len(mine & others)
        return shared >= THRESHOLD * (len(mine) + len(others) - shared)


def _mixed(values: Words) -> Words:
    """splitmix64 (Steele, Lea and Flood, 2014): every bit depends on every bit."""
    with np.errstate(over="ignore"):
        values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return values ^ (values >> np.uint64(31))


_SEEDS = _mixed(np.arange(1, 2 * HASHES + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
_FACTORS, _OFFSETS = _SEEDS[:HASHES] | np.uint64(1), _SEEDS[HASHES:]


def _signatures(pairs: Words, starts: NDArray[np.int64]) -> NDArray[np.uint32]:
    """The least value of each hash function over the pairs of each text."""
    found = np.empty((len(starts), HASHES), np.uint32)
    for k in range(HASHES):
        values = ((pairs * _FACTORS[k] + _OFFSETS[k]) >> np.uint64(32)).astype(np.uint32)
        found[:, k] = np.minimum.reduceat(values, starts)
    return found


def _candidates(signatures: NDArray[np.uint32], usable: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """`(text, first text of a bucket it is in)`, each once, in the order of the texts."""
    texts = np.flatnonzero(usable)
    found = []
    for start in range(0, HASHES, ROWS):
        band = np.ascontiguousarray(signatures[texts, start:start + ROWS])
        keys = _mixed(band.view(np.uint64)[:, 0]) + band.view(np.uint64)[:, 1]
        _, first, bucket = np.unique(keys, return_index=True, return_inverse=True)
        leader = first[bucket]
        others = np.flatnonzero(leader != np.arange(len(texts)))
        found.append(texts[others] * len(signatures) + texts[leader[others]])
    one, other = np.divmod(np.unique(np.concatenate(found)), len(signatures))
    likely = np.concatenate([
        (signatures[one[begin:begin + STEP]] == signatures[other[begin:begin + STEP]]).mean(axis=1)
        for begin in range(0, max(len(one), 1), STEP)
    ]) >= THRESHOLD - LEEWAY
    return list(zip(one[likely].tolist(), other[likely].tolist(), strict=True))


def groups_of(texts: Sequence[str]) -> list[int]:
    """For a few texts: the position of the first text of each one's group."""
    near = NearTexts()
    for text in texts:
        near.add(text)
    *_, found = near.firsts()
    return found
