"""Changes of the dataset that can be taken back. Each knows only what it changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..core.dataset.query import Columns
from ..core.ports import Store
from ..core.types import Example


class Edit(Protocol):
    """One step of undo."""

    @property
    def text(self) -> str:
        """For the menu: "Remove 3 examples"."""

    async def redo(self, store: Store) -> None: ...
    async def undo(self, store: Store) -> None: ...


@dataclass(slots=True)
class Add:
    """New examples; those with `ids` are there already, as after an import."""

    text: str
    examples: Sequence[Example] = ()
    ids: list[int] = field(default_factory=list)
    there: bool = False

    async def redo(self, store: Store) -> None:
        if self.examples:
            self.ids = [example.id for example in await store.add_examples(self.examples)]
            self.examples = ()
        elif not self.there:
            await store.restore_examples(self.ids)
        self.there = True

    async def undo(self, store: Store) -> None:
        await store.remove_examples(self.ids)
        self.there = False


@dataclass(slots=True)
class Remove:
    """Examples taken away; they come back where they were."""

    text: str
    ids: Sequence[int]

    async def redo(self, store: Store) -> None:
        await store.remove_examples(self.ids)

    async def undo(self, store: Store) -> None:
        await store.restore_examples(self.ids)


@dataclass(slots=True)
class Replace:
    """Other rows for some examples."""

    text: str
    before: Sequence[Example]
    after: Sequence[Example]

    async def redo(self, store: Store) -> None:
        await store.save_examples(self.after)

    async def undo(self, store: Store) -> None:
        await store.save_examples(self.before)


@dataclass(slots=True)
class Change:
    """Other tags, state or split for many examples."""

    text: str
    after: Mapping[int, Columns]
    before: Mapping[int, Columns] = field(default_factory=dict)

    async def redo(self, store: Store) -> None:
        self.before = await store.change_examples(self.after)

    async def undo(self, store: Store) -> None:
        await store.change_examples(self.before)


@dataclass(slots=True)
class Several:
    """Several edits as one step."""

    text: str
    edits: Sequence[Edit]

    async def redo(self, store: Store) -> None:
        for edit in self.edits:
            await edit.redo(store)

    async def undo(self, store: Store) -> None:
        for edit in reversed(self.edits):
            await edit.undo(store)


def many(count: int, noun: str = "example") -> str:
    """`1 example`, `1,200 examples`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
