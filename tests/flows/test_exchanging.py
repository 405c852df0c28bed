"""Prompts of other tools' files become versions, and versions become their files."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from desktop.core.errors import ConfigurationError, DocumentError
from desktop.core.types import PromptVersion
from desktop.flows.exchanging import export_prompt, import_prompts
from desktop.services import workspace
from tests.core.exchange.files import PROMPTFOO, PROMPTY


class Disk:
    """Files in memory."""

    def __init__(self, **files: str) -> None:
        self.files = {name.replace("_", "."): text.encode() for name, text in files.items()}

    async def read_any(self, path: str) -> bytes:
        return self.files[path]

    async def write(self, path: str, content: bytes) -> None:
        self.files[path] = content


def story(path: Path, disk: Disk, steps: Any) -> None:
    async def work() -> None:
        store = await workspace.create(path / "a.stratex")
        try:
            await steps(SimpleNamespace(store=store, files=disk))
        finally:
            await store.aclose()

    asyncio.run(work())


def test_prompts_and_cases_go_in_once_and_come_out(tmp_path: Path) -> None:
    disk = Disk(a_prompty=PROMPTY, a_yaml=PROMPTFOO)

    async def steps(ports: Any) -> None:
        first = await import_prompts("a.prompty", ports)
        assert [each.name for each in first.versions] == ["Benefits desk"]
        again = await import_prompts("a.prompty", ports)
        assert again.versions == ()
        assert again.left_out[-1].why == f"It is the same as v{first.versions[0].number}"
        brought = await import_prompts("a.yaml", ports)
        assert (len(brought.versions), len(brought.cases)) == (3, 6)
        brought = await import_prompts("a.yaml", ports)
        assert brought.cases == ()
        assert "It is a case already" in {each.why for each in brought.left_out}

        for name in ("b.prompty", "b.yaml", "b.txt", "b.json"):
            await export_prompt("benefits DESK", name, ports)
            (back, *_) = (await import_prompts(name, ports)).versions
            assert plain(back) == plain(first.versions[0]), name
            await ports.store.describe_prompt(back.number, name="", note="", starred=False)
            assert b"do-not-show" not in disk.files[name]

    story(tmp_path, disk, steps)


def plain(version: PromptVersion) -> tuple[Any, ...]:
    prompt = version.prompt
    return (prompt.system, prompt.template,
            [(each.question, each.answer) for each in prompt.examples])


def test_a_version_or_kind_that_is_not_there_is_told(tmp_path: Path) -> None:
    async def steps(ports: Any) -> None:
        await import_prompts("a.prompty", ports)
        with pytest.raises(ConfigurationError, match="Benefits desk"):
            await export_prompt("nothing", "a.json", ports)
        with pytest.raises(DocumentError, match=r"Use \.prompty"):
            await export_prompt("current", "a.pdf", ports)

    story(tmp_path, Disk(a_prompty=PROMPTY), steps)
