"""Beyond so many chunks search becomes fast by itself, and the status bar says what that costs."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.services import vector_groups
from desktop.ui.controllers.counting import GROUPING
from tests.conftest import Run

from .session_tools import opened

pytestmark = pytest.mark.usefixtures("dressed")


def rules(folder: Path, count: int) -> Path:
    path = folder / f"{count} rules.md"
    path.write_text("\n".join(f"Rule {n} is about eyeglasses." for n in range(count)),
                    encoding="utf-8")
    return path


def test_many_chunks_are_grouped_and_the_window_says_how_well_it_finds(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_groups, "EXACT_UP_TO", 40)

    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            status = window.views.window.status
            window.session.documents.add([rules(tmp_path, 30)])
            await window.idle()
            assert status.approximation.words.text() == ""
            window.session.documents.add([rules(tmp_path, 50)])
            await window.idle()
            shown = status.approximation.words.text()
            assert shown.startswith("Approximate search, finds ") and shown.endswith("would")
            assert "of 18 groups" in status.approximation.toolTip()  # 2 * sqrt(80)
            window.ask()
            await window.idle()
            assert "Approximate search" in window.answers()[2].note
            assert window.answers()[0].note == "", "it searched for nothing"
            assert window.reported == [] and not window.tasks.running(GROUPING)
            await window.session.close()
            assert status.approximation.words.text() == ""

    run(story())
