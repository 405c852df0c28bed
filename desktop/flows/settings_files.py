"""Settings to a file and back, without keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ..core.errors import ConfigurationError
from ..core.ports import SecretStore
from ..core.settings_file import Change, Offer, from_file, take, to_file
from ..core.types import Connection
from .connections import SettingsStore, save_connection


class SmallFiles(Protocol):
    """Reads and writes what the user chose."""

    async def read_any(self, path: str) -> bytes: ...
    async def write(self, path: str, content: bytes) -> None: ...


async def export_settings(path: Path, settings: SettingsStore, files: SmallFiles) -> None:
    """Raises ConfigurationError or DocumentError where it cannot be written."""
    await files.write(str(path), to_file(settings.current))


async def read_settings(path: Path, settings: SettingsStore, files: SmallFiles) -> Offer:
    """What the file would change. Raises ConfigurationError for another kind of file."""
    return from_file(await files.read_any(str(path)), settings.current)


async def adopt_settings(
    changes: Sequence[Change], connections: Sequence[Connection], settings: SettingsStore,
    secrets: SecretStore,
) -> list[str]:
    """Take over what was chosen; returns a sentence for each connection that was refused."""
    settings.update(lambda now: take(now, tuple(changes)))
    refused = []
    for each in connections:
        try:
            await save_connection(each, settings, secrets)
        except ConfigurationError as error:
            refused.append(f"{each.name}: {error}")
    return refused
