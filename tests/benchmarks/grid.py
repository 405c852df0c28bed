"""The grid of Evaluate with 1,000 cases x 8 columns: opening it, and a step of scrolling.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.grid

Prints the seconds from cells to a painted grid, the 95th percentile of the paint of a scroll
step (one row, as the wheel and the arrow key move; and the whole viewport, as a jump paints),
and how long 8,000 changed cells hold the window up in the longest step.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from PySide6.QtWidgets import QApplication

from desktop.core.evaluation.types import Cell, CellState, Run, RunState
from desktop.core.events import CellChanged
from desktop.core.types import Answer, AnswerState, Case, Strategy
from desktop.ui import theme
from desktop.ui.compare.evaluate.view import EvaluateView

CASES, COLUMNS, STEPS = 1000, 8, 200


def material() -> tuple[list[Case], Run, list[Cell]]:
    """Cases, a run and its 8,000 cells."""
    cases = [Case(n, f"What does the plan pay for treatment number {n}?", "Up to $150 a year.",
                  (("Benefits.pdf", n % 40 + 1),), ("benefits",)) for n in range(1, CASES + 1)]
    strategies = tuple(
        Strategy(n, f"Strategy {n}", prompt=None if n == 1 else "1") for n in range(1, COLUMNS + 1))
    run = Run(1, RunState.DONE, strategies, tuple(case.id for case in cases),
              metrics=("token_f1",), started_at="2026-11-20T16:10:00+00:00")
    cells = [
        Cell(case.id * COLUMNS + strategy.id, 1, case.id, strategy.id, 0, CellState.DONE,
             Answer(strategy.name, "model", case.question, AnswerState.DONE,
                    f"The plan pays up to ${case.id} for it in each plan year. [1] " * 4),
             {"token_f1": (case.id * strategy.id % 100) / 100, "groundedness": 0.9})
        for case in cases for strategy in strategies
    ]
    return cases, run, cells


def milliseconds(work: Callable[[], object]) -> float:
    """How long it took."""
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def p95(values: list[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[int(len(values) * 0.95)]


def scroll(view: EvaluateView, rows: int) -> tuple[list[float], list[float]]:
    """The milliseconds of each step of so many rows: on the clock, and of this process."""
    bar, step = view.table.verticalScrollBar(), view.table.rowHeight(0) * rows
    bar.setValue(0)
    QApplication.processEvents()
    spent, used = [], []
    for number in range(1, STEPS + 1):
        def one(place: int = number) -> None:
            bar.setValue(place * step % max(1, bar.maximum()))
            QApplication.processEvents()
        before = time.process_time()
        spent.append(milliseconds(one))
        used.append((time.process_time() - before) * 1000)
    return spent, used


def changes(view: EvaluateView, cells: list[Cell]) -> float:
    """The longest step while every cell changes, a hundred between two turns of the loop."""
    longest = 0.0
    for place in range(0, len(cells), 100):
        def some(start: int = place) -> None:
            for cell in cells[start:start + 100]:
                view.apply(CellChanged(cell))
            view.model.flush()
            QApplication.processEvents()
        longest = max(longest, milliseconds(some))
    return max(longest, milliseconds(view.count))


def main() -> None:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    cases, run, cells = material()
    view = EvaluateView()
    view.resize(1440, 900)

    def opened() -> None:
        view.show_cases(cases)
        view.show_run(run, cells)
        view.show()
        QApplication.processEvents()

    opening = milliseconds(opened) / 1000
    row, page = scroll(view, 1), scroll(view, 15)
    print(json.dumps({
        "cells": len(cells), "open_seconds": round(opening, 3),
        "scroll_row_p95_ms": round(p95(row[0]), 2), "scroll_row_p95_cpu_ms": round(p95(row[1]), 2),
        "scroll_page_p95_ms": round(p95(page[0]), 2),
        "scroll_page_p95_cpu_ms": round(p95(page[1]), 2),
        "changes_longest_ms": round(changes(view, cells), 1),
    }))


if __name__ == "__main__":
    main()
