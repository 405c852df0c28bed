"""`embedder WORKSPACE list|check|use` and `cross-encoder`: what documents are searched with."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from ..core.embedders import BUILTIN, EmbedderChoice, parse_choice
from ..core.events import EmbedderProgress, Event, ModelDownload
from ..core.ports import Ports
from ..flows import switching
from ..flows.indexing import resume
from ..parts import Parts, open_parts
from . import output, run

embedder_app = typer.Typer(no_args_is_help=True, help="The embedding model of a workspace")
Model = Annotated[str, typer.Argument(
    metavar="MODEL", help="builtin, a folder's path, hub:OWNER/NAME, or CONNECTION/DEPLOYMENT")]
Dimensions = Annotated[int, typer.Option(
    min=0, max=8192, help="Of a deployment that can shorten its vectors; 0: its own")]


@embedder_app.callback()
def of_workspace(
    context: typer.Context,
    workspace: Annotated[Path, typer.Argument(help="A .stratex file", metavar="WORKSPACE")],
) -> None:
    """List embedding models, see what one would take, or use it."""
    context.obj = (context.obj, workspace)


@embedder_app.command("list")
def list_models(context: typer.Context) -> None:
    """The models at hand, and how many chunks have a vector of each."""
    as_json, workspace = context.obj

    async def work() -> list[dict[str, Any]]:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            return [await _row(choice, ports) for choice in _at_hand(parts, ports)]

    rows = run(work())
    if as_json:
        output.print_json(rows)
        return
    for row in rows:
        sign = "*" if row["current"] else " "
        where = f"sends to {row['sends_to']}" if row["sends_to"] else "on this machine"
        print(f"{sign} {row['name']}  {where}, {row['embedded']:,} of {row['chunks']:,} chunks")
        output.tell(row["problem"] or "")


@embedder_app.command()
def check(context: typer.Context, model: Model, dimensions: Dimensions = 0) -> None:
    """What a model would take; no document is embedded."""
    as_json, workspace = context.obj

    async def work() -> switching.Estimate:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            choice, embedder = await switching.look(
                _chosen(model, dimensions), ports, _progress)
            return await switching.estimate(choice, embedder, ports)

    found = run(work())
    if as_json:
        output.print_json(_estimate_json(found))
    else:
        print(found.choice.label, *switching.sentences(found), sep="\n")


@embedder_app.command()
def use(context: typer.Context, model: Model, dimensions: Dimensions = 0) -> None:
    """Embed the documents with a model beside the one in use, then search with it."""
    as_json, workspace = context.obj

    async def work() -> dict[str, Any]:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            started = ports.clock.seconds()
            choice, embedder = await switching.look(
                _chosen(model, dimensions), ports, _progress)
            for line in switching.sentences(await switching.estimate(choice, embedder, ports)):
                output.tell(line)
            await switching.switch(choice, embedder, ports, _progress)
            await resume(ports, output.progress)
            return {**await _row(choice, ports),
                    "seconds": round(ports.clock.seconds() - started, 2)}

    row = run(work())
    if as_json:
        output.print_json(row)
    else:
        print(f"Searching with {row['name']}: {row['embedded']:,} of {row['chunks']:,} chunks")


def cross_encoder(
    context: typer.Context,
    folder: Annotated[str, typer.Argument(
        metavar="[FOLDER|none]", help="A model's folder; nothing: the one chosen")] = "",
) -> None:
    """The cross-encoder of this machine, for retrieval profiles with one."""

    async def work() -> str:
        async with open_parts() as parts:
            if folder:
                chosen = "" if folder == "none" else str(Path(folder).expanduser().absolute())
                await parts.choose_reranker(chosen)
            return parts.current.cross_encoder

    chosen = run(work())
    if context.obj:
        output.print_json({"cross_encoder": chosen or None})
    else:
        print(chosen or "none")


def _chosen(model: str, dimensions: int) -> EmbedderChoice:
    """With a folder's whole path: the workspace is opened from elsewhere, too."""
    choice = parse_choice(model, dimensions)
    if choice.kind != "folder":
        return choice
    return replace(choice, path=str(Path(choice.path).expanduser().absolute()))


def _at_hand(parts: Parts, ports: Ports) -> list[EmbedderChoice]:
    """The current one, the built-in ones, and deployments that look like embedding models."""
    tuned = [EmbedderChoice("tuned", name=model.sha256, id=model.sha256)
             for model in parts.tuned.known()]
    deployed = [
        EmbedderChoice("service", connection=connection.name, deployment=deployment.name)
        for connection in parts.current.connections for deployment in connection.deployments
        if "embed" in f"{deployment.name} {deployment.model}".casefold()]
    current = switching.chooser_of(ports).current
    others = [choice for choice in (BUILTIN, *tuned, *deployed) if choice.key != current.key]
    return [current, *others]


async def _row(choice: EmbedderChoice, ports: Ports) -> dict[str, Any]:
    chooser = switching.chooser_of(ports)
    current = choice.key == chooser.current.key
    chosen = ports.embedder.id if current else choice.id
    if choice.kind == "builtin" and ports.local_embedder is not None:
        chosen = ports.local_embedder.id
    chunks, embedded = await ports.store.counts(chosen)
    problem = str(chooser.problem) if current and chooser.problem else None
    return {"name": choice.label, "kind": choice.kind, "id": chosen or None, "current": current,
            "sends_to": chooser.host(choice) or None, "chunks": chunks, "embedded": embedded,
            "problem": problem}


def _estimate_json(found: switching.Estimate) -> dict[str, Any]:
    choice = found.choice
    return {"name": choice.label, "kind": choice.kind, "id": choice.id or None,
            "dimension": choice.dimension or None, "max_tokens": choice.max_tokens or None,
            "sends_to": found.host or None, "chunks": found.chunks, "to_embed": found.to_embed,
            "tokens": found.tokens, "exact": found.exact, "cost": found.cost,
            "seconds": round(found.seconds, 2), "cut": found.cut,
            "warning": found.warning or None}


def _progress(event: Event) -> None:
    """On stderr: one line that is written over, where there is a screen."""
    if not sys.stderr.isatty():
        return
    text = ""
    if isinstance(event, ModelDownload):
        text = f"Downloading, {event.done / 1e6:,.0f} of {event.total / 1e6:,.0f} MB"
    elif isinstance(event, EmbedderProgress) and event.done < event.total:
        left = "" if event.seconds_left is None else f", about {event.seconds_left:.0f} s left"
        text = f"{event.done:,} of {event.total:,} chunks{left}"
    sys.stderr.write("\r\x1b[K" + text)
    sys.stderr.flush()
