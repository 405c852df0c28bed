"""Deploying a trained model and making it a column."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from ...core.deploying import Place
from ...flows.connections import SettingsStore
from ...flows.deploying import add_deployment, deploy, until_it_answers, use
from ...flows.tasks import Tasks
from ..main_window import MainWindow
from ..panes.fine_tuning_jobs import JobsView
from . import Controller
from .training import TrainingController

KEY = "deploy"


class DeployingController(Controller):
    """What the deploy card of a job asks for."""

    def __init__(
        self, training: TrainingController, tasks: Tasks, window: MainWindow,
        settings: Callable[[], SettingsStore], changed: Callable[[], object],
    ) -> None:
        """`changed` is called when a connection has a new deployment or there is a new column."""
        super().__init__(tasks)
        self._training = training
        self._window = window
        self._settings = settings
        self._changed = changed
        training.place.made.connect(self._made)

    def _made(self, view: JobsView) -> None:
        view.deploy.deployed.connect(self.deploy)
        view.deploy.used.connect(self.use)

    def deploy(self, job_id: int, place: Place, model: str, token: str) -> None:
        self._start(f"Deploy {place.deployment}", self._deploy(job_id, place, model, token))

    async def _deploy(self, job_id: int, place: Place, model: str, token: str) -> None:
        self._training.view.deploy.say(f"Asking Azure to deploy {place.deployment}")
        job = self._training.jobs[job_id]
        await deploy(job, place, model, self.ports, self._training.apply, token)
        await self._use(job_id, place.deployment, documents=False)

    def use(self, job_id: int, deployment: str, documents: bool) -> None:
        self._start(f"Use {deployment}", self._use(job_id, deployment, documents))

    async def _use(self, job_id: int, deployment: str, documents: bool) -> None:
        card = self._training.view.deploy
        job = self._training.jobs[job_id]
        if job.kind == "service":  # what was trained on this machine answers by itself
            card.say(f"Asking {deployment} for a word")
            job = await until_it_answers(job, deployment, self.ports, self._training.apply)
            add_deployment(job, self._settings())
        column = await use(job, self.ports, documents=documents)
        self._changed()
        card.say(f"{deployment} answers. {column.name} is a column now.")
        self._window.messages.say(f"{deployment} answers, and {column.name} is a column now.",
                                  "success")

    def _start(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.start(name, work, key=KEY, shown=True)
