"""What an SDK failure means: its parts are taken out here, where the SDK is known, and
`core/wire_errors` says what they mean."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..core.errors import Offline, ProviderError
from ..core.wire_errors import (
    Target,
    Wire,
    interrupted,
    meaning,
    retry_after,
    unreachable,
)
from ..core.wire_errors import unreadable as unreadable_words
from .redact import redact

if TYPE_CHECKING:
    import openai

__all__ = [
    "Target", "Wire", "failed", "interrupted", "retry_after", "translate", "unreadable", "wire_of",
]


def wire_of(error: openai.APIError) -> Wire:
    """Take the parts out of an SDK error, whatever shape the server's body has."""
    body = error.body if isinstance(error.body, Mapping) else {"message": error.body}
    response = getattr(error, "response", None)
    message = body.get("message") or body.get("detail") or error.message
    return Wire(
        status=getattr(error, "status_code", 0),
        code=str(body.get("code") or body.get("type") or ""),
        message=str(message), body=body,
        headers=response.headers if response is not None else {}, hide=redact,
    )


def translate(error: openai.APIError, target: Target) -> ProviderError:
    """The ProviderError for an SDK error raised before or during a stream."""
    import openai

    if isinstance(error, openai.APITimeoutError):
        return _too_slow(target, error)
    if isinstance(error, openai.APIConnectionError):
        return _unreachable(target, error)
    return meaning(wire_of(error), target)


def failed(error: Mapping[str, Any], target: Target) -> ProviderError:
    """An error that a stream told as one of its events."""
    code, message = str(error.get("code") or ""), str(error.get("message") or "")
    return meaning(Wire(0, code, message, error, {}, redact), target)


def _too_slow(target: Target, error: Exception) -> Offline:
    return Offline(f"{target.host} did not answer in time",
                   remedy="Check the network and any VPN, then ask again",
                   details=redact(repr(error.__cause__ or error)))


def _unreachable(target: Target, error: Exception) -> ProviderError:
    causes = list(_chain(error))
    ours = next((cause for cause in causes if isinstance(cause, ProviderError)), None)
    if ours is not None:  # signing in failed: the request was never sent
        return ours
    trust = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes)
    words = "certificate" if trust else " ".join(repr(cause) for cause in causes[1:])
    return unreachable(target.host, words, redact(repr(causes[-1])))


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def unreadable(target: Target, details: str) -> ProviderError:
    """A 200 whose body is no chat stream."""
    return unreadable_words(target, redact(details))
