"""A new workspace gets the ladder that three answers lead to."""

from __future__ import annotations

from dataclasses import replace

from ..core.first_ladder import About, FirstLadder, first_ladder
from ..core.ports import Store
from ..core.tours import FACT, GENERAL, Tour
from .use_case import SENTENCE

HINT = "hint"  # the fact that stands under the question until it is dismissed


async def lay(about: About, store: Store) -> FirstLadder:
    """Put its strategies in place of those that a new workspace begins with, its prompt first,
    and begin the general tour. For a workspace in which nothing was asked yet."""
    ladder = first_ladder(about)
    for strategy in await store.strategies():
        await store.remove_strategy(strategy.id)
    below: int | None = None
    for strategy in ladder.strategies:
        made = await store.save_strategy(replace(strategy, derived_from=below))
        if strategy.retrieval is None:  # both columns with documents differ from Prompt
            below = made.id
    await store.save_prompt(ladder.prompt, "First draft")
    await store.set_fact(SENTENCE, " ".join(about.sentence.split()) or None)
    await store.set_fact(HINT, ladder.sentence())
    await store.set_fact(FACT, Tour(GENERAL).as_fact())
    return ladder
