"""Cases from files of all kinds into the workspace, and out again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import DatasetError
from desktop.core.ports import Ports
from desktop.core.types import Case
from desktop.flows.cases import add_question, export_cases, import_cases, read_file
from desktop.services import workspace
from desktop.services.clock import SystemClock


class Disk:
    """Files in memory."""

    def __init__(self, **files: bytes) -> None:
        self.files = {name.replace("_", "."): content for name, content in files.items()}

    async def read_any(self, path: str) -> bytes:
        return self.files[path]

    async def write(self, path: str, content: bytes) -> None:
        self.files[path] = content


class Sheets:
    """Stands for the reader process."""

    async def rows(self, name: str, content: bytes) -> list[list[Any]]:
        assert (name, content) == ("b.xlsx", b"a workbook")
        return [[], ["Question", "Answer", "Page", "Source"], ["In a sheet?", 3, 4, "a.pdf"], []]


def test_files_of_two_kinds_go_in_once_and_come_out(tmp_path: Path) -> None:
    disk = Disk(a_jsonl=b'{"question": "In lines?", "truth": "Yes [p.pdf#page=2]."}\n',
                b_xlsx=b"a workbook", c_exe=b"")

    async def main() -> None:
        store = await workspace.create(tmp_path / "w.stratex")
        nothing: Any = None
        ports = Ports(Path("w"), store, nothing, nothing, Sheets(), nothing, nothing, nothing,
                      SystemClock(), disk, nothing)  # type: ignore[arg-type]
        looked = await read_file("a.jsonl", ports)
        assert len(looked.cases) == 1 and await store.cases() == []
        await import_cases("a.jsonl", ports)
        sheet = await import_cases("b.xlsx", ports)
        assert sheet.cases == (Case(2, "In a sheet?", "3", (("a.pdf", 4),)),)
        again = await import_cases("b.xlsx", ports)
        assert (again.cases, [each.line for each in again.skipped]) == ((), [3])
        assert await store.cases() == [
            Case(1, "In lines?", "Yes.", (("p.pdf", 2),)), *sheet.cases
        ]
        assert await export_cases("out.csv", ports) == 2
        assert disk.files["out.csv"].startswith(b"question,truth,source")
        with pytest.raises(DatasetError, match="not a kind"):
            await import_cases("c.exe", ports)
        await store.aclose()

    asyncio.run(main())


def test_an_asked_question_becomes_a_case_once(tmp_path: Path) -> None:
    async def main() -> None:
        store = await workspace.create(tmp_path / "w.stratex")
        nothing: Any = None
        ports = Ports(Path("w"), store, nothing, nothing, nothing, nothing, nothing, nothing,
                      SystemClock(), nothing, nothing)  # type: ignore[arg-type]
        added = await add_question("Are glasses covered?", ports)
        assert added is not None and added.id
        assert await add_question("are glasses  covered?", ports) is None
        assert await store.cases() == [added]
        await store.aclose()

    asyncio.run(main())
