"""What a chat request gives a model to answer from, apart from what it tells it to do.

The same messages go to every model; this reads them for one that quotes instead of writes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .declines import is_decline
from .prompts import parse_context
from .sentences import closes, split_sentences
from .types import Message


@dataclass(frozen=True, slots=True)
class Source:
    """A text that may be quoted; `number` is how a passage is cited, None for other text."""

    text: str
    number: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What a request holds, apart from instructions to the model."""

    question: str
    sources: tuple[Source, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()  # few-shot question and answer
    said: str = ""  # all that was answered before, on one line

    @property
    def text(self) -> str:
        """All quotable text with the names of its documents."""
        return "\n".join(f"{source.name}\n{source.text}" for source in self.sources)


def read_messages(messages: Sequence[Message]) -> Given:
    """The last user message holds the question; earlier turns are examples.

    Raises ValueError without a question.
    """
    asked = [index for index, message in enumerate(messages) if message.role == "user"]
    if not asked:
        raise ValueError("no user message")
    passages, rest = parse_context(messages[asked[-1]].content)
    question = find_question(rest)
    if not question:
        raise ValueError("no question")
    system = [m.content for m in messages if m.role in ("system", "developer")]
    for place, text in enumerate(system):  # a prompt may put the passages there
        more, system[place] = parse_context(text)
        passages = passages or more
    texts = [*system, rest.replace(question, "\n\n")]
    sources = [Source(p.text, p.number, _title(p.source)) for p in passages]
    sources += [Source(facts) for text in texts if (facts := _facts(text))]
    said = " ".join(" ".join(m.content for m in messages if m.role == "assistant").split())
    return Given(question, tuple(sources), tuple(_examples(messages[: asked[-1]])), said)


def _title(source: str) -> str:
    return re.sub(r"\.\w{2,5}(?=,|$)", "", source).replace("_", " ")


def _examples(messages: Sequence[Message]) -> list[tuple[str, str]]:
    return [
        (find_question(parse_context(asked.content)[1]), reply.content)
        for asked, reply in pairwise(messages)
        if asked.role == "user" and reply.role == "assistant" and not is_decline(reply.content)
    ]


_LABELLED = re.compile(r"^[\s#*<]*(?:user )?question\b[\s:>*]*", re.I | re.M)


def find_question(text: str) -> str:
    """The question in a filled template: after the last "Question", else the last paragraph
    that asks, else the last one that does not introduce something else."""
    labels = [found for found in _LABELLED.finditer(text) if text[found.end() :].strip()]
    if labels and re.search(r"[:>]", labels[-1].group()):
        text = text[labels[-1].end() :].split("</")[0]
        return " ".join(_paragraphs(text)[0].split())
    paragraphs = _paragraphs(text)
    asking = [part for part in paragraphs if part.endswith("?")]
    plain = [part for part in paragraphs if not part.endswith(":")]
    for choice in (asking, plain, paragraphs):
        if choice:
            lines = choice[-1].splitlines()
            asked = [line for line in lines if line.rstrip().endswith("?")]
            return " ".join((asked[-1] if asked else choice[-1]).split())
    return ""


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


_INSTRUCTION = re.compile(
    r"\b(?:you|your|yourself)\b|\b(?:passages?|citations?|the (?:question|answer|user|context))\b"
    r"|^(?:answer|use|cite|quote|be|say|do|don['’]t|never|always|only|if|when|keep|write|reply"
    r"|respond|avoid|include|make|give|provide|return|act|think|follow|ensure|explain|refer"
    r"|summari[sz]e|translate|format|mention|please|question|context|documents)\b",
    re.I,
)


def _facts(text: str) -> str:
    """The sentences of a prompt that tell something rather than what to do."""
    told = [s.text for s in split_sentences(text) if closes(s.text)]
    return "\n".join(one for one in told if not _INSTRUCTION.search(one))
