"""The tour of a workspace: where it is, what it frames, and that it goes on where it stood."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtWidgets import QWidget

from ...core.ports import Ports
from ...core.tours import FACT, Tour
from ...flows.tasks import Tasks
from ..tour_bar import Frame, TourBar
from ..views import Views
from . import Controller
from .center import CenterController


class TourController(Controller):
    """Leads to the place of each step when its reader says so; it asks and runs nothing."""

    def __init__(self, views: Views, tasks: Tasks, center: CenterController) -> None:
        super().__init__(tasks)
        self.bar = TourBar()
        self.frame = Frame()
        self.tour = Tour.of(None)
        self._views = views
        self._window = views.window
        self._center = center
        views.center.place_banner(self.bar)
        self.bar.moved.connect(self.move)
        self.bar.closed.connect(self.shut)
        self.bar.offered.connect(lambda action: self._window.actions_table.by_id[action].trigger())
        self.bar.startRequested.connect(self._window.show_start)
        views.center.shown.connect(lambda name: self._settle())

    def commands(self) -> Mapping[str, Callable[[], object]]:
        return {"tour": self.begin}

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self.tour = Tour.of(await ports.store.fact(FACT))
        if self.tour.shown:
            self.bar.show_tour(self.tour)
            self._settle()

    def close(self) -> None:
        self._hide()
        super().close()

    # --- what the reader does --------------------------------------------------------------

    def begin(self) -> None:
        """Open it where it stood, from its start where it was read to the end."""
        at = 0 if self.tour.is_last and not self.tour.shown else self.tour.at
        self._go(Tour(self.tour.name, at))
        self.bar.setFocus()

    def move(self, by: int) -> None:
        """A step on or back."""
        if self.is_open and self.tour.shown:
            self._go(self.tour.moved(by))

    def shut(self) -> None:
        """Close it; what was read is kept."""
        self.tour = Tour(self.tour.name, self.tour.at, shown=False)
        self._hide()
        self._keep()

    def _hide(self) -> None:
        self.bar.hide()
        self.frame.show_around(None)

    def _go(self, tour: Tour) -> None:
        self.tour = tour
        self.bar.show_tour(tour)
        self._lead()
        self._settle()
        self._keep()

    def _keep(self) -> None:
        if self.is_open:
            self.tasks.start("Keep the tour", self.ports.store.set_fact(FACT, self.tour.as_fact()),
                             key="tour")

    # --- places ----------------------------------------------------------------------------

    def _lead(self) -> None:
        """Bring the view or the pane of the step to the front."""
        window, place = self._window, self.tour.step.place
        views = {"question": window.show_ask, "columns": window.show_ask,
                 "evaluate": window.show_evaluate, "decide": window.show_decide}
        panes = {"prompt": window.show_prompt, "documents": window.show_documents,
                 "fine_tuning": window.show_fine_tuning}
        (views | panes)[place]()
        self.bar.setFocus()

    def _settle(self) -> None:
        """Frame what the step speaks of, where it is on screen."""
        if not self.tour.shown or not self.is_open:
            return
        widget = self._widget()
        self.frame.show_around(widget)

    def _widget(self) -> QWidget | None:
        views, center = self._views, self._center
        evaluate, decide = center.evaluate, center.decide
        found: Mapping[str, QWidget | None] = {
            "question": views.ask.bar, "columns": views.ask.board, "prompt": views.prompt,
            "documents": views.documents, "fine_tuning": views.dataset,
            "evaluate": evaluate.view if evaluate else None,
            "decide": decide.view if decide else None,
        }
        return found[self.tour.step.place]
