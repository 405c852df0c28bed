"""What the program keeps on this machine: where, how much, and how to take it all away."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from ..core.keeping import Kept
from .backups import DiskBackups
from .catalog import FILE as PRICES
from .crashes import CRASH, LOG, PREVIOUS
from .entra import FILE as ACCOUNT
from .learned import FILE as LEARNED
from .local_models import FOLDER as MODELS
from .settings_file import SettingsFile
from .spending_ledger import FILE as SPENDING

INDEXES = "indexes"  # in the cache folder
_MOST_FILES = 100_000  # looked at for a size


class KeptFiles:
    """Only names that this program gives are counted and removed: `--data-dir` may point to a
    folder that holds other things."""

    def __init__(
        self, settings: SettingsFile, backups: DiskBackups,
        samples: Callable[[], Sequence[Path]],
    ) -> None:
        self._settings = settings
        self._backups = backups
        self._samples = samples
        self.erase_at_end = False  # what is open now would write some of it again

    async def listed(self) -> list[Kept]:
        """All of it, with sizes."""
        return await asyncio.to_thread(self._listed)

    def _listed(self) -> list[Kept]:
        return [Kept(title, what, str(where), _size(paths)) for title, what, where, paths
                in self._entries()]

    def _entries(self) -> list[tuple[str, str, Path, list[Path]]]:
        data, cache = self._settings.data_dir, self._settings.cache_dir
        settings = [data / "settings.json", data / "settings.json.damaged"]
        known = [data / LEARNED, data / ACCOUNT, data / PRICES]
        return [
            ("Settings", "How the program looks, connections without their keys", data, settings),
            ("What connections need", "Who signed in, what deployments accept, prices you changed",
             data, known),
            ("Spending", "What was asked of paid models, by month, without texts", data,
             _with_logs(data / SPENDING)),
            ("Samples", "Your copies of the sample workspaces, and what you did in them",
             self._samples()[0].parent if self._samples() else data, self._sample_files()),
            ("Backups", "Earlier states of the workspaces you opened", self._backups.folder,
             self._backups.files()),
            ("Models trained here", "Encoders that were fine-tuned on this machine",
             data / MODELS, [data / MODELS]),
            ("Search indexes", "Made again from the workspaces when they are missing", cache,
             [cache / INDEXES]),
            ("Logs", "What went wrong in this start and the last one, without keys", data,
             [data / name for name in (LOG, PREVIOUS, CRASH)]),
        ]

    def _sample_files(self) -> list[Path]:
        found = []
        for sample in self._samples():
            found += [*_with_logs(sample), sample.with_suffix(".sqlite"),
                      sample.with_name(f".{sample.name}.lock")]
            found += list(sample.parent.glob(f"{sample.stem} (before update, version *).stratex"))
        return found

    def clear_cache(self) -> None:
        """Remove what is made again when it is missed."""
        _remove(self._settings.cache_dir / INDEXES)

    def erase(self) -> None:
        """Remove all that `listed` names; workspaces elsewhere stay. Blocks."""
        for _, _, _, paths in self._entries():
            for path in paths:
                _remove(path)
        self._backups.remove_empty_folders()
        for folder in (self._settings.cache_dir, self._settings.data_dir):
            with contextlib.suppress(OSError):
                folder.rmdir()  # only when nothing of others is in it


def _with_logs(database: Path) -> list[Path]:
    return [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))]


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _size(paths: Iterable[Path]) -> int:
    """Bytes of files, and of folders with all that is in them; 0 for what is not there."""
    total, left = 0, _MOST_FILES
    for path in paths:
        for file in _files_below(path):
            with contextlib.suppress(OSError):  # most are not there
                total += file.lstat().st_size
            left -= 1
            if not left:
                return total
    return total


def _files_below(path: Path) -> Iterable[Path]:
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    for folder, _, names in os.walk(path):
        for name in names:
            yield Path(folder, name)
