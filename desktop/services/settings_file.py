"""The settings file, and the folders for data and caches."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..core.errors import ConfigurationError
from ..core.settings import Settings

APP = "strategy-explorer"
DATA_DIR_VARIABLE = "STRATEGY_EXPLORER_DATA_DIR"
BACKUPS = "Strategy Explorer backups"  # the folder in one that the user chose


def data_dir(chosen: Path | None = None) -> Path:
    """Where settings live: `chosen` (--data-dir), else the variable, else the system's place."""
    named = chosen or os.environ.get(DATA_DIR_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return Path(platformdirs.user_data_dir(APP, appauthor=False))


def cache_dir(chosen: Path | None = None) -> Path:
    """Where what can be made again lives: inside the data folder when that was chosen."""
    if chosen or os.environ.get(DATA_DIR_VARIABLE):
        return data_dir(chosen) / "cache"
    import platformdirs

    return Path(platformdirs.user_cache_dir(APP, appauthor=False))


class SettingsFile:
    """`settings.json` in the data folder. Small and blocking: milliseconds."""

    def __init__(self, chosen: Path | None = None) -> None:
        """Never fails: what cannot be read is put aside or left, and said in `problem`."""
        self.data_dir = data_dir(chosen)
        self.cache_dir = cache_dir(chosen)
        self.path = self.data_dir / "settings.json"
        self.problem = ""  # a sentence for the user, "" when all is well
        self.current = self._load()

    def backups_folder(self) -> Path:
        """Where backups are kept."""
        chosen = self.current.backups_folder
        return Path(chosen) / BACKUPS if chosen else self.data_dir / "backups"

    def update(self, change: Callable[[Settings], Settings]) -> Settings:
        """Apply `change` to what is in the file now, and write it, all or nothing.

        Reading it anew keeps what another process saved meanwhile; names that only a newer
        version knows stay in the file. Raises ConfigurationError when it cannot be written;
        `current` is changed all the same.
        """
        with contextlib.suppress(OSError, ValueError):
            self.current = Settings.from_dict(self._values())
        self.current = change(self.current)
        self._save()
        return self.current

    def _load(self) -> Settings:
        try:
            return Settings.from_dict(self._values())
        except FileNotFoundError:
            return Settings()
        except ValueError:
            self.problem = self._put_aside()
        except OSError as error:
            self.problem = (
                f"The settings in {self.path} could not be read: {error.strerror or error}. "
                "The program starts with its defaults."
            )
        return Settings()

    def _values(self) -> dict[str, Any]:
        values = json.loads(self.path.read_bytes())
        if not isinstance(values, dict):
            raise ValueError("not an object")
        return values

    def _put_aside(self) -> str:
        aside = self.path.with_name(self.path.name + ".damaged")
        with contextlib.suppress(OSError):
            self.path.replace(aside)
        return (
            "The settings were damaged, so the program starts with its defaults. "
            f"The old file is kept as {aside}."
        )

    def _save(self) -> None:
        values: dict[str, Any] = {}
        with contextlib.suppress(OSError, ValueError):
            values = self._values()
        text = json.dumps({**values, **self.current.as_dict()}, indent=2)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            _write(self.path, text)
        except OSError as error:
            raise ConfigurationError(
                f"The settings could not be saved in {self.path.parent}",
                why=error.strerror or str(error),
                remedy="Choose another folder with --data-dir, or free some space",
            ) from error


def _write(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
