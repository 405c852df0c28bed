"""Report: gathers a run, its decision and what they were made with, and writes it down.

What comes out is plain content; `services/report_files.py` turns it into files and the window
into PDF. Documents are named, never located; `scrub` takes out what must not leave.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import metadata
from typing import TYPE_CHECKING

from ..core.errors import ConfigurationError
from ..core.evaluation.grid_export import export_grid
from ..core.report import findings, method
from ..core.report.blocks import Report, Scrub, Section
from ..core.report.examples import chosen, examples
from ..core.report.material import Material
from ..core.report.people import people
from ..core.report.privacy import without_paths
from .deciding import decide
from .judge_items import exported, judged
from .judge_wins import win_lines, win_rates
from .overlapping import find_overlaps
from .rating import answers_of, rates_of
from .use_case import load_use_case

if TYPE_CHECKING:
    from ..core.evaluation.blind import WinRate
    from ..core.evaluation.types import Cell, Run
    from ..core.ports import Ports

LIBRARIES = ("numpy", "scipy", "faiss-cpu", "onnxruntime", "openai", "tiktoken")
NO_RECOMMENDATION = "No recommendation yet."


async def make_report(
    ports: Ports, program: str, run_id: int | None = None, scrub: Scrub = str
) -> Report:
    """The report on one run: the newest that has answers, unless named.

    `program` is this program's version, `scrub` hides keys. Raises ConfigurationError where
    nothing was run.
    """
    found = await gather(ports, program, run_id)
    known = {str(ports.workspace.resolve().parent): "", str(ports.workspace.parent): ""}
    known |= {document.path: document.name for document in await ports.store.documents()}

    def written() -> Report:
        report = write(found, ports.workspace.stem)
        return report.cleaned(lambda text: scrub(without_paths(text, known)))

    return await asyncio.to_thread(written)  # a second, for thousands of cells


async def gather(ports: Ports, program: str, run_id: int | None = None) -> Material:
    """What a report is written from. Raises ConfigurationError where nothing was run."""
    decision = await decide(ports, run_id)
    run = await _run(ports, decision.run)
    store = ports.store
    judge = await judged(run, store)
    cells = exported(await store.cells(run.id), judge)
    found = Material(
        await load_use_case(store), decision, run, await store.cases(), cells,
        await store.prompt_versions(),
        sorted(f"{each.name} ({each.sha256[:8]})" for each in await store.documents()),
        program, ports.clock.now()[:10], ports.embedder.id, judged=judge,
        judge_wins=win_lines(await win_rates(run, cells, judge, ports.compute), judge),
        libraries=await asyncio.to_thread(_libraries), prices_of=ports.prices.as_of,
    )
    overlaps = [each.message for each in await find_overlaps(ports)]
    found = replace(found, wins=await _wins(ports, run), overlaps=overlaps)
    return replace(found, whole=await _whole(ports, found))


async def _wins(ports: Ports, run: Run) -> Sequence[WinRate]:
    """What people preferred blind; nothing where the run's cases are gone."""
    try:
        return await rates_of(await answers_of(ports, run.id), ports)
    except ConfigurationError:
        return ()


def _libraries() -> dict[str, str]:
    """Of those on whose figures the report rests; a bundle may not say."""
    found = {}
    for name in LIBRARIES:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


async def _run(ports: Ports, run_id: int | None) -> Run:
    for run in await ports.store.runs():
        if run.id == run_id:
            return run
    raise ConfigurationError(
        "There is nothing to report yet", why="Nothing has been run in this workspace",
        remedy="Add cases and run them under two strategies or more",
    )


async def _whole(ports: Ports, found: Material) -> dict[int, Cell]:
    """The cells of the examples, with their passages."""
    shown = [cell.id for case in chosen(found) for cell in found.first_cells(case)]
    cells = [await ports.store.cell(cell_id) for cell_id in shown]
    known = [cell for cell in cells if cell is not None]
    return {cell.id: cell for cell in exported(known, found.judged)}


def write(found: Material, workspace: str) -> Report:
    """The report's content."""
    decision = found.decision
    sections: Sequence[Section | None] = (
        findings.question(found), findings.recommendation(found), findings.results(found),
        findings.cost(found), findings.failures(found), findings.readiness(found),
        findings.drift(found), people(found), examples(found), method.method(found),
        method.limits(found), method.versions(found),
    )
    return Report(
        f"{workspace}: which strategy?", found.use_case.sentence,
        decision.recommendation if decision.strategy else NO_RECOMMENDATION,
        decision.strength, _about(found), tuple(each for each in sections if each is not None),
        f"Made with Strategy Explorer {found.program} on {found.today}",
        export_grid("csv", found.run, found.cases, found.cells),
    )


def _about(found: Material) -> str:
    run = found.run
    day = (run.finished_at or run.started_at)[:10]
    count = found.decision.n or len(run.case_ids)
    return f"{count} case{'' if count == 1 else 's'}, {run.name or f'Run {run.id}'}, {day}"
