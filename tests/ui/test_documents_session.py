"""The Documents pane in a whole window: chunks with undo, pausing, and folders of strangers."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desktop.core.types import DocumentState
from desktop.core.watching import FACT
from desktop.services import watching, workspace
from desktop.ui.panes.documents import CHUNKS
from tests.conftest import Run

from .session_tools import Opened, make, opened, until

pytestmark = pytest.mark.usefixtures("dressed")
TEXT = "Glasses are covered.\nTeeth are extra.\nKnees are free."


async def with_file(window: Opened, folder: Path) -> None:
    path = folder / "a.md"
    path.write_text(TEXT, encoding="utf-8")
    window.session.documents.add([path])
    await window.idle()


async def words(window: Opened, word: str) -> int:
    ports = window.session.documents.ports
    return len(await ports.store.lexical_search(word, 9))


def test_a_chunk_is_excluded_edited_and_brought_back_by_undo(
    run: Run, tmp_path: Path, qtbot: Any
) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            await with_file(window, tmp_path)
            pane, undo = window.views.documents, window.views.window.undo_stack
            added = undo.index()  # the file itself can be undone too
            pane.view.choose(CHUNKS)
            await window.idle()
            view = pane.chunks
            assert [each.chunk.text for _, each in view.model.rows] == TEXT.split("\n")
            view.select(1)
            qtbot.keyClick(view.list, Qt.Key.Key_Delete)
            await window.idle()
            assert await words(window, "teeth") == 0 and "Excluded" in view.model.index(1).data()
            assert view.detail.exclude.text() == "Include" and undo.undoText() == "exclude chunk"
            view.detail.begin()
            view.detail.text.setPlainText("Molars are extra.")
            view.detail.exclude.click()  # not while it is edited: the button is hidden
            view.detail.save.click()
            await window.idle()
            view.toggle()
            await window.idle()
            assert await words(window, "molars") == 1 and await words(window, "teeth") == 0
            assert "2 chunks" not in view.note.text() and "1 edited" in view.note.text()
            while undo.index() > added:
                undo.undo()  # faster than it is done
            await window.idle()
            assert await words(window, "teeth") == 1 and await words(window, "molars") == 0
            assert view.note.text() == "3 chunks" and window.reported == []

    run(story())


def test_a_folder_of_somebody_elses_workspace_waits_for_a_yes(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("QUIET_MS", 20), ("WAKE_MS", 40)):
        monkeypatch.setattr(watching, name, value)
    plans = tmp_path / "plans"
    plans.mkdir()
    (plans / "a.md").write_text(TEXT, encoding="utf-8")

    async def story() -> None:
        file = await make(tmp_path / "a.stratex")
        store = await workspace.open_workspace(file)
        await store.set_fact(FACT, [{"path": str(plans)}])
        await store.aclose()
        async with opened(tmp_path, file) as window:
            strip = window.session.watching.strip
            assert strip.isVisibleTo(window.views.documents) and strip.states() == {}
            assert "watch folder" not in [thread.name for thread in threading.enumerate()]
            strip.confirmRequested.emit(str(plans))
            await until(lambda: [d.state for d in window.documents()] == [DocumentState.READY])
            assert strip.states()[str(plans)].startswith("Watching plans: ")
            strip.stopRequested.emit(str(plans))
            await window.idle()
            assert not strip.isVisibleTo(window.views.documents) and window.reported == []

    run(story())
    for thread in threading.enumerate():
        if thread.name == "watch folder":
            thread.join(5)


def test_what_is_paused_stays_so_after_a_restart_until_it_is_gone_on_with(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "a.stratex"

    async def story() -> None:
        async with opened(tmp_path, file) as window:
            window.embedder.hold()
            (tmp_path / "a.md").write_text(TEXT, encoding="utf-8")
            window.session.documents.add([tmp_path / "a.md"])
            bar = window.views.documents.ledger.indexing
            bar.pause.click()  # before the file has a row
            await window.idle()
            assert (bar.state.text(), bar.resume.text()) == ("Paused", "Go on")
            bar.resume.click()
            await until(lambda: any(
                each.state is DocumentState.EMBEDDING for each in window.documents()))
            bar.pause.click()
            await window.idle()
            assert bar.state.text() == "Paused" and bar.resume.text() == "Go on with 1"
            await window.session.close()
            window.embedder.open()
            await window.session.open(file)
            await window.idle()
            assert window.documents()[0].state is DocumentState.EMBEDDING
            assert bar.state.text() == "Paused"
            bar.resume.click()
            await window.idle()
            assert window.documents()[0].state is DocumentState.READY
            assert not bar.resume.isVisibleTo(bar) and window.reported == []

    run(story())
