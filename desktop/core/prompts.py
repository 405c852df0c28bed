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

import functools
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import PromptError
from .types import Hit, Message, Prompt

if TYPE_CHECKING:
    from jinja2 import Template
    from jinja2.sandbox import SandboxedEnvironment

# Zero-width, bidirectional and tag characters: invisible to a person, visible to a model.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")
_BLOCK = re.compile(r"<passages (?P<mark>[0-9a-f]{8})>\n(?P<body>.*?)\n</passages (?P=mark)>", re.S)
_ENTRY = re.compile(r"^\[(\d+)\] ([^\n]*)\n", re.M)
LARGEST_NUMBER = 10**12  # that a template multiplies to
MOST_CHOSEN = 32  # training examples that are added to one prompt by likeness
MAX_RENDERED = 4_000_000  # characters; a template that loops must not eat the memory


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


@functools.cache
def _environment() -> SandboxedEnvironment:
    # jinja2 takes 50 ms to import: only when something is first rendered.
    from jinja2 import StrictUndefined
    from jinja2.exceptions import SecurityError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Environment(ImmutableSandboxedEnvironment):
        # `9 ** 9 ** 9` or `"x" * 10 ** 10` would never end; Jinja2 computes such constants
        # already when it compiles, unless the operator is watched.
        intercepted_binops = frozenset({"**", "*"})

        def call_binop(self, context: object, operator: str, left: object, right: object) -> object:
            if (operator == "*" and isinstance(left, int | float)
                    and isinstance(right, int | float) and abs(left * right) < LARGEST_NUMBER):
                return left * right
            raise SecurityError(f"{operator} is for small numbers only")

    return Environment(undefined=StrictUndefined, keep_trailing_newline=True)


@functools.lru_cache(maxsize=16)
def _compiled(template: str) -> Template:
    """The same few templates are filled at every key typed and for every column."""
    return _environment().from_string(template)


def variables(template: str) -> set[str]:
    """The names a template asks for. Raises PromptError for one that cannot be read."""
    from jinja2 import TemplateSyntaxError, meta

    try:
        _compiled(template)  # finds filters that are not there, too
        return set(meta.find_undeclared_variables(_environment().parse(template)))
    except (TemplateSyntaxError, RecursionError, MemoryError) as error:
        line = error.lineno if isinstance(error, TemplateSyntaxError) else None
        raise PromptError("The user template cannot be read", why=str(error),
                          line=line) from error


def render(template: str, question: str, context: str) -> str:
    """Fill a user template. Raises PromptError with the line of the mistake."""
    from jinja2 import TemplateError, TemplateSyntaxError

    try:
        text = _compiled(template).render(question=question, context=context)
    except TemplateSyntaxError as error:
        raise PromptError(
            "The user template cannot be read", why=str(error.message or error),
            remedy=f"Mend line {error.lineno} in the Prompt pane", line=error.lineno,
        ) from error
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError,
            AttributeError, MemoryError, RecursionError) as error:
        raise PromptError(
            "The user template cannot be filled", why=str(error),
            remedy="Use {{ question }} and {{ context }} only, or mend it in the Prompt pane",
        ) from error
    if len(text) > MAX_RENDERED:
        raise PromptError(
            f"The filled template has {len(text):,} characters",
            why=f"at most {MAX_RENDERED:,} are sent", remedy="Shorten the template",
        )
    return text


def build_messages(
    prompt: Prompt | None, question: str, hits: Sequence[Hit], history: Sequence[Message] = ()
) -> list[Message]:
    """The exact messages for one column. No prompt: the question and nothing else.

    `history`, the earlier turns of a conversation, stands right before the question.

    A template that never mentions `context` still gets the passages, above it: a strategy
    that retrieves must not silently drop what it found. Raises PromptError.
    """
    context = format_context(hits, question)
    if prompt is None:
        text = f"{context}\n\nQuestion: {question}" if context else question
        return [*history, Message("user", text)]
    messages = [Message("system", prompt.system)] if prompt.system.strip() else []
    for example in prompt.examples:
        if example.on:
            messages += [Message("user", example.question), Message("assistant", example.answer)]
    text = render(prompt.template, question, context)
    if context and context not in text:
        text = f"{context}\n\n{text}"
    return [*messages, *history, Message("user", text.strip("\n"))]
