"""What a file of prompts holds, and what of it has no place here."""

from __future__ import annotations

from dataclasses import dataclass

from ..types import Case, Prompt

LARGEST = 1_000_000  # bytes of a file of prompts


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A part of a file that was not taken over, or not as it was meant there, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class FoundPrompt:
    """One prompt of a file, under the name and with the words it has there."""

    prompt: Prompt
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """All prompts of a file, and the cases (id 0) that came with them."""

    prompts: tuple[FoundPrompt, ...]
    cases: tuple[Case, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A file to be, and what it cannot hold."""

    text: str
    left_out: tuple[LeftOut, ...] = ()
