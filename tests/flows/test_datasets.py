"""Checking, importing and exporting datasets, with fakes for counts, prices and store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from desktop.core.dataset import rows
from desktop.core.dataset.report import DatasetReport
from desktop.core.errors import DatasetError, DocumentError
from desktop.core.ports import Ports, PriceCatalog
from desktop.core.types import Usage
from desktop.flows import datasets
from desktop.services.workspace import create
from tests.datasets import Disk, InlineChecker, file, line
from tests.fakes import StepClock


@asynccontextmanager
async def workspace(folder: Path, files: Disk) -> AsyncIterator[Ports]:
    """Ports with a real store in `folder`, and checks on this thread."""
    store = await create(folder / "w.stratex")
    nothing: Any = None
    disk: Any = files
    prices: Any = Prices()
    try:
        yield Ports(
            folder, store, nothing, nothing, nothing, nothing, nothing, prices, StepClock(), disk,
            nothing, datasets=InlineChecker(),
        )
    finally:
        await store.aclose()


class Prices:
    """Training costs 2 dollars a million tokens, on one model."""

    def cost(self, model: str, usage: Usage) -> float | None:
        return None

    def window(self, model: str) -> int | None:
        return None

    def training(self, model: str) -> float | None:
        return 2.0 if model == "gpt-4.1" else None


def check(data: bytes, model: str = "", checker: InlineChecker | None = None) -> DatasetReport:
    disk: Any = Disk(name=data)
    return asyncio.run(datasets.check_file(
        "name", disk, checker or InlineChecker(), cast(PriceCatalog, Prices()), model))


def test_a_good_file() -> None:
    report = check(file(60), "gpt-4.1")
    tokens = 60 * (3 + 2 * (3 + 1 + 2))  # role, two words, three for each message
    assert report.as_dict() == {
        "format": "chat", "examples": 60, "tokens": tokens, "billable_tokens": tokens,
        "epochs": 3, "estimated_cost": tokens * 3 * 2 / 1e6, "ok": True, "issues": [],
    }
    assert list(report.counts) == [15] * 60
    assert report.exact is False


def test_the_json_names_line_severity_code_and_message() -> None:
    data = file(50) + b"\n" + b"{broken\n" + line(3).encode() + b"\n"
    report = check(data)
    assert not report.ok
    assert (report.errors, report.warnings) == (1, 2)
    issues = json.loads(json.dumps(report.as_dict()))["issues"]
    assert [(i["line"], i["severity"], i["code"]) for i in issues] == [
        (51, "warning", "blank_line"), (52, "error", "invalid_json"), (53, "warning", "duplicate")]
    assert set(issues[0]) == {"line", "severity", "code", "message"}


def test_an_empty_file_is_refused_with_a_reason() -> None:
    report = check(b"")
    assert [(i.line, i.code) for i in report.issues] == [(0, "too_few")]
    assert (report.examples, report.epochs, report.ok) == (0, 0, False)


def test_no_model_no_cost() -> None:
    assert check(file(60)).estimated_cost is None
    assert check(file(60), "my-own-model").estimated_cost is None


def test_short_texts_that_come_again_are_counted_once() -> None:
    checker = InlineChecker()
    check(file(1200), checker=checker)
    assert len(checker.texts) == len(set(checker.texts)) == 2 + 2 * 1200


def test_an_example_over_the_limit_is_cut_off() -> None:
    long = {"messages": [{"role": "user", "content": "word " * 40_000},
                         {"role": "assistant", "content": "yes"}]}
    data = file(60) + json.dumps(long).encode()
    assert [i.code for i in check(data, "gpt-4.1-nano").issues] == ["too_long"]
    assert check(data).issues == ()


def test_prompt_and_completion_is_for_old_models() -> None:
    data = b"".join(
        json.dumps({"prompt": f"p{n}", "completion": "c"}).encode() + b"\n" for n in range(60))
    assert [(i.severity, i.code) for i in check(data).issues] == [("warning", "completion_format")]
    assert [i.severity for i in check(data, "gpt-4.1").issues] == ["error"]
    assert check(data, "babbage-002").issues == ()


def test_a_file_over_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets.across, "MAX_BYTES", 100)
    assert [i.code for i in check(file(60)).issues] == ["file_too_large"]


def test_utf16_is_refused() -> None:
    with pytest.raises(DatasetError):
        check('{"messages": []}'.encode("utf-16"))


def test_import_appends_and_export_writes_it_all(tmp_path: Path) -> None:
    async def work() -> None:
        async with workspace(tmp_path, Disk(a=file(2), b=b"\n{broken\n")) as ports:
            first = await datasets.import_lines("a", ports)
            second = await datasets.import_lines("b", ports)
            assert (len(first.ids), len(second.ids)) == (2, 1)
            stored = await ports.store.examples()
            assert [(e.line, e.origin) for e in stored] == [(1, "a"), (2, "a"), (4, "b")]
            assert [(i.line, i.code) for i in second.issues] == [(3, "blank_line")]
            assert await datasets.export_lines("out", ports) == 3
            written = ports.files.contents["out"]  # type: ignore[attr-defined]
            assert written.startswith(b"\xef\xbb\xbf{") and written.endswith(b"\n{broken\n")
            assert [rows.parse_row(each) for each in written.decode("utf-8-sig").split("\n")[:2]] \
                == [json.loads(line(0)), json.loads(line(1))]

    asyncio.run(work())


def test_only_kept_examples_are_checked_and_exported(tmp_path: Path) -> None:
    async def work() -> None:
        async with workspace(tmp_path, Disk(a=file(3))) as ports:
            ids = (await datasets.import_lines("a", ports)).ids
            await ports.store.change_examples({
                ids[0]: {"state": "proposed"}, ids[1]: {"split": "validation"}})
            report = await datasets.check_stored(ports)
            assert report is not None and report.examples == 2
            assert await datasets.export_lines("out", ports, "validation") == 1

    asyncio.run(work())


def test_a_failed_import_leaves_nothing_behind(tmp_path: Path) -> None:
    class Broken(Disk):
        async def blocks(self, path: str) -> AsyncGenerator[bytes]:
            yield file(3)
            raise DocumentError("The disk is gone")

    async def work() -> None:
        async with workspace(tmp_path, Broken()) as ports:
            with pytest.raises(DocumentError):
                await datasets.import_lines("a", ports)
            assert await ports.store.examples() == []

    asyncio.run(work())


def test_a_line_that_ends_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "LONGEST_LINE", 2_000)
    with pytest.raises(DatasetError, match="a line of over"):
        check(b'{"a": "' + b"x" * 10_000)
