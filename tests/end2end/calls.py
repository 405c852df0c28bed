"""A chat server that takes a fixed time for each call, and remembers every call.

    python -m tests.end2end.calls [SECONDS]

prints its port and serves `/v1/chat/completions`, streamed or whole, until its input ends.
`GET /log` gives `[[question, began, ended or null], ...]`, in seconds of its own clock.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_SENTENCE = "The plan pays for one pair of eyeglasses a year, up to two hundred dollars."
WORDS = _SENTENCE.split()
_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: %s\r\n"


def _chunk(delta: dict[str, str], reason: str | None, usage: Any = None) -> bytes:
    choices = [] if usage else [{"index": 0, "delta": delta, "finish_reason": reason}]
    value = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "steady",
             "choices": choices, "usage": usage}
    data = b"data: " + json.dumps(value).encode() + b"\n\n"
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


USAGE = {"prompt_tokens": 12, "completion_tokens": len(WORDS), "total_tokens": 27}
STREAM = b"".join([
    *(_chunk({"content": f"{word} "}, None) for word in WORDS), _chunk({}, "stop"),
    _chunk({}, None, USAGE), b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n",
])
WHOLE = json.dumps({
    "id": "x", "object": "chat.completion", "created": 0, "model": "steady", "usage": USAGE,
    "choices": [{"index": 0, "finish_reason": "stop",
                 "message": {"role": "assistant", "content": " ".join(WORDS)}}],
}).encode()


@dataclass
class Server:
    """What `_serve` keeps."""

    seconds: float
    log: list[list[Any]]

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = int(head.partition("content-length:")[2].split("\r\n")[0] or 0)
                body = await reader.readexactly(length)
                if head.startswith("get"):
                    self._reply(writer, json.dumps(self.log).encode())
                else:
                    await self._call(json.loads(body), writer)
                await writer.drain()
        with contextlib.suppress(OSError):
            writer.close()

    async def _call(self, body: dict[str, Any], writer: asyncio.StreamWriter) -> None:
        entry = [body["messages"][-1]["content"], time.monotonic(), None]
        self.log.append(entry)
        await asyncio.sleep(self.seconds)
        if writer.is_closing():
            return
        if body.get("stream"):
            head = _HEAD % b"text/event-stream" + b"transfer-encoding: chunked\r\n\r\n"
            writer.write(head + STREAM)
        else:
            self._reply(writer, WHOLE)
        entry[2] = time.monotonic()

    @staticmethod
    def _reply(writer: asyncio.StreamWriter, data: bytes) -> None:
        head = _HEAD % b"application/json" + b"content-length: %d\r\n\r\n" % len(data)
        writer.write(head + data)


async def _serve(seconds: float) -> None:
    server = Server(seconds, [])
    listening = await asyncio.start_server(server.connected, "127.0.0.1", 0, backlog=256)
    print(listening.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


@dataclass(frozen=True)
class Calls:
    """A running server, as a test sees it."""

    url: str

    def log(self) -> list[list[Any]]:
        with urllib.request.urlopen(f"{self.url.removesuffix('/v1')}/log", timeout=5) as reply:
            found: list[list[Any]] = json.load(reply)
            return found


@contextlib.contextmanager
def serving(seconds: float = 0.1) -> Iterator[Calls]:
    """A process of its own, so that it takes no time of those who call it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.end2end.calls", str(seconds)], cwd=ROOT,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield Calls(f"http://127.0.0.1:{int(process.stdout.readline())}/v1")
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    asyncio.run(_serve(float(sys.argv[1]) if len(sys.argv) > 1 else 0.1))
