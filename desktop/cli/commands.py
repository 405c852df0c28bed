"""`new`, `index`, `search` and `ask`: options, and the flow each runs. Composition is in
`parts.py`."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from ..core.errors import ConfigurationError
from ..core.events import ignore
from ..core.strategies import find_strategy
from ..core.types import DENSE, HYBRID, LEXICAL, Message, RetrievalProfile, SearchMode
from ..parts import open_parts
from . import Failed, output, run

Workspace = Annotated[Path, typer.Argument(help="A .stratex file", metavar="WORKSPACE")]
_PROFILES = {"hybrid": HYBRID, "dense": DENSE, "lexical": LEXICAL}


def new(
    context: typer.Context,
    workspace: Workspace,
    sample: Annotated[str, typer.Option(
        help="Start from a sample: benefits, marketing or sql")] = "",
) -> None:
    """Make a workspace; an existing file is never overwritten."""

    async def work() -> None:
        async with open_parts() as parts:
            await parts.create(workspace, sample)

    run(work())
    if context.obj:
        output.print_json({"workspace": str(workspace)})
    else:
        print(f"Made {workspace}")


def index(
    context: typer.Context,
    workspace: Workspace,
    paths: Annotated[list[Path], typer.Argument(help="Files or folders", metavar="PATH")],
) -> None:
    """Read documents into the workspace and make them searchable."""
    from ..flows.grouping import group
    from ..flows.indexing import index as index_flow

    async def work() -> tuple[list[Any], float]:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            started = ports.clock.seconds()
            outcomes = await index_flow(paths, ports, ignore if context.obj else output.progress)
            if ports.vectors.wants_groups:
                await group(ports, output.grouping)
            return outcomes, ports.clock.seconds() - started

    outcomes, seconds = run(work())
    if context.obj:
        output.print_json({
            "documents": [output.outcome_json(outcome) for outcome in outcomes],
            "chunks": sum(o.chunks for o in outcomes if o.status == "ready"),
            "seconds": round(seconds, 3),
        })
    else:
        output.print_outcomes(outcomes)
    if not outcomes:
        raise ConfigurationError(
            f"No documents were found in {', '.join(map(str, paths))}",
            remedy="Give PDF, Word, PowerPoint, Excel, HTML, mail or text files, or folders or zip "
                   "archives of them",
        )
    if any(outcome.status == "failed" for outcome in outcomes):
        raise Failed


def search(
    context: typer.Context,
    workspace: Workspace,
    query: Annotated[str, typer.Argument(help="What to look for", metavar="QUERY")] = "",
    top: Annotated[int, typer.Option(min=1, max=1000, help="How many hits")] = 5,
    mode: Annotated[str, typer.Option(help="hybrid, dense or lexical")] = "hybrid",
    queries: Annotated[Path | None, typer.Option(help='JSONL, {"question"} a line')] = None,
) -> None:
    """Find passages; no model is asked."""
    from ..core.approximation import sentence
    from ..flows.searching import search_anyhow

    profile = _profile(mode, top)
    questions = _questions(query, queries, "--queries")

    async def work() -> None:
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            found = ports.vectors.approximation if profile.mode != "lexical" else None
            for question in questions:
                started = ports.clock.seconds()
                hits, note = await search_anyhow(question, profile, ports)
                output.tell(note)
                if not context.obj:
                    output.print_hits(hits)
                    continue
                output.print_json({
                    "query": question, "mode": profile.mode,
                    "seconds": round(ports.clock.seconds() - started, 4),
                    "hits": [output.hit_json(hit) for hit in hits],
                    **output.exactness_json(found),
                })
            if found is not None:
                output.tell(sentence(found))

    run(work())


def ask(
    context: typer.Context,
    workspace: Workspace,
    question: Annotated[str, typer.Argument(help="The question", metavar="QUESTION")] = "",
    strategy: Annotated[list[str] | None, typer.Option(help="Only this column; repeat")] = None,
    questions: Annotated[Path | None, typer.Option(
        help='JSONL, {"question"} or a conversation as {"messages"} a line')] = None,
) -> None:
    """Ask every strategy, or the named ones, and print their answers."""
    from ..flows.asking import ask as ask_flow
    from ..flows.following import Conversation

    wanted = _conversations(question, questions)

    async def work() -> bool:
        failed = False
        async with open_parts() as parts, parts.workspace(workspace) as ports:
            columns = await ports.store.strategies()
            if strategy:
                columns = [find_strategy(name, columns) for name in strategy]
            for text, history in wanted:
                before = {column.id: Conversation(history) for column in columns}
                answers = await ask_flow(text, columns, ports, conversations=before)
                failed |= bool(answers) and all(answer.error for answer in answers)
                if context.obj:
                    rows = [output.answer_json(answer) for answer in answers]
                    output.print_json({"question": text, "answers": rows})
                    continue
                for answer in answers:
                    output.print_answer(answer)
        return failed

    if run(work()):
        raise Failed


def _profile(mode: str, top: int) -> RetrievalProfile:
    if mode not in _PROFILES:
        raise typer.BadParameter("choose hybrid, dense or lexical", param_hint="--mode")
    kind: SearchMode = _PROFILES[mode].mode
    return RetrievalProfile(mode, kind, top)


def _questions(question: str, file: Path | None, option: str) -> list[str]:
    """One question, or those of a JSONL file. Raises ConfigurationError for a bad line."""
    _one_of(question, file, option)
    return [question] if file is None else [
        _question_of(line, number, file) for number, line in _lines(file)]


def _conversations(question: str, file: Path | None) -> list[tuple[str, tuple[Message, ...]]]:
    """One question, or those of a JSONL file, each with the turns before it. Raises
    ConfigurationError for a bad line."""
    _one_of(question, file, "--questions")
    return [(question, ())] if file is None else [
        _conversation_of(line, number, file) for number, line in _lines(file)]


def _one_of(question: str, file: Path | None, option: str) -> None:
    if bool(question.strip()) == (file is not None):
        raise typer.BadParameter(f"give a question, or a file with {option}")


def _lines(file: Path) -> list[tuple[int, str]]:
    """With their numbers; blank ones are passed over."""
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "It is not UTF-8"
        raise ConfigurationError(
            f"{file} cannot be read", why=why or str(error), remedy="Give a JSONL file in UTF-8"
        ) from error
    return [(number, line) for number, line in enumerate(lines, start=1) if line.strip()]


def _conversation_of(line: str, number: int, file: Path) -> tuple[str, tuple[Message, ...]]:
    """The last message asks; system messages are left out, prompts are the strategies'."""
    from ..core.evaluation.case_files import conversation_of

    with contextlib.suppress(ValueError, RecursionError):
        value = json.loads(line)
        if isinstance(value, dict) and "question" not in value and "messages" in value:
            question, history = conversation_of(value["messages"])
            if question.strip():
                return question, history
            raise ConfigurationError(
                f"The conversation in line {number} of {file} asks nothing",
                why="Its last message is not the user's",
                remedy='End it with {"role": "user", "content": "..."}',
            )
    return _question_of(line, number, file), ()


def _question_of(line: str, number: int, file: Path) -> str:
    try:
        value = json.loads(line)["question"]
    except (ValueError, LookupError, TypeError, RecursionError):
        value = None
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(
            f'Line {number} of {file} has no "question"',
            remedy='Write each line as {"question": "..."}',
        )
    return value
