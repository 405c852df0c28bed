"""An error that somebody pasted: a body, what a library printed of one, or what curl said."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import ProviderError
from .wire_errors import Target, Wire, is_network_trouble, meaning, unreachable

_STATUS = re.compile(
    r"(?:error code|status(?:[ _]?code)?|http/[\d.]+|http)\D{0,4}\b([45]\d\d)\b", re.I)
_TOLD = (  # words of a message -> the status they came with, where none was pasted
    (re.compile(r"invalid subscription key|incorrect api key|unauthorized", re.I), 401),
    (re.compile(r"deployment for this resource does not exist|resource not found|"
                r"model .{1,60} does not exist", re.I), 404),
    (re.compile(r"rate limit|too many requests|temporarily unable to process|high demand", re.I),
     429),
    (re.compile(r"virtual network|firewall rules|temporarily blocked|lacks? .{0,40}permission|"
                r"does not have .{0,40}(permission|authorization)", re.I), 403),
    (re.compile(r"content management policy|maximum context length|unsupported (parameter|value)|"
                r"operation does not work with", re.I), 400),
)
_MISSING = re.compile(r"deployment for this resource does not exist", re.I)
_PARAMETER = re.compile(r"unsupported (parameter|value): '([\w.]+)'", re.I)


@dataclass(frozen=True, slots=True)
class PastedError:
    """What was understood: a failure on the wire, or one of the network before it."""

    status: int = 0
    code: str = ""
    message: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    network: bool = False

    def meaning(self, host: str = "", deployment: str = "") -> ProviderError:
        """In our words, as a request that failed like this would say it."""
        host = host or "The service"
        if self.network:
            return unreachable(host, self.message)
        target = Target("the connection", host, deployment, True)
        return meaning(Wire(self.status, self.code, self.message, self.body, {}), target)


def find_error(text: str) -> PastedError | None:
    """The error in a text, None where there is none."""
    told = _STATUS.search(text)
    status = int(told[1]) if told else 0
    for found in _objects(text):
        error = found.get("error", found)
        if isinstance(error, str):
            error = {"message": error}
        if isinstance(error, Mapping) and ("message" in error or "code" in error) and (
                "messages" not in found):
            return _of_body(error, status or _number(found.get("statusCode")))
    if is_network_trouble(text) and _looks_like_network(text):
        return PastedError(message=text[:2000], network=True)
    status = status or _told(text)
    return _plain(text, status) if status else None


def _of_body(error: Mapping[str, Any], status: int) -> PastedError:
    message = str(error.get("message") or "")
    code = str(error.get("code") or error.get("type") or "")
    status = status or _number(error.get("status")) or _number(code) or _told(message)
    if not status:
        status = 404 if code == "DeploymentNotFound" else 400
    return _plain(message, status, code, error)


def _plain(
    message: str, status: int, code: str = "", body: Mapping[str, Any] | None = None
) -> PastedError:
    """With what the words say where the code says nothing."""
    if status == 404 and _MISSING.search(message):
        code = "DeploymentNotFound"
    given = dict(body or {})
    if status == 400 and (named := _PARAMETER.search(message)):
        given.setdefault("param", named[2])
        given["param"] = given["param"] or named[2]
        code = f"unsupported_{named[1].lower()}"
    if not code and "content management policy" in message:
        code = "content_filter"
    return PastedError(status, code, " ".join(message.split())[:2000], given)


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    """JSON objects and Python dictionaries in a text, the outer ones, first to last."""
    decoder = json.JSONDecoder()
    position = 0
    for _ in range(40):  # a text full of braces is no error
        position = text.find("{", position)
        if position < 0:
            return
        try:
            found, end = decoder.raw_decode(text, position)
        except RecursionError:
            return
        except ValueError:
            found, end = _python(text, position)
        if isinstance(found, dict):
            yield found
        position = max(end, position + 1)


def _python(text: str, start: int) -> tuple[Any, int]:
    """`{'error': {...}}`, as Python prints an error's body."""
    depth, quote = 0, ""
    for place in range(start, min(len(text), start + 20_000)):
        letter = text[place]
        if quote:
            if letter == quote and text[place - 1] != "\\":
                quote = ""
        elif letter in "'\"":
            quote = letter
        else:
            depth += (letter == "{") - (letter == "}")
            if not depth:
                try:
                    return ast.literal_eval(text[start:place + 1]), place + 1
                except (ValueError, SyntaxError, RecursionError, MemoryError):
                    return None, start
    return None, start


def _looks_like_network(text: str) -> bool:
    return bool(re.search(
        r"curl: \(\d+\)|connect(ion)? ?error|could not resolve|getaddrinfo|"
        r"certificate.?verify|ssl|refused|timed? ?out|name or service|errno", text, re.I))


def _told(message: str) -> int:
    return next((status for pattern, status in _TOLD if pattern.search(message)), 0)


def _number(value: object) -> int:
    text = str(value or "")
    return int(text) if re.fullmatch(r"[45]\d\d", text) else 0
