"""Bodies of the emulator's authoring half: forms that come in, lists and files that go out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

Body = bytes | dict[str, Any]


@dataclass
class Answer:
    """A status with a body; a body in bytes is a file."""

    status: int
    body: Body
    headers: Mapping[str, str] = field(default_factory=dict)


def form_of(headers: Mapping[str, str], raw: bytes) -> tuple[dict[str, Any], bytes]:
    """A multipart form: its fields, where the file is its name, and the file's bytes."""
    head = b"content-type: " + headers.get("content-type", "").encode() + b"\r\n\r\n"
    fields: dict[str, Any] = {}
    content = b""
    for part in message_from_bytes(head + raw).walk():
        if part.is_multipart():
            continue
        name = str(part.get_param("name", header="content-disposition"))
        value = part.get_payload(decode=True)
        assert isinstance(value, bytes)
        if part.get_filename() is not None:
            fields[name], content = part.get_filename(), value
        elif inner := re.fullmatch(r"(\w+)\[(\w+)\]", name):
            text = value.decode()
            fields.setdefault(inner[1], {})[inner[2]] = int(text) if text.isdigit() else text
        else:
            fields[name] = value.decode()
    return fields, content


def listed(rows: list[dict[str, Any]]) -> Answer:
    return Answer(200, {"object": "list", "data": rows, "has_more": False,
                        "first_id": rows[0]["id"] if rows else "",
                        "last_id": rows[-1]["id"] if rows else ""})


def page(rows: list[dict[str, Any]], query: Mapping[str, str]) -> Answer:
    """`limit` rows after the one named `after`."""
    ids = [row["id"] for row in rows]
    start = ids.index(query["after"]) + 1 if query.get("after") in ids else 0
    limit = int(query.get("limit", 20))
    return Answer(200, {"object": "list", "data": rows[start:start + limit],
                        "has_more": start + limit < len(rows)})


def as_sent(answer: Answer) -> tuple[bytes, dict[str, str]]:
    """Body and headers."""
    kind = "application/octet-stream" if isinstance(answer.body, bytes) else "application/json"
    body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
    return body, {"content-type": kind, **answer.headers}
