"""`record WORKSPACE OUT` and `replay WORKSPACE`: what was asked, said again without a network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ..core.evaluation.types import CellState, RunSummary
from ..core.events import ignore
from ..core.recording import Speed
from ..flows.replaying import replay as replay_flow
from ..parts import open_parts
from . import Failed, output
from . import run as run_command
from .runs import FAILURES, print_summary, show_progress, summary_json

Workspace = Annotated[Path, typer.Argument(help="A .stratex file", metavar="WORKSPACE")]


def record(
    context: typer.Context,
    workspace: Workspace,
    out: Annotated[Path, typer.Argument(help="The .stratex file to write", metavar="OUT")],
) -> None:
    """Write a copy that replays what was asked, without keys and without this machine's paths."""

    async def work() -> dict[str, Any]:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            mark = await parts.record(ports, out)
            return {
                "recorded": str(out), "made_at": mark.made_at, "program": mark.program,
                "questions": len(await ports.store.asked_questions(mark.last_cell)),
                "runs": len(await ports.store.runs()),
            }

    done = run_command(work())
    if context.obj:
        output.print_json(done)
    else:
        print(f"Recorded {done['questions']} questions and {done['runs']} runs in {out}")


def replay(
    context: typer.Context,
    workspace: Workspace,
    speed: Annotated[str, typer.Option(help="original: as fast as it was; full: at once")]
    = "full",
) -> None:
    """Replay the newest run from its recorded answers; nothing is asked and nothing changed."""
    if speed not in ("original", "full"):
        raise typer.BadParameter("choose original or full", param_hint="--speed")
    pace: Speed = "original" if speed == "original" else "full"
    show = ignore if context.obj or not sys.stderr.isatty() else show_progress

    async def work() -> tuple[RunSummary, list[CellState]]:
        from ..services.chat_replay import ReplayChat

        async with open_parts() as parts, parts.workspace(workspace) as ports:
            summary, cells = await replay_flow(
                ports, lambda answer: ReplayChat(answer, pace), show)
            return summary, [cell.state for cell in cells]

    summary, states = run_command(work())
    if context.obj:
        output.print_json({**summary_json(summary), "recorded": True})
    else:
        print("Recorded answers, not asked now.")
        print_summary(summary)
    if any(state in FAILURES for state in states):
        raise Failed
