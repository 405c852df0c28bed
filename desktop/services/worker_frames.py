"""What parent and child of a worker process say to each other: a JSON header and raw bytes.

Never pickled objects: a child may be reading a file that was made to take it over, and
unpickling what it sends would hand it the parent as well.
"""

from __future__ import annotations

import json
from typing import Any

from ..core import errors
from ..core.errors import StrategyExplorerError

Header = dict[str, Any]  # JSON-ready
_LENGTH = 4  # bytes of the header's length, at the start of a frame


class WorkerFailed(Exception):
    """A bug in the child: the message is its traceback."""


def pack(header: Header, payload: bytes | memoryview = b"") -> bytes:
    """One frame."""
    head = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return b"".join((len(head).to_bytes(_LENGTH, "big"), head, payload))


def unpack(frame: bytes) -> tuple[Header, memoryview]:
    """Header and payload of a frame. Raises ValueError for anything else."""
    view = memoryview(frame)
    end = _LENGTH + int.from_bytes(view[:_LENGTH], "big")
    header = json.loads(bytes(view[_LENGTH:end]))
    if not isinstance(header, dict):
        raise ValueError("a frame's header is a JSON object")
    return header, view[end:]


def describe(error: StrategyExplorerError) -> Header:
    """A problem that the user can mend, ready for the pipe."""
    return {"kind": type(error).__name__, "what": error.what, "why": error.why,
            "remedy": error.remedy, "details": error.details}


def recreate(problem: Header) -> Exception:
    """The inverse of `describe`; anything else becomes WorkerFailed."""
    words = {key: str(problem.get(key, "")) for key in ("what", "why", "remedy", "details")}
    kind = getattr(errors, str(problem.get("kind")), None)
    if isinstance(kind, type) and issubclass(kind, StrategyExplorerError):
        return kind(words.pop("what"), **words)
    return WorkerFailed(words["details"])
