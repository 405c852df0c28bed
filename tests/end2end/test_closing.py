"""Closing in the midst of indexing and asking: at once, quietly, with nothing left behind."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.services import workspace
from desktop.services.settings_file import SettingsFile
from tests.services.built_in_model import built_in_model

from .closing import close_after, look

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="looks at processes as on POSIX")


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Enough for some seconds of embedding."""
    made = []
    for number in range(4):
        rules = [
            f"## Rule {rule}\n\n" + f"Eyeglasses of kind {rule} are covered by plan {number}. " * 20
            for rule in range(60)
        ]
        made.append(tmp_path / f"plan {number}.md")
        made[-1].write_text("\n\n".join(rules), encoding="utf-8")
    return made


async def _create(file: Path) -> None:
    await (await workspace.create(file)).aclose()


@pytest.mark.parametrize("seconds", [0.05, 1.2])
def test_close_while_indexing_and_asking(
    seconds: float, files: list[Path], tmp_path: Path
) -> None:
    built_in_model()
    file, data_dir = tmp_path / "w.stratex", tmp_path / "data"
    asyncio.run(_create(file))
    SettingsFile(data_dir).update(lambda settings: replace(settings, last_workspace=str(file)))
    ending = close_after(seconds, data_dir, files)
    assert ending.problems(within=2.0) == []
    assert list(tmp_path.glob("w.stratex*")) == [file]  # one file, not in use
    assert "damage" not in look(file)
    log = (data_dir / "strategy-explorer.log").read_text(encoding="utf-8")
    assert "ERROR" not in log and "WARNING" not in log
    assert (data_dir / "crash.log").read_bytes() == b""
