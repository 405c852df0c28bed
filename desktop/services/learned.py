"""What deployments were found not to accept, remembered over starts.

A deployment's name does not say what it is, so this is learned by asking: by the doctor's
probing, or by the first question that meets a refusal. No more than names of parameters is kept.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..core.types import Connection
from .chat_answers import ChatAnswer
from .chat_errors import Wire
from .chat_responses import ResponsesAnswer, as_responses

log = logging.getLogger(__name__)
FILE = "learned.json"
OTHER_NAME = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens"}
OPTIONAL = {
    "temperature", "top_p", "seed", "stop", "presence_penalty", "frequency_penalty",
    "response_format", "reasoning_effort", "verbosity", "stream_options", "stream",
}
_UNSUPPORTED = re.compile(
    r"unsupported (parameter|value)|unrecognized request argument|not supported"
    r"|unknown (parameter|argument|field)|does not support|unexpected keyword"
    r"|extra inputs are not permitted", re.I
)


@dataclass(slots=True)
class Learned:
    """What one deployment refused: left out, or sent under the other name."""

    left_out: set[str] = field(default_factory=set)
    renamed: set[str] = field(default_factory=set)
    responses: bool = False  # it answers through the Responses API only
    tried: bool = False  # all parameters were, so that what is not in `left_out` is taken
    keep: Callable[[], None] = lambda: None  # write it down

    def apply(self, body: dict[str, Any]) -> dict[str, Any]:
        """The request without what is known to be refused."""
        refused = self.left_out | ({"stream_options"} if "stream" in self.left_out else set())
        return {
            OTHER_NAME[name] if name in self.renamed else name: value
            for name, value in body.items() if name not in refused
        }

    def request(self, sent: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The call's path and its body, for a chat body."""
        return ("/responses", as_responses(sent)) if self.responses else (
            "/chat/completions", sent)

    def answer(self) -> ChatAnswer:
        """What reads the stream."""
        return ResponsesAnswer() if self.responses else ChatAnswer()

    def learn(self, wire: Wire, body: dict[str, Any]) -> bool:
        """Whether the refusal named a parameter that can be renamed or left out."""
        name = refused_parameter(wire, body)
        if name in OTHER_NAME and OTHER_NAME[name] not in self.renamed:
            self.renamed = {name}
            return True
        if name not in OPTIONAL:
            return False
        self.left_out.add(name)
        return True


def refused_parameter(wire: Wire, body: Mapping[str, Any]) -> str:
    """The field of `body` that a refusal names, "" for none."""
    if wire.status not in (400, 422):
        return ""
    code = wire.code in ("unsupported_parameter", "unsupported_value", "unknown_parameter")
    if not code and not _UNSUPPORTED.search(wire.message):
        return ""
    named = str(wire.body.get("param") or "").partition(".")[0]
    if named in body:
        return named
    found = [name for name in body if re.search(rf"\b{name}\b", wire.message)]
    return found[0] if found else ""


class LearnedFile:
    """`learned.json` in the data folder, small and blocking. What cannot be read is forgotten,
    what cannot be written is learned again."""

    def __init__(self, folder: Path | None = None) -> None:
        self._path = folder / FILE if folder else None
        self._known: dict[str, Learned] = {}
        for key, row in self._rows().items():
            if isinstance(row, dict):
                made = self._made(row.get("left_out"), row.get("renamed"))
                made.responses = row.get("responses") is True
                made.tried = row.get("tried") is True
                self._known[key] = made

    def of(self, connection: Connection, deployment: str) -> Learned:
        """The same object for the same deployment, for as long as the program runs."""
        key = f"{connection.endpoint} {connection.api_version} {deployment}"
        if key not in self._known:
            self._known[key] = self._made((), ())
        return self._known[key]

    def _made(self, left_out: Any, renamed: Any) -> Learned:
        return Learned(_names(left_out) & OPTIONAL, _names(renamed) & set(OTHER_NAME),
                       keep=self.keep)

    def _rows(self) -> dict[str, Any]:
        with contextlib.suppress(OSError, ValueError, RecursionError):
            if self._path is not None:
                found = json.loads(self._path.read_bytes())
                return found if isinstance(found, dict) else {}
        return {}

    def keep(self) -> None:
        """Write all of it, with what other windows learned meanwhile."""
        if self._path is None:
            return
        mine = {key: {"left_out": sorted(each.left_out), "renamed": sorted(each.renamed),
                      "responses": each.responses, "tried": each.tried}
                for key, each in self._known.items()}
        part = self._path.with_name(f".{FILE}.{os.getpid()}.part")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self._rows() | mine, indent=1), encoding="utf-8")
            part.replace(self._path)
        except OSError as error:
            log.info("what was learned of a deployment is not kept: %s", error)


def _names(value: Any) -> set[str]:
    return {each for each in value if isinstance(each, str)} if isinstance(
        value, list | tuple) else set()
