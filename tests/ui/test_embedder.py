"""Embedding model: what the dialog says and lets do, and a switch in an open window."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from desktop.core.embedders import BUILTIN, WANTED, EmbedderChoice
from desktop.core.languages_told import told_languages, without_builtin
from desktop.core.types import Connection, Deployment
from desktop.flows import switching
from desktop.services.reader_worker import foreign
from desktop.ui.controllers.embedder import BUILD, EmbedderController
from desktop.ui.dialogs.embedder import EmbedderDialog
from tests.choosers import OTHER, FakeChooser, OtherEmbedder

from .samples import document, names_missing
from .session_tools import Opened, make, opened, until

pytestmark = pytest.mark.usefixtures("dressed")
WORK = Connection("work", "azure", "https://hr.openai.azure.com", deployments=(
    Deployment("gpt-mini", "gpt-4.1-mini"), Deployment("embed", "text-embedding-3-small")))


@pytest.fixture
def dialog(qtbot: Any) -> EmbedderDialog:
    made = EmbedderDialog()
    qtbot.addWidget(made)
    made.show_now(BUILTIN, "", 192, 192, None)
    made.show_alternatives([WORK], [], BUILTIN)
    made.show_languages("")
    made.show_reranker("")
    made.show()
    return made


def test_everything_has_a_name_and_says_where_texts_go(dialog: EmbedderDialog) -> None:
    assert names_missing(dialog) == []
    assert not dialog.form.radios["tuned"].isVisible()
    notes = {kind: note.text() for kind, note in dialog.form.notes.items()}
    assert notes["service"] == "Sends every passage and question to hr.openai.azure.com."
    assert all(note.endswith("Offline.") for kind, note in notes.items()
               if kind in ("builtin", "folder"))
    assert not dialog.check.isEnabled() and not dialog.use.isEnabled()


def test_it_is_used_only_as_it_was_checked(dialog: EmbedderDialog) -> None:
    asked: list[EmbedderChoice] = []
    used: list[EmbedderChoice] = []
    dialog.checkRequested.connect(asked.append)
    dialog.useRequested.connect(used.append)
    dialog.form.radios["service"].setChecked(True)
    assert dialog.form.choice() == EmbedderChoice("service", connection="work", deployment="embed")
    dialog.check.click()
    dialog.show_busy("Sending one short sentence")
    assert dialog.working.isVisible() and not dialog.check.isEnabled()
    found = replace(asked[0], id="m:1536", dimension=1536)
    dialog.show_found(found, ["192 chunks to embed.", "It costs ~$0.0002."])
    assert "~$0.0002" in dialog.found.text() and dialog.use.isEnabled()
    dialog.form.dimensions.setValue(256)
    assert not dialog.use.isEnabled() and not dialog.found.isVisible()
    dialog.form.dimensions.setValue(0)
    dialog.show_found(found, ["192 chunks to embed."])
    dialog.use.click()
    assert used == [found]


def test_while_it_is_built_it_can_be_paused_and_nothing_else_begun(dialog: EmbedderDialog) -> None:
    dialog.form.radios["folder"].setChecked(True)
    dialog.form.folder.setText("/models/e5")
    dialog.show_found(EmbedderChoice("folder", path="/models/e5", id="e5:1", dimension=3), ["x"])
    dialog.show_building("64 of 192 chunks embedded", 1 / 3, 12.0)
    assert dialog.progress.text() == "64 of 192 chunks embedded, 0:12 left"
    assert dialog.pause.isVisible() and not dialog.go_on.isVisible()
    assert not dialog.use.isEnabled() and not dialog.check.isEnabled()
    dialog.show_building("Paused", paused=True)
    assert dialog.go_on.isVisible() and dialog.cancel.isVisible()
    dialog.show_building("")
    assert not dialog.building.isVisible() and dialog.use.isEnabled()


@pytest.mark.parametrize("kind", ["folder", "hub"])
def test_a_row_without_a_name_cannot_be_checked(dialog: EmbedderDialog, kind: Any) -> None:
    dialog.form.radios[kind].setChecked(True)
    assert dialog.form.choice() is None and not dialog.check.isEnabled()


def test_a_hub_page_is_read_as_a_name(dialog: EmbedderDialog) -> None:
    dialog.form.radios["hub"].setChecked(True)
    dialog.form.hub.setText("https://huggingface.co/intfloat/e5-small/")
    choice = dialog.form.choice()
    assert choice is not None and choice.name == "intfloat/e5-small"


def test_other_languages_are_told_when_they_are_most_of_the_text() -> None:
    german = replace(document(1, "a.pdf"), language="German", characters=900)
    english = replace(document(2, "b.pdf"), language="English", characters=800)
    unknown = replace(document(3, "c.pdf"), language="", characters=500)
    assert "are in German" in told_languages([german, english])
    assert told_languages([german, english, unknown]) == told_languages([]) == ""


def test_a_document_is_not_said_to_be_foreign_to_a_model_that_reads_it() -> None:
    told = foreign("German")
    assert without_builtin(told) == "" and without_builtin("Odd") == "Odd"
    assert without_builtin(f"Page 3 is a picture. {told}") == "Page 3 is a picture"
    assert without_builtin(f"{told}. Page 3 is a picture") == "Page 3 is a picture"


# --- in a window


@asynccontextmanager
async def switching_window(folder: Path) -> AsyncIterator[tuple[Opened, EmbedderController]]:
    """A window whose workspace has a document, and a model to switch to."""
    async with opened(folder, folder / "a.stratex") as each:
        (folder / "a.md").write_text("\n".join(f"Rule {n} of word{n}." for n in range(70)))
        each.session.documents.add([folder / "a.md"])
        await each.idle()
        controller = next(c for c in each.session._controllers
                          if isinstance(c, EmbedderController))
        chooser = FakeChooser(each.embedder, OtherEmbedder())
        controller._ports = replace(controller.ports, chooser=chooser,
                                    embedder=chooser.embedder)
        yield each, controller


def test_a_switch_is_checked_paused_cancelled_begun_again_and_told(
    run: Callable[..., Any], tmp_path: Path, qapp: QApplication
) -> None:
    async def test() -> None:
        async with switching_window(tmp_path) as (each, controller):
            ports, said = controller.ports, list[str]()
            each.views.window.messages.say = (  # type: ignore[method-assign]
                lambda text, *rest, **more: said.append(text))
            chooser: Any = ports.chooser
            other: Any = chooser.other
            controller.show()
            await each.idle()
            dialog = controller.dialog
            assert dialog is not None and dialog.now.text() == "Now: all-MiniLM-L6-v2 (built in)"
            controller.check(OTHER)
            await each.idle()
            assert dialog.found.text().startswith("70 of 70 chunks to embed")
            other.hold(1)
            controller.use(dialog._checked)
            await until(lambda: other.waiting)
            assert "64 of 70 chunks" in dialog.progress.text()
            controller.pause()
            await each.idle()
            assert "Paused: other (folder), 64 of 70" in dialog.progress.text()
            wanted = await switching.wanted(ports)
            assert wanted is not None and wanted.paused and ports.embedder.id == "words"
            controller.go_on()
            await until(lambda: other.waiting)
            controller.cancel()
            await each.idle()
            assert await switching.wanted(ports) is None and ports.embedder.id == "words"
            assert not each.tasks.running(BUILD) and not dialog.building.isVisible()
            other.open()
            controller.use(OTHER)
            await each.idle()
            assert ports.embedder.id == "other:1" and dialog.now.text() == "Now: other (folder)"
            assert not dialog.building.isVisible()
            assert said == ["Documents are searched with other (folder) now."]
            assert each.reported == []

    run(test())


def test_a_model_that_cannot_be_used_here_is_one_message_with_a_way_on(
    run: Callable[..., Any], tmp_path: Path
) -> None:
    async def test() -> None:
        file = await make(tmp_path / "a.stratex")
        from desktop.services import workspace

        store = await workspace.open_workspace(file)
        await store.set_fact("embedder", {"kind": "folder", "path": "/gone", "id": "e5:1",
                                          "dimension": 3})
        await store.aclose()
        async with opened(tmp_path, file) as each:
            (message,) = each.views.window._bar.messages()
            assert message.what == "Searching by words only"
            assert "not confirmed on this machine" in message.text()
            message.buttons()[0].click()
            await each.idle()
            controller = next(c for c in each.session._controllers
                              if isinstance(c, EmbedderController))
            assert controller.dialog is not None and controller.dialog.warning.isVisible()
            assert controller.dialog.check.isEnabled()  # to confirm it
            store = controller.ports.store
            await store.set_fact(WANTED, {"kind": "builtin"})
            await each.session.open(await make(tmp_path / "b.stratex"))
            await each.session.open(file)  # what was begun goes on
            await each.idle()
            assert controller.ports.embedder.id == "words" and await switching.wanted(
                controller.ports) is None

    run(test())
