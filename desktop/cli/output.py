"""What commands print: one JSON document, JSON lines, or plain text for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..core.approximation import Approximation
from ..core.events import DocumentSkipped, Event, IndexProgress
from ..core.types import Answer, Connection, Hit, IndexOutcome, Strategy


def print_json(value: Any) -> None:
    """One document on one line, flushed, so that a batch can be read while it runs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def outcome_json(outcome: IndexOutcome) -> dict[str, Any]:
    return {
        "path": outcome.path, "name": outcome.name, "status": outcome.status,
        "pages": outcome.pages, "characters": outcome.characters, "chunks": outcome.chunks,
        "seconds": round(outcome.seconds, 3), "error": outcome.error,
    }


def hit_json(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank, "score": round(hit.score, 6), "document": hit.document,
        "page": hit.page, "start": hit.start, "end": hit.end, "text": hit.text,
        "dense_rank": hit.dense_rank, "lexical_rank": hit.lexical_rank,
    }


def answer_json(answer: Answer) -> dict[str, Any]:
    usage = answer.usage
    return {
        "strategy": answer.strategy, "model": answer.model, "text": answer.text,
        "citations": [
            {"number": c.number, "document": c.document, "page": c.page} for c in answer.citations
        ],
        "declined": answer.declined,
        "context": [hit_json(hit) for hit in answer.context],
        "usage": None if usage is None else {
            "prompt_tokens": usage.prompt_tokens, "completion_tokens": usage.completion_tokens,
        },
        "first_token_seconds": _rounded(answer.first_token_seconds),
        "seconds": _rounded(answer.seconds),
        "finish_reason": answer.finish_reason, "cost": answer.cost, "error": answer.error,
        **({"recorded": True} if answer.recorded else {}),
        **({"rewritten": answer.rewriting.question} if answer.rewriting else {}),
    }


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 4)


def strategy_json(strategy: Strategy) -> dict[str, Any]:
    return {
        "name": strategy.name, "model": f"{strategy.connection}/{strategy.deployment}",
        "prompt": strategy.prompt, "retrieval": strategy.retrieval,
        "parameters": strategy.parameters.as_dict(),
    }


def connection_json(connection: Connection) -> dict[str, Any]:
    """Never a key."""
    return {
        "name": connection.name, "kind": connection.kind, "endpoint": connection.endpoint,
        "deployments": [{"name": d.name, "model": d.model} for d in connection.deployments],
    }


def progress(event: Event) -> None:
    """How far indexing is, on stderr: one line that is written over, where there is a screen."""
    if isinstance(event, DocumentSkipped) and Path(event.path).is_dir():  # files have an outcome
        print(f"{event.path}: {event.why}", file=sys.stderr)
    if not isinstance(event, IndexProgress) or not sys.stderr.isatty():
        return
    left = "" if event.seconds_left is None else f", about {event.seconds_left:.0f} s left"
    text = f"{event.chunks_embedded} of {event.chunks_total} chunks{left}"
    _write_over("" if event.files_done == event.files_total else text)


def grouping(sentence: str, share: float, seconds_left: float | None) -> None:
    """How far the preparing of fast search is, in the same place."""
    if sys.stderr.isatty():
        left = "" if seconds_left is None else f", about {seconds_left:.0f} s left"
        _write_over(f"{sentence} {share:.0%}{left}" if share < 1 else "")


def _write_over(text: str) -> None:
    sys.stderr.write("\r\x1b[K" + text)
    sys.stderr.flush()


def tell(sentence: str) -> None:
    """A word beside the result, on stderr; "" for none."""
    if sentence:
        print(sentence, file=sys.stderr)


def exactness_json(found: Approximation | None) -> dict[str, Any]:
    """For searches that were not exact; nothing for those that were."""
    if found is None:
        return {}
    return {"approximate": {"recall": round(found.recall, 4), "sample": found.sample}}


def print_outcomes(outcomes: Sequence[IndexOutcome]) -> None:
    for outcome in outcomes:
        pages = f"{outcome.pages} pages, " if outcome.pages else ""
        detail = outcome.error or f"{pages}{outcome.chunks} chunks"
        print(f"{outcome.status:10} {outcome.name}  {detail}")


def print_hits(hits: Sequence[Hit]) -> None:
    for hit in hits:
        page = f", page {hit.page}" if hit.page is not None else ""
        print(f"{hit.rank}. {hit.document}{page}  {hit.score:.3f}")
        print(f"   {' '.join(hit.text.split())[:200]}")


def print_answer(answer: Answer) -> None:
    recorded = " · recorded" if answer.recorded else ""
    print(f"\n== {answer.strategy} · {answer.model}{recorded}")
    if answer.rewriting is not None:
        print(f"   understood as: {answer.rewriting.question}")
    print(answer.error or answer.text)
    for citation in answer.citations:
        page = f", page {citation.page}" if citation.page is not None else ""
        print(f"   [{citation.number}] {citation.document}{page}")


def print_connection_test(result: dict[str, Any]) -> None:
    for deployment in result["deployments"]:
        print(f"{'ok    ' if deployment['ok'] else 'failed'} {deployment['name']}"
              + (f"  {deployment['problem']}" if deployment["problem"] else ""))
    if not result["deployments"]:
        print(f"{result['name']} has no deployments. Add one with --deployment NAME.")
