"""Keys never leave through logs, tracebacks or copied details."""

from __future__ import annotations

import io
import logging

import pytest

from desktop.services.redact import HIDDEN, protect, redact, remember

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.mark.parametrize(("text", "secret"), [
    ("api-key: 0123456789abcdef", "0123456789abcdef"),
    ('{"api_key": "0123456789abcdef"}', "0123456789abcdef"),
    ("Ocp-Apim-Subscription-Key: 0123456789abcdef", "0123456789abcdef"),
    ("Authorization: Bearer abcdefghijkl", "abcdefghijkl"),
    ("{'authorization': 'Basic dXNlcjpwYXNz'}", "dXNlcjpwYXNz"),
    ("token was Bearer abcdefghijkl.", "abcdefghijkl"),
    ("https://x.blob.core.windows.net/c?sv=1&sig=a%2Fb%3D&se=2", "a%2Fb%3D"),
    (f"signed in with {JWT} today", JWT),
    ("Incorrect API key provided: sk-proj-abcdefghijklmnop", "sk-proj-abcdefghijklmnop"),
    ("https://user:hunter22@host/v1", "user:hunter22"),
])
def test_what_looks_like_a_key_is_hidden(text: str, secret: str) -> None:
    assert secret not in redact(text)
    assert HIDDEN in redact(text)


@pytest.mark.parametrize("text", [
    "Access denied due to invalid subscription key or wrong API endpoint.",
    "The key has expired. Paste the key again.", "bearer of bad news", "https://host:8080/a@b",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert redact(text) == text


def test_known_values_are_hidden_wherever_they_stand() -> None:
    remember("canary-plain-value")
    assert redact("before canary-plain-value after") == f"before {HIDDEN} after"
    remember("ab")
    assert redact("about") == "about", "too short to be a key"


def test_a_protected_handler_writes_no_key() -> None:
    remember("canary-in-a-log")
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    protect(handler)
    log = logging.Logger("test")
    log.addHandler(handler)
    log.warning("key %s, %s", "canary-in-a-log", {"api-key": "0123456789abcdef"})
    try:
        raise ValueError("broke with canary-in-a-log")
    except ValueError:
        log.exception("failed", stack_info=True)
    written = out.getvalue()
    assert "canary-in-a-log" not in written
    assert "0123456789abcdef" not in written
    assert "Traceback" in written
    assert "ValueError: broke with [hidden]" in written


def test_libraries_that_log_requests_are_silenced() -> None:
    protect(logging.NullHandler())
    assert not logging.getLogger("httpx2").isEnabledFor(logging.INFO)
