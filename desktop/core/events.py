"""What a flow reports while it works, as values.

A flow takes `emit: Callable[[Event], None]` and never returns progress any other way, so a
test reads `events = []; await index(..., emit=events.append)` and a view has one `apply(event)`.
All events are emitted on the event loop's thread.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from .embedders import EmbedderChoice
from .errors import StrategyExplorerError
from .evaluation.types import Cell, Run
from .types import Answer, Document, Hit, Message, Rewriting

# --- documents ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DocumentChanged:
    """A ledger row is new or has changed."""

    document: Document


@dataclass(frozen=True, slots=True)
class DocumentsRemoved:
    """Ledger rows that are gone."""

    ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DocumentSkipped:
    """A dropped path that made no new row: already there, or not a kind that is read."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class IndexProgress:
    """The whole of an indexing run, in chunks; `seconds_left` is None until it can be told."""

    files_done: int
    files_total: int
    chunks_embedded: int
    chunks_total: int
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class Preparing:
    """Something is made ready before anything is asked; `share` is 0 to 1."""

    sentence: str
    share: float


@dataclass(frozen=True, slots=True)
class EmbedderProgress:
    """Chunks that have a vector of the embedding model to be; `seconds_left` is None until it
    can be told, `note` says what is waited for."""

    done: int
    total: int
    seconds_left: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class ModelDownload:
    """Bytes of a model that have come, and all of them; 0 in all while nobody knows."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class EmbedderSwitched:
    """The workspace is searched with another embedding model from now on."""

    choice: EmbedderChoice


# --- ask ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskStarted:
    """A question went out to these columns (strategy ids, in screen order)."""

    question: str
    columns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ColumnSent:
    """The exact messages of a column, and the passages in them, just before sending."""

    column: int
    messages: tuple[Message, ...]
    context: tuple[Hit, ...]
    recorded: bool = False  # nothing is sent: a recorded answer is said again
    rewriting: Rewriting | None = None  # what was searched for, where not the question itself


@dataclass(frozen=True, slots=True)
class ColumnText:
    """Some more text of a column's answer."""

    column: int
    text: str


@dataclass(frozen=True, slots=True)
class ColumnDone:
    """A column ended well, was stopped or filtered: `answer.state` says which."""

    column: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class ColumnFailed:
    """A column failed; the others go on. `answer` holds the text so far."""

    column: int
    error: StrategyExplorerError
    answer: Answer


# --- evaluate ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A run began or goes on."""

    run: Run


@dataclass(frozen=True, slots=True)
class CellChanged:
    """A cell is asked, or has ended and is stored."""

    cell: Cell


@dataclass(frozen=True, slots=True)
class RunProgress:
    """Cells of the whole run; `seconds_left` is None until it can be told."""

    done: int
    total: int
    failed: int
    seconds_left: float | None = None


@dataclass(frozen=True, slots=True)
class RunEnded:
    """Nothing of the run is on its way any more: done, or paused."""

    run: Run


@dataclass(frozen=True, slots=True)
class RescoreProgress:
    """Stored answers that were scored again."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class JudgeProgress:
    """Answers and pairs that a judge has looked at; `failed` have no usable verdict."""

    done: int
    total: int
    failed: int
    seconds_left: float | None = None


# --- jobs --------------------------------------------------------------------------------


class JobState(enum.StrEnum):
    """A job of the tray. WAITING: somebody may go on with it. GONE: its row goes too."""

    RUNNING = "running"
    WAITING = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class JobChanged:
    """A background task started, moved, was paused or ended. `share` is 0..1, or None: cannot
    be told. `seconds` is how long it took, once it has ended."""

    id: int
    name: str
    state: JobState
    sentence: str = ""
    share: float | None = None
    seconds_left: float | None = None
    can_pause: bool = False
    seconds: float = 0.0


Event = (
    DocumentChanged | DocumentsRemoved | DocumentSkipped | IndexProgress
    | EmbedderProgress | EmbedderSwitched | ModelDownload
    | AskStarted | ColumnSent | ColumnText | ColumnDone | ColumnFailed
    | RunStarted | CellChanged | RunProgress | RunEnded | RescoreProgress | JudgeProgress
    | Preparing | JobChanged
)
Emit = Callable[[Event], None]


def ignore(event: Event) -> None:
    """An `emit` for callers that do not watch."""
