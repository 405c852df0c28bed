"""The dataset in a window: import, check, edit, mend, split, undo; and what it reaches on disk."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from desktop.core.types import Case, Example
from desktop.ui.panes.fine_tuning_model import Column
from tests.datasets import InlineChecker
from tests.ui.session_tools import Opened, make, opened


def chat(question: str, answer: str, **more: Any) -> str:
    return json.dumps({"messages": [
        {"role": "user", "content": question, **more}, {"role": "assistant", "content": answer}]})


TOPICS = ["glasses", "lenses", "dentists", "ambulances", "massages", "crutches"]
GOOD = [chat(f"Who pays for {a} and {b}?", f"The {a} plan does, {b} it does not.")
        for a in TOPICS for b in TOPICS if a != b]


async def settle(window: Opened) -> None:
    """Until nothing runs and nothing waits for the event loop."""
    for _ in range(10):
        await window.tasks.wait_idle()
        await asyncio.sleep(0)


async def stored(window: Opened) -> list[Example]:
    assert window.session._ports is not None
    return await window.session._ports.store.examples()


@asynccontextmanager
async def with_dataset(folder: Path) -> AsyncIterator[Opened]:
    """An open window and workspace; checks run on this thread."""
    async with opened(folder) as window:
        window.parts.datasets = InlineChecker()  # type: ignore[assignment]
        await window.session.open(await make(folder / "w.stratex"))
        await settle(window)
        yield window


async def load(window: Opened, folder: Path, lines: list[str]) -> None:
    path = folder / "examples.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    window.views.dataset.importRequested.emit([path])
    await settle(window)


def test_import_mend_split_and_back(run: Any, tmp_path: Path) -> None:
    async def story() -> None:
        async with with_dataset(tmp_path) as window:
            pane, stack = window.views.dataset, window.views.window.undo_stack
            await load(window, tmp_path, [*GOOD, "", GOOD[3], chat("Is it?", "Yes.", id=3)])
            assert pane.counts.examples.text() == "32 examples"
            codes = {row.kind.first.code: row.kind.count for row in pane.issues.rows}
            assert codes == {"too_few": 1, "duplicate": 1, "message_unrecognized_key": 1}
            pane.issues.safely.click()
            await settle(window)
            assert [e.line for e in await stored(window)][-2:] == [30, 33]
            assert [row.kind.first.code for row in pane.issues.rows] == ["too_few"]
            pane.split.splitRequested.emit(0.2, 7)
            await settle(window)
            assert pane.counts.sides.text() == "25 training, 6 validation"
            assert pane.split.figures["examples"].text() == "25 examples"
            for _ in range(3):
                stack.undo()
                await settle(window)
            assert await stored(window) == [] and pane.empty.isVisibleTo(pane)
            stack.redo()
            await settle(window)
            assert len(await stored(window)) == 32
            assert window.reported == []

    run(story())


def test_an_edit_is_stored_and_undone_and_a_new_example_is_opened(
    run: Any, tmp_path: Path
) -> None:
    async def story() -> None:
        async with with_dataset(tmp_path) as window:
            pane, stack = window.views.dataset, window.views.window.undo_stack
            await load(window, tmp_path, GOOD)
            pane.show_line(2)
            await settle(window)
            for text in ("No", "No."):
                pane.editor.form.fields[-1].text.setPlainText(text)
                pane.flush()
            pane.editor.facts.tags.setText("short")
            pane.editor.facts.tags.editingFinished.emit()
            pane.flush()
            await settle(window)
            [_, second, *_] = await stored(window)
            assert (second.row["messages"][-1]["content"], second.tags) == ("No.", ("short",))
            stack.undo()  # all edits of one example in a row
            await settle(window)
            assert (await stored(window))[1].tags == ()
            assert pane.editor.form.fields[-1].text.toPlainText().startswith("The glasses plan")
            pane.add_example()
            await settle(window)
            assert pane.editor.title.text() == "Line 31"
            stack.undo()
            await settle(window)
            assert len(await stored(window)) == 30 and pane.editor.isHidden()
            pane.table.selectAll()
            pane.act("off")
            await settle(window)
            assert {e.state for e in await stored(window)} == {"off"}
            assert pane.tools.filter.findText("Off 30") > 0
            assert window.reported == []

    run(story())


def test_cases_fill_the_dataset_and_what_is_evaluated_is_pointed_out(
    run: Any, tmp_path: Path
) -> None:
    async def story() -> None:
        async with with_dataset(tmp_path) as window:
            assert window.session._ports is not None
            pane, store = window.views.dataset, window.session._ports.store
            pane.sourceRequested.emit("few_shot")
            await settle(window)
            assert await stored(window) == []  # and a sentence says what to do
            await store.add_cases([
                Case(0, "Are eyeglasses covered?", "Yes, one pair.", tags=("eyes",)),
                Case(0, "Who is it?", ""), Case(0, "Held out?", "Yes.", split="holdout")])
            pane.sourceRequested.emit("cases")
            await settle(window)
            [example] = await stored(window)
            assert (example.tags, example.origin, example.lineage.case_id) == (
                ("eyes",), "case 1", 1)
            assert any(row.kind.first.code == "in_evaluation" for row in pane.issues.rows)

    run(story())


def test_the_kept_examples_are_written_in_each_format(run: Any, tmp_path: Path) -> None:
    async def story() -> None:
        async with with_dataset(tmp_path) as window:
            pane = window.views.dataset
            await load(window, tmp_path, GOOD)
            pane.split.splitRequested.emit(0.2, 7)
            await settle(window)
            for target in ("all", "validation", "completion", "llama"):
                window.session.dataset.files._export_to(target, tmp_path / f"{target}.jsonl")
                await settle(window)
            lines = {target: (tmp_path / f"{target}.jsonl").read_bytes()
                     for target in ("all", "validation", "completion", "llama")}
            assert [lines[each].startswith(b"\xef\xbb\xbf") for each in lines] == [
                True, True, True, False]
            assert [data.count(b"\n") for data in lines.values()] == [30, 6, 30, 30]
            assert b'"completion": " The glasses plan' in lines["completion"]
            assert pane.model.index(0, Column.TOKENS).data().startswith("~")
            assert window.reported == []

    run(story())
