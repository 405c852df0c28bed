"""The tour: it leads to the place of each step, does nothing else, and goes on where it stood."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.core.tours import FACT, Tour
from desktop.resource_files import resource
from desktop.ui.controllers.tour import TourController
from tests.conftest import Run

from .session_tools import Opened, make, opened

pytestmark = pytest.mark.usefixtures("dressed")


def tour_of(each: Opened) -> TourController:
    return next(c for c in each.session._controllers if isinstance(c, TourController))


def test_a_sample_leads_through_five_steps_to_decide(run: Run, tmp_path: Path) -> None:
    file = Path(shutil.copy(resource("samples/benefits.stratex"), tmp_path / "w.stratex"))

    async def story() -> None:
        async with opened(tmp_path, file) as each:
            tour = tour_of(each)
            assert tour.bar.isVisible() and tour.bar.title.text().startswith("1 of 5")
            assert tour.frame.parent() is each.views.ask.bar
            for _ in range(4):
                QTest.keyClick(tour.bar, Qt.Key.Key_Right)
                await each.idle()
            assert each.views.center.name() == "Decide"
            assert tour.frame.parent() is each.session.center.decide.view  # type: ignore[union-attr]
            assert each.answers() == []  # it asked nothing
            await each.session.close()
            await each.session.open(file)
            await each.idle()
            assert tour.tour == Tour("benefits", 4)
            QTest.keyClick(tour.bar, Qt.Key.Key_Escape)
            await each.idle()
            assert not tour.bar.isVisible() and tour.frame.parent() is None
            ports = each.session._ports
            assert ports is not None
            assert await ports.store.fact(FACT) == Tour("benefits", 4, shown=False).as_fact()
            each.views.window.actions_table.by_id["tour"].trigger()
            await each.idle()
            assert tour.tour == Tour("benefits", 0) and tour.bar.isVisible()
            assert each.reported == []

    run(story())


def test_a_workspace_of_ones_own_has_a_tour_when_asked_for(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path, await make(tmp_path / "a.stratex")) as each:
            tour = tour_of(each)
            assert not tour.bar.isVisible()
            each.views.window.actions_table.by_id["tour"].trigger()
            assert tour.bar.isVisible() and tour.frame.parent() is each.views.prompt
            await each.idle()

    run(story())
