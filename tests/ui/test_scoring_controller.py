"""Scores and their options on a real workspace: kept, confirmed on this machine, scored again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from desktop.core.evaluation.chosen import FACT, Chosen
from desktop.core.evaluation.types import UseCase
from desktop.core.ports import SqlComparison
from desktop.core.settings import Settings
from desktop.flows import rescoring
from desktop.flows.scoring import load_chosen
from desktop.services.forms import check
from desktop.ui.controllers import scoring as module
from desktop.ui.controllers.scoring import ScoringController

from .test_evaluate_controller import Desk, play

__all__ = ["play"]


class Forms:
    async def matches(self, pattern: str, text: str) -> bool:
        return check({"pattern": pattern, "text": text}) == 1.0

    async def fits(self, schema: str, text: str) -> bool:
        return check({"schema": schema, "text": text}) == 1.0

    async def aclose(self) -> None:
        return None


class Sql:
    def __init__(self) -> None:
        self.opened: list[str] = []

    async def compare(self, database: str, query: str, accepted: str) -> SqlComparison:
        self.opened.append(database)
        return SqlComparison(True)


class Keeper:
    def __init__(self) -> None:
        self.current = Settings()

    def update_settings(self, change: Callable[[Settings], Settings]) -> Settings:
        self.current = change(self.current)
        return self.current


async def graded(case: Any, answer: Any, names: Any, ports: Any) -> Any:
    return {name: {"token_f1": 0.25, "exact": 1.0}.get(name) for name in names}


async def desk_with_scores(desk: Desk, sql: Any = None) -> tuple[ScoringController, Keeper]:
    keeper = Keeper()
    center: Any = SimpleNamespace(evaluate=desk.controller, show_evaluate=lambda: None)
    made = ScoringController(center, desk.tasks, desk.window, keeper)
    await made.open(replace(desk.controller.ports, forms=Forms(), sql=sql))
    return made, keeper


def test_what_is_kept_is_used_and_weights_are_seen_at_once(play, monkeypatch):
    async def scene(desk: Desk) -> None:
        made, _ = await desk_with_scores(desk)
        desk.view.run()
        await desk.idle()
        made.commands()["scoring"]()
        await desk.idle()
        dialog = made.dialog
        dialog.rows.weights["token_f1"].setValue(1.0)
        dialog.keep.click()
        await desk.idle()
        assert (await load_chosen(desk.controller.ports.store)).weights == {"token_f1": 1.0}
        assert desk.window.messages.bar.messages() == [], "weights need no scoring again"
        cell = desk.view.grid.all_cells()[0]
        assert cell.scores["weighted"] == 1.0 and not dialog.keep.isEnabled()
        desk.view.show_metric("weighted")
        assert "1.00 × Token F1 adds 1.00" in desk.view.table.head.words(1)
        made.close()
    play(scene)


def test_answers_are_scored_again_without_asking(play, monkeypatch):
    async def regraded(run: int, ports: Any, emit: Any) -> Any:
        return await rescoring.rescore(run, ports, emit, score=graded)
    monkeypatch.setattr(module, "rescore", regraded)

    async def scene(desk: Desk) -> None:
        made, _ = await desk_with_scores(desk)
        desk.view.run()
        await desk.idle()
        await desk.controller.ports.store.set_fact(FACT, Chosen(("exact",)).as_fact())
        made.show()
        await desk.idle()
        assert made.dialog.again.text() == "Score Run 1 again"
        made.dialog.again.click()
        assert not made.dialog.again.isEnabled()
        await desk.idle()
        assert [cell.scores for cell in desk.view.grid.all_cells()] == [{"exact": 1.0}] * 2
        assert [job for job in desk.jobs if job.sentence == "2 of 2 answers"]
        assert made.dialog.again.isEnabled()
        made.close()
    play(scene)


def test_a_strangers_database_is_opened_after_it_was_confirmed_here(play):
    sql = Sql()

    async def scene(desk: Desk) -> None:
        store = desk.controller.ports.store
        await store.set_fact(FACT, Chosen(database="/stranger/shop.db").as_fact())
        made, keeper = await desk_with_scores(desk, sql)
        assert "stays closed" in desk.window.messages.bar.messages()[0].what
        made.show()
        await desk.idle()
        assert made.dialog.confirm.isVisible() and not sql.opened
        made.dialog.confirm.click()
        await desk.idle()
        workspace = str(desk.controller.ports.workspace.absolute())
        assert keeper.current.may_open(workspace, "/stranger/shop.db")
        assert sql.opened == ["/stranger/shop.db"] and not made.dialog.confirm.isVisible()
        made.close()
    play(scene)


@pytest.mark.parametrize("typed", ["(", "[a-"])
def test_a_pattern_is_tried_while_it_is_typed(play, typed):
    async def scene(desk: Desk) -> None:
        made, _ = await desk_with_scores(desk)
        made.show()
        await desk.idle()
        made.dialog.pattern.setText(typed)
        made.dialog._check()
        await desk.idle()
        assert "pattern cannot be used" in made.dialog.wrong_pattern.text()
        made.close()
    play(scene)


def test_another_limit_of_the_goal_is_another_scale(play):
    async def scene(desk: Desk) -> None:
        store = desk.controller.ports.store
        await store.set_fact(FACT, Chosen(("token_f1",), weights={"latency": 1.0}).as_fact())
        desk.view.run()
        await desk.idle()
        cell = desk.view.grid.all_cells()[0]
        await store.set_scores("latency", {each.id: 2.0 for each in desk.view.grid.all_cells()})
        for most, share in ((4.0, 0.5), (8.0, 0.75)):
            desk.view.useCaseChanged.emit(UseCase(most_latency=most))
            await desk.idle()
            scores = {each.id: each.scores for each in desk.view.grid.all_cells()}
            assert scores[cell.id]["weighted"] == share
    play(scene)
