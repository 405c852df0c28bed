"""Recordings: when the pieces of an answer came, and workspaces that replay instead of asking.

A recording is a workspace file whose fact `MARK` says when it was made, by which version, and
which cells were there then: only those are replayed, not what replays add. It may come from a
stranger, so its mark and its times are believed only where they can be true.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

from .types import BUILTIN_CONNECTION

if TYPE_CHECKING:
    from .evaluation.types import Cell
    from .ports import ChatModel
    from .types import Answer, Message, PromptVersion, Strategy

MARK = "recording"  # the fact
SPEED = "replay speed"  # the fact in which the window keeps its user's choice
Speed = Literal["original", "full"]
Timings = tuple[tuple[float, int], ...]  # seconds since the request, characters that came then

NEAR = 0.005  # seconds: pieces closer than this are one
MOST = 1_000  # pieces kept of one answer; of a longer one, neighbours are one
LONGEST_PAUSE = 120.0  # seconds: nobody waits longer for a recorded piece
_WORD = re.compile(r"\s*\S+|\s+")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a recording says of itself."""

    made_at: str  # ISO 8601, UTC
    program: str  # the version of this program that made it
    last_cell: int  # the highest id among the recorded cells

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def mark_of(value: Any) -> Mark | None:
    """The mark in a fact; None where there is none that can be one."""
    if not isinstance(value, dict):
        return None
    made_at, program, last = (value.get(key) for key in ("made_at", "program", "last_cell"))
    if not isinstance(last, int) or isinstance(last, bool) or not 0 <= last < 2**63:
        return None
    return Mark(str(made_at or "")[:40], str(program or "")[:40], last)


@dataclass(frozen=True, slots=True)
class Take:
    """One recorded cell with all that was sent, and the model that says its answer again."""

    cell: Cell
    answer: Answer
    model: ChatModel


class Recording(Protocol):
    """The recorded answers of an open workspace."""

    speed: Speed

    @property
    def mark(self) -> Mark: ...

    async def take(
        self, strategy: Strategy, version: PromptVersion | None, question: str, *,
        case_id: int = 0, repeat: int = 0, history: Sequence[Message] = (),
    ) -> Take:
        """`version` is the prompt that the strategy uses now, `history` the turns before the
        question. Raises ConfigurationError for a question that this recipe was not asked, or not
        in this conversation, when the recording was made."""

    async def questions(self) -> list[str]:
        """All that were recorded, each once, in the order they were asked first."""


# --- when the pieces came ------------------------------------------------------------------


class PieceTimes:
    """Notes when each piece of an answer came; of bounded size."""

    def __init__(self) -> None:
        self._rows: list[tuple[float, int]] = []
        self._near = NEAR

    def note(self, seconds: float, characters: int) -> None:
        self._rows = self._add(self._rows, round(seconds, 4), characters)
        while len(self._rows) > MOST:
            self._near *= 2
            merged: list[tuple[float, int]] = []
            for row in self._rows:
                merged = self._add(merged, *row)
            self._rows = merged

    def _add(
        self, rows: list[tuple[float, int]], seconds: float, characters: int
    ) -> list[tuple[float, int]]:
        if rows and seconds - rows[-1][0] < self._near:
            rows[-1] = rows[-1][0], rows[-1][1] + characters
        else:
            rows.append((seconds, characters))
        return rows

    def timings(self) -> Timings:
        return tuple(self._rows)


def timings_of(value: Any) -> Timings:
    """What a file holds as timings; () for anything that cannot be."""
    if not isinstance(value, list | tuple) or len(value) > 2 * MOST:
        return ()
    rows = [each for each in value if _is_row(each)]
    if len(rows) < len(value):
        return ()
    return tuple((float(seconds), characters) for seconds, characters in rows)


def _is_row(value: Any) -> bool:
    return (
        isinstance(value, list | tuple) and len(value) == 2
        and isinstance(value[0], int | float) and math.isfinite(value[0]) and value[0] >= 0
        and isinstance(value[1], int) and value[1] > 0
    )


def pieces_of(answer: Answer) -> list[tuple[float, str]]:
    """The answer's text in pieces, each with the seconds after the request at which it came.

    Without timings that fit the text, its words come evenly from the first text to the end.
    """
    if sum(characters for _, characters in answer.timings) != len(answer.text):
        return _evenly(answer)
    pieces, at, place = [], 0.0, 0
    before = 0.0
    for seconds, characters in answer.timings:
        at += min(max(0.0, seconds - before), LONGEST_PAUSE)
        before = max(before, seconds)
        pieces.append((at, answer.text[place:place + characters]))
        place += characters
    return pieces


def _evenly(answer: Answer) -> list[tuple[float, str]]:
    words = _WORD.findall(answer.text)
    first = min(max(0.0, answer.first_token_seconds or 0.0), LONGEST_PAUSE)
    last = min(max(first, answer.seconds or 0.0), first + LONGEST_PAUSE)
    step = (last - first) / max(1, len(words) - 1)
    return [(first + place * step, word) for place, word in enumerate(words)]


# --- which take answers a question -----------------------------------------------------------


def best_take(
    cells: Iterable[Cell], strategy: Strategy, version: PromptVersion | None,
    planned: Sequence[tuple[int, Strategy]], *, case_id: int = 0, repeat: int = 0,
    history: Sequence[Message] = (),
) -> Cell | None:
    """The recorded cell of this recipe: of this case and repeat if there is one, else in this
    conversation, else an answer that came whole, else the newest. A question that continues a
    conversation has no answer from another one; one without any is answered as it was, with the
    turns before it. `planned` holds `(run id, strategy)` as they were run."""
    found = [cell for cell in cells if _same_recipe(cell, strategy, version, planned)
             and (not history or (case_id and cell.case_id == case_id)
                  or _follows(cell, history))]
    found.sort(key=lambda cell: (
        cell.case_id != case_id, cell.repeat != repeat, not _follows(cell, history),
        cell.state != "done", -cell.id,
    ))
    return found[0] if found else None


def _follows(cell: Cell, history: Sequence[Message]) -> bool:
    """Whether the cell was asked after exactly these turns, as what was sent says: they stand
    right before the question."""
    answer = cell.answer
    if answer is None:
        return False
    if not history or answer.history:
        return answer.history == tuple(history)
    return answer.messages[-1 - len(history):-1] == tuple(history)


def _same_recipe(
    cell: Cell, strategy: Strategy, version: PromptVersion | None,
    planned: Sequence[tuple[int, Strategy]],
) -> bool:
    """Whether the cell was asked by the strategy as it is now: no answer of another recipe may
    pass for one of this."""
    answer = cell.answer
    if answer is None or cell.strategy_id != strategy.id:
        return False
    for run_id, was in planned:
        if (run_id, was.id) == (cell.run_id, strategy.id) and (
            was.connection, was.deployment, was.retrieval
        ) != (strategy.connection, strategy.deployment, strategy.retrieval):
            return False
    if not answer.messages:  # it failed before anything was sent
        return True
    own = strategy.connection == BUILTIN_CONNECTION  # its models have names of their own
    named = own or answer.model == strategy.deployment \
        or answer.model.startswith(f"{strategy.deployment} (")
    below = version.prompt.parameters if version else None
    parameters = strategy.parameters.over(below) if below else strategy.parameters
    number = version.number if version else None
    return named and answer.prompt_version == number and answer.parameters == parameters
