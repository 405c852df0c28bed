"""What a failure on the wire means, in the words of `core/errors`.

The same knowledge serves a request that failed and an error that somebody pasted. Every error
says one thing that happened and one thing to do next; the wire's own words go to `details`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from .errors import (
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

DETAILS = 4000  # characters of wire text worth copying
_ONLY_RESPONSES = re.compile(
    r"chatCompletion operation does not work|not a chat model|only supported in v1/responses", re.I
)
_TOO_LONG = re.compile(
    r"maximum context length|exceeds? the (available )?context|context (window|size|length)", re.I
)
ASK_AGAIN = "Ask again in a moment"


_NOT_CHAT = "does not answer chat messages"
_BLOCKED = re.compile(r"temporarily blocked|has been blocked|abuse", re.I)
_NETWORK_RULE = re.compile(r"virtual network|firewall|private endpoint|public access", re.I)
_NO_ROLE = re.compile(r"data ?action|permission|authorization|\brole\b|principal", re.I)
_BUSY = re.compile(r"temporarily unable to process|high demand|at capacity|no capacity", re.I)
_ONE_ROLE = re.compile(r"(system|developer).{1,40}(developer|system).{0,40}(together|both)", re.I)
_UNSUPPORTED = ("unsupported_parameter", "unsupported_value", "unknown_parameter")
_INSTEAD = {
    "max_tokens": "Send max_completion_tokens instead; this program does so after the first "
                  "refusal",
    "temperature": "Leave temperature out, as for all reasoning models; this program does so "
                   "after the first refusal",
    "stream": "Ask for the whole answer at once; this program does so after the first refusal",
}
# Words of network libraries -> why a server is not reached, and what to do.
_NETWORK = (
    (re.compile(r"certificate|SSL", re.I), "Its certificate is not one this machine trusts",
     "Have the organisation's root certificate installed on this machine"),
    (re.compile(r"proxy|tunnel|\b407\b", re.I),
     "The proxy that the environment names refuses the connection",
     "Check HTTPS_PROXY and NO_PROXY, and whether the proxy wants a sign-in"),
    (re.compile(r"name or service|getaddrinfo|resolve|nodename|name resolution|no address", re.I),
     "No name server knows this name: it is mistyped, was deleted, or is known only inside a "
     "company's network", "Compare the address with the resource's page, and connect any VPN"),
    (re.compile(r"refused|reset by peer", re.I),
     "Nothing answers at this address and port, or something between refuses the connection",
     "Start the server, or check the port, the firewall and any VPN"),
    (re.compile(r"timed? ?out", re.I), "Nothing answers: a firewall may swallow the connection",
     "Check the network, the firewall and any VPN or proxy"),
)


@dataclass(frozen=True, slots=True)
class Target:
    """Whom the request went to, as error texts name it."""

    connection: str
    host: str
    deployment: str
    has_key: bool
    entra: bool = False  # signs in instead of having a key

    @property
    def name(self) -> str:
        """The deployment, at the beginning of a sentence; it may be unknown."""
        return self.deployment or "The deployment"


@dataclass(frozen=True, slots=True)
class Wire:
    """A failure as the server put it."""

    status: int
    code: str
    message: str
    body: Mapping[str, Any]
    headers: Mapping[str, str]
    hide: Callable[[str], str] = str  # takes keys out of what is shown

    @property
    def details(self) -> str:
        """For "copy details": status, request id and body, without keys."""
        request = self.headers.get("apim-request-id") or self.headers.get("x-request-id") or "-"
        text = json.dumps(dict(self.body), ensure_ascii=False, default=str)
        return self.hide(f"status {self.status or '-'}, request {request}\n{text}")[:DETAILS]

    @property
    def words(self) -> str:
        """The server's sentence, short enough to show."""
        text = self.hide(" ".join(self.message.split()))
        return text if len(text) <= 300 else text[:299] + "…"



def meaning(wire: Wire, target: Target) -> ProviderError:
    """The ProviderError for a failure that has a status, or an error event inside a stream."""
    by_code = _by_code(wire, target)
    if by_code is not None:
        return by_code
    if not wire.status:
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
            f"{target.name} {_NOT_CHAT}",
            why="It may be a model for embeddings, or one for the Responses API that this API "
                "version does not have",
            remedy="Choose a deployment of a chat model, or leave the API version empty",
            details=wire.details,
        )
    if wire.code in ("rate_limit_exceeded", "insufficient_quota") or wire.status == 429:
        return _throttled(wire, target)
    return None


def _by_status(wire: Wire, target: Target) -> ProviderError:
    if wire.status == 401:
        return _no_entry(wire, target)
    if wire.status == 403:
        return _forbidden(wire, target)
    if wire.status == 404:
        return _not_found(wire, target)
    if wire.status == 408:
        return Offline(f"{target.host} was too slow", remedy=ASK_AGAIN, details=wire.details)
    if 300 <= wire.status < 400:
        return DeploymentNotFound(
            f"{target.host} sends requests on to another address, which is not followed",
            remedy="Put the final address into the connection", details=wire.details,
        )
    if wire.status == 431:
        return Refused(
            f"{target.host} got more headers than it takes",
            why="Azure takes at most ten headers of one's own",
            remedy="Look for a proxy or gateway on the way that adds headers",
            details=wire.details)
    if wire.status >= 500 or wire.status == 409:
        return ServerFailed(f"{target.host} failed with status {wire.status}", why=wire.words,
                            remedy=ASK_AGAIN, details=wire.details)
    if wire.code in _UNSUPPORTED and (name := str(wire.body.get("param") or "")):
        return Refused(f"{target.name} does not take {name}", why=wire.words,
                       remedy=_INSTEAD.get(name, f"Leave {name} out; this program does so after "
                                                 "the first refusal"),
                       details=wire.details)
    if _ONE_ROLE.search(wire.message):
        return Refused(
            f"{target.name} takes either a system or a developer message, not both",
            why=wire.words, remedy="Keep one of the two; they mean the same",
            details=wire.details)
    return Refused(f"{target.name} did not accept the request", why=wire.words,
                   remedy="Change the parameter it names, or choose another deployment",
                   details=wire.details)


def _forbidden(wire: Wire, target: Target) -> PermissionDenied:
    what, words = f"{target.host} forbids this call", wire.message
    remedy = "Ask its administrator about network rules and your role on the resource"
    if _BLOCKED.search(words):
        what = f"{target.host} is blocked by Microsoft"
        remedy = "Only the subscription's owner can have it lifted, with a support request"
    elif _NETWORK_RULE.search(words):
        remedy = ("Ask its administrator to add this machine's address under Networking, or "
                  "connect to the company's VPN")
    elif _NO_ROLE.search(words):
        remedy = ("Ask its administrator for the role Cognitive Services OpenAI User on the "
                  "resource; it counts a few minutes later")
    return PermissionDenied(what, why=wire.words, remedy=remedy, details=wire.details)


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
    name = rf"(?<!\w){re.escape(target.deployment)}(?!\w)" if target.deployment else "$^"
    if named or re.search(name, wire.message, re.I):
        called = f"named {target.deployment}" if target.deployment else "of that name"
        return DeploymentNotFound(
            f"{target.host} has no deployment {called}",
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
    if wait is not None and wait >= 3600:
        return Throttled(
            f"{target.name} takes nothing more for {wait / 3600:.0f} hours",
            why=wire.words, details=wire.details, retry_after=wait,
            remedy="Its limit for the day is used up, as free trials have one: use another "
                   "deployment, or another subscription")
    if _BUSY.search(wire.message):
        return Throttled(
            f"{target.name}'s model is too busy at the moment", why=wire.words,
            details=wire.details, retry_after=wait,
            remedy="Others use it too and your own limit would not help: ask again in a minute, "
                   "or use a deployment of another region or type")
    again = f"Ask again in {wait:.0f} s" if wait and wait >= 1 else ASK_AGAIN
    return Throttled(
        f"{target.name} gets too many requests at the moment", why=wire.words,
        remedy=f"{again}, raise the deployment's limit, or set a smaller max_tokens: Azure "
               "counts it as if it were used",
        details=wire.details, retry_after=wait,
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


def unreachable(host: str, words: str, details: str = "") -> Offline:
    """A server that was not reached; `words` are those of the library that tried."""
    why = "The name is unknown, the server is off, or something between refuses the connection"
    remedy = "Check the endpoint, the network and any VPN or proxy"
    for pattern, known_why, known_remedy in _NETWORK:
        if pattern.search(words):
            why, remedy = known_why, known_remedy
            break
    return Offline(f"{host} cannot be reached", why=why, remedy=remedy, details=details)


def only_other_calls(error: ProviderError) -> bool:
    """Whether a deployment was refused because it is none for chat messages."""
    return isinstance(error, Refused) and error.what.endswith(_NOT_CHAT)


def is_network_trouble(words: str) -> bool:
    """Whether a text is what a network library says of a server that it did not reach."""
    return any(pattern.search(words) for pattern, _, _ in _NETWORK)


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
        remedy="Check the endpoint under Connections", details=details[:DETAILS],
    )
