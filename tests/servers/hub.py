"""A stand-in for the Hugging Face hub on a free loopback port: one repository, read-only.

    with HubServer({"config.json": b"{}"}) as hub: os.environ["HF_ENDPOINT"] = hub.url
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"
NAME = "maker/tiny"


class HubServer:
    """Use as a context manager; `asked` are the paths, `tokens` the authorizations sent."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.asked: list[str] = []
        self.tokens: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> HubServer:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def json(self, path: str) -> Any:
        """What the API says, None for what it does not know."""
        if path in (f"/api/models/{NAME}", f"/api/models/{NAME}/revision/main"):
            return {"_id": "1", "id": NAME, "modelId": NAME, "sha": COMMIT, "private": False,
                    "siblings": [{"rfilename": name} for name in self.files]}
        if path.startswith(f"/api/models/{NAME}/tree/"):
            return [{"type": "file", "path": name, "size": len(content), "oid": _oid(content)}
                    for name, content in self.files.items()]
        return None


def _oid(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


def _handler(hub: HubServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            """Kept in `asked`."""

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            path = urlsplit(self.path).path
            hub.asked.append(path)
            if token := self.headers.get("authorization"):
                hub.tokens.append(token)
            name = path.partition(f"/{NAME}/resolve/")[2].partition("/")[2]
            if name in hub.files:
                content = hub.files[name]
                self._send(200, content, body, {
                    "etag": f'"{_oid(content)}"', "x-repo-commit": COMMIT,
                    "content-type": "application/octet-stream", "accept-ranges": "bytes"})
            elif (found := hub.json(path)) is not None:
                self._send(200, json.dumps(found).encode(), body,
                           {"content-type": "application/json"})
            else:
                self._send(404, b'{"error": "Repository not found"}', body, {
                    "x-error-code": "RepoNotFound", "content-type": "application/json"})

        def _send(self, status: int, content: bytes, body: bool, headers: Any) -> None:
            self.send_response(status)
            for key, value in headers.items():
                self.send_header(key, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if body:
                self.wfile.write(content)

    return Handler
