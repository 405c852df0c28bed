"""What the program keeps on this machine, as the settings show it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of file: what it holds in a sentence, the folder it is in, bytes."""

    title: str
    what: str
    where: str
    size: int
