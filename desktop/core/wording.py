"""Which words of a question name what it is about, and whether a text mentions them.

Deliberately small: English function words, the words that frame a question ("what are the key
aspects of ...") and word stems. What carries over to other documents is the question's own
rest: names and topics.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Set
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")

_FUNCTION_WORDS = """
    a an the and or of to in on at for by with from as is are was were be been being do does did
    can could may might will would shall should must i you he she it we they me my your his her
    its our their them us this that these those what which who whom whose when where why how
    there here if then than so not no nor any some all each every both such only own same too
    very about into over under between during before after above below up down out off again
    further once am have has had having also s t don just now what's who's it's i'm"""
# Words that ask: what to tell, do or compare, and the kind of thing wanted ("phone number").
_FRAME_WORDS = """
    key main important importance major common typical general basic specific certain various
    different difference similar aspect point consider consideration feature factor detail
    information fact thing item example way step tip advice recommend suggest require
    requirement condition criteria rule type kind sort category form part list number amount
    much many often long purpose reason goal define definition mean meaning describe description
    explain explanation tell give given provide offer include happen work use used using contain
    hold show shown handle made make take get keep need want know learn understand find see look
    go become follow regard concern relate relevant respect term case text document question
    answer accord benefit advantage disadvantage consequence effect affect impact result
    potential possible able available allow permit best good better most more less least well
    first next last one two mind note aware remember ensure sure like please still ever yet else
    instead also would let discuss talk ask say speak choose select decide check try think
    expect money phone telephone email address name date time role position"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
_SUFFIXES = ("ations", "ation", "ments", "ment", "ities", "ity", "ings", "ing", "ies", "ied",
             "ers", "ions", "ion", "edly", "ed", "ly", "es", "er", "s", "e", "y")


@functools.lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """A crude stem: "requirements", "requires" -> "requir"."""
    word = re.sub(r"['’]s?$", "", word.lower())
    for _ in range(2):
        for suffix in _SUFFIXES:
            left = len(word) - len(suffix)
            keeps = left >= (3 if suffix in ("ing", "ed", "s", "e", "y") else 4)
            if keeps and word.endswith(suffix) and not word.endswith("ss"):
                word = word[:left]
                break
        else:
            break
    return word


_FRAME_ROOTS = frozenset(root(word) for word in _FRAME_WORDS.split())


def words(text: str) -> list[str]:
    """The words of `text`, as written."""
    return _WORD.findall(text)


def content_roots(text: str) -> set[str]:
    """The stems of all words but function words."""
    return {root(word) for word in words(text) if word.lower() not in FUNCTION_WORDS}


def topic_words(question: str) -> list[str]:
    """The words that say what a question is about, as written, each once."""
    found = dict.fromkeys(
        word for word in words(question)
        if word.lower() not in FUNCTION_WORDS
        and (len(word) > 1 or word.isdigit())
        and root(word) not in _FRAME_ROOTS
    )
    return list(found)


def missing_names(question: str, texts: Iterable[str]) -> list[str]:
    """The names in a question that occur in none of the texts.

    A name is a word with a capital inside the sentence (acronyms apart, which texts may spell
    out), and two such words side by side: "Technical Product Marketing" is not mentioned by a
    text about technical support and product marketing.
    """
    alone, pairs = _names(question)
    seen: set[str] = set()
    together: set[tuple[str, str]] = set()
    for text in texts:
        plain = [_bare(word) for word in words(text)]
        seen.update(plain)
        together.update(pairwise(plain))
        together.update(zip(plain, plain[2:], strict=False))  # Northwind (Health) Plus
    lost = [word for word in alone if _bare(word) not in seen]
    return lost or [f"{a} {b}" for a, b in pairs if (_bare(a), _bare(b)) not in together]


def name_words(question: str) -> set[str]:
    """The single words that `missing_names` takes for names."""
    return set(_names(question)[0])


def _names(question: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Names of one word, and pairs of neighbours. None where every word has a capital."""
    found = list(_WORD.finditer(question))[1:]
    texts = [match.group() for match in found]
    if any(t[0].isupper() and t != "I" and t.lower() in FUNCTION_WORDS for t in texts):
        return [], []
    pairs = [
        (a.group(), b.group())
        for a, b in pairwise(found)
        if _is_name(a.group()) and _is_name(b.group())
        and question[a.end() : b.start()].isspace() and not a.group().endswith(("'s", "’s"))
    ]
    return [text for text in texts if _is_name(text)], pairs


def _is_name(word: str) -> bool:
    return word[0].isupper() and not word.isupper()


def _bare(word: str) -> str:
    """Without a plural or possessive ending, in lower case; "Premier" is not "premium"."""
    return re.sub(r"(?:['’]s?|s)$", "", word.lower())


def mentions(word: str, roots: Set[str]) -> bool:
    """Whether a text with these stems has `word`, a close form of it, or it in a compound."""
    stem = root(word)
    return stem in roots or (len(stem) >= 5 and any(_close(stem, other) for other in roots))


def _close(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    if len(short) < 5:
        return False
    if long.startswith(short):  # cover, coverage
        return len(short) >= 0.6 * len(long)
    if long.startswith(short[:-1]):  # relief, relieve
        return len(short) >= 0.75 * len(long)
    return long.endswith(short)  # glasses, eyeglasses
