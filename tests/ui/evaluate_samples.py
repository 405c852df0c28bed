"""A small run: two cases that pass and fail in different columns, and ways to end badly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from desktop.core.evaluation.types import Attribution, Cause, Cell, CellState, Run, RunState
from desktop.core.strategies import starter_strategies
from desktop.core.types import Answer, AnswerState, Case, Message, Strategy, Usage
from desktop.ui.compare.evaluate.view import EvaluateView

from .samples import hit

STRATEGIES = [replace(s, id=n) for n, s in enumerate(starter_strategies(), 1)]
CASES = [
    Case(1, "Are eyeglasses covered?", "One pair a year.", (("Vision.pdf", 4),), ("vision",)),
    Case(2, "Is acupuncture covered?", "Twelve visits.", tags=("therapies",)),
    Case(3, "How do I appeal?", "Write within 180 days."),
    Case(4, "Is massage covered?", "=HYPERLINK(1)"),
]
RULE = "Token F1 is 0.20, below 0.40. Leave.md is not among the 5 passages given."


def run(state: RunState = RunState.DONE, number: int = 7, **more: object) -> Run:
    made = Run(number, state, tuple(STRATEGIES), tuple(case.id for case in CASES),
               metrics=("token_f1", "groundedness"), started_at="2026-11-20T16:10:00+00:00")
    return replace(made, **more)  # type: ignore[arg-type]


def cell(
    case_id: int, strategy: int, score: float | None, state: CellState = CellState.DONE,
    cause: Cause | None = None, text: str = "One pair a year. [1]", **more: object,
) -> Cell:
    name = STRATEGIES[strategy - 1].name
    answer = Answer(
        name, "mini", CASES[case_id - 1].question, AnswerState.DONE, text,
        context=(hit(1), hit(2)), messages=(Message("user", "?"),), usage=Usage(100, 9),
        seconds=1.2, cost=0.001, prompt_version=3)
    if state is not CellState.DONE:
        answer = replace(answer, text="", state=AnswerState.FAILED,
                         error="The service is busy. It asked to wait. Retry later.",
                         remedy="Retry later.")
    scores: Mapping[str, float | None] = {} if score is None else {
        "token_f1": score, "groundedness": None if strategy == 1 else 0.9}
    made = Cell(case_id * 10 + strategy, 7, case_id, strategy, 0, state, answer, scores,
                Attribution(cause, RULE) if cause else None)
    return replace(made, **more)  # type: ignore[arg-type]


def cells() -> list[Cell]:
    """Case 1 differs, case 2 fails everywhere, case 3 has errors, case 4 passes everywhere."""
    return [
        cell(1, 1, 0.2), cell(1, 2, 0.3), cell(1, 3, 0.9),
        cell(2, 1, 0.1), cell(2, 2, 0.1), cell(2, 3, 0.2, cause=Cause.NOT_RETRIEVED),
        cell(3, 1, None, CellState.FILTERED), cell(3, 2, 0.6),
        cell(3, 3, None, CellState.THROTTLED),
        cell(4, 1, 0.7), cell(4, 2, 0.8, recorded=True), cell(4, 3, 0.9),
    ]


def fill(view: EvaluateView, strategies: list[Strategy] = STRATEGIES) -> EvaluateView:
    view.show_strategies(strategies)
    view.show_cases(CASES)
    view.show_runs([run()])
    view.show_run(run(), cells())
    return view
