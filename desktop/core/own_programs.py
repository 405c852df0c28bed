"""Which files are given to the system's own programs, and which are not.

A workspace may come from a stranger, and with it names, paths and bytes of files. Only kinds
that a program shows, and does not run, are opened; and a path on another machine is not touched,
because looking at it alone would send the user's name to that machine.
"""

from __future__ import annotations

from pathlib import PurePath

_SHOWN = frozenset({
    ".pdf", ".docx", ".pptx", ".xlsx", ".ods", ".csv", ".tsv", ".eml", ".json", ".jsonl", ".ndjson",
    ".md", ".markdown", ".txt", ".text", ".log", ".rst", ".tex",
})


def may_open(name: str) -> bool:
    """Whether a file of this name is shown by its program and not run."""
    return PurePath(name).suffix.lower() in _SHOWN


def is_elsewhere(path: str) -> bool:
    """Whether a path names another machine, such as `\\\\server\\share`."""
    return path[:2].replace("/", "\\") == "\\\\"
