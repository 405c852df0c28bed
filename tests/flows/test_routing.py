"""Dropped files and folders, looked at with real files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from desktop.core.routing import Place
from desktop.flows.routing import sort_out, summary
from desktop.services.files import DiskFiles
from tests.fakes import FakeReader

OURS = 0x53545258


class Books(FakeReader):
    """Every workbook holds two questions."""

    async def rows(self, name: str, content: bytes) -> list[list[Any]]:
        return [["question", "answer"], ["Is it?", "Yes"], ["Was it?", "No"]]


def test_files_folders_and_what_is_not_there(tmp_path: Path) -> None:
    folder = tmp_path / "plans"
    folder.mkdir()
    for name in ("a.md", "b.txt", "c.bin"):
        (folder / name).write_text("Core costs $48.")
    book, cases = tmp_path / "b.xlsx", tmp_path / "c.csv"
    book.write_bytes(b"PK")
    cases.write_text("question,answer\nIs it?,Yes\n")
    paths = [folder, book, cases, tmp_path / "gone.pdf", cases]

    async def look() -> list[Any]:
        files = DiskFiles()
        try:
            return await sort_out(paths, files, Books(), OURS)
        finally:
            await files.aclose()

    found = asyncio.run(look())
    assert [(each.path.name, each.sighting.place, each.is_folder) for each in found] == [
        ("plans", Place.DOCUMENTS, True), ("b.xlsx", Place.CASES, False),
        ("c.csv", Place.CASES, False), ("gone.pdf", Place.DOCUMENTS, False),
    ]
    assert found[0].sighting.seen == "2 files" and found[1].sighting.seen.startswith("2 questions")


def test_the_summary_says_what_will_happen() -> None:
    a, b, c = Path("a.pdf"), Path("b.pdf"), Path("cases.csv")
    assert summary([(a, Place.DOCUMENTS), (b, Place.DOCUMENTS), (c, Place.CASES)]) == (
        "2 files to Documents, cases.csv to Cases.")
    assert summary([(a, Place.NOWHERE)]) == "Nothing will be added."
