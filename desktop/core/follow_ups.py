"""A follow-up question as one that stands alone, so that documents can be searched for it.

    Are eyeglasses covered?   ...   And for children?
    eyeglasses covered: And for children?

Only a question that leans on the one before it is changed: it begins with a connective, names
its topic by a pronoun, or is a fragment. Whoever asks something new in the middle of a
conversation is searched for as typed. The rules look at the question alone, know English (and
the connectives of a few other languages), and carry terms, no answers: answers are the models',
and each column has its own. A model that writes can be asked instead, see `core/rewriting`.

Measured by tests/benchmarks/follow_ups.py, the answering section among the first five passages:
of 32 follow-ups over six benefits PDFs 9 as typed, 32 with terms carried over (they were written
by whoever wrote the rules: others may lean in other ways); of 60 questions that stand alone, each
after another one, 58 both ways, where pasting the question before in front of each leaves 28.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from .types import Message
from .wording import name_words, root, topic_words, words

FRAGMENT = 4  # words of a question that need not have a verb to be one
SHORT = 6  # words of a question that names one thing, and leaves out of what
LONG = 14  # words: a question this long says itself what it is about, whatever it begins with
MOST_TERMS = 12

_OPENER = re.compile(
    r"(?:and|but|or|what about|how about|same for|what if|und|aber|oder|et|mais|ou|y|pero|e|ma)\s",
    re.I)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CLAUSE = re.compile(r"[,;:]| and | or | but | if | when | because | so that ", re.I)
_PERSONAL = r"(?:it|its|it['’]s|they|them|their|theirs|he|him|his|she|her|hers)"
_EXPLETIVE = re.compile(
    r"\b(?:is|was|does|will|can|would|it['’]s)?\s*it\s+(?:is\s+|be\s+)?(?:possible|necessary|"
    r"important|required|allowed|okay|ok|true|best|better|safe|legal|common|recommended|worth|"
    r"takes?|costs?|matters?|means?|depends?)\b", re.I)
_PRONOUN = re.compile(rf"\b{_PERSONAL}\b", re.I)
# "that" and its like point back where they stand alone or after a word that cannot take a
# relative clause: "is that covered", "for those", not "services that are covered".
_POINTING = re.compile(
    r"(?:^|\b(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|about|for|of|"
    r"with|without|in|on|at|to|from|by|like|after|before|than|why|how|what|when|where|if|under|"
    r"use|get|cover|covers|include|includes|explain)\s+)"
    r"(?:this|that|these|those)\b(?!\s+(?:year|month|week|day|morning|company|page)\b)", re.I)
_BARE_END = re.compile(r"\b(?:this|that|these|those|there|then|too|either|instead)[\s?.!]*$", re.I)
_ONES = re.compile(
    r"\b(?:which|that|this|first|second|third|last|other|another|same|cheaper|better) ones?\b"
    r"(?! of\b)|\bthe (?:same|latter|former|others?|rest)\b|\banother\b|\belse\b", re.I)
_OWN_COMPARISON = re.compile(r"\bthe same\b.*\b(?:as|and|between)\b|\bor else\b|"
                             r"\beach other\b|\bone another\b", re.I)
_VERB = re.compile(
    r"\b(?:is|are|was|were|do|does|did|can|could|will|would|should|may|must|has|have|had)\b", re.I)


def asked_in(history: Iterable[Message]) -> list[str]:
    """The user's own words of a conversation, oldest first."""
    return [turn.content for turn in history if turn.role == "user" and turn.content.strip()]


def leans(question: str) -> bool:
    """Whether a question cannot be understood without the one before it."""
    text = " ".join(question.split())
    count = len(words(text))
    if not count or count > LONG:
        return False
    return (bool(_OPENER.match(text)) or _points_back(text) or _is_fragment(text, count))


def _points_back(text: str) -> bool:
    if _ONES.search(text) and not _OWN_COMPARISON.search(text):
        return True
    if _POINTING.search(text) or (_BARE_END.search(text) and len(topic_words(text)) < 2):
        return True
    spared = _EXPLETIVE.sub(lambda found: " " * len(found[0]), text)
    return any(not _named_before(text[: found.start()]) for found in _PRONOUN.finditer(spared))


def _named_before(text: str) -> bool:
    """Whether an earlier clause of the same question has named what a pronoun can mean."""
    clauses = _CLAUSE.split(text)
    return len(clauses) > 1 and any(topic_words(clause) for clause in clauses[:-1])


def _is_fragment(text: str, count: int) -> bool:
    """Nothing named, one thing asked of something unnamed ("What is the deductible?"), or a few
    words without a verb ("For children?")."""
    topics = topic_words(text)
    if not topics or (count <= FRAGMENT and not _VERB.search(text)):
        return True
    return len(topics) == 1 and count <= SHORT and not name_words(text)


def carry_over(question: str, asked: Sequence[str]) -> str:
    """`question` with what it lacks from the questions asked before it, oldest first; as it is
    where it stands alone. Of a chain of follow-ups each adds its words to the next."""
    whole = ""
    for each in (*asked, question):
        whole = _joined(each, whole) if whole and leans(each) else each
    return whole


def _joined(question: str, before: str) -> str:
    terms = carried(before, question)
    return f"{terms}: {question.strip()}" if terms else question


def carried(before: str, question: str) -> str:
    """The words of `before` that say what it is about and that `question` does not replace.

    Words that stood side by side stay so; others have a comma between them, because two names
    side by side would be taken for one. A name that shares a word with one before ("And in
    Northwind Plus?" after Northwind Standard) takes its place; another one does not ("In Oslo?").
    """
    topics = set(topic_words(before))
    if name_words(question) & name_words(before):
        topics -= name_words(before)
    there = {root(word) for word in words(question)}
    found = [word for word in _WORD.finditer(before)
             if word.group() in topics and root(word.group()) not in there]
    parts: list[str] = []
    end, seen = -1, set[str]()
    for word in found:
        if root(word.group()) in seen:
            continue
        seen.add(root(word.group()))
        beside = end >= 0 and before[end : word.start()].isspace()
        parts.append((" " if beside else ", " if parts else "") + word.group())
        end = word.end()
    return "".join(parts[-MOST_TERMS:]).strip(" ,")


def standalone(question: str, history: Iterable[Message]) -> str:
    """The question as it is searched for after these turns."""
    return carry_over(question, asked_in(history))
