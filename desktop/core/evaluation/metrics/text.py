"""How close an answer is to its reference, by words and characters. All shares, 0 to 1.

Citation marks such as `[2]`, `[doc2]` and `[file.pdf#page=7]` are not part of an answer's words.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...ports import Vectors

MARK = re.compile(  # numbers; doc2; a file, with a page or without; several of them
    r"\s{0,8}\[((?:doc ?)?\d{1,3}(?:\s*[,;]\s*(?:doc ?)?\d{1,3})*|[^\[\]\n]+#page=\d+"
    r"|[^\[\]\n]+?\.(?:pdf|docx?|pptx?|xlsx?|csv|md|txt|html?|json|eml)\b[^\[\]\n]*)\](?!\()",
    re.I,
)
_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_WORD = re.compile(r"[^\W_]+")
_PUNCTUATION = str.maketrans("", "", string.punctuation + "“”‘’–—…")
LONGEST = 20_000  # characters compared: the time of an edit distance grows with their square


def without_marks(text: str) -> str:
    """`text` without citation marks."""
    return MARK.sub("", text).strip()


def normal_words(text: str) -> list[str]:
    """Lower case, without punctuation, articles and citation marks.

    The normalisation of SQuAD's evaluation script (Rajpurkar et al., 2016).
    """
    bare = without_marks(text).lower().translate(_PUNCTUATION)
    return _ARTICLES.sub(" ", bare).split()


def exact(answer: str, reference: str) -> float:
    """1 when both have the same words in the same order (SQuAD's exact match, 2016)."""
    return float(normal_words(answer) == normal_words(reference))


def contains(answer: str, reference: str) -> float:
    """1 when the reference's words stand in the answer, in order and side by side.

    The `Includes` template of OpenAI Evals (2023), on SQuAD's normalised words.
    """
    inner, outer = normal_words(reference), normal_words(answer)
    return float(f" {' '.join(inner)} " in f" {' '.join(outer)} ")


def token_f1(answer: str, reference: str) -> float:
    """Harmonic mean of precision and recall of words (SQuAD; Rajpurkar et al., 2016)."""
    one, other = normal_words(answer), normal_words(reference)
    if not one or not other:
        return float(one == other)
    common = sum((Counter(one) & Counter(other)).values())
    return 2 * common / (len(one) + len(other))


def rouge_l(answer: str, reference: str) -> float:
    """F1 of the longest common subsequence of words (ROUGE-L; Lin, 2004, with beta 1)."""
    from rapidfuzz.distance import LCSseq

    one, other = _plain_words(answer), _plain_words(reference)
    if not one or not other:
        return float(one == other)
    return 2 * LCSseq.similarity(one, other) / (len(one) + len(other))


def _plain_words(text: str) -> list[str]:
    return _WORD.findall(without_marks(text)[:LONGEST].lower())


def edit_similarity(answer: str, reference: str) -> float:
    """1 minus the edit distance (Levenshtein, 1966) over the length of the longer text.

    Runs of blanks count as one; only the first `LONGEST` characters are compared.
    """
    from rapidfuzz.distance import Levenshtein

    one, other = (" ".join(without_marks(text).split())[:LONGEST] for text in (answer, reference))
    return float(Levenshtein.normalized_similarity(one, other))


def cosine(one: Vectors, other: Vectors) -> float:
    """Of two vectors of length 1, shape (dimension,); what points away from it counts as 0.

    Sentence embeddings compared by cosine: Reimers and Gurevych, 2019 (Sentence-BERT).
    """
    return min(1.0, max(0.0, float(one @ other)))


def mean(values: Sequence[float]) -> float | None:
    """None of nothing."""
    return sum(values) / len(values) if values else None
