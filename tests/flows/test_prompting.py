"""What the Prompt pane says of a draft: variables, mistakes, tokens of the model that gets it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from desktop.core.errors import ConfigurationError, PromptError
from desktop.core.types import Case, FewShotExample, Prompt, Strategy, Usage
from desktop.flows.filling import case_asked, fill_messages
from desktop.flows.prompting import check, count, counted_model

CASES = (Case(1, "Describe it", variables=(("tone", "dry"),)), Case(2, "Are glasses covered?"))
LOOP = "{% for word in tone.split() %}{{ word }},{% endfor %}"


class Model:
    """One of a connection; it has learned what it refuses."""

    def __init__(self, model: str) -> None:
        self.model = self.label = model
        self.local = False
        self.address = model
        self.left_out, self.tried = frozenset({"temperature"}), True


class Filler:
    """Stands for the process; notes what came to it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def fill(self, parts: Sequence[tuple[str, str]], values: Mapping[str, str]) -> list[str]:
        self.asked += [text for text, _ in parts]
        return ["filled elsewhere" for _ in parts]

    async def aclose(self) -> None:
        """Nothing to end."""


def ports(*strategies: Strategy, **more: Any) -> Any:
    async def give(value: Any) -> Any:
        return value

    async def chat(connection: str, deployment: str, **rest: Any) -> Model:
        if connection == "gone":
            raise ConfigurationError("There is no connection named gone")
        return Model(deployment)

    async def tokens(texts: Sequence[str], model: str) -> tuple[list[int], bool]:
        return [len(text.split()) for text in texts], model == "gpt-4.1"

    store = SimpleNamespace(cases=lambda: give(list(CASES)), strategies=lambda: give(strategies))
    prices = SimpleNamespace(window=lambda model: 1_000,
                             cost=lambda model, usage: usage.prompt_tokens / 1000)
    made = {"store": store, "chats": SimpleNamespace(chat=chat), "prices": prices,
            "tokens": SimpleNamespace(count=tokens), "templates": None, "recording": None}
    return SimpleNamespace(**{**made, **more})


def test_variables_are_found_in_both_texts_with_the_cases_that_have_them() -> None:
    prompt = Prompt("For {{ reader }}.", (), "{{ question }} in a {{ tone }} tone")
    found = asyncio.run(check(prompt, ports()))
    assert found.whole and found.names == ("reader", "tone")
    assert (found.cases, found.all_cases) == ({"tone": 1}, 2)


def test_each_text_has_its_own_mistake_at_its_line() -> None:
    found = asyncio.run(check(Prompt("a\n{{ b", (), "{{ 1 / 0 }}"), ports()))
    assert {part: line for part, (_, line) in found.mistakes.items()} == {
        "system": 2, "template": 1}


def test_tokens_are_counted_for_the_model_that_gets_the_prompt() -> None:
    used = (Strategy(1, "Bare", "work", "other"), Strategy(2, "Gone", "gone", "x", prompt="1"),
            Strategy(3, "Built-in", prompt="current", retrieval="Hybrid, top 5"),
            Strategy(4, "Real", "work", "gpt-4.1", prompt="current"))

    async def main() -> None:
        world = ports(*used)
        model = await counted_model(world)
        assert (model.model, model.retrieves, model.refused) == (
            "gpt-4.1", True, frozenset({"temperature"}))
        prompt = Prompt("Be brief.", (FewShotExample("Q", "A"), FewShotExample("x", "y", on=False)),
                        "{{ tone }}", variables=(("tone", "dry and warm"),))
        counted = await count(prompt, model, world)
        assert counted.words() == {
            "system": "2 tokens", "examples": "2 tokens", "template": "3 tokens"}
        assert counted.sentence() == ("7 tokens of the 1,000 that gpt-4.1 takes, $0.007 a call, "
                                      "before question and passages")
        assert Usage(7, 0).prompt_tokens == sum(counted.tokens.values())

    asyncio.run(main())


def test_a_question_of_a_case_brings_its_variables_but_not_its_turns() -> None:
    found = asyncio.run(case_asked("describe  IT", ports()))
    assert found is not None and found.variables == (("tone", "dry"),)
    assert asyncio.run(case_asked("Are glasses covered?", ports())) is None


def test_only_what_may_loop_goes_to_the_process() -> None:
    filler = Filler()
    world = ports(templates=filler)

    async def main() -> None:
        plain = Prompt(template="{{ question }}: {{ tone }}")
        messages = await fill_messages(plain, "Q", (), world, CASES[0])
        assert [m.content for m in messages] == ["Q: dry"]
        assert filler.asked == []
        messages = await fill_messages(Prompt(template=LOOP), "Q", (), world, CASES[0])
        assert filler.asked == ["", LOOP]
        assert messages[-1].content == "filled elsewhere"
        with pytest.raises(PromptError, match="tone has no value"):
            await fill_messages(plain, "Q", (), world)

    asyncio.run(main())
