"""The messages of a column, with their variables filled in.

A template that only puts texts into their places is filled here; one that loops or pads is
filled in a process of its own, because nobody can say how long that takes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..core.ports import Ports
from ..core.prompts import SYSTEM, TEMPLATE, build_messages, format_context, values_for
from ..core.templates import fill, parse
from ..core.types import Case, Hit, Message, Prompt


async def fill_messages(
    prompt: Prompt | None, question: str, hits: Sequence[Hit], ports: Ports,
    case: Case | None = None,
) -> list[Message]:
    """See `core.prompts.build_messages`; a case has earlier turns and variables. Raises
    PromptError."""
    history = case.history if case else ()
    own = dict(case.variables) if case else {}
    filled = None
    if prompt is not None:
        values = values_for(prompt, question, format_context(hits, question), own)
        system, text = await fill_texts(
            [(prompt.system, SYSTEM), (prompt.template, TEMPLATE)], values, ports)
        filled = (system, text)
    return build_messages(prompt, question, hits, history, own, filled)


async def fill_texts(
    parts: Sequence[tuple[str, str]], values: Mapping[str, str], ports: Ports
) -> list[str]:
    """Texts, each with what it is in words. Raises PromptError."""
    if ports.templates is None or all(parse(text, what).plain for text, what in parts):
        return [fill(text, values, what) for text, what in parts]
    return await ports.templates.fill(parts, values)


async def case_asked(question: str, ports: Ports) -> Case | None:
    """The variables of the case that asks this question, where one is asked by hand.

    Not its earlier turns: what is asked by hand stands alone.
    """
    wanted = " ".join(question.split()).casefold()
    for case in await ports.store.cases():
        if case.variables and " ".join(case.question.split()).casefold() == wanted:
            return Case(case.id, case.question, variables=case.variables)
    return None
