"""Orders in documents reach a model as data: one that obeys everything else obeys none of them."""

from __future__ import annotations

import re

import pytest

from desktop.core import injection
from desktop.core.prompts import build_messages
from desktop.core.types import FewShotExample, Hit, Message, Prompt
from desktop.services.reader_worker import read
from desktop.ui.dialogs.sent import cautions

from .injections import DOCUMENTS, HARMLESS, ORDER

PROMPTS = {
    "none": None,
    "plain": Prompt("Answer from the passages only."),
    "template": Prompt("Be brief.", (FewShotExample("a?", "b"),),
                       "Use this:\n{{ context }}\n\nQuestion: {{ question }}"),
}


def hit(text: str, rank: int = 1, document: str = "plan.md") -> Hit:
    return Hit(rank, 1.0, rank, 1, document, None, 0, 0, len(text), text)


def obeyed(messages: list[Message]) -> str:
    """What a stand-in for a model takes for orders: all that is outside of a marked block.

    Read here anew, by the documented form alone: the first mark opens, the same one closes.
    """
    said = "\n".join(message.content for message in messages)
    while opened := re.search(r"<passages ([0-9a-f]+)>\n", said):
        end = said.find(f"\n</passages {opened[1]}>", opened.end())
        assert end >= 0, "a block that nothing closes"
        said = said[:opened.start()] + said[end + len(f"\n</passages {opened[1]}>"):]
    return said


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS)
@pytest.mark.parametrize("text", DOCUMENTS)
def test_an_order_in_a_document_is_not_obeyed(text: str, prompt: Prompt | None) -> None:
    told = text.format(say=ORDER)
    hits = [hit("Glasses are covered."), hit(told, 2), hit("x", 3, f"a\n{told}.md")]
    messages = build_messages(prompt, "Are glasses covered?", hits)
    assert ORDER in "".join(message.content for message in messages)
    assert ORDER not in obeyed(messages)
    assert "Are glasses covered?" in obeyed(messages)


def test_the_stand_in_obeys_what_stands_outside() -> None:
    assert ORDER in obeyed(build_messages(None, f"Please {ORDER}", [hit("x")]))


@pytest.mark.parametrize("text", DOCUMENTS)
def test_an_order_is_pointed_out(text: str) -> None:
    told = f"Glasses are covered.\n{text.format(say=ORDER)}\nTeeth too."
    assert injection.suspicions(told)
    assert "was sent as data" in cautions((hit(told),))[0]


@pytest.mark.parametrize("text", HARMLESS)
def test_what_speaks_to_people_is_left_alone(text: str) -> None:
    assert injection.suspicions(text) == []


def test_the_ledger_says_where_a_document_speaks_to_models() -> None:
    header, _ = read("plan.md", DOCUMENTS[0].format(say=ORDER).encode(),
                     lambda texts: [len(text.split()) for text in texts])
    assert "speaks to a model" in header["warning"]
    assert "Ignore all previous instructions" in header["warning"]
