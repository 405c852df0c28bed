"""Text in a document that speaks to a model instead of to its reader ("prompt injection").

What is found is shown to the user; it changes nothing of what is sent, because rules like these
can be got round. The protection is elsewhere: passages go to models inside a block whose mark no
document can know (`core/prompts`), and characters that nobody sees are removed. The kinds follow
K. Greshake et al., "Not what you've signed up for", 2023, and OWASP's LLM01, 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_SHOWN = 80  # characters of a finding
_MODEL = (r"(?:an? |the |some )?"
          r"(?:AI|A\.I\.|assistant|chat ?bot|language model|LLM|GPT|model|copilot)\b")
_ORDERS = r"(?:instruction|prompt|rule|direction|guideline|message|context|command)s?"
_EARLIER = r"(?:previous|prior|above|earlier|preceding|foregoing|existing|system|original)"

_KINDS: tuple[tuple[str, str], ...] = (
    ("asks a model to forget its instructions",
     rf"\b(?:ignore|disregard|forget|override|bypass|discard)\b[^.\n]{{0,40}}"
     rf"\b(?:{_EARLIER}\b[^.\n]{{0,20}}\b{_ORDERS}|your (?:{_ORDERS}|training)|"
     rf"everything (?:above|before|you))\b"),
    ("asks a model to forget its instructions",
     r"\b(?:ignoriere|vergiss)\b[^.\n]{0,40}\banweisungen\b|\bignorez?\b[^.\n]{0,40}"
     r"\binstructions\b[^.\n]{0,20}\bpr[ée]c[ée]dentes\b|\bignor[ae]\b[^.\n]{0,40}"
     r"\b(?:instrucciones|istruzioni|instru[cç][oõ]es)\b"),
    ("gives a model another part to play",
     rf"\b(?:you are|act as|you're) (?:now|no longer) {_MODEL}|\bfrom now on,? you\b"
     r"|\bpretend (?:to be|that you are|you are)\b|\byou are now (?:an? |the )?(?-i:[A-Z])"
     r"|\bdeveloper mode\b|\bjailbreak\b|\bDAN mode\b"),
    ("imitates the marks of a conversation",
     r"<\|(?:im_start|im_end|system|user|assistant|endoftext)[^|]{0,20}\|>|\[/?INST\]|<</?SYS>>"
     r"|</?(?:system|instructions?|passages)\b[^>\n]{0,40}>"
     r"|^\s*#{0,4}\s*(?:system|developer|assistant)(?: (?:prompt|message|note|override))?\s*:"
     r"|\b(?:BEGIN|END) (?:SYSTEM|OF) (?:PROMPT|PASSAGES|DOCUMENTS?|CONTEXT)\b"),
    ("speaks to a model",
     rf"\b(?:note|message|attention|dear|hey|hello|instructions?|notice|important)\b[^.\n]{{0,15}}"
     rf"\b(?:to|for|all)?\s*(?:any |all |the )?(?:AI|LLM|GPT|language model|chat ?bot)s?\b"
     rf"|\bif you are {_MODEL}"
     r"|\b(?:AI|LLM|language) (?:models?|assistants?|agents?)"
     r"[^.\n]{0,30}\b(?:must|should|shall|have to)\b"),
    ("asks for what a model must keep to itself",
     r"\b(?:reveal|print|repeat|output|show|tell (?:me|us)|leak)\b[^.\n]{0,30}\b(?:your|the) "
     rf"(?:hidden |secret |full )?(?:system (?:prompt|message)|{_ORDERS} (?:above|verbatim))\b"),
    ("tells a model what to answer",
     r"\b(?:answer|respond|reply)\b[^.\n]{0,30}\b(?:only|every|any|all|each)\b[^.\n]{0,30}"
     r"\b(?:with|by saying)\b"
     r"|\bwhen(?:ever)? (?:asked|answering|summari[sz]ing|someone asks|the user asks)\b[^.\n]{0,60}"
     r"\b(?:say|answer|respond|reply|state|claim)\b"
     r"|\b(?:do not|don['’]t|never) (?:tell|inform|mention|reveal)\b[^.\n]{0,40}\b(?:the )?user\b"
     r"|\byour (?:new )?(?:task|goal|job|role|objective) is\b|\bnew (?:task|instructions?)\s*:"),
    ("asks a model to send something away",
     r"!\[[^\]\n]*\]\(\s*https?://[^)\s]*(?:\{|\?[^)\s]*=)"
     r"|\b(?:send|post|append|forward|exfiltrate)\b[^.\n]{0,60}\b(?:conversation|chat history|"
     r"user['’]s (?:data|question|message)|answers?)\b[^.\n]{0,40}\b(?:to|at)\b[^.\n]{0,20}"
     r"(?:https?://|\S+@)"),
    ("hides instructions in a code",
     r"\b(?:decode|decrypt|base64|rot13)\b[^.\n]{0,60}\b(?:follow|execute|obey|do what)\b"),
)
_RULES = tuple((why, re.compile(rule, re.I | re.M)) for why, rule in _KINDS)


@dataclass(frozen=True, slots=True)
class Suspicion:
    """`text[start:end]` looks as if it spoke to a model; `why` completes "It ..."."""

    start: int
    end: int
    why: str


def suspicions(text: str) -> list[Suspicion]:
    """In the order of the text; where rules overlap, the first of them counts."""
    found: list[Suspicion] = []
    for each in sorted(_matches(text), key=lambda one: (one.start, -one.end)):
        if not found or each.start >= found[-1].end:
            found.append(each)
    return found


def _matches(text: str) -> Iterator[Suspicion]:
    for why, rule in _RULES:
        for match in rule.finditer(text):
            yield Suspicion(match.start(), match.end(), why)


def warning(pages: list[tuple[int | None, str]]) -> str:
    """One sentence about a document of `(page, text)`; "" when nothing was found."""
    where = [(page, text, found) for page, text in pages if (found := suspicions(text))]
    if not where:
        return ""
    page, text, found = where[0]
    quoted = " ".join(text[found[0].start:found[0].end].split())[:MOST_SHOWN]
    place = "" if page is None else f" on page {page}"
    more = f", and {len(where) - 1} more pages" if len(where) > 1 else ""
    return (f"Text{place}{more} speaks to a model: it {found[0].why} (“{quoted}”). "
            "Models get it as data, not as instructions")
