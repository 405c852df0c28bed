"""Train locally: what it takes, how far it is, and the column at the end."""

from __future__ import annotations

from pathlib import Path

from desktop.core.types import Example
from tests.conftest import Run
from tests.core.test_local_tuning import chat
from tests.flows.test_local_training import MODEL, Trainer
from tests.ui.session_tools import Opened, opened


def controller(window: Opened, trainer: Trainer) -> object:
    """With a trainer that takes no time."""
    found = window.session.commands["train_local"].__self__  # type: ignore[attr-defined]
    object.__setattr__(found._ports, "local_training", trainer)
    return found


def test_a_training_ends_as_a_column(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            store = window.session._ports.store  # type: ignore[union-attr]
            await store.replace_examples([
                Example(0, n, chat(f"Question {n}?", f"Answer {n}.")) for n in range(1, 41)])
            found = controller(window, Trainer())
            window.session.commands["train_local"]()
            await window.idle()
            dialog = found.dialog  # type: ignore[attr-defined]
            assert dialog.go.isEnabled()
            before = dialog.time.text()
            assert before.startswith("~")
            dialog.epochs.setValue(8)
            assert dialog.time.text() != before
            dialog.go.click()
            await window.idle()
            assert window.reported == []
            names = [job.name for job in window.views.window.jobs.jobs()]
            assert "Train locally on 36 examples" in names
            message = window.views.window.messages.bar.messages()[0]
            assert MODEL.label in message.text()
            next(b for b in message.buttons() if b.text() == "Add as a column").click()
            await window.idle()
            columns = await store.strategies()
            assert columns[-1].deployment == MODEL.deployment
            assert columns[-1].fine_tuned

    run(story())


def test_without_enough_examples_it_says_what_to_do(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path, tmp_path / "a.stratex") as window:
            found = controller(window, Trainer())
            window.session.commands["train_local"]()
            await window.idle()
            dialog = found.dialog  # type: ignore[attr-defined]
            assert not dialog.go.isEnabled()
            assert "too few" in dialog.problem.text()
            assert "Fine-tuning" in dialog.problem.text()

    run(story())


