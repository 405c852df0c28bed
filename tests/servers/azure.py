"""An Azure OpenAI emulator: a real HTTP server on a free loopback port.

Speaks the v1 API, the classic deployments API and plain OpenAI. A deployment's name chooses
its behaviour (`behaviours.DEPLOYMENTS`), or a test brings its own `Scenario`. What the
service would refuse is refused. Every request is written to stderr, which pytest shows for
failing tests, and kept in `requests`.

    with AzureEmulator() as server:
        Connection("work", "azure", server.url, ...)
"""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from . import responses, wire
from .authoring import Authoring
from .behaviours import (
    BAD_KEY,
    BAD_OPENAI_KEY,
    NO_DEPLOYMENT,
    NO_MODEL,
    NO_RESOURCE,
    Deployed,
    Refusal,
    Reply,
    Scenario,
    refused,
)
from .forms import as_sent
from .jobs import models
from .rules import problem_with

_CLASSIC = re.compile(r"/openai/deployments/([^/]+)/(chat/completions|embeddings)")
_V1 = re.compile(r"/openai/v1/(chat/completions|embeddings|models|responses)")
_PLAIN = re.compile(r"/v1/(chat/completions|embeddings|models|responses)")
NO_RESPONSES = "The responses operation does not work with the specified model."
_DATED = re.compile(r"20\d\d-\d\d-\d\d(-preview)?")
_DIMENSIONS = {"text-embedding-3-small": 1536, "text-embedding-3-large": 3072, "e5": 384}


@dataclass
class Request:
    """One recorded request; header values of keys are replaced by whether they were right."""

    api: str  # classic, v1, openai
    path: str
    deployment: str
    body: dict[str, Any]
    headers: dict[str, str]
    key_ok: bool
    status: int = 0
    disconnected: threading.Event = field(default_factory=threading.Event)


class _Gone(Exception):
    """The client closed its end, or the server is closing."""


class AzureEmulator:
    """Use as a context manager; `url` is the resource's address."""

    def __init__(self, scenario: Scenario | None = None) -> None:
        self.scenario = scenario or Scenario()
        self.requests: list[Request] = []
        self.authoring = Authoring(self.scenario)
        self.closing = threading.Event()
        self._calls: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def key(self) -> str:
        return self.scenario.key

    def __enter__(self) -> AzureEmulator:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.closing.set()
        self._server.shutdown()
        for connected in list(self._sockets):
            try:
                connected.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # closed by the client meanwhile
        self._server.server_close()  # joins the handlers' threads
        self._thread.join()

    def behaviour(self, name: str, deployed: Deployed) -> Reply | Refusal:
        """What this deployment does at this call."""
        with self._lock:
            turn = min(self._calls[name], len(deployed.does) - 1)
            self._calls[name] += 1
        return deployed.does[turn]

    def record(self, request: Request) -> None:
        with self._lock:
            self.requests.append(request)

    def opened(self, connected: socket.socket) -> None:
        self._sockets.add(connected)

    def closed(self, connected: socket.socket) -> None:
        self._sockets.discard(connected)


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, emulator: AzureEmulator) -> None:
        self.emulator = emulator
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError | _Gone):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.emulator.opened(self.connection)

    def finish(self) -> None:
        self.server.emulator.closed(self.connection)
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Our own line, in `_serve`, says more."""

    def do_GET(self) -> None:
        if not self._authored(b""):
            self._serve({})

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self._authored(raw):
            return
        try:
            body = json.loads(raw or b"{}")
        except ValueError:
            body = None
        self._serve(body)

    def do_PUT(self) -> None:
        if not self._authored(self.rfile.read(int(self.headers.get("content-length") or 0))):
            self._serve({})

    def _authored(self, raw: bytes) -> bool:
        """Files, jobs and deployments; False for what is none of these."""
        authoring = self.server.emulator.authoring
        if not authoring.serves(self.path):
            return False
        api = authoring.api_of(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        allowed = api == "arm" or self._key_ok(api)
        answer = authoring.answer(self.command, self.path, headers, raw) if allowed else BAD_KEY
        request = Request(api, self.path, "", {}, {}, allowed)
        try:
            if answer is None:
                self.connection.shutdown(socket.SHUT_RDWR)
            elif isinstance(answer, Refusal):
                self._refuse(request, answer)
            else:
                self._send(request, answer.status, *as_sent(answer))
        except OSError:
            self.close_connection = True
        print(f"azure emulator: {api} {self.command} {self.path} -> {request.status}",
              file=sys.__stderr__)
        return True

    def _serve(self, body: Any) -> None:
        emulator = self.server.emulator
        request, call = self._understand(body if isinstance(body, dict) else {})
        emulator.record(request)
        answer = self._decide(request, call, body)
        try:
            if isinstance(answer, Refusal):
                self._refuse(request, answer)
            elif isinstance(answer, dict):
                self._send_json(request, 200, answer)
            else:
                self._reply(request, answer)
        except (OSError, _Gone):
            request.disconnected.set()
            self.close_connection = True
        print(f"azure emulator: {request.api} {request.deployment} {request.path} -> "
              f"{request.status} {sorted(request.body)} key {request.key_ok}",
              file=sys.__stderr__)

    def _understand(self, body: dict[str, Any]) -> tuple[Request, str]:
        parts = urlsplit(self.path)
        api, call, deployment = "?", "", str(body.get("model", ""))
        if found := _CLASSIC.fullmatch(parts.path):
            api, call, deployment = "classic", found[2], unquote(found[1])
        elif found := _V1.fullmatch(parts.path):
            api, call = "v1", found[1]
        elif found := _PLAIN.fullmatch(parts.path):
            api, call = "openai", found[1]
        headers = {k.lower(): v for k, v in self.headers.items()
                   if k.lower() not in ("api-key", "authorization")}
        return Request(api, self.path, deployment, body, headers, self._key_ok(api)), call

    def _key_ok(self, api: str) -> bool:
        key, token = self.server.emulator.key, self.server.emulator.scenario.bearer
        if token:
            return self.headers.get("authorization", "") == f"Bearer {token}"
        bearer = self.headers.get("authorization", "") == f"Bearer {key}"
        plain = self.headers.get("api-key", "") == key
        return not key or {"classic": plain, "openai": bearer}.get(api, plain or bearer)

    def _decide(self, request: Request, call: str, body: Any) -> Reply | Refusal | dict[str, Any]:
        if not self._known_address(request):
            return NO_RESOURCE
        if not request.key_ok:
            return BAD_OPENAI_KEY if request.api == "openai" else BAD_KEY
        if call == "models":
            return self._models(request.api)
        if body is None:
            return refused(400, "invalid_json", "We could not parse the JSON body.")
        deployed = self.server.emulator.scenario.deployments.get(request.deployment)
        if deployed is None:
            return NO_MODEL if request.api == "openai" else NO_DEPLOYMENT
        if (problem := problem_with(request.body, deployed, call)) is not None:
            return problem
        if call == "embeddings":
            done = self.server.emulator.behaviour(request.deployment, deployed)
            return done if isinstance(done, Refusal) else _embeddings(request, deployed)
        if call == "responses":
            return deployed.responses or refused(400, "OperationNotSupported", NO_RESPONSES)
        return self.server.emulator.behaviour(request.deployment, deployed)

    def _known_address(self, request: Request) -> bool:
        version = parse_qs(urlsplit(self.path).query).get("api-version", [""])[0]
        if request.api == "classic":
            return bool(_DATED.fullmatch(version))
        if request.api == "v1":
            return version in ("", "v1", "preview")
        return request.api == "openai"

    def _models(self, api: str) -> dict[str, Any]:
        """Azure lists the region's models, OpenAI what can be asked."""
        if api == "v1":
            return {"object": "list", "data": models()}
        names = self.server.emulator.scenario.deployments
        return {"object": "list", "data": [
            {"id": name, "object": "model", "created": 1795651200, "owned_by": "emulator"}
            for name in names]}

    def _refuse(self, request: Request, refusal: Refusal) -> None:
        if isinstance(refusal.error, bytes):
            self._send(request, refusal.status, refusal.error, refusal.headers)
            return
        error = dict(refusal.error)
        error["message"] = error["message"].replace("{name}", request.deployment)
        self._send_json(request, refusal.status, {"error": error}, refusal.headers)

    def _send_json(self, request: Request, status: int, body: dict[str, Any],
                   headers: Any = None) -> None:
        self._send(request, status, json.dumps(body).encode(),
                   {"content-type": "application/json", **(headers or {})})

    def _send(self, request: Request, status: int, body: bytes, headers: Any) -> None:
        request.status = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("apim-request-id", "00000000-1111-2222-3333-444444444444")
        self.send_header("x-ms-region", "Sweden Central")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _reply(self, request: Request, reply: Reply) -> None:
        if "input" in request.body:
            self._respond(request, reply)
            return
        azure = request.api != "openai"
        model = self.server.emulator.scenario.deployments[request.deployment].model
        self._wait(reply.first_byte)
        if not request.body.get("stream"):
            messages = request.body["messages"]
            self._send_json(request, 200, wire.whole(reply, model, messages, azure=azure))
            return
        request.status = 200
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.send_header("x-ms-region", "Sweden Central")
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self._stream(request, reply, model, azure=azure)

    def _respond(self, request: Request, reply: Reply) -> None:
        """The Responses API."""
        model = self.server.emulator.scenario.deployments[request.deployment].model
        if not request.body.get("stream"):
            self._send_json(request, 200, responses.whole(reply, model, request.body["input"]))
            return
        request.status = 200
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        events = list(responses.events(reply, model, request.body["input"]))
        self._write(*events[:len(events) // 2])
        if reply.hold:
            self._wait(60.0)
        self._write(*events[len(events) // 2:])
        self.wfile.write(b"0\r\n\r\n")

    def _stream(self, request: Request, reply: Reply, model: str, *, azure: bool) -> None:
        messages = request.body["messages"]
        text = reply.answer(messages)
        pieces = wire.words(text)
        half = len(pieces) // 2
        self._write(*wire.prologue(model, azure=azure))
        self._write(*wire.body(reply, model, pieces[:half], azure=azure))
        if reply.hold:
            self._wait(60.0)
        if reply.cut == "abrupt":
            self.connection.shutdown(socket.SHUT_RDWR)
            raise _Gone
        if reply.malformed or reply.error_event:
            self._write(reply.malformed or wire.event({"error": reply.error_event}))
        elif not reply.cut:
            self._write(*wire.body(reply, model, pieces[half:], azure=azure))
            wants = (request.body.get("stream_options") or {}).get("include_usage")
            usage = wire.usage_of(messages, text) if wants and reply.usage != "none" else None
            self._write(*wire.epilogue(reply, model, usage))
        self.wfile.write(b"0\r\n\r\n")

    def _write(self, *events: bytes) -> None:
        for data in events:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _wait(self, seconds: float) -> None:
        """Raises _Gone when the client hangs up or the server closes before the time is over."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            readable, _, _ = select.select([self.connection], [], [], min(left, 0.02))
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise _Gone
            if self.server.emulator.closing.is_set():
                raise _Gone


def _embeddings(request: Request, deployed: Deployed) -> dict[str, Any]:
    texts = request.body["input"]
    texts = [texts] if isinstance(texts, str) else texts
    dimension = request.body.get("dimensions") or _DIMENSIONS.get(deployed.model, 1536)
    encoding = request.body.get("encoding_format") or "float"
    count = sum(len(text.split()) for text in texts)
    return {
        "object": "list", "model": deployed.model,
        "data": [{"object": "embedding", "index": i,
                  "embedding": wire.embedding(text, dimension, encoding)}
                 for i, text in enumerate(texts)],
        "usage": {"prompt_tokens": count, "total_tokens": count},
    }
