"""Answers that say "I do not know": how ours is worded, and how anybody's is recognised."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .wording import words

NOTHING_GIVEN = "I do not know. I was given only the question, and I answer from what I am given."
NOT_ANSWERED = "I do not know. Nothing I was given answers this."

_NOT = r"(?: not|n['’]t)"
_GIVEN = r"(?:passages?|documents?|documentation|context|sources?|excerpts?|materials?|information)"
_ASIDE = r"(?:(?:that|which|you|i|we|was|were|have|has|been|am|are|provided|given|gave|me|us" \
    r"|above|here|supplied|retrieved|shared|available|currently)\s+){0,5}"
_DECLINES = re.compile(
    # I do not know; I am unable to find; I don't have enough information
    rf"\bI(?: do{_NOT}| ca(?:nnot|n['’]t)| could{_NOT}|(?: am|['’]m| was) (?:not able|unable) to)"
    r"\s+(?:\w+ly\s+)?(?:know|say|tell|find|answer|see|determine|provide"
    r"|have\s+(?:(?:that|this|the|any|enough|sufficient|specific)\s+)*"
    r"(?:information|answer|knowledge|details?|data))\b"
    # there is not enough information
    r"|\b(?:no|not enough|insufficient)\s+(?:\w+\s+)?information\b"
    # the passages do not mention
    rf"|\b{_GIVEN}\s+{_ASIDE}(?:do|does|did){_NOT}\s+(?:\w+\s+){{0,2}}?(?:mention|contain|answer"
    r"|provide|specify|say|include|cover|address|state|have|discuss|give|list)\b"
    # is not mentioned in the documents
    rf"|\b(?:is|are|was|were){_NOT}\s+(?:\w+ly\s+)?(?:mentioned|provided|specified|stated|covered"
    r"|included|contained|available|answered|addressed|found|discussed)\s+(?:anywhere\s+)?"
    rf"(?:in|by|from|within)\s+(?:the|these|any|your|my)\s+(?:\w+\s+){{0,3}}?{_GIVEN}\b",
    re.I,
)
_STOP = re.compile(r"[.!?]+(?=\s)|\n+")
_CITED = re.compile(r"\[\d{1,3}\]")
MAX_AFTERWORD = 40  # words: a hint where to ask, not an answer


def does_not_mention(lost: Sequence[str]) -> str:
    """The decline that names the words nothing given mentions."""
    quoted = " or ".join(f"“{word}”" for word in lost[:3])
    return f"I do not know. Nothing I was given mentions {quoted}."


def is_decline(text: str) -> bool:
    """Whether an answer, of this or any other model, says that it does not know.

    It must say so in its first two sentences and go on for little more than a hint where to
    ask; an answer that cites a passage after that is an answer.
    """
    text = text.strip()
    ends = [stop.end() for stop in _STOP.finditer(text)][:2]
    start = 0
    for end in [*ends, len(text)][:2]:
        if _DECLINES.search(text, start, end):
            rest = text[end:]
            return not _CITED.search(rest) and len(words(rest)) <= MAX_AFTERWORD
        start = end
    return False
