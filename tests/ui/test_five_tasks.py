"""The five main tasks with the keyboard alone, on the sample; and how many keys they take."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from desktop.core.evaluation.types import RunState
from desktop.resource_files import resource
from tests.conftest import Run

from .session_tools import Opened, opened, until

pytestmark = pytest.mark.usefixtures("dressed")
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
FEWEST = {"ask": 1, "add a document": 2, "run the cases": 2, "decide": 1, "export": 2}


class Keyboard:
    """Presses keys wherever the keyboard is, and counts them; typed names count apart."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.pressed = 0

    def press(self, key: Qt.Key, with_: Qt.KeyboardModifier = NONE) -> None:
        self.pressed += 1
        QTest.keyClick(QApplication.focusWidget() or self._window, key, with_)

    def type(self, text: str) -> None:
        line = QApplication.focusWidget()
        assert isinstance(line, QLineEdit)
        line.selectAll()
        QTest.keyClicks(line, text)

    def count(self) -> int:
        """Since the last count."""
        pressed, self.pressed = self.pressed, 0
        return pressed


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    """The one that ships, with three of its cases: they are run."""
    file = Path(shutil.copy(resource("samples/benefits.stratex"), tmp_path / "w.stratex"))
    with closing(sqlite3.connect(file)) as db, db:
        db.execute("DELETE FROM cases WHERE id > 3")
    return file


@pytest.fixture(autouse=True)
def own_dialogs(monkeypatch: Any) -> None:
    """The system's file dialog cannot be typed into by a test."""
    original = QFileDialog.open

    def open_own(dialog: QFileDialog, *arguments: Any) -> None:
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        original(dialog, *arguments)

    monkeypatch.setattr(QFileDialog, "open", open_own)


async def name_a_file(window: QWidget, keys: Keyboard, path: Path) -> None:
    """Type it where the file dialog has the keyboard, and press Enter."""
    await until(lambda: isinstance(QApplication.focusWidget(), QLineEdit)
                and isinstance(QApplication.activeWindow(), QFileDialog))
    keys.type(str(path))
    keys.press(Qt.Key.Key_Return)
    await until(lambda: dialog_of(window) is None)
    window.activateWindow()  # what a window manager does when a dialog has closed
    await until(window.isActiveWindow)


def dialog_of(window: QWidget) -> QWidget | None:
    """The file dialog, while it is open."""
    shown = [each for each in QApplication.topLevelWidgets()
             if isinstance(each, QFileDialog) and each.isVisible()]
    return shown[0] if shown else None


async def ask(each: Opened, keys: Keyboard) -> None:
    keys.press(Qt.Key.Key_Return, CTRL)
    await until(lambda: len(each.answers()) == 3)
    await each.idle()
    assert {answer.text for answer in each.answers()} == {"Yes, they are."}


async def add_document(each: Opened, keys: Keyboard, folder: Path) -> None:
    file = folder / "new rules.md"
    file.write_text("Gym memberships are paid in full from May.", encoding="utf-8")
    keys.press(Qt.Key.Key_O, CTRL | SHIFT)
    await name_a_file(each.views.window, keys, file)
    await until(lambda: "new rules.md" in [d.name for d in each.documents()])
    await each.idle()


async def run_cases(each: Opened, keys: Keyboard) -> None:
    keys.press(Qt.Key.Key_5, CTRL)
    await each.idle()
    keys.press(Qt.Key.Key_Return, CTRL)
    await each.idle()
    assert each.reported == []
    ports = each.session._ports
    assert ports is not None
    runs = await ports.store.runs()
    assert len(runs) == 2 and runs[0].state is RunState.DONE and len(runs[0].strategies) == 3


async def export(each: Opened, keys: Keyboard, folder: Path) -> None:
    target = folder / "report.html"
    keys.press(Qt.Key.Key_R, CTRL | SHIFT)
    await name_a_file(each.views.window, keys, target)
    await until(target.exists)
    await each.idle()
    assert b"<html" in target.read_bytes()


def test_the_five_tasks_by_keyboard(run: Run, tmp_path: Path, sample: Path) -> None:
    counted: dict[str, int] = {}

    async def story() -> None:
        async with opened(tmp_path, sample) as each:
            window = each.views.window
            window.activateWindow()
            await until(window.isActiveWindow)
            each.views.ask.focus_question()
            keys = Keyboard(window)
            await ask(each, keys)
            counted["ask"] = keys.count()
            await add_document(each, keys, tmp_path)
            counted["add a document"] = keys.count()
            await run_cases(each, keys)
            counted["run the cases"] = keys.count()
            keys.press(Qt.Key.Key_6, CTRL)
            await each.idle()
            center = each.session.center
            assert center.decide is not None and center.decide.view.isVisible()
            assert center.decide.view.decision() is not None
            counted["decide"] = keys.count()
            await export(each, keys, tmp_path)
            counted["export"] = keys.count()
            assert each.reported == []

    run(story())
    print("keys pressed, besides a file's name:", counted)
    assert counted == FEWEST
