"""Fine-tuning jobs in the window, against a real server: from the form to the column."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from desktop.core.tuning import Job, Order
from desktop.core.types import Connection, Example, Rung
from desktop.flows import deploying, training, training_watch
from desktop.services.chats import Chats
from desktop.ui.panes.fine_tuning_jobs import JobsView
from tests.conftest import Run
from tests.servers.arm import MANAGEMENT_TOKEN
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import Scenario
from tests.services.tuning_helpers import MODEL

from .session_tools import Opened, make, opened, until

pytestmark = pytest.mark.usefixtures("dressed")
SUBSCRIPTION = "00000000-1111-2222-3333-444444444444"
DONE = Job(0, "service", "work", "succeeded", Order(MODEL, suffix="voice"), "ftjob-1",
           fine_tuned_model=f"{MODEL}.ft-1-voice", results_read=True)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[AzureEmulator]:
    for module, names in ((training, ("FIRST_WAIT",)), (training_watch, ("FIRST", "SLOWEST")),
                          (deploying, ("FIRST",))):
        for name in names:
            monkeypatch.setattr(module, name, 0.01)
    with AzureEmulator(Scenario()) as running:
        monkeypatch.setenv("WORK_KEY", running.key)
        yield running


def examples(count: int) -> list[Example]:
    return [Example(0, number + 1, {"messages": [
        {"role": "user", "content": f"What does rule number {number} say of {number * 7} days?"},
        {"role": "assistant", "content": f"Rule {number} grants {number * 7} days."}]},
        split="validation" if number % 10 == 0 else "training") for number in range(count)]


@asynccontextmanager
async def ready(
    folder: Path, server: AzureEmulator, rows: int = 60
) -> AsyncIterator[tuple[Opened, JobsView]]:
    """An open window with a dataset, and a connection `work` to the server."""
    file = await make(folder / "w.stratex") if not (folder / "w.stratex").exists() else (
        folder / "w.stratex")
    async with opened(folder) as window:
        parts = window.parts
        work = Connection("work", "azure", server.url, key_env="WORK_KEY")
        parts.update_settings(lambda now: replace(now, connections=(work,)))
        parts.chats = Chats(lambda: parts.current.connections, parts.secrets, parts.embedder)
        await window.session.open(file)
        await window.idle()
        if rows and not await window.session.training.ports.store.examples():
            await window.session.training.ports.store.replace_examples(examples(rows))
        try:
            yield window, window.session.training.view
        finally:
            await window.tasks.end_others()
            await parts.chats.aclose()


async def form_filled(window: Opened, view: JobsView, model: str = MODEL) -> None:
    window.session.commands["submit_job"]()
    await until(lambda: view.form.connection.count() and view.form.dataset.text())
    await until(lambda: "Checking" not in view.form.dataset.text() or view.form.refusal.isVisible())
    view.form.model.setEditText(model)
    view.form.suffix.setText("voice")


def states(view: JobsView) -> list[str]:
    return [view.table.item(row, 1).text() for row in range(view.table.rowCount())]


def test_from_the_form_to_the_trained_model(
    run: Run, tmp_path: Path, server: AzureEmulator
) -> None:
    async def story() -> None:
        async with ready(tmp_path, server) as (window, view):
            await form_filled(window, view)
            assert "54" in view.form.dataset.text() or "60" in view.form.dataset.text()
            await until(lambda: "work can train these" in view.form.hint.text())
            assert view.form.model.findText(MODEL) >= 0
            assert view.form.submit.isEnabled(), view.form.problem.text()
            view.form.submit.click()
            await until(lambda: states(view) == ["succeeded"])
            await until(lambda: not window.tasks.names())
            detail = view.detail
            assert detail.plot.picture is not None and detail.plot.picture.height
            assert "Training loss from" in detail.plot.accessibleDescription()
            detail.views.choose(2)
            assert "Job succeeded." in detail.text.toPlainText()
            assert any("Deploy it under Jobs" in message.text()
                       for message in window.views.window.messages.bar.messages())

            assert window.reported == []

    run(story())


def test_a_trained_model_becomes_two_columns(
    run: Run, tmp_path: Path, server: AzureEmulator
) -> None:
    async def story() -> None:
        async with ready(tmp_path, server, rows=0) as (window, view):
            store = window.session.training.ports.store
            await store.save_job(DONE)
            await window.session.training.open(window.session.training.ports)
            card = view.deploy
            assert not card.isHidden() and "15 days" in card.costs.text()
            assert not card.deploy.isEnabled()
            card.fields["subscription"].setText(SUBSCRIPTION)
            card.fields["resource_group"].setText("group")
            card.fields["account"].setText("acct")
            card.token.setText(MANAGEMENT_TOKEN)
            card.copy_az.click()
            assert "--sku-name Standard" in QGuiApplication.clipboard().text()
            card.deploy.click()
            assert card.token.text() == "", "a pasted token is not kept"
            await until(lambda: not window.tasks.names())
            card.use_documents.click()
            await until(lambda: not window.tasks.names())
            await window.idle()
            columns = await store.strategies()
            assert [(each.name, each.deployment) for each in columns][3:] == [
                (Rung.FINE_TUNED.value, "voice"), (Rung.FINE_TUNED_DOCUMENTS.value, "voice")]
            assert window.parts.current.connections[0].deployments[0].name == "voice"
            assert window.reported == []

    run(story())


def test_watching_goes_on_after_a_restart(
    run: Run, tmp_path: Path, server: AzureEmulator
) -> None:
    async def first() -> None:
        async with ready(tmp_path, server) as (window, view):
            await form_filled(window, view)
            view.form.submit.click()
            await until(lambda: states(view) in (["pending"], ["running"]))

    async def later() -> None:
        async with ready(tmp_path, server) as (window, view):
            await until(lambda: states(view) == ["succeeded"])
            [job] = window.session.training.jobs.values()
            ids = [event.id for event in job.events]
            assert len(ids) == len(set(ids))

    run(first())
    run(later())
    assert len(server.authoring.jobs) == 1


def test_pause_and_cancel_and_a_failure_explained(
    run: Run, tmp_path: Path, server: AzureEmulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_watch, "FIRST", 0.2)
    monkeypatch.setattr(training_watch, "SLOWEST", 0.2)

    async def story() -> None:
        async with ready(tmp_path, server) as (window, view):
            await form_filled(window, view)
            view.form.submit.click()
            await until(lambda: states(view) == ["running"])
            said = window.views.window.status.network.words.text()
            assert "fine-tuning at 127.0.0.1" in said and "Offline" not in said
            view.detail.pause.click()
            await until(lambda: states(view) == ["paused"])
            assert view.detail.pause.text() == "Resume"
            view.detail.cancel.click()
            await until(lambda: states(view) == ["cancelled"])
            await form_filled(window, view, "gpt-4.1-mini-unsafe-data")
            view.form.submit.click()
            await until(lambda: "failed" in states(view))
            assert not view.detail.problem.isHidden()
            assert "hate, violence" in view.detail.problem.text()

    run(story())


def test_a_dataset_with_errors_says_so_before_anything_is_sent(
    run: Run, tmp_path: Path, server: AzureEmulator
) -> None:
    async def story() -> None:
        async with ready(tmp_path, server, rows=4) as (window, view):
            window.session.commands["submit_job"]()
            await until(lambda: not view.form.refusal.isHidden())
            assert "fewer than 10" in view.form.refusal.text()
            assert not view.form.submit.isEnabled()
            view.form.back.click()
            assert view.pages.currentIndex() == 0, "nothing yet: what to do is said"

    run(story())
    assert not server.authoring.files


def test_an_interrupted_submission_waits_for_a_yes(
    run: Run, tmp_path: Path, server: AzureEmulator
) -> None:
    server.authoring.loses.add("POST /fine_tuning/jobs")

    async def story() -> None:
        async with ready(tmp_path, server) as (window, view):
            await form_filled(window, view)
            view.form.submit.click()
            await until(lambda: states(view) == ["not submitted"])
            await until(lambda: not window.tasks.names())
            assert len(window.reported) == 1
            assert view.detail.go_on.isVisibleTo(view.detail)
            view.detail.go_on.click()
            await until(lambda: states(view) == ["succeeded"])

    run(story())
    assert len(server.authoring.jobs) == 1


def test_the_form_says_what_is_wrong_where_it_is_typed(qtbot: object) -> None:
    view = JobsView()
    form = view.form
    form.show_connections(["work"])
    form.show_models([MODEL], "")
    form.show_dataset("12 examples", "dpo", ())
    for name, text, words in (("Epochs", "three", "not a number"), ("Seed", "1.5", "whole"),
                              ("Beta", "3", "at most 2"), ("Batch size", "0", "from 1 to 256")):
        form.numbers[name].setText(text)
        assert words in form.problem.text() and not form.submit.isEnabled()
        form.numbers[name].clear()
    assert form.submit.isEnabled()
    form.suffix.setText("a-suffix-of-more-than-18")
    assert "18 characters" in form.problem.text() and form.submit.isEnabled()
    form.show_connections([])
    assert not form.submit.isEnabled() and "connection" in form.submit.toolTip()
    view.deleteLater()


def test_unknown_states_are_shown_as_they_come(qtbot: object) -> None:
    view = JobsView()
    view.show_jobs([Job(1, "service", "work", "validating_files", Order("gpt"), "ftjob-1"),
                    Job(2, "service", "work", "hibernating", Order("gpt"), "ftjob-2")],
                   "2026-11-20T14:00:00+00:00", frozenset())
    assert states(view) == ["validating files", "hibernating"]
    assert view.table.item(0, 1).flags() & Qt.ItemFlag.ItemIsSelectable
    view.deleteLater()


def test_a_training_on_this_machine_stands_among_the_others(qtbot: object) -> None:
    local = Job(3, "local", "Built-in (offline)", "stopped", Order("Built-in"), examples=12)
    view = JobsView()
    view.show_jobs([local, replace(DONE, id=2)], "2026-11-20T14:00:00+00:00", frozenset())
    assert states(view) == ["stopped", "succeeded"]
    view.detail.show_job(local, "2026-11-20T14:00:00+00:00", 0.0)
    view.deploy.show_job(replace(local, fine_tuned_model="tuned"), 0.0, azure=False)
    for part in (view.detail.cancel, view.detail.pause, view.detail.go_on, view.deploy.deploy):
        assert part.isHidden()
    assert not view.deploy.isHidden(), "it becomes a column without being deployed"
    assert "on this machine" in view.detail.summary.text()
    view.deleteLater()
