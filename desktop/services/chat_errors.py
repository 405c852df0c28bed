"""What an SDK failure means, in the words of `core/errors`.

Decided here, where the SDK is known. Every error says one thing that happened and one thing
to do next; the wire's own words go to `details`, without keys.
"""

from __future__ import annotations

import json
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from ..core.errors import (
    AuthFailed,
    ContextTooLong,
    DeploymentNotFound,
    Filtered,
    Interrupted,
    Offline,
    PermissionDenied,
    ProviderError,
    Refused,
    ServerFailed,
    Throttled,
)
from .redact import redact

if TYPE_CHECKING:
    import openai

_DETAILS = 4000  # characters of wire text worth copying
_ONLY_RESPONSES = re.compile(
    r"chatCompletion operation does not work|not a chat model|only supported in v1/responses", re.I
)
_TOO_LONG = re.compile(
    r"maximum context length|exceeds? the (available )?context|context (window|size|length)", re.I
)
_ASK_AGAIN = "Ask again in a moment"


@dataclass(frozen=True, slots=True)
class Target:
    """Whom the request went to, as error texts name it."""

    connection: str
    host: str
    deployment: str
    has_key: bool
    entra: bool = False  # signs in instead of having a key


@dataclass(frozen=True, slots=True)
class Wire:
    """A failure as the server put it."""

    status: int
    code: str
    message: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]

    @property
    def details(self) -> str:
        """For "copy details": status, request id and body, without keys."""
        request = self.headers.get("apim-request-id") or self.headers.get("x-request-id") or "-"
        text = json.dumps(dict(self.body), ensure_ascii=False, default=str)
        return redact(f"status {self.status or '-'}, request {request}\n{text}")[:_DETAILS]

    @property
    def words(self) -> str:
        """The server's sentence, short enough to show."""
        text = redact(" ".join(self.message.split()))
        return text if len(text) <= 300 else text[:299] + "…"


def wire_of(error: openai.APIError) -> Wire:
    """Take the parts out of an SDK error, whatever shape the server's body has."""
    body = error.body if isinstance(error.body, Mapping) else {"message": error.body}
    response = getattr(error, "response", None)
    message = body.get("message") or body.get("detail") or error.message
    return Wire(
        status=getattr(error, "status_code", 0),
        code=str(body.get("code") or body.get("type") or ""),
        message=str(message), body=body,
        headers=response.headers if response is not None else {},
    )


def translate(error: openai.APIError, target: Target) -> ProviderError:
    """The ProviderError for an SDK error raised before or during a stream."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return _too_slow(target, error)
    if isinstance(error, openai.APIConnectionError):
        return _unreachable(target, error)
    wire = wire_of(error)
    by_code = _by_code(wire, target)
    if by_code is not None:
        return by_code
    if not wire.status:  # an error event inside a stream
        return interrupted(target, why=wire.words, details=wire.details)
    return _by_status(wire, target)


def _by_code(wire: Wire, target: Target) -> ProviderError | None:
    """What the code or the wording says, which is surer than the status."""
    if wire.code == "content_filter" or "ResponsibleAIPolicyViolation" in str(wire.body):
        return _filtered(wire)
    if wire.code == "context_length_exceeded" or (
            wire.status in (400, 413) and _TOO_LONG.search(wire.message)):
        return ContextTooLong(
            "The question with everything added to it does not fit this model",
            why=wire.words, details=wire.details,
            remedy="Take fewer or shorter passages, or choose a model with a larger window",
        )
    if _ONLY_RESPONSES.search(wire.message):
        return Refused(
            f"{target.deployment} does not answer chat messages",
            why="It may be a model for the Responses API only, which is not supported here",
            remedy="Choose a deployment of a chat model", details=wire.details,
        )
    if wire.code in ("rate_limit_exceeded", "insufficient_quota") or wire.status == 429:
        return _throttled(wire, target)
    return None


def _by_status(wire: Wire, target: Target) -> ProviderError:
    if wire.status == 401:
        return _no_entry(wire, target)
    if wire.status == 403:
        return PermissionDenied(
            f"{target.host} forbids this call", why=wire.words, details=wire.details,
            remedy="Ask its administrator about network rules and your role on the resource",
        )
    if wire.status == 404:
        return _not_found(wire, target)
    if wire.status == 408:
        return Offline(f"{target.host} was too slow", remedy=_ASK_AGAIN, details=wire.details)
    if 300 <= wire.status < 400:
        return DeploymentNotFound(
            f"{target.host} sends requests on to another address, which is not followed",
            remedy="Put the final address into the connection", details=wire.details,
        )
    if wire.status >= 500 or wire.status == 409:
        return ServerFailed(f"{target.host} failed with status {wire.status}", why=wire.words,
                            remedy=_ASK_AGAIN, details=wire.details)
    return Refused(f"{target.deployment} did not accept the request", why=wire.words,
                   remedy="Change the parameter it names, or choose another deployment",
                   details=wire.details)


def _no_entry(wire: Wire, target: Target) -> AuthFailed:
    if target.entra:
        return AuthFailed(
            f"{target.host} refused your sign-in",
            why="The account has no role on this resource, or the token is for another tenant",
            remedy="Ask for the role Cognitive Services OpenAI User on it, or sign in with "
                   "another account under Connections", details=wire.details)
    if not target.has_key:
        return AuthFailed(f"{target.host} wants a key and {target.connection} has none",
                          remedy="Add the key under Connections", details=wire.details)
    return AuthFailed(
        f"{target.host} refused the key",
        why="It is mistyped, was replaced, or belongs to another resource",
        remedy="Paste the key again under Connections", details=wire.details,
    )


def _not_found(wire: Wire, target: Target) -> DeploymentNotFound:
    named = wire.code in ("DeploymentNotFound", "model_not_found", "not_found_error")
    name = rf"(?<!\w){re.escape(target.deployment)}(?!\w)"
    if named or re.search(name, wire.message, re.I):
        return DeploymentNotFound(
            f"{target.host} has no deployment named {target.deployment}",
            why="The name is a different one, or the deployment is younger than five minutes",
            remedy="Compare the name with the service's list of deployments",
            details=wire.details,
        )
    return DeploymentNotFound(
        f"{target.host} does not know this address",
        why="The endpoint or the API version is a different one",
        remedy="Paste the endpoint again under Connections, and check the API version",
        details=wire.details,
    )


def _throttled(wire: Wire, target: Target) -> Throttled:
    wait = retry_after(wire.headers)
    if wait is None and (told := re.search(r"retry after (\d+) second", wire.message, re.I)):
        wait = float(told.group(1))
    if wire.code == "insufficient_quota":
        return Throttled(f"The quota of {target.connection} is used up", why=wire.words,
                         remedy="Raise the quota or use another connection",
                         details=wire.details, retry_after=wait)
    again = f"Ask again in {wait:.0f} s" if wait and wait >= 1 else _ASK_AGAIN
    return Throttled(
        f"{target.deployment} gets too many requests at the moment", why=wire.words,
        remedy=f"{again}, or raise the deployment's limit", details=wire.details,
        retry_after=wait,
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds the server asks to wait: `retry-after-ms`, else seconds or a date."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        value = headers.get(name, "")
        if re.fullmatch(r"\d{1,9}(\.\d+)?", value.strip()):
            return float(value) / unit
    return _until(headers.get("retry-after", ""), headers.get("date", ""))


def _until(later: str, now: str) -> float | None:
    """Seconds between two HTTP dates, both the server's, so that our clock does not matter."""
    try:
        wait = parsedate_to_datetime(later) - parsedate_to_datetime(now)
    except (TypeError, ValueError):
        return None
    return max(0.0, wait.total_seconds())


def _filtered(wire: Wire) -> Filtered:
    category, severity = _filter_verdict(wire.body)
    named = f" ({category.replace('_', ' ')})" if category else ""
    return Filtered(
        f"The service's content filter stopped the question{named}",
        remedy="Rephrase the question, the prompt or the passages it was sent with",
        category=category, severity=severity, details=wire.details,
    )


def _filter_verdict(body: Mapping[str, Any]) -> tuple[str, str]:
    """Category and severity of what was filtered; the wire spells the keys in many ways."""
    for holder in ("innererror", "inner_error"):
        inner = body.get(holder)
        for key in ("content_filter_result", "content_filter_results"):
            results = inner.get(key) if isinstance(inner, Mapping) else None
            if isinstance(results, Mapping):
                return next(_verdicts(results), ("", ""))
    return "", ""


def _verdicts(results: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for category, verdict in results.items():
        if isinstance(verdict, Mapping) and verdict.get("filtered"):
            yield category.replace("-", "_"), str(verdict.get("severity") or "")


def _too_slow(target: Target, error: Exception) -> Offline:
    return Offline(f"{target.host} did not answer in time",
                   remedy="Check the network and any VPN, then ask again",
                   details=redact(repr(error.__cause__ or error)))


def _unreachable(target: Target, error: Exception) -> ProviderError:
    causes = list(_chain(error))
    ours = next((cause for cause in causes if isinstance(cause, ProviderError)), None)
    if ours is not None:  # signing in failed: the request was never sent
        return ours
    why = "The name is unknown, the server is off, or something between refuses the connection"
    remedy = "Check the endpoint, the network and any VPN or proxy"
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        why = "Its certificate is not one this machine trusts"
        remedy = "Have the organisation's root certificate installed on this machine"
    return Offline(f"{target.host} cannot be reached", why=why, remedy=remedy,
                   details=redact(repr(causes[-1])))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def interrupted(target: Target, *, why: str = "", details: str = "") -> Interrupted:
    """The stream ended before the answer did."""
    return Interrupted(f"The answer of {target.host} broke off",
                       why=why or "The connection was closed before the end",
                       remedy="The text so far is kept. Ask again for a whole answer",
                       details=details)


def unreadable(target: Target, details: str) -> ServerFailed:
    """A 200 whose body is no chat stream."""
    return ServerFailed(
        f"{target.host} answered with something that is not a chat answer",
        why="A proxy, a sign-in page or another program may be at this address",
        remedy="Check the endpoint under Connections", details=redact(details)[:_DETAILS],
    )
