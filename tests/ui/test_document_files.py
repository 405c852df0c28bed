"""Opening a document's own file: only what was read, and only kinds that do not run."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QUrl

from desktop.core.own_programs import is_elsewhere, may_open
from desktop.ui.controllers.document_files import DocumentFilesController
from tests.conftest import Run

from .session_tools import opened

pytestmark = pytest.mark.usefixtures("dressed")


def test_kinds_that_might_run_and_other_machines_are_left_alone() -> None:
    assert may_open("Plan.PDF") and may_open("a.docx")
    for name in ("a.sh", "a.bat", "a.desktop", "a.html", "a.xlsm", "pdf", "a.pdf.exe", "a.js"):
        assert not may_open(name)
    assert is_elsewhere("\\\\server\\share\\a.pdf") and is_elsewhere("//server/a.pdf")
    assert not is_elsewhere("/home/a.pdf") and not is_elsewhere("")


def test_a_file_that_changed_is_not_opened_but_the_copy_that_was_read(
    run: Run, tmp_path: Path
) -> None:
    shown: list[Path] = []

    def show(url: QUrl) -> bool:
        shown.append(Path(url.toLocalFile()))
        return True

    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            path = tmp_path / "docs" / "a.md"
            path.parent.mkdir()
            path.write_text("Glasses.", encoding="utf-8")
            window.session.documents.add([path])
            await window.idle()
            said: list[str] = []
            files = DocumentFilesController(
                window.views.documents, window.tasks, lambda text, _: said.append(text), show,
                tmp_path / "opened")
            await files.open(window.session.documents.ports)
            document = window.documents()[0].id
            files.open_file(document)
            await window.idle()
            assert shown == [path] and said == []
            path.write_text("Something else.", encoding="utf-8")
            files.open_file(document)
            await window.idle()
            assert shown[1].is_relative_to(tmp_path / "opened") and "copy" in said[0]
            assert shown[1].read_text(encoding="utf-8") == "Glasses."
            files.show_folder(document)
            await window.idle()
            assert shown[2] == path.parent
            path.unlink()
            path.parent.rmdir()
            files.show_folder(document)
            await window.idle()
            assert len(shown) == 3 and "not there any more" in said[-1]
            assert window.reported == []

    run(story())
