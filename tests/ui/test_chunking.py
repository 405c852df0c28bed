"""How documents are split: the preview by what a person sees, and applying it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from desktop.core.chunk_settings import DEFAULT, ChunkSettings
from desktop.core.evaluation.gold_spans import GoldSpan
from desktop.core.types import Case, DocumentState, NewChunk
from desktop.flows.chunking import Preview
from desktop.ui import theme
from desktop.ui.dialogs.chunking import ChunkingDialog

from .samples import document, names_missing
from .session_tools import opened, until

pytestmark = pytest.mark.usefixtures("dressed")
TEXT = "Glasses are paid. 👓 Hearing aids are not paid by us. Ask the office."
MIDDLE = TEXT.index("aids")
GOLD = GoldSpan(3, "Are hearing aids paid?", TEXT.index("Hearing"), TEXT.index(" Ask"))
OWN = ChunkSettings(64, 10, "fixed")


def preview(settings: ChunkSettings, *spans: tuple[int, int], to_embed: int = 2) -> Preview:
    chunks = tuple(NewChunk(0, 1, start, end, TEXT[start:end]) for start, end in spans)
    return Preview(settings, chunks, range(2), True, len(chunks), to_embed, 40)


@pytest.fixture
def dialog(qtbot: Any) -> ChunkingDialog:
    made = ChunkingDialog()
    qtbot.addWidget(made)
    made.show_documents([document(4, "Vision.pdf"), document(5, "Plan.pdf")], 5)
    made.show_settings(DEFAULT, stored=True)
    made.show_page(TEXT, "page 1 of 2", 0, 2, [GOLD])
    made.show()
    return made


def test_a_border_in_a_gold_answer_is_named_in_words(dialog: ChunkingDialog) -> None:
    dialog.show_preview(preview(OWN, (0, MIDDLE), (MIDDLE, len(TEXT))))
    assert "“Are hearing aids paid?”" in dialog.cuts.text() and dialog.cuts.isVisible()
    (plain, cutting) = dialog.text.borders()
    assert plain[2] == f"Chunk 1, {MIDDLE} characters" and plain[3] is None
    assert cutting[2] == "Cuts: Are hearing aids paid?" and cutting[3] == GOLD
    marked = [s.cursor.selectedText() for s in dialog.text.extraSelections()
              if s.format.background().color() == theme.color("danger_tint")]
    assert marked == [TEXT[GOLD.start:GOLD.end]]  # also behind a character that Qt counts twice

    dialog.show_preview(preview(OWN, (0, GOLD.start), (GOLD.start, len(TEXT))))
    assert not dialog.cuts.isVisible() and not dialog.text.extraSelections()


def test_sizes_follow_what_the_embedding_model_reads(dialog: ChunkingDialog) -> None:
    assert dialog.tokens.maximum() == 240
    dialog.show_settings(ChunkSettings(300, 0, "fixed").within(409), stored=True)
    assert dialog.tokens.maximum() == 393 and dialog.settings().limit == 409
    assert dialog.settings().size == 300


def test_it_says_what_applying_would_take(dialog: ChunkingDialog) -> None:
    dialog.show_preview(preview(DEFAULT, (0, len(TEXT))))
    assert "split now" in dialog.state.text() and not dialog.apply.isEnabled()
    dialog.show_settings(OWN)
    assert dialog.apply.isEnabled() and dialog.settings() == OWN
    dialog.show_preview(preview(OWN, (0, 30), (20, len(TEXT))))
    assert "2 of them to embed. In all documents ~40" in dialog.state.text()
    assert "belongs to two chunks" in dialog.state.text()
    dialog.reset.click()
    assert dialog.settings() == DEFAULT and not dialog.apply.isEnabled()


def test_what_was_stopped_can_be_applied_again(dialog: ChunkingDialog) -> None:
    dialog.show_documents([document(4), document(5, state=DocumentState.QUEUED)], 4)
    dialog.show_settings(OWN, stored=True)
    dialog.show_preview(preview(OWN, (0, len(TEXT))))
    assert dialog.apply.isEnabled() and "1 document not finished" in dialog.state.text()


def test_moves_of_a_slider_ask_once(dialog: ChunkingDialog, qtbot: Any) -> None:
    asked: list[ChunkSettings] = []
    qtbot.waitUntil(lambda: not dialog._later.isActive())
    dialog.settingsChanged.connect(asked.append)
    dialog.own.setFocus()
    qtbot.keyClick(dialog.own, Qt.Key.Key_Space)
    for _ in range(3):
        qtbot.keyClick(dialog.size_slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == [ChunkSettings(123)]


def test_it_turns_pages_by_key_and_every_part_has_a_name(
    dialog: ChunkingDialog, qtbot: Any
) -> None:
    asked: list[int] = []
    dialog.pageRequested.connect(asked.append)
    qtbot.keyClick(dialog, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(dialog, Qt.Key.Key_Right, Qt.KeyboardModifier.AltModifier)
    assert asked == [1]
    assert names_missing(dialog) == []


def test_settings_are_tried_and_then_applied_to_all(tmp_path: Path, run: Any) -> None:
    async def test() -> None:
        file, plan = tmp_path / "w.stratex", tmp_path / "plan.md"
        plan.write_text("Glasses are paid.\nTeeth are paid in part.")
        async with opened(tmp_path, file) as each:
            store = each.session.documents.ports.store
            await store.add_cases([Case(0, "Teeth?", "Teeth are paid in part.",
                                        (("plan.md", None),))])
            each.session.documents.add([plan])
            await each.idle()
            each.views.window.commandRequested.emit("chunking")
            await each.idle()
            dialog = each.views.window.findChild(ChunkingDialog)
            assert dialog is not None and dialog.isVisible()
            await until(lambda: dialog._preview is not None)
            assert [gold.question for gold in dialog._golds] == ["Teeth?"]
            dialog.splitter.choose(2)
            await until(lambda: dialog._preview.settings.splitter == "fixed")
            assert dialog.state.text().startswith("1 chunk in this document, 1 of them")
            dialog.apply.click()
            assert not dialog.isVisible()
            await each.idle()
            assert [(d.chunks, d.state) for d in each.documents()] == [(1, DocumentState.READY)]
            assert await store.fact("chunking") == ChunkSettings(splitter="fixed").as_dict()
            assert each.reported == []

    run(test())


def test_the_ledger_is_exported_as_it_is_shown(
    tmp_path: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def test() -> None:
        file, target = tmp_path / "w.stratex", tmp_path / "ledger.csv"
        files = [tmp_path / name for name in ("plan.md", "copy.md", "bad.md")]
        for path, text in zip(files, ("Glasses.", "Glasses.\n", "BAD"), strict=True):
            path.write_text(text)
        monkeypatch.setattr("desktop.ui.file_dialogs.choose_new_file",
                            lambda *given: given[-1](target))
        async with opened(tmp_path, file) as each:
            each.session.documents.add(files)
            await each.idle()
            each.documents()
            each.views.documents.ledger.filter.state.setCurrentIndex(3)  # failed
            each.views.window.commandRequested.emit("export_ledger")
            await each.idle()
            lines = target.read_text("utf-8-sig").splitlines()
            assert len(lines) == 2 and lines[1].startswith("bad.md,failed,Is damaged")

    run(test())
