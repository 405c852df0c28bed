"""A run with answers, good, bad and hostile, and what a report is written from."""

from __future__ import annotations

from dataclasses import replace

from desktop.core.evaluation.blind import WinRate
from desktop.core.evaluation.types import Attribution, Cause, Cell, CellState, Interval
from desktop.core.report.material import Material
from desktop.core.strategies import STARTER_PROMPT
from desktop.core.types import (
    BUILTIN_MODEL,
    Answer,
    AnswerState,
    Case,
    Citation,
    FewShotExample,
    Prompt,
    PromptVersion,
    Usage,
)
from tests.ui.decide_samples import USE_CASE, decision, drift, run

HOSTILE = ("<script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)> "
           "</td></table> | [x](javascript:alert(1)) `` ` {{ 7*7 }} https://evil.example/y")
KEY = "sk-canary0123456789abcdef"
PATH = "/home/canary/Documents/secret plans"


def cases(count: int = 6) -> list[Case]:
    made = [Case(n, f"Is benefit {n} covered?", f"Yes, up to ${n}00 a year.",
                 (("Vision.pdf", n),), ("vision",), "holdout") for n in range(1, count + 1)]
    made[2] = Case(3, HOSTILE, HOSTILE, (("<b>.pdf", None),))
    return made


def answer(strategy: str, case: Case, text: str, cited: bool) -> Answer:
    citations = (Citation(1, "Vision.pdf", case.id),) if cited else ()
    return Answer(strategy, BUILTIN_MODEL, case.question, AnswerState.DONE, text, citations,
                  usage=Usage(400, 40), first_token_seconds=0.2, seconds=0.9, cost=0.0,
                  finish_reason="stop")


def cells(count: int = 6) -> list[Cell]:
    """The second strategy answers well, apart from the last cases."""
    made, number = [], 0
    for case in cases(count):
        for strategy in run().strategies:
            number += 1
            score = 0.1 * case.id if strategy.id < 3 else 1.0 - 0.15 * (case.id - 1)
            text = HOSTILE if case.id == 3 else f"{strategy.name} says yes. [1]"
            cause = Attribution(Cause.NOT_RETRIEVED, "Page 6 was not among the passages")
            made.append(Cell(
                number, 7, case.id, strategy.id, 0, CellState.DONE,
                answer(strategy.name, case, text, strategy.id > 2), {"token_f1": score},
                cause if score < 0.4 else None, recorded=case.id == 1,
            ))
    return made


def versions() -> list[PromptVersion]:
    examples = (FewShotExample("Is dental covered?", "Yes. [1]"),)
    prompt = Prompt(STARTER_PROMPT.system, examples, STARTER_PROMPT.template)
    return [PromptVersion(1, prompt, "first")]


def material() -> Material:
    blind = WinRate("Prompt", "Baseline", 30, 6, 4, Interval(0.83, 0.7, 0.91, 40), 0.0002)
    said = replace(decision(), drift=drift())
    return Material(USE_CASE, said, run(6), cases(), cells(), versions(),
                    ["Benefit_Options.pdf", "Vision.pdf"], "1.0.0", "2026-11-21",
                    "all-MiniLM-L6-v2", wins=[blind], libraries={"scipy": "1.17.1"},
                    prices_of="2026-11-20")
