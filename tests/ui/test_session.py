"""The session in motion: everything that can happen while something else is going on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from desktop.core.errors import NotAWorkspace, WorkspaceError
from desktop.core.types import AnswerState, DocumentState
from desktop.flows.indexing_run import BATCH
from desktop.services import workspace
from desktop.ui.actions import TABLE
from tests.conftest import Run

from .session_tools import make, opened, until

pytestmark = pytest.mark.usefixtures("dressed")
READY, EMBEDDING = DocumentState.READY, DocumentState.EMBEDDING


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three documents of two batches each."""
    made = []
    for number in range(3):
        made.append(tmp_path / f"plan {number}.md")
        made[-1].write_text(
            "\n".join(f"Rule {rule} of plan {number} is about eyeglasses."
                      for rule in range(BATCH + 8)),
            encoding="utf-8",
        )
    return made


async def states(path: Path) -> list[DocumentState]:
    """Of the documents in a closed workspace, which thus was left free."""
    store = await workspace.open_workspace(path)
    try:
        return [document.state for document in await store.documents()]
    finally:
        await store.aclose()


def test_drop_and_ask(run: Run, tmp_path: Path, files: list[Path]) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            window.session.documents.add(files)
            await window.idle()
            assert [document.state for document in window.documents()] == [READY] * 3
            window.ask()
            await window.idle()
            assert [answer.text for answer in window.answers()] == ["Yes, they are."] * 3
            assert window.answers()[2].context
            assert window.reported == []

    run(story())


def test_another_workspace_while_indexing_and_asking(
    run: Run, tmp_path: Path, files: list[Path]
) -> None:
    first, second = tmp_path / "a.stratex", tmp_path / "b.stratex"

    async def story() -> None:
        async with opened(tmp_path, first, second) as window:
            window.embedder.hold(after=2)
            window.chats.gate.clear()
            window.session.documents.add(files)
            await until(lambda: window.embedder.waiting)
            window.ask()
            await until(lambda: window.chats.streaming == 2)
            window.session.open_later(second)
            await window.idle()
            assert (window.chats.streaming, window.embedder.waiting) == (0, 0)
            assert window.documents() == window.answers() == []
            assert window.views.window.windowTitle().startswith("b ")
            assert not window.views.ask.is_running()
            window.embedder.open()
            window.chats.gate.set()
            window.session.open_later(first)
            await window.idle()
            kept = window.answers()
            assert {answer.state for answer in kept} == {AnswerState.STOPPED}
            assert [answer.text for answer in kept[:2]] == ["Yes, "] * 2
            assert [document.state for document in window.documents()] == [READY] * 3  # went on
            assert window.reported == []

    run(story())


def test_escape_while_the_question_is_being_embedded(
    run: Run, tmp_path: Path, files: list[Path]
) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            window.session.documents.add(files)
            await window.idle()
            window.embedder.hold()
            window.ask()
            await until(lambda: window.embedder.waiting)
            assert window.views.ask.is_running()
            window.views.ask.stop()
            await window.idle()
            assert not window.views.ask.is_running()
            assert window.answers()[2].state is AnswerState.STOPPED
            window.embedder.open()
            window.ask()
            await window.idle()
            assert {answer.state for answer in window.answers()} == {AnswerState.DONE}
            assert window.reported == []

    run(story())


def test_asked_again_before_the_answers_are_there(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            window.chats.gate.clear()
            for number in range(4):  # at once, without a turn of the loop between
                window.ask(f"Question {number}?")
            await until(lambda: window.chats.streaming == 3)
            window.ask("The last?")
            await until(lambda: [a.question for a in window.answers()] == ["The last?"] * 3)
            window.chats.gate.set()
            await window.idle()
            assert window.chats.streaming == 0
            assert [(a.question, a.state) for a in window.answers()] == [
                ("The last?", AnswerState.DONE)] * 3
            assert window.reported == []
            stored = await window.session._ports.store.latest_answers()  # type: ignore[union-attr]
            assert {answer.question for answer in stored.values()} == {"The last?"}

    run(story())


def test_a_document_removed_while_it_is_embedded_and_brought_back(
    run: Run, tmp_path: Path, files: list[Path]
) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            window.embedder.hold(after=1)
            window.session.documents.add(files[:2])
            await until(lambda: window.embedder.waiting)
            embedding = window.documents()[0]
            assert embedding.state is EMBEDDING
            window.session.documents.remove([embedding.id])
            await until(lambda: len(window.documents()) == 1)
            window.embedder.open()
            await window.idle()
            assert [(d.name, d.state) for d in window.documents()] == [("plan 1.md", READY)]
            window.views.window.undo_stack.undo()
            await window.idle()
            assert sorted((d.name, d.state) for d in window.documents()) == [
                ("plan 0.md", READY), ("plan 1.md", READY)]
            assert window.reported == []

    run(story())


def test_files_dropped_while_others_are_indexed(
    run: Run, tmp_path: Path, files: list[Path]
) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            for file in files:
                window.session.documents.add([file, file])
                await asyncio.sleep(0)
            await window.idle()
            assert [document.state for document in window.documents()] == [READY] * 3
            assert window.reported == []

    run(story())


def test_indexing_cancelled_and_gone_on_with(
    run: Run, tmp_path: Path, files: list[Path]
) -> None:
    file = tmp_path / "a.stratex"

    async def story() -> None:
        async with opened(tmp_path, file) as window:
            window.embedder.hold(after=2)
            window.session.documents.add(files)
            await until(lambda: window.embedder.waiting)
            window.session.documents.cancel()
            await window.idle()
            assert window.embedder.waiting == 0
            await window.session.close()
            assert EMBEDDING in await states(file)
            window.embedder.open()
            await window.session.open(file)
            await window.idle()
            assert [document.state for document in window.documents()] == [READY] * 3
            assert window.reported == []

    run(story())


def test_closing_while_dialogs_are_open(run: Run, tmp_path: Path, files: list[Path]) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            window.session.documents.add(files[:1])
            await window.idle()
            window.ask()
            await window.idle()
            window.views.ask.open_strategies()
            window.session.pages.show_sent(window.session.ask.strategies[2].id)
            window.session.pages.show_page(window.documents()[0].id, 0, 0, 4)
            window.session.connections.show()
            await window.idle()
        assert window.reported == []

    run(story())


def test_a_file_that_is_no_workspace_leaves_the_open_one(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "no.stratex"
    file.write_text("nothing", encoding="utf-8")

    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            window.session.open_later(file)
            await window.idle()
            assert [type(error) for _, error in window.reported] == [NotAWorkspace]
            window.ask()
            await window.idle()
            assert {answer.state for answer in window.answers()} == {AnswerState.DONE}

    run(story())


def test_a_workspace_that_fails_while_it_is_shown_is_released(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = tmp_path / "a.stratex", tmp_path / "b.stratex"

    async def fail(ports: object) -> None:
        raise WorkspaceError("b.stratex cannot be read")

    async def story() -> None:
        async with opened(tmp_path, first, second) as window:
            monkeypatch.setattr(window.session.dataset, "open", fail)
            window.session.open_later(second)
            await window.idle()
            assert [str(error) for _, error in window.reported] == ["b.stratex cannot be read."]
            assert window.views.window.is_start()
            assert await states(first) == await states(second) == []

    run(story())


def test_workspaces_opened_one_upon_the_other_are_all_released(
    run: Run, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{name}.stratex" for name in "abcd"]

    async def story() -> None:
        async with opened(tmp_path, *paths) as window:
            for turns in (0, 1, 3, 10, 30):
                for path in paths:
                    window.session.open_later(path)
                    for _ in range(turns):
                        await asyncio.sleep(0)
            await window.idle()
            assert window.views.window.windowTitle().startswith("d ")
            assert window.reported == []
            for path in paths[:3]:
                assert await states(path) == []
        assert await states(paths[3]) == []

    run(story())


def test_nothing_happens_without_a_workspace(
    run: Run, tmp_path: Path, files: list[Path]
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as window:
            window.session.documents.add(files)
            window.ask()
            window.views.ask.stop()
            await window.idle()
            assert window.views.window.messages  # said, not raised
            window.session.dropping.take([await make(tmp_path / "c.stratex")])
            await window.idle()
            assert window.views.window.windowTitle().startswith("c ")
            assert window.reported == []

    run(story())


def test_every_command_has_a_controller(run: Run, tmp_path: Path) -> None:
    async def commands() -> set[str]:
        async with opened(tmp_path) as window:
            return set(window.session.commands)

    assert run(commands()) == {row.id for row in TABLE if not row.slot}
