"""kill -9 in the midst of indexing: nothing acknowledged is lost, and indexing goes on."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from desktop.core.types import DocumentState

from . import killing

QUERY = "is rule 7 of the plan about eyeglasses"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five documents of forty chunks, some of them equal."""
    made = tmp_path_factory.mktemp("documents")
    for number in range(5):
        rules = [
            f"## Rule {rule} of plan {number * (rule % 5)}\n\n"
            + f"Eyeglasses of kind {rule} are covered by the plan every {number} years. " * 12
            for rule in range(40)
        ]
        (made / f"plan {number}.md").write_text("\n\n".join(rules), encoding="utf-8")
    return made


def test_killed_at_random_moments(folder: Path, tmp_path: Path) -> None:
    for name in ("undisturbed", "killed"):
        (tmp_path / name).mkdir()
    undisturbed, path = tmp_path / "undisturbed" / "w.stratex", tmp_path / "killed" / "w.stratex"
    lines = killing.finish(undisturbed, folder, "words")
    expected = asyncio.run(killing.look(undisturbed, "words", QUERY))
    assert set(expected.states.values()) == {DocumentState.READY}
    moments = random.Random(7)
    for _ in range(4):  # the same workspace is killed again and again
        acknowledged = killing.kill_once(
            path, folder, "words", moments.randrange(lines), moments.uniform(0, 0.02)
        )
        killing.check_nothing_lost(path, "words", acknowledged, QUERY)
    killing.finish(path, folder, "words")
    asyncio.run(killing.look(path, "words", QUERY)).check_equal(expected)
