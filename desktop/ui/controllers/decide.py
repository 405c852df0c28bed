"""Decide: judges the newest run when somebody looks, and saves reports."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ... import __version__
from ...core.advice.decision import Decision
from ...core.evaluation.summary import Averages, is_ceiling
from ...core.evaluation.types import Cause, Cell, Run, UseCase
from ...core.ports import Ports
from ...core.report.blocks import Report
from ...flows.deciding import decide
from ...flows.reporting import make_report
from ...flows.tasks import Tasks
from ...flows.use_case import load_use_case
from .. import file_dialogs
from ..compare.decide import DecideView
from ..compare.decide.view import KINDS
from ..main_window import MainWindow
from . import Controller
from .probes import ProbesController

DECIDE = "decide"


class ReportKeeper(Protocol):
    """What saving a report needs of the program around the window."""

    def hide_keys(self, text: str) -> str:
        """`text` without anything that looks like a key."""

    def render_report(self, report: Report, kind: str) -> bytes:
        """`html`, `md` or `csv`."""


class DecideController(Controller):
    """The decision is made when the view is on screen and something changed since."""

    def __init__(
        self, view: DecideView, tasks: Tasks, window: MainWindow, reports: ReportKeeper
    ) -> None:
        super().__init__(tasks)
        self.view = view
        self._window = window
        self._reports = reports
        self._stale = False
        self.probes = ProbesController(view, tasks, window, self.changed)
        view.shown.connect(self._look)
        view.reportRequested.connect(self.choose_file)

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        await self.probes.open(ports)
        self.changed()

    def close(self) -> None:
        self._stale = False
        self.probes.close()
        super().close()
        self.view.show_decision(None, None, UseCase())

    def changed(self) -> None:
        """A run ended, a goal, a case or a rating changed: what is shown no longer holds."""
        self._stale = True
        if self.view.isVisible():
            self._look()

    def _look(self) -> None:
        if self._stale and self.is_open:
            self._stale = False
            self.view.show_working()
            self.tasks.start("Decide", self._decide(), key=DECIDE)

    async def _decide(self) -> None:
        try:
            await self.refresh()
        except Exception:
            self._stale = True  # the message says why; the next look tries again
            self.view.show_decision(None, None, UseCase())
            raise

    async def refresh(self) -> None:
        """Judge the newest run that has answers, and show it."""
        store = self.ports.store
        decision = await decide(self.ports)
        run = next((run for run in await store.runs() if run.id == decision.run), None)
        cells = await store.cells(run.id) if run is not None else []
        self.view.show_decision(
            decision, decision.summary, await load_use_case(store), run,
            len(await store.cases()), failing_cases(decision, run, cells),
        )

    # --- reports -----------------------------------------------------------------------

    def choose_file(self, kind: str) -> None:
        """Ask where to; the system asks before a file is replaced."""
        file_dialogs.choose_new_file(
            self._window, "Save report", f"{KINDS[kind].split(',')[0]} (*.{kind})", kind,
            lambda path: self.save(path, kind),
        )

    def save(self, path: Path, kind: str) -> None:
        """Write a report of that kind."""
        self.tasks.start(f"Save {path.name}", self._save(path, kind), shown=True)

    async def _save(self, path: Path, kind: str) -> None:
        shown = self.view.decision()
        run_id = shown.run if shown is not None else None
        report = await make_report(self.ports, __version__, run_id, self._reports.hide_keys)
        await self.ports.files.write(str(path), await self._content(report, kind))
        self._window.messages.say(f"Report saved as {path.name}.", "success", seconds=8)

    async def _content(self, report: Report, kind: str) -> bytes:
        if kind != "pdf":
            return await asyncio.to_thread(self._reports.render_report, report, kind)
        from ..compare.decide.pdf import pdf_steps

        steps = pdf_steps(report)
        while True:
            try:
                next(steps)
            except StopIteration as end:
                return bytes(end.value)
            await asyncio.sleep(0)


def failing_cases(
    decision: Decision, run: Run | None, cells: Sequence[Cell]
) -> Mapping[Cause, Sequence[int]]:
    """Case ids by cause, of the strategy whose failures the decision counts."""
    if run is None:
        return {}
    averages, wanted = Averages(run, cells), set(decision.failures)
    named = [each for each in run.strategies if each.name == decision.strategy]
    others = [each for each in run.strategies if not is_ceiling(each)]
    ranked = averages.best_first(decision.metric, others) if decision.metric else []
    ids = {each.id for each in [*named, *ranked][:1]}
    found: dict[Cause, dict[int, None]] = {}
    for cell in cells:
        if cell.attribution and cell.strategy_id in ids and cell.case_id in wanted:
            found.setdefault(cell.attribution.cause, {})[cell.case_id] = None
    return {cause: list(cases) for cause, cases in found.items()}
