"""The disk is watched by notification, without following links."""

from __future__ import annotations

import asyncio
import threading
from contextlib import aclosing
from pathlib import Path
from typing import Any
from unittest.mock import patch

from desktop.services import watching


def test_changes_below_the_folder_are_told_also_in_new_folders(
    tmp_path: Path, monkeypatch: object
) -> None:
    folder = tmp_path / "plans"

    async def follow() -> None:
        async with aclosing(watching.DiskWatcher().changes(str(folder))) as changes:
            assert await anext(changes) is False, "it is not there"
            folder.mkdir()
            assert await anext(changes) is True, "it came, and is looked at once armed"
            (folder / "a.md").write_text("one")
            assert await anext(changes) is True
            (folder / "sub").mkdir()
            assert await anext(changes) is True
            (folder / "sub" / "b.md").write_text("two")
            assert await anext(changes) is True

    with _quick():
        asyncio.run(asyncio.wait_for(follow(), 20))
        for thread in threading.enumerate():
            if thread.name == "watch folder":
                thread.join(5)


def _quick() -> Any:
    return patch.multiple(watching, QUIET_MS=20, WAKE_MS=40, AWAY_SECONDS=0.02)


def test_links_and_hidden_folders_are_not_watched(tmp_path: Path) -> None:
    (tmp_path / "real" / "below").mkdir(parents=True)
    (tmp_path / ".git").mkdir()
    (tmp_path / "link").symlink_to("/")
    assert watching.real_folders(str(tmp_path)) == [
        str(tmp_path), str(tmp_path / "real"), str(tmp_path / "real" / "below")]
