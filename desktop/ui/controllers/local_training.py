"""Train locally: the dialog, the job in the tray, and the column at the end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from ...core.errors import StrategyExplorerError
from ...core.local_tuning import Lesson
from ...core.ports import Ports
from ...core.tuning import Job, TuningChanged, TuningProgress
from ...flows import local_training
from ...flows.deploying import use
from ...flows.tasks import Tasks
from ..dialogs.train_local import TrainLocalDialog
from ..main_window import MainWindow
from . import Controller

TRAIN = "train locally"
ADD, WITH_DOCUMENTS, LATER = "Add as a column", "Add with documents", "Not now"


class LocalTrainingController(Controller):
    """One training at a time: it takes the whole machine."""

    def __init__(
        self, tasks: Tasks, window: MainWindow,
        told: Callable[[TuningChanged | TuningProgress], None],
        columns_changed: Callable[[], Awaitable[None]], models_changed: Callable[[], None],
    ) -> None:
        """`told` hears of the job, for the list of jobs; `columns_changed` shows new columns,
        `models_changed` the new model where models are chosen."""
        super().__init__(tasks)
        self.dialog: TrainLocalDialog | None = None
        self._window = window
        self._told = told
        self._columns_changed = columns_changed
        self._models_changed = models_changed

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"train_local": self.offer}

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        for job in await local_training.settle(ports):
            self._told(TuningChanged(job))

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()
        super().close()

    def offer(self) -> None:
        """The dialog, with what the dataset gives."""
        if not self.is_open:
            return
        if self.tasks.running(TRAIN):
            self._window.messages.say(
                "A training is going on. It is in the jobs tray; cancel it there.", "warning",
                seconds=8)
            return
        self.tasks.start("Train locally", self._offer())

    async def _offer(self) -> None:
        lesson, problem = None, ""
        try:
            lesson = await local_training.lesson(self.ports)
        except StrategyExplorerError as error:
            problem = str(error)
        self.dialog = TrainLocalDialog(lesson, problem, self._window)
        self.dialog.startRequested.connect(self.train)
        self.dialog.show()

    def train(self, lesson: Lesson) -> None:
        number = 0

        def tell(event: TuningChanged | TuningProgress) -> None:
            if isinstance(event, TuningProgress):
                self.tasks.update(number, event.sentence, event.share)
            elif event.job.over:  # until then the tray has it
                self._told(event)

        name = f"Train locally on {len(lesson.training):,} examples"
        number = self.tasks.start(name, self._train(lesson, tell), key=TRAIN, shown=True)

    async def _train(
        self, lesson: Lesson, tell: Callable[[TuningChanged | TuningProgress], None]
    ) -> None:
        job = await local_training.train_local(lesson, self.ports, tell)
        assert self.ports.local_training is not None
        await self.ports.local_training.models()  # the list of models knows it from now on
        self._models_changed()
        loss = next((f" Validation loss {p.valid_loss:.2f}." for p in reversed(job.points)
                     if p.valid_loss is not None), "")
        self._window.messages.ask(
            f"{job.fine_tuned_model} is trained", [ADD, WITH_DOCUMENTS, LATER],
            lambda reply: self._add(job, reply),
            why=f"Compare it with the others: a lower loss alone is no better answer.{loss}")

    def _add(self, job: Job, reply: str) -> None:
        if self.is_open and reply in (ADD, WITH_DOCUMENTS):
            self.tasks.start("Add a column", self._use(job, reply == WITH_DOCUMENTS))

    async def _use(self, job: Job, documents: bool) -> None:
        column = await use(job, self.ports, documents=documents)
        await self._columns_changed()
        self._window.messages.say(f"{column.name} is a column now. Ask, or run the cases.",
                                  "success", seconds=8)
