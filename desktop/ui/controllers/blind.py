"""Blind rating: one dialog for comparing columns and for labelling answers for a judge."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...core.errors import ConfigurationError
from ...core.evaluation.blind import Couple
from ...core.evaluation.calibration import FEWEST_LABELS
from ...core.evaluation.types import Rating
from ...flows import rating
from ...flows.tasks import Tasks
from ..main_window import MainWindow
from . import Controller
from .center import CenterController

if TYPE_CHECKING:
    from ..compare.evaluate.blind_dialog import BlindDialog

BLIND = "blind rating"


@dataclass(slots=True)
class _Sitting:
    """What is being rated. `ratings` holds what each turn stored, for undo: a turn may have
    stored ties nobody was asked about."""

    items: list[rating.Item]
    total: int
    single: bool
    place: int = 0
    turns: list[tuple[int, list[Rating]]] = field(default_factory=list)  # place before, stored
    ahead: list[Rating] = field(default_factory=list)  # ties stored before the first turn

    @property
    def done(self) -> int:
        """How many are rated, earlier sittings included."""
        given = sum(len(stored) for _, stored in self.turns) + len(self.ahead)
        return self.total - len(self.items) + given


class BlindController(Controller):
    """Each choice is stored before the next pair comes."""

    def __init__(
        self, tasks: Tasks, window: MainWindow, center: CenterController,
        rated: Callable[[], object] = lambda: None,
    ) -> None:
        """`rated` is called when the dialog closes: a judge may be calibrated now."""
        super().__init__(tasks)
        self._rated = rated
        self._window = window
        self._center = center
        self._made: BlindDialog | None = None
        self._found: rating.RunAnswers | None = None
        self._choices: list[list[Couple]] = []
        self._sitting: _Sitting | None = None
        self._turn = asyncio.Lock()

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"blind": self.compare, "label": self.label}

    @property
    def dialog(self) -> BlindDialog:
        """Made when it is first needed."""
        if self._made is None:
            from ..compare.evaluate.blind_dialog import BlindDialog

            self._made = made = BlindDialog(self._window)
            made.coupleChosen.connect(lambda place: self._later(self._start(place)))
            made.chosen.connect(lambda value: self._later(self._choose(value, self._shown())))
            made.skipped.connect(lambda: self._later(self._skip(self._shown())))
            made.undone.connect(lambda: self._later(self._undo()))
            made.ratesRequested.connect(lambda: self._later(self._results()))
            made.setupRequested.connect(self.compare)
            made.runRequested.connect(self._to_evaluate)
            made.finished.connect(lambda _: self._ended())
        return self._made

    def close(self) -> None:
        if self._made is not None:
            self._made.close()
        self._found, self._sitting, self._choices = None, None, []
        super().close()

    def compare(self) -> None:
        """Choose columns."""
        self._later(self._offer())

    def label(self) -> None:
        """Thirty answers, one by one."""
        self._later(self._label())

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        if self.is_open:
            self.tasks.start("Blind rating", work)
        else:
            work.close()

    async def _find(self) -> rating.RunAnswers | None:
        evaluate = self._center.evaluate
        shown = evaluate.view.run_shown() if evaluate is not None and evaluate.is_open else None
        for run_id in ([shown.id] if shown is not None else []) + [None]:
            try:
                return await rating.answers_of(self.ports, run_id)
            except ConfigurationError:
                continue  # the run on screen has no answers yet: the newest that has
        self.dialog.setWindowTitle("Blind rating")
        self.dialog.show_nothing()
        return None

    # --- pairs -----------------------------------------------------------------------------

    async def _offer(self) -> None:
        from ..compare.evaluate.blind_dialog import Choice

        found = self._found = await self._find()
        if found is None:
            return
        known = await rating.progress(found, self.ports)
        self._sitting = None
        self._choices = [[couple] for couple in known]
        if len(known) > 1:
            self._choices.insert(0, list(known))
        self.dialog.show_choices([
            Choice(_name(chosen), sum(known[each][0] for each in chosen),
                   sum(known[each][1] for each in chosen)) for chosen in self._choices])

    async def _start(self, place: int) -> None:
        if self._found is None or place >= len(self._choices):
            return
        sheet = await rating.pairs_sheet(self._found, self._choices[place], self.ports)
        self._sitting = _Sitting(list(sheet.items), sheet.total, single=False)
        async with self._turn:
            await self._show(self._sitting.ahead)

    async def _label(self) -> None:
        found = self._found = await self._find()
        if found is None:
            return
        sheet = await rating.labels_sheet(found, self.ports)
        self._sitting = _Sitting(list(sheet.items), sheet.total, single=True)
        self.dialog.show_labels()
        async with self._turn:
            await self._show(self._sitting.ahead)

    # --- one turn ----------------------------------------------------------------------------

    def _shown(self) -> int:
        """The place of what is on screen: a key pressed twice is not said of the next one."""
        return self._sitting.place if self._sitting is not None else -1

    def _at(self, place: int) -> _Sitting | None:
        """The sitting, if what was on screen at the key is still to be rated."""
        sitting = self._sitting
        here = sitting is not None and sitting.place == place < len(sitting.items)
        return sitting if here else None

    async def _choose(self, value: float, before: int) -> None:
        async with self._turn:
            sitting = self._at(before)
            if sitting is None:
                return
            stored = [await rating.keep(sitting.items[before], value, self.ports)]
            sitting.turns.append((before, stored))
            sitting.place += 1
            await self._show(stored)

    async def _skip(self, before: int) -> None:
        """It comes again at the next sitting."""
        async with self._turn:
            sitting = self._at(before)
            if sitting is None:
                return
            stored: list[Rating] = []
            sitting.turns.append((before, stored))
            sitting.place += 1
            await self._show(stored)

    async def _undo(self) -> None:
        async with self._turn:
            if self._sitting is None or not self._sitting.turns:
                return
            self._sitting.place, stored = self._sitting.turns.pop()
            await rating.take_back(stored, self.ports)
            await self._show(self._sitting.ahead)

    async def _show(self, stored: list[Rating]) -> None:
        """The next item; pairs in the same words on the way are ties, of this turn."""
        sitting = self._sitting
        assert sitting is not None
        while sitting.place < len(sitting.items) and sitting.items[sitting.place].equal:
            stored.append(await rating.keep_equal(sitting.items[sitting.place], self.ports))
            sitting.place += 1
        if sitting.place >= len(sitting.items):
            await self._results()
        else:
            self.dialog.show_item(sitting.items[sitting.place], sitting.done, sitting.total,
                                  can_undo=bool(sitting.turns))

    # --- the end -----------------------------------------------------------------------------

    async def _results(self) -> None:
        if self._found is None:
            return
        sitting = self._sitting
        if sitting is not None and sitting.single:
            self.dialog.show_words(*label_words(sitting.done, sitting.total))
            return
        rates = await rating.rates_of(self._found, self.ports)
        left = 0 if sitting is None else sitting.total - sitting.done
        title = "Win rates so far" if left or sitting is None else "All pairs are rated"
        self.dialog.show_rates(rates, f"{title}. {left:,} left." if left else title)

    def _ended(self) -> None:
        """The dialog was closed: Decide looks again."""
        decide = self._center.decide
        if self._sitting is not None and decide is not None and decide.is_open:
            decide.changed()
        if self._sitting is not None:
            self._rated()
        self._sitting = None

    def _to_evaluate(self) -> None:
        if self._made is not None:
            self._made.close()
        self._center.show_evaluate()


def _name(couples: Sequence[Couple]) -> str:
    if len(couples) == 1:
        return f"{couples[0].a.name} and {couples[0].b.name}"
    return f"All {len(couples)} couples of columns"


def label_words(done: int, total: int) -> tuple[str, str]:
    """What labels are good for now, and what is missing."""
    title = f"{done:,} of {total:,} answers labelled"
    if done >= FEWEST_LABELS:
        return title, ("These labels say whether a judge agrees with people. Judge the answers "
                       "(Compare menu) to see by how much.")
    return title, (f"{FEWEST_LABELS - done:,} more are needed before they can say whether a judge "
                   "agrees with people. They are kept; go on when you like.")
