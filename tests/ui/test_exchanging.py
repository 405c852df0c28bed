"""Prompts of other tools come in through the menu; what is on screen goes out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from desktop.ui.controllers.exchanging import ExchangeController
from tests.conftest import Run
from tests.core.exchange.files import PROMPTFOO, PROMPTY
from tests.ui.session_tools import Opened, opened


def controller_of(window: Opened) -> ExchangeController:
    found = window.session.commands["import_prompt"].__self__  # type: ignore[attr-defined]
    assert isinstance(found, ExchangeController)
    return found


def test_an_import_takes_the_place_of_a_draft_that_is_kept(run: Run, tmp_path: Path) -> None:
    (tmp_path / "basic.prompty").write_text(PROMPTY, encoding="utf-8")

    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            pane, prompt = window.views.prompt, window.session.prompt
            pane.show_prompt(replace(pane.prompt(), system="Typed, not saved"))
            controller = controller_of(window)
            controller.take(tmp_path / "basic.prompty")
            await window.idle()
            assert prompt.versions[-2].prompt.system == "Typed, not saved"
            assert pane.prompt() == prompt.versions[-1].prompt
            assert pane.prompt().system.startswith("You answer from the handbook.")
            (message,) = window.views.window.messages.bar.messages()
            assert message.text() == ("basic.prompty gave v3 Benefits desk. 1 thing could not be "
                                      "taken over as meant.")
            message.buttons()[0].click()
            assert controller.dialog is not None
            assert controller.dialog.table.item(0, 0).text() == "model gpt-4o-mini"
            assert window.reported == []

    run(story())


def test_tests_become_cases_and_the_prompt_goes_out(run: Run, tmp_path: Path) -> None:
    (tmp_path / "promptfooconfig.yaml").write_text(PROMPTFOO, encoding="utf-8")

    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            controller = controller_of(window)
            controller.take(tmp_path / "promptfooconfig.yaml")
            await window.idle()
            store = window.session._ports.store  # type: ignore[union-attr]
            assert len(await store.cases()) == 6
            window.views.prompt.show_prompt(
                replace(window.views.prompt.prompt(), system="On screen"))
            controller.give(tmp_path / "out.prompty")
            await window.idle()
            assert "system:\nOn screen\n" in (tmp_path / "out.prompty").read_text()
            assert window.reported == []

    run(story())
