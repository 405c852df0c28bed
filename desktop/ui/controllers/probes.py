"""Probes from Decide: what they would take, then yes or no, then a shown job."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from ...core.errors import StrategyExplorerError
from ...core.evaluation.probes import ShotPlan
from ...core.evaluation.types import RunState
from ...core.events import Event, RunProgress
from ...core.ports import Ports
from ...flows.drifting import DriftPlan, ask_general_questions, estimate_drift, plan_drift
from ...flows.probing import estimate_shot_curve, plan_shot_curve, run_shot_curve
from ...flows.tasks import Tasks
from ..compare.decide import DecideView
from ..compare.decide.probe import ProbeBox
from ..compare.evaluate.run_words import estimate_text
from ..main_window import MainWindow
from . import Controller
from .evaluate import RUN

PROBE = "probe"  # the key of planning
WORKING = "Asking. The jobs at the bottom show how far it is and stop it."


class ProbesController(Controller):
    """The shot curve and the general questions. `done` is called when something was measured."""

    def __init__(
        self, view: DecideView, tasks: Tasks, window: MainWindow, done: Callable[[], None]
    ) -> None:
        super().__init__(tasks)
        self._view = view
        self._window = window
        self._done = done
        self._shots: ShotPlan | None = None
        self._drift: DriftPlan | None = None
        self._job = 0
        shots, drift = view.readiness.probe, view.guidance.drift
        shots.planned.connect(lambda: self._plan(shots, self._plan_shots()))
        shots.started.connect(lambda: self._start(shots, "Shot curve", self._run_shots()))
        drift.planned.connect(lambda: self._plan(drift, self._plan_drift()))
        drift.started.connect(lambda: self._start(drift, "General questions", self._run_drift()))

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self._shots = self._drift = None

    def _plan(self, box: ProbeBox, work: Coroutine[Any, Any, str]) -> None:
        if self.is_open:
            box.show_working("Working out what it would take")
            self.tasks.start("Estimate", self._estimated(box, work), key=PROBE)
        else:
            work.close()

    async def _estimated(self, box: ProbeBox, work: Coroutine[Any, Any, str]) -> None:
        try:
            box.show_estimate(await work)
        except StrategyExplorerError:
            box.show_idle()
            raise

    async def _plan_shots(self) -> str:
        decision = self._view.decision()
        self._shots = plan = await plan_shot_curve(
            self.ports, decision.leader if decision is not None else "")
        found = await estimate_shot_curve(plan, self.ports)
        return (f"{plan.of} over {len(plan.cases)} tune cases; examples from {plan.source}. "
                f"{estimate_text(found).removeprefix('Run: ')}.")

    async def _plan_drift(self) -> str:
        self._drift = plan = await plan_drift(self.ports)
        found = await estimate_drift(plan, self.ports)
        return (f"{plan.tuned.name} against {plan.base.name}, without prompt or documents. "
                f"{estimate_text(found).removeprefix('Run: ')}.")

    def _start(self, box: ProbeBox, name: str, work: Coroutine[Any, Any, None]) -> None:
        if not self.is_open or self.tasks.running(RUN):
            work.close()
            self._window.messages.say("A run is going on. Pause or stop it first.", "warning")
            return
        box.show_working(WORKING)
        self._job = self.tasks.start(name, self._asked(box, work), key=RUN, shown=True)

    async def _asked(self, box: ProbeBox, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            box.show_idle()
            self._done()

    async def _run_shots(self) -> None:
        assert self._shots is not None, "planned before it is started"
        run = await run_shot_curve(self._shots, self.ports, self._apply)
        if run.state is RunState.PAUSED:
            self._window.messages.say("The shot curve is not finished. Evaluate goes on with it.")

    def _apply(self, event: Event) -> None:
        if isinstance(event, RunProgress):
            self.tasks.update(self._job, f"{event.done:,} of {event.total:,} cells",
                              event.done / event.total, event.seconds_left)

    async def _run_drift(self) -> None:
        assert self._drift is not None, "planned before it is started"
        await ask_general_questions(self._drift, self.ports, self._tell)

    def _tell(self, done: int, of: int) -> None:
        self.tasks.update(self._job, f"{done} of {of} answers", done / of)
