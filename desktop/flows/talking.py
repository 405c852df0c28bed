"""A conversation under Ask: each column goes on from its own earlier answers.

What was said is stored with each answer (`Answer.earlier`, the ids of the turns before it), so
that a crash in mid-answer loses no turn. One fact of the workspace says whether a conversation is
going on, and after which answer it begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..core.ports import Store
from ..core.types import Answer, Message
from .following import Conversation

FACT = "conversation"


@dataclass(slots=True)
class Talk:
    """The turns of each column, by strategy id, without its newest answer.

    `on`: the next question continues; else it begins anew. Answers up to `after` are of another
    conversation, and not shown any more.
    """

    on: bool = False
    after: int = 0
    turns: dict[int, tuple[Answer, ...]] = field(default_factory=dict)

    def begin(self, answers: Iterable[Answer]) -> None:
        """From what the columns show."""
        first = min((answer.id for answer in answers if answer.id), default=self.after + 1)
        self.on, self.after, self.turns = True, max(0, first - 1), {}

    def end(self, newest: int) -> None:
        """`newest`: the highest id of an answer that was shown."""
        self.on, self.after, self.turns = False, max(self.after, newest), {}

    def next_turn(self, columns: Iterable[int], answers: Mapping[int, Answer]) -> None:
        """The answers of these columns become earlier ones; one without text said nothing."""
        for column in columns:
            answer = answers.get(column)
            if answer is not None and answer.text:
                self.turns[column] = (*self.turns.get(column, ()), answer)

    def before(self, columns: Iterable[int]) -> dict[int, Conversation]:
        """What each column goes on from, in the same order of turns as on screen."""
        return {column: _of(turns) for column in columns if (turns := self.turns.get(column))}

    def upcoming(self, answers: Mapping[int, Answer]) -> dict[int, Conversation]:
        """What the next question would go on from; nothing outside a conversation."""
        if not self.on:
            return {}
        said = {column: (*self.turns.get(column, ()), *([answer] if answer.text else ()))
                for column, answer in answers.items()}
        return {column: _of(turns) for column, turns in said.items()}

    async def save(self, store: Store) -> None:
        await store.set_fact(FACT, {"on": self.on, "after": self.after})


def _of(turns: Sequence[Answer]) -> Conversation:
    return Conversation(messages_of(turns), tuple(turn.id for turn in turns))


def messages_of(turns: Sequence[Answer]) -> tuple[Message, ...]:
    """Questions as they were typed, and answers without their citation marks: the passages they
    count are not sent again, and the next ones count from 1 themselves."""
    found: list[Message] = []
    for turn in turns:
        found += [Message("user", turn.question), Message("assistant", _uncited(turn))]
    return tuple(found)


def _uncited(answer: Answer) -> str:
    ranks = "|".join(str(hit.rank) for hit in answer.context)
    return re.sub(rf" ?\[(?:{ranks})\]", "", answer.text).strip() if ranks else answer.text


async def stored(store: Store) -> tuple[Talk, dict[int, Answer]]:
    """The conversation as the workspace holds it, and the newest answer of each column."""
    found = _read(await store.fact(FACT))
    if not found.on:
        latest = await store.latest_answers()
        return found, {column: answer for column, answer in latest.items()
                       if answer.id > found.after}
    cells = [cell for cell in await store.answers_since(found.after) if cell.answer is not None]
    by_id = {cell.id: cell.answer for cell in cells if cell.answer is not None}
    answers: dict[int, Answer] = {}
    for cell in cells:  # newest first
        if cell.answer is not None and cell.strategy_id not in answers:
            answers[cell.strategy_id] = cell.answer
    found.turns = {
        column: tuple(by_id[number] for number in answer.earlier if number in by_id)
        for column, answer in answers.items()
    }
    return found, answers


def _read(value: Any) -> Talk:
    """What a stranger's workspace may hold there is anything."""
    if not isinstance(value, dict):
        return Talk()
    after = value.get("after")
    if not isinstance(after, int) or isinstance(after, bool) or not 0 <= after < 2**63:
        return Talk()
    return Talk(value.get("on") is True, after)
