"""A new fine-tuning job: what can be trained, what it costs, and sending it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from ...core.errors import StrategyExplorerError
from ...core.spending import money
from ...core.tuning import Job, Order, TuningChanged, TuningProgress
from ...core.types import Connection
from ...flows.tasks import Tasks
from ...flows.training import resume, submit, trainer_of
from ...flows.training_preparing import Prepared, lines_of, prepare_dataset
from ..main_window import MainWindow
from ..panes.fine_tuning_jobs import JobsView
from . import Controller
from .training import TrainingController

# Where a resource does not tell: what Azure's pages name, with their dates.
MODELS = ("gpt-4.1-mini-2025-04-14", "gpt-4.1-2025-04-14", "gpt-4.1-nano-2025-04-14",
          "gpt-4o-2024-08-06", "gpt-4o-mini-2024-07-18")


class Prices(Protocol):
    """What the price table knows about training."""

    def models(self) -> Sequence[str]: ...
    def region_warning(self, model: str, region: str) -> str: ...


class SubmittingController(Controller):
    """The form behind "New job"."""

    def __init__(
        self, training: TrainingController, tasks: Tasks, window: MainWindow,
        connections: Callable[[], Sequence[Connection]], connect: Callable[[], object],
        prices: Prices,
    ) -> None:
        """`connect` opens the connections."""
        super().__init__(tasks)
        self._prices = prices
        self._region = ""  # of the chosen connection's resource, where it says so
        self._training = training
        self._window = window
        self._connections = connections
        self._connect_first = connect
        self._prepared: Prepared | None = None
        training.place.made.connect(self._made)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"submit_job": self.show}

    def _made(self, view: JobsView) -> None:
        view.newRequested.connect(self.show)
        view.detail.goOn.connect(self.go_on)
        form = view.form
        form.changed.connect(self._show_cost)
        form.submitted.connect(self.submit)
        form.connectionsWanted.connect(self._connect_first)
        form.connectionChosen.connect(self._load_models)

    def close(self) -> None:
        self._prepared = None
        if self._training.place.is_made:
            self._training.view.show_list()
        super().close()

    def show(self) -> None:
        """The form, with the dataset checked anew."""
        if not self.is_open:
            return
        self._training.flush()
        self._training.show_jobs()
        view = self._training.view
        view.show_form()
        view.form.show_connections([each.name for each in self._connections()
                                    if each.kind in ("azure", "openai")])
        view.form.show_checking()
        self.tasks.start("Check the dataset", self._prepare(), key="prepare job")

    async def _prepare(self) -> None:
        form = self._training.view.form
        self._prepared = None
        try:
            found = await prepare_dataset(form.model.currentText().strip(), self.ports)
        except StrategyExplorerError as error:
            form.show_refusal(error.what, error.why, error.remedy)
            return
        self._prepared = found
        form.show_dataset(_dataset_words(found), found.method, found.checks)
        self._show_cost()

    def _load_models(self, connection: str) -> None:
        self.tasks.start("List models", self._models(connection), key="list tunable models")

    async def _models(self, connection: str) -> None:
        """The resource's own list, else that of the pages; typing is always possible."""
        form, known = self._training.view.form, self._known_models()
        self._region = ""
        form.show_models(known, f"Asking {connection} what it can train…")
        try:
            found = await (await trainer_of(self.ports, connection)).offer()
        except StrategyExplorerError as error:
            form.show_models(known, f"{error.what}. These models may be tunable there.")
            return
        self._region = found.region
        if found.models:
            form.show_models([each.name for each in found.models],
                             f"{connection} can train these. Others can be typed.")
        else:
            form.show_models(known, f"{connection} does not say what it can train. Type its name "
                                    "where it is not here.")

    def _known_models(self) -> list[str]:
        """By their full names, and what the table knows beside them."""
        more = [name for name in self._prices.models() if self.ports.prices.tunable(name)]
        return [*MODELS, *(name for name in more
                           if not any(full.startswith(f"{name}-") for full in MODELS))]

    def _show_cost(self) -> None:
        form, prepared = self._training.view.form, self._prepared
        order = form.order()
        if order is not None and prepared is not None:
            form.show_cost(self._cost_words(order, prepared))
        elsewhere = order is not None and order.training_type in ("", "Standard")
        form.show_region(self._prices.region_warning(order.model, self._region)
                         if order is not None and elsewhere else "")

    def _cost_words(self, order: Order, prepared: Prepared) -> str:
        cost = prepared.cost(order, self.ports.prices.training(order.model))
        hosting = self.ports.prices.hosting()
        later = f" Hosting is about {money(hosting)} an hour once deployed." if hosting else ""
        if cost is None:
            return (f"The price of training {order.model} is not in the price table: "
                    f"{prepared.report.billable_tokens:,} tokens an epoch.{later}")
        return f"Training costs ~{money(cost)}, estimated.{later}"

    # --- sending -------------------------------------------------------------------------------

    def submit(self, connection: str, order: Order) -> None:
        self.tasks.start(f"Submit {order.suffix or 'job'}", self._submit(connection, order),
                         key="submit job", shown=True)

    async def _submit(self, connection: str, order: Order) -> None:
        """Checked once more: the dataset may have been edited since the form was opened."""
        self._training.flush()
        prepared = await prepare_dataset(order.model, self.ports)
        order = replace(order, method=prepared.method)
        cost = prepared.cost(order, self.ports.prices.training(order.model))
        wanted = replace(prepared.submission(connection, order), cost=cost)
        known = set(self._training.jobs)
        self._training.view.show_list()
        try:
            job = await submit(wanted, self.ports, self._apply)
        finally:
            self._training.nothing_is_sent()
        self._training.view.choose(job.id)
        if job.id in known and self._training.jobs[job.id].submitted:
            self._window.messages.say(
                f"{job.name} is {job.state}: this exact job was submitted before. Change the "
                "suffix or the seed to train again.", "info")
        self._sent(job)

    def _apply(self, event: TuningChanged | TuningProgress) -> None:
        """While it is sent, the number of the task is not known to the list's controller."""
        job_id = event.job_id if isinstance(event, TuningProgress) else event.job.id
        self._training.sending.add(job_id)
        if isinstance(event, TuningProgress):
            number = self.tasks.running("submit job")
            self.tasks.update(number, event.sentence, event.share)
        self._training.apply(event)

    def go_on(self, job_id: int) -> None:
        """Submit to the end what was interrupted."""
        job = self._training.jobs[job_id]
        self.tasks.start(f"Submit {job.name}", self._go_on(job), key="submit job", shown=True)

    async def _go_on(self, job: Job) -> None:
        try:
            self._sent(await resume(job, self.ports, self._apply))
        finally:
            self._training.nothing_is_sent()

    def _sent(self, job: Job) -> None:
        self._training.apply(TuningChanged(job))
        if not job.over:
            self._training.watch(job)


def _dataset_words(prepared: Prepared) -> str:
    report = prepared.report
    held = lines_of(prepared.validation)
    about = "" if report.exact else "~"
    said = f"{report.examples:,} examples, {about}{report.tokens:,} tokens"
    said += f"; {held:,} of them held back for validation." if held else (
        "; none are held back for validation, so overfitting would not show.")
    return " ".join((said, *prepared.warnings[:3]))
