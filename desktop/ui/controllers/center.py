"""The tabs of the centre: Evaluate and Decide get their controllers when first shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QWidget

from ...core.evaluation.types import Cell
from ...core.ports import Ports
from ...core.types import Message
from ...flows.cases import add_question
from ...flows.tasks import Tasks
from ..center import Center
from ..compare.decide.view import DecideView
from ..compare.evaluate.view import EvaluateView
from ..main_window import MainWindow
from . import Controller
from .ask import AskController
from .decide import DecideController, ReportKeeper
from .evaluate import EvaluateController
from .pages import PagesController
from .prompt import PromptController

ASK, EVALUATE, DECIDE = "Ask", "Evaluate", "Decide"
PANES = {"Prompt": "show_prompt", "Documents": "show_documents", "Fine-tuning": "show_fine_tuning"}


class CenterController(Controller):
    """Leads from one view to another: from a figure to its cells, from a cause to its pane."""

    def __init__(
        self, center: Center, tasks: Tasks, window: MainWindow, ask: AskController,
        prompt: PromptController, pages: PagesController, reports: ReportKeeper,
    ) -> None:
        super().__init__(tasks)
        self.center = center
        self.evaluate: EvaluateController | None = None
        self.decide: DecideController | None = None
        self._window = window
        self._ask = ask
        self._prompt = prompt
        self._pages = pages
        self._reports = reports
        self._opening = asyncio.Lock()  # what is shown next waits until a view has opened
        center.made.connect(self._made)
        center.shown.connect(self._shown)

    def _made(self, name: str, view: QWidget) -> None:
        if isinstance(view, EvaluateView):
            self.evaluate = EvaluateController(
                view, self.tasks, self._window, self._prompt, self._pages
            )
            view.detailShown.connect(self._window.panes.lend)
        elif isinstance(view, DecideView):
            self.decide = DecideController(view, self.tasks, self._window, self._reports)
            view.evidenceRequested.connect(self.show_evidence)
            view.paneRequested.connect(self.show_pane)
            view.goalRequested.connect(self.ask_goal)
            view.runRequested.connect(self.show_evaluate)
            view.casesRequested.connect(self.show_cases)
            view.commandRequested.connect(self._window.commandRequested)
            if self.is_open:
                view.show_working()  # it may have to wait until Evaluate has opened
        if self.is_open:
            self.tasks.start(f"Show {name}", self._open_view(name))

    async def _open_view(self, name: str) -> None:
        controller = self.evaluate if name == EVALUATE else self.decide
        async with self._opening:
            if controller is not None and self.is_open and not controller.is_open:
                await controller.open(self.ports)

    def _shown(self, name: str) -> None:
        """Strategies, cases and runs may have changed behind a view that was not in front."""
        if name == EVALUATE and self.evaluate is not None and self.evaluate.is_open:
            self.evaluate.refresh()
        if name == DECIDE and self.decide is not None and self.decide.is_open:
            self.decide.changed()

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        for controller in (self.evaluate, self.decide):
            if controller is not None:
                await controller.open(ports)

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"save_report": self.save_report}

    def close(self) -> None:
        for controller in (self.evaluate, self.decide):
            if controller is not None and controller.is_open:
                controller.close()
        super().close()

    # --- from one view to another ------------------------------------------------------

    def show_ask(self) -> None:
        self.center.show_view(ASK)

    def show_evaluate(self) -> None:
        self.center.show_view(EVALUATE)

    async def open_cell(self, cell: Cell) -> None:
        """One cell under Evaluate, in full."""
        self.show_evaluate()
        if self.evaluate is not None:
            await self.evaluate.open_cell(cell)

    def show_decide(self) -> None:
        self.center.show_view(DECIDE)

    def save_report(self) -> None:
        """Decide, and a name for its report."""
        self.show_decide()
        if self.decide is not None:
            self.decide.choose_file("html")

    def show_cases(self) -> None:
        self.show_evaluate()
        if self.evaluate is not None:
            self.evaluate.view.show_cases_page()

    def import_cases(self, paths: Sequence[Path]) -> None:
        """Files of questions, under Evaluate."""
        self.show_evaluate()
        if self.is_open:
            self.tasks.start("Import cases", self._import_cases(list(paths)))

    async def _import_cases(self, paths: list[Path]) -> None:
        await self._open_view(EVALUATE)
        if self.evaluate is not None:
            self.evaluate.cases.import_files(paths)

    def ask_goal(self) -> None:
        self.show_cases()
        if self.evaluate is not None:
            self.evaluate.view.cases.open_goal()

    def go(self) -> None:
        """Ctrl+Enter: a run where Evaluate is in front, else the question."""
        if self.center.name() == EVALUATE and self.evaluate is not None:
            self.evaluate.view.run()
        else:
            self.show_ask()
            self._ask.view.ask()

    def stop(self) -> None:
        """Esc: whatever of the two is going on."""
        self._ask.view.stop()
        if self.evaluate is not None and self.evaluate.is_open:
            self.evaluate.stop()

    def make_case(self) -> None:
        """The question on screen becomes a case."""
        question, history, said_by = self._ask.question_now()
        if question and self.is_open:
            self.tasks.start("Make a case", self._make_case(question, history, said_by))

    async def _make_case(
        self, question: str, history: Sequence[Message], said_by: str
    ) -> None:
        if await add_question(question, self.ports, history) is None:
            self._window.messages.say("This question is a case already.", seconds=6)
            return
        with_turns = f" with the conversation of {said_by}" if history else ""
        self._window.messages.say(
            f"The question is a case now{with_turns}. Give it a reference answer under Evaluate, "
            "Cases.",
            "success", seconds=8,
        )
        self._shown(self.center.name())

    def show_evidence(self, evidence: Mapping[str, Any]) -> None:
        """The cells behind a figure: those of its run, its columns and its cases."""
        self.show_evaluate()
        if self.evaluate is not None and self.is_open:
            self.tasks.start("Show cells", self._show_evidence(evidence), key="evidence")

    async def _show_evidence(self, evidence: Mapping[str, Any]) -> None:
        await self._open_view(EVALUATE)  # its view may have been made just now
        evaluate = self.evaluate
        assert evaluate is not None, "made when its view was shown"
        shown, run = evaluate.view.run_shown(), evidence.get("run")
        if run is not None and (shown is None or shown.id != run):
            await evaluate.show_run(run)
        if evidence.get("metric"):
            evaluate.view.show_metric(evidence["metric"])
        if evidence.get("cases"):
            evaluate.view.list_cases(evidence["cases"], evidence.get("strategies", ()))

    def show_pane(self, name: str, evidence: Mapping[str, Any]) -> None:
        """The pane that helps, with the failing cells listed beside it."""
        getattr(self._window, PANES[name])()
        if evidence.get("cases"):
            self.show_evidence(evidence)
