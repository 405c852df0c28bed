"""The use case: its sentence is a fact of its own, its goal another."""

from __future__ import annotations

from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING

from ..core.evaluation.types import UseCase

if TYPE_CHECKING:
    from ..core.ports import Store

SENTENCE, GOAL = "use case", "use case goal"
_GOAL_FIELDS = {each.name for each in fields(UseCase)} - {"sentence"}


async def load_use_case(store: Store) -> UseCase:
    """What the workspace says; an empty UseCase when it says nothing yet."""
    sentence, goal = await store.fact(SENTENCE), await store.fact(GOAL)
    known = {key: value for key, value in (goal if isinstance(goal, dict) else {}).items()
             if key in _GOAL_FIELDS and _can_be(key, value)}
    return replace(UseCase(str(sentence or "")), **known)


async def save_use_case(store: Store, use_case: UseCase) -> None:
    """Sentence and goal, whole."""
    goal = {key: value for key, value in asdict(use_case).items()
            if key in _GOAL_FIELDS and value not in (None, "")}
    await store.set_fact(SENTENCE, use_case.sentence or None)
    await store.set_fact(GOAL, goal or None)


def _can_be(key: str, value: object) -> bool:
    """A file from elsewhere may hold anything."""
    if key == "metric":
        return isinstance(value, str)
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
