"""Chat messages as a prompt, and a prompt as chat messages.

Elsewhere every message is a template; here only the user template is: system message and
few-shot examples are sent as they stand. So what looks like a variable there is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..errors import PromptError
from ..prompts import variables
from ..types import FewShotExample, Message, Prompt
from .found import LeftOut

FILLED = frozenset({"question", "context"})
_SYSTEM = ("system", "developer")
_RAW, _END = "{% raw %}", "{% endraw %}"


def prompt_of(messages: Sequence[Message], origin: str) -> tuple[Prompt, list[LeftOut]]:
    """System messages, then pairs of user and assistant as examples, then the user template."""
    left = [LeftOut(f"a {turn.role} message", "The program sends no tools")
            for turn in messages if turn.role == "tool"]
    turns = [turn for turn in messages if turn.role != "tool"]
    system = "\n\n".join(turn.content for turn in turns if turn.role in _SYSTEM)
    talk = [turn for turn in turns if turn.role not in _SYSTEM]
    if talk and any(turn.role in _SYSTEM for turn in turns[turns.index(talk[0]):]):
        left.append(LeftOut("a later system message", "It stands with the first one now"))
    if not talk and unfilled(system):
        left.append(LeftOut("the system message", "It has variables and no user message follows: "
                            "it became the user template, the only part that is filled"))
        made = Prompt(template=system)
    else:
        examples, rest = _pairs(talk, origin)
        made = Prompt(plain(system), examples, rest or "{{ question }}")
    return made, [*left, *untold(made)]


def _pairs(
    talk: Sequence[Message], origin: str
) -> tuple[tuple[FewShotExample, ...], str]:
    """Examples, and what the last user message says; turns of one side are joined."""
    joined: list[Message] = []
    for turn in talk:
        if joined and joined[-1].role == turn.role:
            joined[-1] = replace(turn, content=f"{joined[-1].content}\n\n{turn.content}")
        else:
            joined.append(turn)
    if joined and joined[0].role == "assistant":
        joined.insert(0, Message("user", ""))
    rest = joined.pop().content if joined and joined[-1].role == "user" else ""
    pairs = zip(joined[::2], joined[1::2], strict=True)
    return tuple(FewShotExample(plain(ask.content), plain(answer.content), origin=origin)
                 for ask, answer in pairs), rest


def untold(prompt: Prompt) -> list[LeftOut]:
    """What the program will not fill in, each variable once."""
    left = []
    try:
        names = variables(prompt.template) - FILLED
    except PromptError as error:
        left.append(LeftOut("the user template", f"It is kept, but is no Jinja2: {error.why}"))
        names = set()
    for name in sorted(names):
        left.append(LeftOut(f"{{{{ {name} }}}}", "It is kept in the user template, but only "
                            "question and context are filled: write its value there"))
    parts = [("the system message", prompt.system),
             *(("a few-shot example", f"{e.question}\n{e.answer}") for e in prompt.examples)]
    for where, text in parts:
        for name in sorted(unfilled(text)):
            left.append(LeftOut(f"{{{{ {name} }}}} in {where}",
                                "It is sent as it stands: only the user template is filled"))
    return list(dict.fromkeys(left))


def unfilled(text: str) -> set[str]:
    """Variables in a text that is no template here."""
    try:
        return variables(text)
    except PromptError:
        return set()


def messages_of(prompt: Prompt) -> list[Message]:
    """As another tool keeps them: all of it templates, the examples that are on."""
    made = [Message("system", quoted(prompt.system))] if prompt.system.strip() else []
    for each in prompt.examples:
        if each.on:
            made += [Message("user", quoted(each.question)),
                     Message("assistant", quoted(each.answer))]
    return [*made, Message("user", prompt.template)]


def quoted(text: str) -> str:
    """A text that is sent as it stands, in a place where templates are filled.

    Raises PromptError where that cannot be said.
    """
    if _is_template(text):
        return text
    if _END in text or "endraw" in text:
        raise PromptError("The prompt cannot be written to this kind of file",
                          why="A part of it would be read as a broken template",
                          remedy="Export it as JSON instead")
    return f"{_RAW}{text}{_END}"


def plain(text: str) -> str:
    """The inverse of `quoted`."""
    if text.startswith(_RAW) and text.endswith(_END):
        inner = text[len(_RAW):-len(_END)]
        return inner if not _is_template(inner) else text
    return text


def _is_template(text: str) -> bool:
    try:
        variables(text)
    except PromptError:
        return False
    return "{#" not in text
