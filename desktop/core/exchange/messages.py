"""Chat messages as a prompt, and a prompt as chat messages.

Elsewhere every message is a template; here system message and user template are, few-shot
examples are sent as they stand. So what looks like a variable in those is told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from ..errors import PromptError
from ..prompts import SYSTEM, TEMPLATE
from ..templates import parse
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
                            "it became the user template"))
        made = Prompt(template=system)
    else:
        examples, rest = _pairs(talk, origin)
        made = Prompt(system, examples, rest or "{{ question }}")
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


def untold(prompt: Prompt, given: Collection[str] = ()) -> list[LeftOut]:
    """What the program will not fill in, each variable once; `given` are names of which the
    cases of the same file have values."""
    left = []
    known = FILLED | {name for name, value in prompt.variables if value} | set(given)
    for what, text in ((SYSTEM, prompt.system), (TEMPLATE, prompt.template)):
        try:
            names = set(parse(text, what).names) - known
        except PromptError as error:
            left.append(LeftOut(f"the {what}", f"It is kept, but is no Jinja2: {error.why}"))
            names = set()
        left += [LeftOut(f"{{{{ {name} }}}}", "It is kept and has no value yet: give it one "
                         "under Variables in the Prompt pane, or in the cases")
                 for name in sorted(names)]
    for example in prompt.examples:
        for name in sorted(unfilled(f"{example.question}\n{example.answer}")):
            left.append(LeftOut(f"{{{{ {name} }}}} in a few-shot example",
                                "It is sent as it stands: examples are not filled"))
    return list(dict.fromkeys(left))


def names_of(prompt: Prompt) -> tuple[str, ...]:
    """The variables of a prompt that the user names, in their order; of a part that cannot be
    read none."""
    found: dict[str, None] = {}
    for text in (prompt.system, prompt.template):
        found |= dict.fromkeys(unfilled(text))
    return tuple(name for name in found if name not in FILLED)


def unfilled(text: str) -> tuple[str, ...]:
    """Variables in a text, none where it is no template."""
    try:
        return parse(text).names
    except PromptError:
        return ()


def messages_of(prompt: Prompt) -> list[Message]:
    """As another tool keeps them: all of it templates, the examples that are on."""
    made = [Message("system", prompt.system)] if prompt.system.strip() else []
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
        parse(text)
    except PromptError:
        return False
    return "{#" not in text
