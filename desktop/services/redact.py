"""Keeps keys out of logs, tracebacks and what "copy details" copies.

The known values are kept for the whole process, because log handlers and the exception hook
are process-wide doors too.
"""

from __future__ import annotations

import logging
import re

HIDDEN = "[hidden]"
_MINIMUM = 6  # shorter values would blank ordinary words
_known: set[str] = set()
_RULES = (
    re.compile(r"(?i)(\b(?:proxy-)?authorization\b[\"']?\s*[:=]\s*[\"']?(?:\w+\s+)?)"
               r"([^\s\"',;}]{4,})"),
    re.compile(r"(?i)(\bbearer\s+)([\w.~+/=-]{8,})"),
    re.compile(r"(?i)(\b(?:api|subscription|access|account)[-_ ]?key\b[\"']?\s*[:=]\s*[\"']?)"
               r"([^\s\"',;&}]{4,})"),
    re.compile(r"(?i)([?&;\s]sig=)([^\s&\"']+)"),
    re.compile(r"()(\beyJ[\w-]{5,}\.[\w-]+\.[\w-]*)"),
    re.compile(r"()(\bsk-[\w-]{16,})"),
    re.compile(r"(?i)(://)([^/\s:@]+:[^/\s@]+)(?=@)"),
)


def remember(secret: str) -> None:
    """From now on `secret` never leaves through `redact`."""
    if len(secret) >= _MINIMUM:
        _known.add(secret)


def redact(text: str) -> str:
    """`text` without known keys and without anything shaped like one."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    for rule in _RULES:
        text = rule.sub(rf"\g<1>{HIDDEN}", text)
    return text


class RedactingFilter(logging.Filter):
    """Attach to every handler: a logger's own filter does not see its children's records."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record in place, traceback included; never drops it."""
        record.msg = redact(record.getMessage())
        record.args = ()
        if record.exc_info:
            record.exc_text = redact(logging.Formatter().formatException(record.exc_info))
            record.exc_info = None  # a later handler would format it again, unredacted
        if record.stack_info:
            record.stack_info = redact(record.stack_info)
        return True


def protect(handler: logging.Handler) -> None:
    """Make a log handler safe, and silence the libraries that log whole requests."""
    handler.addFilter(RedactingFilter())
    for library in ("openai", "httpx2", "httpcore2", "keyring", "azure", "msal", "urllib3"):
        logging.getLogger(library).setLevel(logging.WARNING)
