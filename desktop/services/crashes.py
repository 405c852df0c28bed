"""How the program ended the last time, from what it left in the data folder."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from .redact import redact

CRASH, LOG, PREVIOUS = "crash.log", "strategy-explorer.log", "strategy-explorer.previous.log"
_MOST_CRASH, _MOST_LOG = 100_000, 20_000  # bytes that go into the details


@dataclass(frozen=True, slots=True)
class LastEnd:
    """`crashed`: the interpreter or a library died, and said where. `details` has no keys."""

    crashed: bool
    details: str


def last_end(folder: Path) -> LastEnd:
    """Read what the last start left, and put its log aside for this one. Never raises."""
    crash = _text(folder / CRASH, _MOST_CRASH, end=False)
    log = _text(folder / LOG, _MOST_LOG, end=True)
    with contextlib.suppress(OSError):
        (folder / LOG).replace(folder / PREVIOUS)
    parts = [part.strip() for part in (crash, log) if part.strip()]
    return LastEnd(bool(crash.strip()), redact("\n\n".join(parts)))


def _text(path: Path, most: int, *, end: bool) -> str:
    try:
        with path.open("rb") as file:
            if end:
                size = file.seek(0, 2)
                file.seek(max(0, size - most))
            return file.read(most).decode("utf-8", "replace")
    except OSError:
        return ""
