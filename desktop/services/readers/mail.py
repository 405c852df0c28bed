"""Mails (.eml): who wrote to whom and when, the text, and attachments of kinds that are read."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable
from email.message import EmailMessage

from ...core.errors import DocumentError
from . import html
from .parsed import Parsed, one_page

HEADERS = ("From", "To", "Cc", "Date")
MOST_ATTACHMENTS = 50
Parse = Callable[[str, bytes], Parsed]


def read(content: bytes, parse: Parse) -> Parsed:
    """`parse` reads an attachment by name and bytes. Raises DocumentError."""
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        head, body = _head(message), _body(message)
        files = [(part.get_filename() or "without a name", part)
                 for part in message.iter_attachments()]
    except DocumentError:
        raise
    except (Exception, RecursionError) as error:  # the library trusts what mails say of themselves
        raise DocumentError(
            "Is damaged or not a mail", remedy="Open it in a mail program and save it anew",
            details=f"{type(error).__name__}: {error}",
        ) from error
    texts, left_out = _attachments(files, parse)
    parsed = one_page("\n\n".join(part for part in (head, body, *texts) if part))
    return Parsed(parsed.pages, _warning(left_out))


def _head(message: EmailMessage) -> str:
    subject = " ".join(str(message.get("Subject") or "").split())
    said = [f"{name}: {' '.join(str(message[name]).split())}" for name in HEADERS if message[name]]
    if not subject and not said:
        raise DocumentError("Is not a mail", why="It has neither a sender nor a subject",
                            remedy="Check that its name ends as its kind does")
    return "\n".join([f"# {subject}", ""] * bool(subject) + said)


def _body(message: EmailMessage) -> str:
    """The plain form where there is one: mail programs make the other from it."""
    part = message.get_body(("plain", "html"))
    if part is None:
        return ""
    content = part.get_payload(decode=True)
    if part.get_content_subtype() == "html" and isinstance(content, bytes):
        return html.read(content).pages[0].text
    return str(part.get_content()).strip()


def _attachments(
    files: list[tuple[str, EmailMessage]], parse: Parse
) -> tuple[list[str], list[str]]:
    """Texts of those that can be read, and names of the others."""
    texts: list[str] = []
    left_out = [name for name, _ in files[MOST_ATTACHMENTS:]]
    for name, part in files[:MOST_ATTACHMENTS]:
        content = part.get_payload(decode=True)
        try:
            pages = parse(name, content).pages if isinstance(content, bytes) else ()
        except DocumentError:
            pages = ()
        text = "\n\n".join(page.text for page in pages if page.text.strip())
        if text:
            texts.append(f"## Attachment {name}\n\n{text}")
        else:
            left_out.append(name)
    return texts, left_out


def _warning(left_out: list[str]) -> str:
    if not left_out:
        return ""
    named = ", ".join(left_out[:3]) + (", ..." if len(left_out) > 3 else "")
    return f"Attachments that could not be read: {named}"
