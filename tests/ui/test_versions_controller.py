"""Branching keeps what was typed, and the next version says where it is from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop.ui.controllers.versions import VersionsController
from tests.conftest import Run

from .session_tools import Opened, opened

pytestmark = pytest.mark.usefixtures("dressed")


def dialog_of(window: Opened) -> VersionsController:
    return next(each for each in window.session._controllers
                if isinstance(each, VersionsController))


def test_a_branch_from_an_old_version_loses_nothing(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            pane, prompt = window.views.prompt, window.session.prompt
            first = prompt.versions[0].prompt
            pane.show_prompt(replace(first, system="Typed, not saved"))
            prompt.branch(1)
            await window.idle()
            assert [version.prompt.system for version in prompt.versions] == [
                first.system, "Typed, not saved"]
            assert pane.prompt() == first
            assert pane.bar.draft_line.words.text().startswith("Draft: the same as v1.")
            pane.system.setPlainText("From the old one")
            await prompt.pin_draft()
            assert (prompt.versions[-1].number, prompt.versions[-1].parent) == (3, 1)
            assert pane.bar.base == prompt.versions[-1], "the branch has ended"
            window.views.window.versionRequested.emit(2)  # a link under an answer
            controller = dialog_of(window)
            assert controller.dialog is not None
            assert [each.number for each in controller.dialog.chosen()] == [2]
            assert window.reported == []

    run(main())
