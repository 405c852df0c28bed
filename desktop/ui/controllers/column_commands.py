"""Adding and removing columns as steps that can be undone."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtGui import QUndoCommand

from ...core.types import Strategy


class Keeper(Protocol):
    """Who stores columns and shows them."""

    def add(self, command: AddStrategy) -> None: ...
    def drop(self, strategy: Strategy) -> None: ...
    def save(self, strategy: Strategy) -> None: ...


class AddStrategy(QUndoCommand):
    """Adding a column; undone and done again it keeps its id."""

    def __init__(self, controller: Keeper, strategy: Strategy) -> None:
        super().__init__(f"add {strategy.name}")
        self._controller = controller
        self.strategy = strategy

    def redo(self) -> None:
        self._controller.add(self)

    def undo(self) -> None:
        self._controller.drop(self.strategy)


class RemoveStrategy(QUndoCommand):
    """Removing a column; undo brings the recipe back."""

    def __init__(self, controller: Keeper, strategy: Strategy) -> None:
        super().__init__(f"remove {strategy.name}")
        self._controller = controller
        self._strategy = strategy

    def redo(self) -> None:
        self._controller.drop(self._strategy)

    def undo(self) -> None:
        self._controller.save(self._strategy)
