"""Prompts from files of other tools, and to them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from ..core.errors import ConfigurationError
from ..core.evaluation.case_files import new_cases
from ..core.exchange.formats import read, write
from ..core.exchange.found import Found, LeftOut
from ..core.ports import Ports
from ..core.types import CURRENT_PROMPT, Case, PromptVersion


@dataclass(frozen=True, slots=True)
class Imported:
    """What a file brought."""

    versions: tuple[PromptVersion, ...]
    cases: tuple[Case, ...]
    left_out: tuple[LeftOut, ...]


async def import_prompts(path: str, ports: Ports) -> Imported:
    """Every prompt of a file becomes a version, its tests become cases. What is the same as the
    newest version, and questions that are there already, are left out.

    Raises DocumentError or DatasetError for a file that cannot be read."""
    content = await ports.files.read_any(path)
    found = await asyncio.to_thread(read, PurePath(path).name, content)
    versions, same = await _save(found, ports)
    fresh, known = new_cases(found.cases, await ports.store.cases())
    cases = await ports.store.add_cases(fresh) if fresh else []
    left = [LeftOut(f"the question “{case.question[:80]}”", "It is a case already")
            for case in known]
    return Imported(tuple(versions), tuple(cases), (*found.left_out, *same, *left))


async def _save(found: Found, ports: Ports) -> tuple[list[PromptVersion], list[LeftOut]]:
    made: list[PromptVersion] = []
    same: list[LeftOut] = []
    for each in found.prompts:
        before = await ports.store.prompt_versions()
        version = await ports.store.save_prompt(each.prompt, each.name, each.note)
        if before and version.number == before[-1].number:
            same.append(LeftOut(each.name, f"It is the same as v{version.number}"))
        else:
            made.append(version)
    return made, same


async def export_prompt(named: str, path: str, ports: Ports) -> Sequence[LeftOut]:
    """Write a version (its number, its name or "current") as its file's name says; returns what
    the file cannot hold.

    Raises ConfigurationError for a version that is not there, PromptError for a prompt that
    cannot be said in that kind of file, DocumentError where it cannot be written."""
    version = find_version(named, await ports.store.prompt_versions())
    written = await asyncio.to_thread(
        write, PurePath(path).name, version, await ports.store.cases())
    await ports.files.write(path, written.text.encode())
    return written.left_out


def find_version(named: str, versions: Sequence[PromptVersion]) -> PromptVersion:
    """Raises ConfigurationError. Of two versions of one name the newer one is meant."""
    wanted = named.strip().casefold()
    for version in reversed(versions):
        if wanted in (CURRENT_PROMPT, str(version.number), f"v{version.number}",
                      version.name.casefold()):
            return version
    names = ", ".join(f"{each.number} {each.name}".strip() for each in versions[-10:])
    raise ConfigurationError(f'There is no prompt version "{named}"', remedy=(
        f"Choose from: {names}" if names else "Import one, or save one in the Prompt pane"))
