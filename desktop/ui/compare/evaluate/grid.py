"""What the grid of a run says, as plain values. No Qt.

Repeats of a cell are shown as one: the mean of their scores, the state that most wants a
person's eye. A row is a case, a column a strategy exactly as it was when the run began.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ....core.evaluation.calibration import Judged
from ....core.evaluation.calibration_words import NOT_CALIBRATED
from ....core.evaluation.judging import METRIC as JUDGE
from ....core.evaluation.thresholds import deciding_metric, is_good
from ....core.evaluation.types import Cause, Cell, CellState, Rating, UseCase
from ....core.strategies import badge_of, rung_of
from ....core.types import Case, Rung, Strategy
from ..states import Chip
from .score_words import OPEN_ENDED, difference_text, score_text, spread
from .tally import Tally
from .weighing import Weighing

STARTS = 160  # characters of an answer that a cell may show
_FIRST = (CellState.RUNNING, CellState.FAILED, CellState.THROTTLED, CellState.FILTERED,
          CellState.STOPPED, CellState.WAITING, CellState.DONE)
UNANSWERED = frozenset({CellState.FAILED, CellState.FILTERED, CellState.THROTTLED})
_CHIPS = {
    CellState.RUNNING: Chip("spinner", "Running", "info"),
    CellState.FAILED: Chip("x-circle", "Failed", "danger"),
    CellState.FILTERED: Chip("prohibit", "Filtered", "warning"),
    CellState.THROTTLED: Chip("hourglass", "Throttled", "warning"),
    CellState.STOPPED: Chip("stop", "Stopped", "neutral"),
}


class Filter(enum.StrEnum):
    """Which cases are listed."""

    ALL = "All"
    FAILURES = "Failures"
    DIFFERENT = "Different"
    ERRORS = "Errors"
    DISAGREEMENT = "Disagreement"


MEANING = {
    Filter.ALL: "Every case of the run",
    Filter.FAILURES: "A strategy's answer is below the bar of the chosen score",
    Filter.DIFFERENT: "Some strategies pass and some fail",
    Filter.ERRORS: "A cell has no answer: failed, filtered or throttled",
    Filter.DISAGREEMENT: "A person's rating and the score say different things",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """One cell as painted: its repeats taken together."""

    cells: tuple[Cell, ...] = ()
    state: CellState | None = None  # None: never asked
    score: float | None = None
    good: bool | None = None
    difference: float | None = None  # from the Baseline of the same case
    share: float | None = None  # of the bar, 0..1
    text: str = ""  # the start of the answer
    chip: Chip | None = None  # instead of the text
    recorded: bool = False
    rated: float | None = None
    note: str = ""  # why the score does not count
    spread: float | None = None  # the standard deviation over repeats


NOT_ASKED = Shown()


class Grid:
    """Cells by case and strategy; everything shown is worked out once and kept."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.strategies: list[Strategy] = []
        self.metric = ""
        self.use_case: UseCase | None = None
        self.judged = Judged()
        self.weighing = Weighing()
        self.badges: dict[int, tuple[str, Rung]] = {}
        self.baseline: int | None = None
        self._cells: dict[tuple[int, int], dict[int, Cell]] = {}
        self._valued: set[str] = set()
        self._ratings: dict[int, Rating] = {}
        self._shown: dict[tuple[int, int], Shown] = {}
        self._tally: Tally[Filter] = Tally()
        self._listed: dict[int, frozenset[Filter]] = {}
        self._most: float | None = None  # the longest bar of a score that is no share

    # --- filling -----------------------------------------------------------------------

    def show_columns(self, strategies: Sequence[Strategy]) -> None:
        """Other columns."""
        self.strategies = list(strategies)
        self.badges = {s.id: (badge_of(s, strategies), rung_of(s)) for s in strategies}
        plain = [s.id for s in strategies if self.badges[s.id][1] is Rung.BASELINE]
        self.baseline = next(iter(plain), strategies[0].id if strategies else None)
        self.forget()

    def show_cells(self, cells: Iterable[Cell]) -> None:
        """Another run's cells, or none."""
        self._cells, self._valued = {}, set()
        self._tally.states.clear()
        self.forget()
        for cell in cells:
            self._keep(cell)

    def put(self, cell: Cell) -> None:
        """A cell is other; its row is worked out anew, for the Baseline may be the one."""
        key = (cell.case_id, cell.strategy_id)
        before = self.score(key)
        self._keep(cell)
        self._tally.change(key[1], before, self.score(key))
        self._tally.list_again(key[0], self._listed.pop(key[0], None))
        for strategy in self.strategies:
            self._shown.pop((cell.case_id, strategy.id), None)

    def _keep(self, cell: Cell) -> None:
        found = self._cells.setdefault((cell.case_id, cell.strategy_id), {})
        self._tally.count(found.get(cell.repeat), cell)
        found[cell.repeat] = cell
        self._valued.update(name for name, value in cell.scores.items() if value is not None)

    def show_ratings(self, ratings: Iterable[Rating]) -> None:
        """The newest word of a person on each cell."""
        self._ratings = {rating.cell_id: rating for rating in ratings
                         if rating.other_cell_id is None}
        self.forget()

    def show_judged(self, judged: Judged) -> None:
        """Which judge the run goes by, and what it said."""
        self.judged = judged
        self.forget()

    def note(self, metric: str) -> str:
        """Why a score does not count, "" where it does."""
        return NOT_CALIBRATED if metric == JUDGE and self.judged.uncalibrated else ""

    def forget(self) -> None:
        """What was worked out no longer holds."""
        self._shown.clear()
        self._tally.forget()
        self._listed.clear()
        self._most = None

    # --- reading -----------------------------------------------------------------------

    def cells(self, case_id: int, strategy_id: int) -> tuple[Cell, ...]:
        """The repeats of a cell, in order."""
        found = self._cells.get((case_id, strategy_id), {})
        return tuple(found[repeat] for repeat in sorted(found))

    def all_cells(self) -> list[Cell]:
        """Every cell of the run."""
        return [cell for found in self._cells.values() for cell in found.values()]

    def rating(self, cell_id: int) -> Rating | None:
        """A person's word on a cell."""
        return self._ratings.get(cell_id)

    def shown(self, case_id: int, strategy_id: int) -> Shown:
        """What stands in a cell."""
        key = (case_id, strategy_id)
        found = self._shown.get(key)
        if found is None:
            found = self._shown[key] = self._work_out(key)
        return found

    def score(self, key: tuple[int, int]) -> float | None:
        """The mean of the chosen score over the repeats."""
        values = self._values(key)
        return sum(values) / len(values) if values else None

    def _values(self, key: tuple[int, int]) -> list[float]:
        return [value for cell in self._cells.get(key, {}).values()
                if (value := cell.scores.get(self.metric)) is not None]

    def spread(self, strategy_id: int) -> float | None:
        """How far repeats of the same case are apart in a column: the pooled standard
        deviation within cases; None without repeats."""
        found = [value for case in self.cases
                 if (value := spread(self._values((case.id, strategy_id)))) is not None]
        return (sum(value * value for value in found) / len(found)) ** 0.5 if found else None

    def mean(self, strategy_id: int) -> tuple[float | None, int]:
        """The mean of a column while a run has no summary yet, and over how many cases."""
        return self._tally.mean(
            strategy_id, lambda: (self.score((case.id, strategy_id)) for case in self.cases))

    def states(self) -> Mapping[str, int]:
        """How many cells are in which state."""
        return self._tally.states

    def _work_out(self, key: tuple[int, int]) -> Shown:
        cells = self.cells(*key)
        if not cells:
            return NOT_ASKED
        state = min((cell.state for cell in cells), key=_FIRST.index)
        score = self.score(key)
        answers = [cell.answer for cell in cells if cell.answer is not None]
        return Shown(
            cells=cells, state=state, score=score,
            good=self._verdict(key),
            difference=self._difference(key, score), share=self._share(score),
            text=_start(answers[0].text) if answers else "", chip=_chip(state, cells),
            recorded=any(cell.recorded for cell in cells), rated=self._rated(key),
            note=self.note(self.metric) if score is not None else "",
            spread=spread(self._values(key)),
        )

    def _difference(self, key: tuple[int, int], score: float | None) -> float | None:
        if score is None or self.baseline is None or key[1] == self.baseline:
            return None
        if self.note(self.metric):
            return None
        base = self.score((key[0], self.baseline))
        return None if base is None else score - base

    def _share(self, score: float | None) -> float | None:
        if score is None or self.metric not in OPEN_ENDED:
            return score
        if self._most is None:
            self._most = max((value for key in self._cells
                              if (value := self.score(key)) is not None), default=0.0)
        return score / self._most if self._most else 0.0

    def metrics(self, first: Iterable[str] = ()) -> list[str]:
        """The scores that say something of at least one cell, those of the run first."""
        named = [name for name in first if name in self._valued]
        return [*named, *sorted(self._valued.difference(named))]

    def choose_metric(self, first: Iterable[str] = ()) -> str:
        """The score that decides, among those that say something; "" while none does."""
        names = self.metrics(first)
        chosen = deciding_metric(names, self.use_case)
        return chosen if chosen in names else deciding_metric(names) or next(iter(names), "")

    # --- choosing rows -------------------------------------------------------------------

    def listed(self, which: Filter, search: str = "") -> list[Case]:
        """The cases that a filter and a search leave, in their own order."""
        words = search.casefold().split()
        return [case for case in self.cases
                if self.holds(case, which) and (not words or self._says(case, words))]

    def holds(self, case: Case, which: Filter) -> bool:
        """Whether a filter lists a case."""
        return which is Filter.ALL or which in self._kinds_of(case.id)

    def _kinds_of(self, case_id: int) -> frozenset[Filter]:
        """The filters that list a case; worked out anew only for rows that have changed."""
        found = self._listed.get(case_id)
        if found is None:
            found = self._listed[case_id] = frozenset(self._find_kinds(case_id))
        return found

    def _find_kinds(self, case_id: int) -> Iterator[Filter]:
        yield Filter.ALL
        keys = [(case_id, strategy.id) for strategy in self.strategies]
        verdicts = {key: self._verdict(key) for key in keys}
        known = set(verdicts.values()) - {None}
        if False in known:
            yield Filter.FAILURES
        if len(known) > 1:
            yield Filter.DIFFERENT
        if any(cell.state in UNANSWERED for key in keys
               for cell in self._cells.get(key, {}).values()):
            yield Filter.ERRORS
        if self._ratings and any(_disagree(verdicts[key], self._rated(key)) for key in keys):
            yield Filter.DISAGREEMENT

    def _verdict(self, key: tuple[int, int]) -> bool | None:
        score = self.score(key)
        if score is None or self.note(self.metric):
            return None
        return is_good(self.metric, score, self.use_case)

    def _rated(self, key: tuple[int, int]) -> float | None:
        """What a person said of the first repeat that somebody has rated."""
        found = (self.rating(cell.id) for cell in self._cells.get(key, {}).values())
        return next((rating.value for rating in found if rating), None)

    def counts(self) -> dict[Filter, int]:
        """How many cases each filter lists."""
        return self._tally.listed(
            Filter, [case.id for case in self.cases], self._kinds_of)

    def _says(self, case: Case, words: Sequence[str]) -> bool:
        parts = [case.question, case.reference, " ".join(case.tags)]
        for strategy in self.strategies:
            parts += [cell.answer.text for cell in self.cells(case.id, strategy.id)
                      if cell.answer is not None]
        text = "\n".join(parts).casefold()
        return all(word in text for word in words)


def _disagree(good: bool | None, rated: float | None) -> bool:
    return rated in (0.0, 1.0) and good is not None and (rated == 1.0) != good


def _start(text: str) -> str:
    return " ".join(text[: STARTS * 2].split())[:STARTS]


def _chip(state: CellState, cells: Sequence[Cell]) -> Chip | None:
    if state in _CHIPS:
        return _CHIPS[state]
    causes = [cell.attribution.cause for cell in cells if cell.attribution is not None]
    return Chip("", _SHORT.get(causes[0], causes[0].value), "danger") if causes else None


_SHORT = {Cause.NOT_IN_DOCUMENTS: "Not in documents", Cause.IGNORED: "Retrieved, ignored",
          Cause.REFUSED: "Refused"}


def spoken(shown: Shown, metric: str, against: bool) -> str:
    """A cell in words, for a screen reader and a tooltip."""
    if shown.state is None:
        return "Not asked"
    verdict = {True: "Pass", False: "Fail", None: ""}[shown.good]
    parts = [verdict, score_text(metric, shown.score) if shown.score is not None else ""]
    if against and shown.difference is not None:
        parts.append(f"{difference_text(metric, shown.difference)} from Baseline")
    if shown.spread is not None:
        parts.append(f"repeats differ by {score_text(metric, shown.spread)}")
    parts.append(shown.note)
    parts += [shown.chip.word if shown.chip else "", "recorded" if shown.recorded else ""]
    parts.append(shown.text)
    return ", ".join(part for part in parts if part) or "Waiting"


