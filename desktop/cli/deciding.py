"""`decide WORKSPACE`: which strategy, how sure, and what would change the answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..core.errors import ConfigurationError
from ..core.evaluation.metrics import METRICS
from ..flows.deciding import decide as decide_flow
from ..flows.use_case import load_use_case, save_use_case
from ..parts import open_parts
from . import output, run

if TYPE_CHECKING:
    from ..core.advice.decision import Decision, Reason
    from ..core.ports import Ports


def decide(
    context: typer.Context,
    workspace: Annotated[Path, typer.Argument(help="A .stratex file", metavar="WORKSPACE")],
    use_case: Annotated[str, typer.Option(help="Say the use case in one sentence")] = "",
    metric: Annotated[str, typer.Option(help="Rank by this metric, such as token_f1")] = "",
    least: Annotated[float | None, typer.Option(help="The least mean you accept")] = None,
    monthly_calls: Annotated[int | None, typer.Option(min=1, help="Calls a month")] = None,
    most_cost: Annotated[float | None, typer.Option(help="Dollars per 1,000 calls")] = None,
    most_latency: Annotated[float | None, typer.Option(help="Seconds, 95 of 100")] = None,
    run_number: Annotated[int | None, typer.Option("--run", help="Not the newest run")] = None,
) -> None:
    """Decide on the newest run. What is said about the use case is kept in the workspace."""
    said: dict[str, Any] = {
        "sentence": use_case or None, "metric": _known(metric) or None, "least": least,
        "monthly_calls": monthly_calls, "most_cost": most_cost, "most_latency": most_latency,
    }
    said = {name: value for name, value in said.items() if value is not None}

    async def work() -> Decision:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            await _keep(said, ports)
            return await decide_flow(ports, run_number)

    decision = run(work())
    if context.obj:
        output.print_json(decision.as_dict())
    else:
        _print(decision)


def _known(metric: str) -> str:
    if metric and metric not in METRICS:
        raise ConfigurationError(
            f'There is no metric "{metric}"', remedy="Choose one of: " + ", ".join(METRICS)
        )
    return metric


async def _keep(said: dict[str, Any], ports: Ports) -> None:
    if said:
        await save_use_case(ports.store, replace(await load_use_case(ports.store), **said))


def _print(decision: Decision) -> None:
    sure = f"  ({decision.strength} evidence)" if decision.strategy else ""
    print(decision.recommendation + sure)
    for reason in decision.reasons:
        print(f"  {reason.text}")
    _print_part("Is n enough?", _texts(decision.enough))
    _print_part("What would change this?", _texts(decision.flip_conditions))
    _print_part("What Microsoft's guidance says", _texts(decision.guidance))
    _print_part("Shot curve", [decision.shots.text] if decision.shots else [])
    _print_part("Why does it fail?", [f"{cause.value}: {count}"
                                      for cause, count in decision.attribution.items()])
    _print_part("Ready to fine-tune?", [f"{each.status:8} {each.check} ({each.evidence})"
                                        for each in decision.readiness])
    _print_part("Next steps, cheapest first", _texts(decision.next_steps))


def _texts(reasons: Iterable[Reason]) -> list[str]:
    return [reason.text for reason in reasons]


def _print_part(title: str, lines: Any) -> None:
    if lines:
        print(f"\n{title}")
        for line in lines:
            print(f"  {line}")
