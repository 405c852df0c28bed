"""A log becomes a column: the columns are asked for where they are unknown, then the run."""

from __future__ import annotations

import json
from pathlib import Path

from desktop.core.types import Case
from tests.conftest import Run
from tests.ui.session_tools import Opened, opened

ROWS = [{"Kundenfrage": "Are eyeglasses covered?", "Bot": "Yes, they are."},
        {"Kundenfrage": "Where is the canteen?", "Bot": "Upstairs."}]


def log(folder: Path) -> Path:
    path = folder / "chatbot.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return path


async def mapped(window: Opened, path: Path) -> object:
    """The controller once the file's columns are named; the last dialog is open."""
    controller = window.session.commands["answers_elsewhere"].__self__  # type: ignore[attr-defined]
    controller.look_at(path)
    await window.idle()
    dialog = controller.mapping
    for role, column in (("question", "Kundenfrage"), ("answer", "Bot")):
        choice = dialog.choices[role]
        choice.setCurrentIndex(choice.findData(column))
    assert dialog.go.isEnabled()
    dialog.go.click()
    await window.idle()
    return controller


def test_a_file_with_names_of_its_own_becomes_a_column(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            store = window.session._ports.store  # type: ignore[union-attr]
            await store.add_cases([Case(0, "Are eyeglasses covered?", "Yes.")])
            controller = await mapped(window, log(tmp_path))
            dialog = controller.dialog  # type: ignore[attr-defined]
            assert dialog.name.text() == "chatbot"
            assert dialog.add_cases.text() == "Make a case of the other question"
            dialog.add_cases.setChecked(True)
            dialog.where.setCurrentIndex(dialog.where.count() - 1)
            dialog.go.click()
            await window.idle()
            assert window.reported == []
            made = (await store.runs())[0]
            assert [each.name for each in made.strategies] == ["Made elsewhere: chatbot"]
            assert len(made.case_ids) == 2
            view = window.views.window.findChildren(type(window.session.center.evaluate.view))[0]
            assert view.run_shown().id == made.id
            assert "chatbot stands beside" in window.views.window.messages.bar.messages()[0].text()

    run(story())


def test_without_a_case_and_without_a_name_it_says_what_is_missing(
    run: Run, tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            controller = await mapped(window, log(tmp_path))
            dialog = controller.dialog  # type: ignore[attr-defined]
            assert not dialog.go.isEnabled()
            assert "make cases of them" in dialog.problem.text()
            dialog.add_cases.setChecked(True)
            assert dialog.go.isEnabled()
            dialog.name.setText(" ")
            assert dialog.problem.text() == "Give the column a name."
            dialog.map.click()
            assert controller.mapping.isVisible()  # type: ignore[attr-defined]
            controller.mapping.close()  # type: ignore[attr-defined]

    run(story())
