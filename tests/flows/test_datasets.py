"""Checking, importing and exporting datasets, with fakes for counts, prices and store."""

from __future__ import annotations

import asyncio
import codecs
import dataclasses
import json
from collections.abc import Sequence
from typing import Any, cast

import pytest

from desktop.core.errors import DatasetError
from desktop.core.ports import Store
from desktop.core.types import Example, Usage
from desktop.flows import datasets, slices


class Words:
    """A token counter for which each word is one token."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.models: set[str] = set()

    async def count(self, texts: Sequence[str], model: str) -> tuple[list[int], bool]:
        self.texts += texts
        self.models.add(model)
        return [len(text.split()) for text in texts], False


class Prices:
    """Training costs 2 dollars a million tokens, on one model."""

    def cost(self, model: str, usage: Usage) -> float | None:
        return None

    def window(self, model: str) -> int | None:
        return None

    def training(self, model: str) -> float | None:
        return 2.0 if model == "gpt-4.1" else None


class Rows:
    """The part of a store that holds examples."""

    def __init__(self) -> None:
        self.kept: list[Example] = []

    async def examples(self) -> list[Example]:
        return list(self.kept)

    async def replace_examples(self, examples: Sequence[Example]) -> list[Example]:
        self.kept = [dataclasses.replace(e, id=e.id or n) for n, e in enumerate(examples, 1)]
        return list(self.kept)


def line(number: int, **more: Any) -> str:
    turns = [{"role": "user", "content": f"question {number}"},
             {"role": "assistant", "content": f"answer {number}"}]
    return json.dumps({"messages": turns, **more})


def file(count: int) -> bytes:
    return codecs.BOM_UTF8 + "".join(line(n) + "\n" for n in range(count)).encode()


def check(data: bytes, model: str = "") -> Any:
    return asyncio.run(datasets.check_bytes(data, Words(), Prices(), model))


def test_a_good_file() -> None:
    report = check(file(60), "gpt-4.1")
    tokens = 60 * (3 + 2 * (3 + 1 + 2))  # role, two words, three for each message
    assert report.as_dict() == {
        "format": "chat", "examples": 60, "tokens": tokens, "billable_tokens": tokens,
        "epochs": 3, "estimated_cost": tokens * 3 * 2 / 1e6, "ok": True, "issues": [],
    }
    assert report.counts == (15,) * 60
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


def test_texts_are_counted_once() -> None:
    counter = Words()
    asyncio.run(datasets.check_bytes(file(1200), counter, Prices()))
    assert len(counter.texts) == len(set(counter.texts)) == 2 + 2 * 1200
    assert counter.models == {datasets.DEFAULT_MODEL}


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


def test_import_appends_and_export_writes_it_all() -> None:
    store = Rows()
    first = asyncio.run(datasets.import_dataset(file(2), cast(Store, store)))
    second = asyncio.run(datasets.import_dataset(b"\n{broken\n", cast(Store, store)))
    assert (first.added, second.added) == (2, 1)
    assert [e.line for e in second.examples] == [1, 2, 4]
    assert [(i.line, i.code) for i in second.issues] == [(3, "blank_line")]
    assert asyncio.run(datasets.export_dataset(cast(Store, store))) == file(2) + b"{broken\n"


def test_a_long_check_lets_the_event_loop_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    async def turns() -> int:
        task = asyncio.ensure_future(datasets.check_bytes(file(100), Words(), Prices()))
        turned = 0
        while not task.done():
            await asyncio.sleep(0)
            turned += 1
        await task
        return turned

    monkeypatch.setattr(slices, "SLICE", 0.0)
    assert asyncio.run(turns()) > 200  # once a line read and once a line checked
