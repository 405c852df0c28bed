"""From a cell to prompt, cases and dataset with undo, and back to the cell by one click."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.services import workspace
from desktop.ui.compare.evaluate.view import EvaluateView
from tests.compute import DirectCompute
from tests.conftest import Run
from tests.judges import filled

from .session_tools import Opened, make, opened

pytestmark = pytest.mark.usefixtures("dressed")
TEXTS = [(f"Good {n} [1].", f"Bad {n}.") for n in range(3)]


@asynccontextmanager
async def evaluating(folder: Path) -> AsyncIterator[tuple[Opened, EvaluateView]]:
    """A finished run on screen, its first cell open."""
    file = folder / "w.stratex"
    await make(file)
    store = await workspace.open_workspace(file)
    await filled(store, TEXTS)
    await store.aclose()
    async with opened(folder) as window:
        window.parts.compute = DirectCompute()  # type: ignore[assignment]
        await window.session.open(file)
        await window.idle()
        window.session.center.show_evaluate()
        await window.idle()
        evaluate = window.session.center.evaluate
        assert evaluate is not None
        view = evaluate.view
        cell = view.grid.all_cells()[0]
        view.table.go_to(cell.case_id, cell.strategy_id)
        view.open_cell()
        await window.idle()
        yield window, view


def said(window: Opened) -> str:
    return " ".join(each.text() for each in window.views.window.messages.bar.messages())


async def use(window: Opened, view: EvaluateView, kind: str, text: str = "") -> None:
    people = view.detail.people
    if text:
        people.correct.setChecked(True)
        people.correction.setPlainText(text)
    action = next(each for each in people.use.menu().actions() if each.text().startswith(kind))
    action.trigger()
    await window.idle()


def test_a_correction_becomes_a_few_shot_example_and_leads_back(
    run: Run[None], tmp_path: Path
) -> None:
    async def main() -> None:
        async with evaluating(tmp_path) as (window, view):
            await use(window, view, "Few-shot", "Much better.")
            examples = window.views.prompt.examples
            made, = examples.examples()
            assert (made.question, made.answer) == ("Question 0?", "Much better.")
            assert made.origin == "corrected answer of cell 1"
            store = window.session.prompt.ports.store
            draft = await store.draft()
            assert draft is not None and draft.examples == (made,)
            assert [each.correction for each in await store.ratings()] == ["Much better."]
            await use(window, view, "Few-shot")
            assert len(examples.examples()) == 1 and "there already" in said(window)
            window.session.center.show_ask()
            view.opened.shut()
            examples._choose(0)
            examples.editor.origin.link.click()
            await window.idle()
            assert window.session.center.center.name() == "Evaluate" and view.opened.is_open()
            assert view.detail.cell is not None and view.detail.cell.id == 1
            window.views.window.undo_stack.undo()
            assert examples.examples() == ()
            assert window.reported == []
    run(main())


def test_reference_and_new_case_with_undo(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with evaluating(tmp_path) as (window, view):
            store = window.session.prompt.ports.store
            await use(window, view, "Reference", "The reference.")
            await use(window, view, "New case")
            cases = await store.cases()
            assert cases[0].reference == cases[3].reference == "The reference."
            assert cases[3].origin == "corrected answer of cell 1"
            for _ in range(2):
                window.views.window.undo_stack.undo()
                await window.idle()
            assert (await store.cases())[0].reference == "fact 0"
            assert len(await store.cases()) == 3 and window.reported == []
    run(main())


def test_training_and_preference_go_to_the_dataset(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with evaluating(tmp_path) as (window, view):
            await use(window, view, "Preference")
            assert "nothing to prefer" in str(window.reported.pop()[1])
            await use(window, view, "Training", "Learn this.")
            store = window.session.prompt.ports.store
            made, = await store.examples()
            assert made.lineage.cell_id == 1
            assert made.row["messages"][-1]["content"] == "Learn this."
            window.views.dataset.editor.show_example(made)
            view.opened.shut()
            window.views.dataset.editor.back.click()
            await window.idle()
            assert view.opened.is_open() and view.detail.cell is not None
            assert view.detail.cell.id == 1
            window.views.window.undo_stack.undo()
            await window.idle()
            assert await store.examples() == [] and window.reported == []
    run(main())


def test_an_answer_under_ask_becomes_an_example_or_a_case(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            window.ask()
            await window.idle()
            board = window.views.ask.board
            column = next(iter(board.columns.values()))
            menu = board.menu(column)
            uses = next(each.menu() for each in menu.actions() if each.text().startswith("Use"))
            for action in (*uses.actions(), *uses.actions()):  # type: ignore[union-attr]
                action.trigger()
                await window.idle()
            store = window.session.prompt.ports.store
            case, = await store.cases()
            example, = window.views.prompt.examples.examples()
            assert (case.question, case.reference) == (example.question, example.answer)
            assert case.reference == "Yes, they are."
            assert "answer of Baseline, asked by hand" in example.origin
            assert "is a case already" in said(window) and window.reported == []
            await store.save_case(replace(case, split="holdout"))
            window.views.prompt.examples.put(())
            board.useRequested.emit(column.answer, "few_shot")
            await window.idle()
            assert "which is holdout" in str(window.reported.pop()[1])
            menu.deleteLater()
    run(main())


def test_the_holdout_is_refused_in_words(run: Run[None], tmp_path: Path) -> None:
    async def main() -> None:
        async with evaluating(tmp_path) as (window, view):
            store = window.session.prompt.ports.store
            case = (await store.cases())[0]
            await store.save_case(replace(case, split="holdout"))
            await use(window, view, "Training", "Learn this.")
            assert "Move case 1 to tune" in str(window.reported.pop()[1])
            assert await store.examples() == []
    run(main())
