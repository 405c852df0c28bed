"""From a prompt version, a question and hits to the exact messages that are sent.

Passages go to the model inside a marked block, as data:

    <passages 5f2c91aa>
    [1] Vision.pdf, page 4
    One pair of eyeglasses...

    [2] Handbook.docx
    ...
    </passages 5f2c91aa>

The mark is derived from everything inside and the question, so a document cannot know it
and cannot end the block early. `parse_context` is the inverse, for the built-in model.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from .templates import fill
from .types import Hit, Message, Prompt

# Zero-width, bidirectional and tag characters: invisible to a person, visible to a model.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_BLOCK = re.compile(r"<passages (?P<mark>[0-9a-f]{8})>\n(?P<body>.*?)\n</passages (?P=mark)>", re.S)
_ENTRY = re.compile(r"^\[(\d+)\] ([^\n]*)\n", re.M)
MOST_CHOSEN = 32  # training examples that are added to one prompt by likeness
SYSTEM, TEMPLATE = "system message", "user template"  # the parts with variables, in words
EMPTY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage as the model sees it."""

    number: int
    source: str  # "Vision.pdf, page 4"
    text: str


def chosen_of(value: object) -> int:
    """`Prompt.chosen` from a file of whoever made it; 0 for what is no such number."""
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 <= value <= MOST_CHOSEN else 0


def source_name(document: str, page: int | None) -> str:
    """How a passage names where it is from."""
    return document if page is None else f"{document}, page {page}"


def format_context(hits: Sequence[Hit], question: str = "") -> str:
    """The marked block for `hits`, or "" for none."""
    if not hits:
        return ""
    body = "\n\n".join(
        f"[{hit.rank}] {_flat(source_name(hit.document, hit.page))}\n{_clean(hit.text)}"
        for hit in hits
    )
    mark = hashlib.sha256(f"{question}\n{body}".encode("utf-8", "replace")).hexdigest()[:8]
    return f"<passages {mark}>\n{body}\n</passages {mark}>"


def _flat(name: str) -> str:
    return " ".join(_clean(name).split())


def _clean(text: str) -> str:
    # A passage line that looks like an entry's head is indented, so that numbering stays ours.
    return re.sub(r"^(?=\[\d+\] )", " ", _INVISIBLE.sub("", text), flags=re.M)


def parse_context(text: str) -> tuple[list[Passage], str]:
    """The passages in a message, and the message without its block."""
    found = _BLOCK.search(text)
    if not found:
        return [], text
    parts = _ENTRY.split(found["body"])
    passages = [
        Passage(int(number), source, body.strip())
        for number, source, body in zip(parts[1::3], parts[2::3], parts[3::3], strict=True)
    ]
    return passages, text[: found.start()] + text[found.end():]


def values_for(
    prompt: Prompt, question: str, context: str, own: Mapping[str, str] = EMPTY
) -> dict[str, str]:
    """What the variables of a prompt stand for: those of the case before the prompt's own.

    A value that is left empty in the prompt is none, so that asking says what is missing.
    """
    typed = {name: value for name, value in prompt.variables if value}
    return {**typed, **own, "question": question, "context": context}


def build_messages(
    prompt: Prompt | None, question: str, hits: Sequence[Hit], history: Sequence[Message] = (),
    own: Mapping[str, str] = EMPTY, filled: tuple[str, str] | None = None,
) -> list[Message]:
    """The exact messages for one column. No prompt: the question and nothing else.

    `history`, the earlier turns of a conversation, stands right before the question. `own` are
    the variables of the case. `filled` are system message and user template where they have
    been filled already: see `flows/filling`.

    A prompt that never mentions `context` still gets the passages, above the question: a
    strategy that retrieves must not silently drop what it found. Raises PromptError.
    """
    context = format_context(hits, question)
    if prompt is None:
        text = f"{context}\n\nQuestion: {question}" if context else question
        return [*history, Message("user", text)]
    system, text = filled or fill_parts(prompt, values_for(prompt, question, context, own))
    messages = [Message("system", system)] if system.strip() else []
    for example in prompt.examples:
        if example.on:
            messages += [Message("user", example.question), Message("assistant", example.answer)]
    if context and context not in text and context not in system:
        text = f"{context}\n\n{text}"
    return [*messages, *history, Message("user", text.strip("\n"))]


def fill_parts(prompt: Prompt, values: Mapping[str, str]) -> tuple[str, str]:
    """System message and user template, filled. Raises PromptError."""
    return fill(prompt.system, values, SYSTEM), fill(prompt.template, values, TEMPLATE)
