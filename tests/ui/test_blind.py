"""Blind rating by keyboard: stored at once, taken back, gone on with, and silent about names."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QTextEdit

from desktop.core.ports import Ports
from desktop.services import workspace
from desktop.ui.compare.evaluate.blind_dialog import BlindDialog
from desktop.ui.controllers.blind import BlindController, label_words
from tests.compute import DirectCompute
from tests.conftest import Run
from tests.judges import filled

from .samples import names_missing
from .session_tools import Opened, make, opened

pytestmark = pytest.mark.usefixtures("dressed")
TEXTS = [(f"Good {n} [1].", f"Bad {n}.") for n in range(5)] + [("The same [2].", "The same.")]
Key = Qt.Key


class Sitting:
    """The dialog over a finished run of two columns."""

    def __init__(self, window: Opened, controller: BlindController) -> None:
        self.window, self.controller = window, controller

    @property
    def dialog(self) -> BlindDialog:
        return self.controller.dialog

    @property
    def ports(self) -> Ports:
        return self.controller.ports

    async def command(self, name: str) -> None:
        self.window.views.window.commandRequested.emit(name)
        await self.window.idle()

    async def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            QTest.keyClick(self.dialog.page, key)
            await self.window.idle()

    async def start(self) -> None:
        await self.command("blind")
        QTest.keyClick(self.dialog.list, Key.Key_Return)
        await self.window.idle()

    async def prefer(self, word: str) -> None:
        """The answer that begins with the word is better."""
        left = self.dialog.page.one.text.toPlainText()
        await self.press(Key.Key_Left if left.startswith(word) else Key.Key_Right)

    def shown(self) -> str:
        parts = [*self.dialog.findChildren(QLabel), *self.dialog.findChildren(QTextEdit)]
        texts = [part.text() if isinstance(part, QLabel) else part.toPlainText()
                 for part in parts if part.isVisible()]
        return "\n".join([*texts, self.dialog.windowTitle()])


@asynccontextmanager
async def sitting(folder: Path, texts: list[tuple[str, str]]) -> AsyncIterator[Sitting]:
    file = folder / "w.stratex"
    await make(file)
    store = await workspace.open_workspace(file)
    if texts:
        await filled(store, texts)
    await store.aclose()
    async with opened(folder) as window:
        window.parts.compute = DirectCompute()  # type: ignore[assignment]
        await window.session.open(file)
        await window.idle()
        session = window.session
        controller = next(c for c in session._controllers if isinstance(c, BlindController))
        yield Sitting(window, controller)
        assert window.reported == []


def test_pairs_by_keyboard_until_the_win_rate(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with sitting(tmp_path, TEXTS) as at:
            await at.start()
            page = at.dialog.page
            names = [each.name for run in await at.ports.store.runs() for each in run.strategies]
            while at.dialog.is_rating():
                assert "[1]" not in at.shown()
                assert not [name for name in names if name in at.shown()], "nothing tells"
                assert names_missing(at.dialog) == []
                await at.prefer("Good")
            ratings = await at.ports.store.ratings()
            assert len(ratings) == 6 and {each.rater for each in ratings} == {"blind"}
            assert [each.comment for each in ratings if each.value == 0.5] == ["equal answers"]
            assert "All pairs are rated" in at.shown() and "6" in at.shown()
            assert page.progress.maximum() == 6
            await at.command("blind")
            assert "all rated" in at.dialog.list.item(0).text()
    run(main())


def test_undo_skip_stop_and_on_again(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with sitting(tmp_path, TEXTS[:5]) as at:
            await at.start()
            first = at.dialog.page.question.text()
            await at.press(Key.Key_1)
            assert len(await at.ports.store.ratings()) == 1, "stored before the next comes"
            assert at.dialog.page.question.text() != first
            for _ in range(2):  # the second before anybody saw the next pair
                QTest.keyClick(at.dialog.page, Key.Key_2)
            await at.window.idle()
            assert len(await at.ports.store.ratings()) == 2
            await at.press(Key.Key_U, Key.Key_U)
            assert await at.ports.store.ratings() == []
            assert at.dialog.page.question.text() == first
            await at.press(Key.Key_S, Key.Key_Space, Key.Key_Escape)
            assert "Win rates so far. 4 left" in at.shown() and "Within noise" in at.shown()
            at.dialog.close()
            await at.start()
            asked = at.dialog.page.question.text()
            assert asked == first, "what was skipped comes again"
            assert at.dialog.page.count.text() == "2 of 5"
    run(main())


def test_the_reference_can_be_hidden_and_stays_so(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with sitting(tmp_path, TEXTS[:5]) as at:
            await at.start()
            assert "Reference" in at.shown()
            await at.press(Key.Key_R, Key.Key_0)
            assert "Reference:" not in at.shown()
    run(main())


def test_labels_for_a_judge(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with sitting(tmp_path, TEXTS[:5]) as at:
            await at.command("label")
            assert "1 of 10" in at.shown() and not at.dialog.page.other.isVisible()
            await at.press(Key.Key_1, Key.Key_5, Key.Key_0, Key.Key_2)
            ratings = await at.ports.store.ratings()
            assert [(each.value, each.other_cell_id) for each in ratings] == [
                (1.0, None), (0.5, None), (0.0, None)], "2 is no key here"
            await at.press(Key.Key_Escape)
            assert "3 of 10 answers labelled" in at.shown() and "17 more are needed" in at.shown()
            await at.command("label")
            assert "4 of 10" in at.shown()
            at.window.session.center.show_evaluate()
            await at.window.idle()
            evaluate = at.window.session.center.evaluate
            assert evaluate is not None and evaluate.ratings == [], "labels are no thumbs"
    run(main())


def test_without_answers_it_says_what_to_do(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with sitting(tmp_path, []) as at:
            for command in ("blind", "label"):
                await at.command(command)
                assert "Run your cases under Evaluate first" in at.shown()
            at.dialog.empty.button.click()
            assert at.window.session.center.center.name() == "Evaluate"
            assert not at.dialog.isVisible()
    run(main())


def test_how_many_labels_are_missing() -> None:
    assert "20 more" in label_words(0, 30)[1]
    assert "Judge the answers" in label_words(20, 30)[1]
