"""Runs made up for tests: strategies with scores, without asking any model."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from desktop.core.evaluation.types import Attribution, Cell, CellState, Rating, Run, RunState
from desktop.core.ports import Ports
from desktop.core.types import (
    GOLD,
    HYBRID,
    Answer,
    AnswerState,
    Case,
    Document,
    Example,
    Message,
    Page,
    Parameters,
    Piece,
    Prompt,
    PromptVersion,
    Rung,
    Strategy,
    Usage,
)
from tests.compute import DirectCompute
from tests.fakes import StepClock

BASELINE = Strategy(1, Rung.BASELINE.value, "azure", "mini")
PROMPT = Strategy(2, Rung.PROMPT.value, "azure", "mini", prompt="1", derived_from=1)
DOCUMENTS = Strategy(3, Rung.DOCUMENTS.value, "azure", "mini", prompt="1",
                     retrieval=HYBRID.name, derived_from=2)
TOP_TEN = Strategy(4, "Prompt + docs, top 10", "azure", "mini", prompt="1",
                   retrieval=HYBRID.name, derived_from=3)
CEILING = Strategy(5, Rung.CEILING.value, "azure", "mini", prompt="1", retrieval=GOLD.name)
TUNED = Strategy(6, Rung.FINE_TUNED.value, "azure", "mini-ft", fine_tuned=True)


def around(mean: float, n: int = 60, spread: float = 0.1, seed: int = 1) -> list[float]:
    """Scores between 0 and 1; the same seed makes the same cases easy or hard."""
    generator = random.Random(seed)
    return [min(1.0, max(0.0, generator.gauss(mean, spread))) for _ in range(n)]


def answer(strategy: Strategy, prompt: int = 100, seconds: float = 1.0) -> Answer:
    return Answer(
        strategy.name, "mini (gpt-4.1-mini)", "q", AnswerState.DONE, "text",
        messages=(Message("user", "q" * prompt),), usage=Usage(prompt, 20), seconds=seconds,
        cost=prompt / 1e6,
    )


def made_run(
    scores: Mapping[Strategy, Sequence[float]], metric: str = "token_f1",
    causes: Mapping[int, Attribution] | None = None, **answers: Any,
) -> tuple[Run, list[Cell], list[Case]]:
    """One case a score; `causes` by case id are those of every strategy."""
    size = max(len(row) for row in scores.values())
    cases = [Case(number, f"question {number}", "reference") for number in range(1, size + 1)]
    run = Run(7, RunState.DONE, tuple(scores), tuple(case.id for case in cases),
              metrics=(metric,))
    cells = [
        Cell(0, 7, case.id, strategy.id, 0, CellState.DONE, answer(strategy, **answers),
             {metric: value}, (causes or {}).get(case.id))
        for strategy, row in scores.items() for case, value in zip(cases, row, strict=False)
    ]
    return run, [replace(cell, id=place) for place, cell in enumerate(cells, start=1)], cases


@dataclass
class MadeStore:
    """The part of a workspace that Decide reads."""

    made: Sequence[tuple[Run, list[Cell]]] = ()
    known_cases: Sequence[Case] = ()
    facts: dict[str, Any] = field(default_factory=dict)
    versions: Sequence[PromptVersion] = (PromptVersion(1, Prompt("Be brief.")),)
    rows: Sequence[Example] = ()
    rated: Sequence[Rating] = ()
    kept_documents: Sequence[Document] = ()
    texts: Mapping[int, str] = field(default_factory=dict)  # of the documents, by id
    columns: Sequence[Strategy] = ()

    async def runs(self) -> list[Run]:
        return [run for run, _ in self.made]

    async def cells(self, run_id: int) -> list[Cell]:
        return next(cells for run, cells in self.made if run.id == run_id)

    async def cell(self, cell_id: int) -> Cell | None:
        return next((cell for _, cells in self.made for cell in cells if cell.id == cell_id), None)

    async def cases(self) -> list[Case]:
        return list(self.known_cases)

    async def prompt_versions(self) -> list[PromptVersion]:
        return list(self.versions)

    async def examples(self) -> list[Example]:
        return list(self.rows)

    async def ratings(self) -> list[Rating]:
        return list(self.rated)

    async def documents(self) -> list[Document]:
        return list(self.kept_documents)

    async def pages(self, document_id: int) -> list[Page]:
        return [Page(1, self.texts[document_id])]

    async def strategies(self) -> list[Strategy]:
        return list(self.columns)

    async def fact(self, key: str) -> Any:
        return self.facts.get(key)

    async def set_fact(self, key: str, value: Any) -> None:
        self.facts.pop(key, None)
        if value is not None:
            self.facts[key] = value


class MadePrices:
    """$0.40 and $1.60 for a million tokens."""

    def cost(self, model: str, usage: Usage) -> float | None:
        return (usage.prompt_tokens * 0.4 + usage.completion_tokens * 1.6) / 1e6

    def window(self, model: str) -> int | None:
        return None

    def training(self, model: str) -> float | None:
        return 2.0

    def tunable(self, model: str) -> bool:
        return True

    def hosting(self) -> float:
        return 1.7

    def retires(self, model: str) -> str:
        return "2027-04-14"

    as_of = "2026-11-20"

    def knowledge(self, model: str) -> str:
        return "2024-05" if model == "gpt-4.1-mini" else ""


class MadeChat:
    label, model, local = "mini (gpt-4.1-mini)", "gpt-4.1-mini", False

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        raise AssertionError("nothing is asked here")
        yield


class MadeChats:
    async def chat(self, connection: str, deployment: str) -> Any:
        return MadeChat()


class MadeTokens:
    async def count(self, texts: Sequence[str], model: str) -> tuple[list[int], bool]:
        return [len(text.split()) for text in texts], False


def deciding_ports(store: MadeStore) -> Ports:
    nothing: Any = None
    held: Any = store
    return Ports(
        Path("w.stratex"), held, nothing, nothing, nothing, MadeChats(), MadeTokens(),
        MadePrices(), StepClock(), nothing, DirectCompute(),
    )
