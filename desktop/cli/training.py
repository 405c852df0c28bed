"""`train submit|status|watch|cancel|pause|resume WORKSPACE`: fine-tuning jobs."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..core.tuning import (
    Hyperparameters,
    Job,
    MetricsPoint,
    Order,
    TuningChanged,
    TuningProgress,
)
from ..core.tuning_failures import explain
from ..parts import open_parts
from . import Failed, output, run

if TYPE_CHECKING:
    from ..core.ports import Ports
    from ..flows.training_preparing import Prepared

train_app = typer.Typer(no_args_is_help=True, help="Fine-tuning jobs")
Workspace = Annotated[Path, typer.Argument(help="A .stratex file", metavar="WORKSPACE")]
JobName = Annotated[
    str, typer.Argument(help="Its id, number or suffix; the newest", metavar="[JOB]")]
Shown = TuningChanged | TuningProgress


@train_app.callback()
def jobs() -> None:
    """Fine-tuning jobs."""


@train_app.command()
def submit(
    context: typer.Context,
    workspace: Workspace,
    file: Annotated[Path, typer.Argument(help="The training examples, JSONL", metavar="FILE")],
    connection: Annotated[str, typer.Option(help="Where to train")],
    model: Annotated[str, typer.Option(help="The base model, such as gpt-4.1-mini-2025-04-14")],
    validation: Annotated[Path | None, typer.Option(help="Examples that are held back")] = None,
    epochs: Annotated[int | None, typer.Option(help="Left out: the service chooses")] = None,
    suffix: Annotated[str, typer.Option(help="A name for the trained model")] = "",
) -> None:
    """Submit a job. The same command again goes on where it was interrupted."""
    order = Order(model, hyperparameters=Hyperparameters(epochs), suffix=suffix)

    async def work() -> Job:
        from dataclasses import replace

        from ..flows.training import submit as submit_flow
        from ..flows.training_preparing import prepare_files

        async with open_parts() as parts, parts.workspace(workspace) as ports:
            held_out = str(validation) if validation else ""
            prepared = await prepare_files(str(file), held_out, model, ports)
            _tell(prepared, context.obj)
            named = next((each.name for each in parts.connections()
                          if each.name.casefold() == connection.casefold()), connection)
            wanted = prepared.submission(named, replace(order, method=prepared.method))
            cost = prepared.cost(wanted.order, ports.prices.training(model))
            return await submit_flow(replace(wanted, cost=cost), ports, _progress(context.obj))

    _end(run(work()), context.obj, told=True)


@train_app.command()
def status(context: typer.Context, workspace: Workspace, job: JobName = "") -> None:
    """What the service says of a job now."""
    from ..flows.training_watch import refresh

    _with_job(context, workspace, job, lambda found, ports: refresh(found, ports, _quiet))


@train_app.command()
def watch(context: typer.Context, workspace: Workspace, job: JobName = "") -> None:
    """Wait until a job is over; exit code 1 when it failed."""
    from ..flows.training_watch import watch as watch_flow

    show = _progress(context.obj)
    ended = _with_job(
        context, workspace, job, lambda found, ports: watch_flow(found.id, ports, show),
        told=True)
    if ended.state.casefold() == "failed":
        raise Failed


@train_app.command()
def cancel(context: typer.Context, workspace: Workspace, job: JobName = "") -> None:
    """Stop a job for good; what was trained so far is billed."""
    _steer(context, workspace, job, "cancel")


@train_app.command()
def pause(context: typer.Context, workspace: Workspace, job: JobName = "") -> None:
    """Hold a running job."""
    _steer(context, workspace, job, "pause")


@train_app.command()
def resume(context: typer.Context, workspace: Workspace, job: JobName = "") -> None:
    """Let a paused job go on."""
    _steer(context, workspace, job, "resume")


def _steer(context: typer.Context, workspace: Path, name: str, act: Any) -> None:
    from ..flows.training_watch import steer

    _with_job(context, workspace, name, lambda job, ports: steer(job, act, ports, _quiet))


def _with_job(
    context: typer.Context, workspace: Path, name: str,
    act: Callable[[Job, Ports], Awaitable[Job]], *, told: bool = False,
) -> Job:
    async def work() -> Job:
        from ..flows.training_watch import find_job

        async with open_parts() as parts, parts.workspace(workspace) as ports:
            return await act(await find_job(ports, name), ports)

    job = run(work())
    _end(job, context.obj, told=told)
    return job


def _end(job: Job, as_json: bool, *, told: bool = False) -> None:
    """`told`: its events were printed as they came."""
    if as_json:
        output.print_json(job_json(job))
        return
    print(f"{job.remote_id or job.name}  {job.state}  {job.fine_tuned_model or job.order.model}")
    for event in () if told else job.events[-5:]:
        print(f"   {event.at[:19].replace('T', ' ')}  {event.message}")
    if problem := explain(job):
        print(f"{problem.what}. {problem.why} {problem.remedy}.")


def job_json(job: Job) -> dict[str, Any]:
    """As the README promises it."""
    problem = explain(job)
    return {
        "job": job.remote_id or None, "status": job.state,
        "model": job.fine_tuned_model or job.order.model,
        "events": [{"at": each.at, "level": each.level, "message": each.message}
                   for each in job.events],
        "metrics": [point_json(each) for each in job.points],
        "checkpoints": [{"step": each.step, "model": each.model} for each in job.checkpoints],
        "error": None if problem is None else " ".join(
            part for part in (f"{problem.what}.", problem.why, f"{problem.remedy}.") if part),
    }


def point_json(point: MetricsPoint) -> dict[str, float]:
    """Only what was measured at this step."""
    return {name: value for name in MetricsPoint.__slots__
            if (value := getattr(point, name)) is not None}


def _tell(prepared: Prepared, as_json: bool) -> None:
    """The readiness, which warns and forbids nothing."""
    if as_json:
        if prepared.unmet:
            print(prepared.sentence, file=sys.stderr)
        return
    print(prepared.sentence)
    for check in prepared.unmet:
        print(f"   {check.status:8} {check.check} ({check.evidence})")
    for warning in prepared.warnings:
        print(f"   {warning}")


def _quiet(event: Shown) -> None:
    """Nothing is shown on the way."""


def _progress(as_json: bool) -> Callable[[Shown], None]:
    """Events as they come, for people."""
    seen: set[str] = set()

    def show(event: Shown) -> None:
        if isinstance(event, TuningProgress):
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{event.sentence}\033[K")
            return
        for each in event.job.events:
            if each.id not in seen:
                seen.add(each.id)
                print(f"{each.at[:19].replace('T', ' ')}  {each.message}", flush=True)

    return _quiet if as_json else show
