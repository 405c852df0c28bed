"""The cases of Evaluate: typed, imported, edited and removed, each a step to take back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtGui import QUndoCommand, QUndoStack

from ...core.evaluation.case_columns import ROLES
from ...core.evaluation.types import UseCase
from ...core.ports import Ports
from ...core.types import Case
from ...flows.cases import import_cases, needs_mapping
from ...flows.tasks import Tasks
from ...flows.use_case import load_use_case, save_use_case
from ..compare.evaluate.mapping import MappingDialog
from ..compare.evaluate.view import EvaluateView
from ..main_window import MainWindow
from . import Controller

DRAFT = "case draft"  # a fact of the workspace
MOST_DRAFT = 100_000  # characters of a field


def draft_of(fact: object) -> dict[str, str]:
    """What is kept of a case that was not added; a stranger's fact of another shape is none."""
    if not isinstance(fact, dict):
        return {}
    return {name: text[:MOST_DRAFT] for name, text in fact.items()
            if isinstance(name, str) and isinstance(text, str)}


class CasesController(Controller):
    """Keeps the view's cases and the workspace's the same."""

    def __init__(
        self, view: EvaluateView, tasks: Tasks, window: MainWindow,
        changed: Callable[[], Awaitable[None]], goal_changed: Callable[[], Awaitable[None]],
    ) -> None:
        """`changed`: cases are other, so that an estimate is too; `goal_changed`: its limits
        are the scale of seconds and dollars in a weighted score."""
        super().__init__(tasks)
        self.view = view
        self.cases: list[Case] = []
        self._window = window
        self._undo: QUndoStack = window.undo_stack
        self._changed = changed
        self._goal_changed = goal_changed
        view.importCasesRequested.connect(self.import_files)
        view.casesAdded.connect(self.add)
        view.casesEdited.connect(self.edit)
        view.casesRemoved.connect(self.remove)
        view.useCaseChanged.connect(self.keep_use_case)
        view.cases.drafted.connect(self.keep_draft)

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self.view.show_use_case(await load_use_case(ports.store))
        self.view.cases.show_draft(draft_of(await ports.store.fact(DRAFT)))
        await self.show()

    def close(self) -> None:
        self.cases = []
        self.view.show_cases([])
        self.view.show_use_case(UseCase())
        self.view.cases.show_draft({})
        super().close()

    async def show(self) -> None:
        """The cases as they are stored."""
        self.cases = await self.ports.store.cases()
        self.view.show_cases(self.cases)
        await self._changed()

    def keep_draft(self, draft: dict[str, str]) -> None:
        """A new case as it is typed."""
        if self.is_open:
            self.tasks.start(
                "Keep what is typed", self.ports.store.set_fact(DRAFT, draft or None), key=DRAFT)

    # --- what the user does --------------------------------------------------------------

    def import_files(self, paths: Sequence[Path]) -> None:
        for path in paths:
            self.tasks.start(f"Import {path.name}", self._import(path), shown=True)

    async def _import(self, path: Path) -> None:
        """Asks which column is which, unless the file says so itself."""
        head = await needs_mapping(str(path), self.ports)
        if head is None:
            await self._take_in(path, None)
            return
        dialog = MappingDialog(path.name, head, ROLES, self._window)
        dialog.mapped.connect(lambda mapping: self._later(
            f"Import {path.name}", self._take_in(path, mapping), shown=True))
        dialog.show()

    async def _take_in(self, path: Path, mapping: Mapping[str, str] | None) -> None:
        read = await import_cases(str(path), self.ports, mapping)
        await self.show()
        added, skipped = len(read.cases), len(read.skipped)
        if added:
            # They are stored already: undoing takes them out, redoing brings them back.
            self._undo.push(_Add(self, list(read.cases), stored=True))
        words = f"Imported {added:,} case{'s' if added != 1 else ''} from {path.name}."
        if skipped:
            first = read.skipped[0]
            words += f" Skipped {skipped:,}; the first, line {first.line}: {first.why}"
        self._window.messages.say(words, "warning" if skipped else "info")

    def _later(
        self, name: str, work: Coroutine[Any, Any, None], *, shown: bool = False
    ) -> None:
        if self.is_open:
            self.tasks.start(name, work, shown=shown)
        else:
            work.close()

    def add(self, cases: Sequence[Case]) -> None:
        if self.is_open and cases:
            self._undo.push(_Add(self, list(cases)))

    def edit(self, cases: Sequence[Case]) -> None:
        known = {case.id: case for case in self.cases}
        for after in cases:
            before = known.get(after.id)
            if before is not None and before != after:
                self._undo.push(_Edit(self, before, after))

    def remove(self, ids: Sequence[int]) -> None:
        gone = [case for case in self.cases if case.id in set(ids)]
        if gone:
            self._undo.push(_Remove(self, gone))

    def keep_use_case(self, use_case: UseCase) -> None:
        if self.is_open:
            self.tasks.start("Save use case", self._keep(use_case))

    async def _keep(self, use_case: UseCase) -> None:
        await save_use_case(self.ports.store, use_case)
        self.view.show_use_case(use_case)
        self._window.show_use_case(use_case.sentence)
        await self._goal_changed()

    # --- what steps do ---------------------------------------------------------------------

    def store_new(self, command: _Add) -> None:
        self.tasks.start("Add cases", self._store_new(command))

    async def _store_new(self, command: _Add) -> None:
        if command.cases[0].id:
            for case in command.cases:
                await self.ports.store.save_case(case)
        else:
            command.cases = await self.ports.store.add_cases(command.cases)
        await self.show()

    def put(self, cases: Sequence[Case]) -> None:
        changed = {case.id: case for case in cases}  # at once: the next edit starts from it
        self.cases = [changed.get(case.id, case) for case in self.cases]
        self.tasks.start("Save cases", self._put(cases))

    async def _put(self, cases: Sequence[Case]) -> None:
        for case in cases:
            await self.ports.store.save_case(case)
        await self.show()

    def drop(self, cases: Sequence[Case]) -> None:
        self.tasks.start("Remove cases", self._drop([case.id for case in cases]))

    async def _drop(self, ids: Sequence[int]) -> None:
        await self.ports.store.remove_cases(ids)
        await self.show()


def _counted(cases: Sequence[Case]) -> str:
    return f"case {cases[0].id}" if len(cases) == 1 and cases[0].id else (
        "case" if len(cases) == 1 else f"{len(cases):,} cases")


class _Add(QUndoCommand):
    """New cases; undone and done again they keep their ids."""

    def __init__(
        self, controller: CasesController, cases: list[Case], stored: bool = False
    ) -> None:
        super().__init__(f"add {_counted(cases)}")
        self._controller, self.cases, self._stored = controller, cases, stored

    def redo(self) -> None:
        if not self._stored:
            self._controller.store_new(self)
        self._stored = False

    def undo(self) -> None:
        self._controller.drop(self.cases)


class _Edit(QUndoCommand):
    """One case, before and after."""

    def __init__(self, controller: CasesController, before: Case, after: Case) -> None:
        super().__init__(f"edit case {after.id}")
        self._controller, self._before, self._after = controller, before, after

    def redo(self) -> None:
        self._controller.put([self._after])

    def undo(self) -> None:
        self._controller.put([self._before])


class _Remove(QUndoCommand):
    """Cases taken away; their cells keep what was answered."""

    def __init__(self, controller: CasesController, cases: list[Case]) -> None:
        super().__init__(f"remove {_counted(cases)}")
        self._controller, self._cases = controller, cases

    def redo(self) -> None:
        self._controller.drop(self._cases)

    def undo(self) -> None:
        self._controller.put(self._cases)
