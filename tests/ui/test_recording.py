"""A workspace is recorded from the window, and the recording opens where its models are not."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from pathlib import Path

import pytest

from desktop.core.types import BUILTIN_MODEL, AnswerState, Message, Parameters, Piece
from tests.conftest import Run
from tests.ui.session_tools import SteppedChat, SteppedChats, opened

QUESTION = "Are eyeglasses & lenses covered?"


class Mute(SteppedChat):
    """May be looked up for its name; asked it fails the test."""

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        raise AssertionError("a recording asks nobody")
        yield  # a generator, as all models are


class NoChats(SteppedChats):
    """Another machine: nothing may be asked."""

    async def chat(self, connection: str, deployment: str, **rest: object) -> SteppedChat:
        return Mute(self)


@pytest.fixture(autouse=True)
def _label(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer's model must be the one of its column."""
    monkeypatch.setattr(SteppedChat, "label", BUILTIN_MODEL)


async def recorded(folder: Path) -> Path:
    """A recording with one question, made by the window."""
    target = folder / "r.stratex"
    async with opened(folder, folder / "a.stratex") as window:
        window.ask(QUESTION)
        await window.idle()
        recorder = next(each for each in window.session._controllers if hasattr(each, "record"))
        recorder.record(target)
        await window.idle()
        assert [m.what for m in window.views.window.messages.bar.messages()]
        assert window.reported == []
    return target


def test_a_recorded_question_is_said_again_and_another_is_not(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        target = await recorded(tmp_path)
        async with opened(tmp_path / "elsewhere", target) as window:
            await window.session.close()
            window.parts.chats = NoChats()  # type: ignore[assignment]
            await window.session.open(target)
            await window.idle()
            view = window.views.ask
            bar_owner = window.session.commands["record"].__self__  # type: ignore[attr-defined]
            bar = bar_owner.bar
            assert bar.isVisible()
            assert "nothing is asked" in bar.words.text()
            assert bar.speed.text() == "Original speed"
            assert {c.header.chip.word().split()[0] for c in view.board.columns.values()} == {
                "Recorded"}
            window.session.commands["replay_speed"]()
            message = window.views.window.messages.bar.messages()[0]
            next(b for b in message.buttons() if b.text() == "Full speed").click()
            bar.questions.menu().actions()[0].trigger()
            assert view.question() == QUESTION
            await window.idle()
            assert [(a.state, a.recorded) for a in window.answers()] == [
                (AnswerState.DONE, True)] * 3
            assert bar.speed.text() == "Full speed"
            window.ask("What is new?")
            await window.idle()
            failed = window.answers()[0]
            assert (failed.state, failed.recorded) == (AnswerState.FAILED, False)
            assert "was not recorded" in (failed.error or "")
            assert [str(error)[:18] for _, error in window.reported] == ["No column answered"]
            entries = [e for e in bar_owner._palette_entries()
                       if e.group == "Recorded questions"]
            assert [e.text for e in entries] == [QUESTION]

    run(story())


def test_elsewhere_the_line_is_gone_and_the_speed_says_what_it_is_for(
    run: Run, tmp_path: Path
) -> None:
    async def story() -> None:
        target = await recorded(tmp_path)
        async with opened(tmp_path / "elsewhere", target) as window:
            bar_owner = window.session.commands["record"].__self__  # type: ignore[attr-defined]
            bar = bar_owner.bar
            assert bar.isVisible()
            await window.session.open(tmp_path / "a.stratex")
            await window.idle()
            assert not bar.isVisible()
            window.session.commands["replay_speed"]()
            said = window.views.window.messages.bar.messages()[0].text()
            assert "Only a recording is replayed" in said

    run(story())
