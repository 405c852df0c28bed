"""Streaming 2,000 tokens into a column: painted one by one against gathered for 33 ms.

    QT_QPA_PLATFORM=offscreen python -m tests.benchmarks.painting

Prints both times, their ratio and the longest single step. "One by one" paints after every
token, as a view does that sets its text in the token's callback.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from PySide6.QtWidgets import QApplication

from desktop.core.events import AskStarted, ColumnSent, ColumnText
from desktop.core.strategies import starter_strategies
from desktop.core.types import Hit, Message, Strategy
from desktop.ui import theme
from desktop.ui.compare.ask_view import PAINT_EVERY, AskView

TOKENS = 2000
_SENTENCE = "The plan pays for one pair of eyeglasses in each plan year, up to $150. [1]"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds in all, and the longest step in milliseconds."""

    seconds: float
    longest_ms: float


def tokens() -> list[str]:
    """2,000 short pieces, with a paragraph every 100."""
    words = _SENTENCE.split()
    return [words[i % len(words)] + ("\n\n" if i % 100 == 99 else " ") for i in range(TOKENS)]


def make_view() -> AskView:
    """A shown view with three columns that are being asked."""
    view = AskView()
    view.resize(1000, 700)
    strategies = [Strategy(i + 1, s.name, prompt=s.prompt, retrieval=s.retrieval, position=i)
                  for i, s in enumerate(starter_strategies())]
    view.show_strategies(strategies, (), {})
    view.show()
    hit = Hit(1, 0.8, 1, 1, "Vision.pdf", 4, 3, 0, 9, "The plan.")
    view.apply(AskStarted("Are eyeglasses covered?", (1, 2, 3)))
    for column in (1, 2, 3):
        view.apply(ColumnSent(column, (Message("user", "?"),), (hit,)))
    QApplication.processEvents()
    return view


def stream(view: AskView, per_paint: int) -> Timing:
    """Feed all tokens into one column and paint every `per_paint` of them."""
    longest, begun = 0.0, time.perf_counter()
    for number, token in enumerate(tokens(), 1):
        step = time.perf_counter()
        view.apply(ColumnText(3, token))
        if number % per_paint == 0:
            view.paint_text()
            QApplication.processEvents()
        longest = max(longest, time.perf_counter() - step)
    view.paint_text()
    QApplication.processEvents()
    return Timing(time.perf_counter() - begun, longest * 1000)


def measure(tokens_a_second: int = 1000) -> dict[str, float]:
    """Both ways in one run; the built-in model streams faster than this, Azure slower."""
    single = _timed(1)
    gathered = _timed(max(1, tokens_a_second * PAINT_EVERY // 1000))
    return {
        "tokens": TOKENS,
        "one_by_one_seconds": round(single.seconds, 3),
        "gathered_seconds": round(gathered.seconds, 3),
        "ratio": round(single.seconds / gathered.seconds, 1),
        "longest_gathered_step_ms": round(gathered.longest_ms, 1),
    }


def _timed(per_paint: int) -> Timing:
    view = make_view()
    view._painting.stop()  # the benchmark decides when to paint
    timing = stream(view, per_paint)
    view.end_run()
    view.close()
    view.deleteLater()
    QApplication.processEvents()
    return timing


def main() -> None:
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    theme.apply(app, "light")
    print(json.dumps(measure()))


if __name__ == "__main__":
    main()
