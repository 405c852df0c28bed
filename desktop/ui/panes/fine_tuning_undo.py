"""The changes of a dataset as steps that can be taken back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from PySide6.QtGui import QUndoCommand

from ...core.types import Example
from .fine_tuning_model import Placed


class Dataset(Protocol):
    """What the steps need of the pane."""

    def put_example(self, example: Example) -> None:
        """Show and tell a changed example."""

    def insert_examples(self, placed: list[Placed]) -> None:
        """Show and tell examples that are new or back."""

    def take_examples(self, ids: Iterable[int]) -> list[Placed]:
        """Remove and tell examples; returns them with their places."""


class EditExample(QUndoCommand):
    """Edits of one example in a row are one step."""

    def __init__(self, dataset: Dataset, before: Example, after: Example) -> None:
        super().__init__(f"Edit line {after.line}")
        self.dataset, self.before, self.after = dataset, before, after

    def id(self) -> int:
        return 7201

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, EditExample) or other.after.id != self.after.id:
            return False
        self.after = other.after
        return True

    def redo(self) -> None:
        self.dataset.put_example(self.after)

    def undo(self) -> None:
        self.dataset.put_example(self.before)


class AddExamples(QUndoCommand):
    """New examples at the end."""

    def __init__(self, dataset: Dataset, placed: list[Placed]) -> None:
        super().__init__("Add example" if len(placed) == 1 else f"Add {len(placed):,} examples")
        self.dataset, self.placed = dataset, placed

    def redo(self) -> None:
        self.dataset.insert_examples(self.placed)

    def undo(self) -> None:
        self.dataset.take_examples([example.id for _, example in self.placed])


class RemoveExamples(QUndoCommand):
    """Examples taken away; undo puts each back in its place."""

    def __init__(self, dataset: Dataset, ids: list[int]) -> None:
        super().__init__("Remove example" if len(ids) == 1 else f"Remove {len(ids):,} examples")
        self.dataset, self.ids = dataset, ids
        self.placed: list[Placed] = []

    def redo(self) -> None:
        self.placed = self.dataset.take_examples(self.ids)

    def undo(self) -> None:
        self.dataset.insert_examples(self.placed)
