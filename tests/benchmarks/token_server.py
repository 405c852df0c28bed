"""A chat server that streams words at a steady pace, for as long as one likes.

    python -m tests.benchmarks.token_server

prints its port and serves `/v1/chat/completions` until its input ends. `served()` runs it as a
process of its own, so that it takes no time of the window's.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

WORDS = ("The", "plan", "pays", "for", "one", "pair", "of", "eyeglasses", "[1]", "a", "year.")
PER_SECOND = 80  # words of one answer
LENGTH = 400  # words: five seconds
_HEAD = (
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
)


def _event(number: int) -> bytes:
    word = WORDS[number % len(WORDS)] + ("\n\n" if number % 60 == 59 else " ")
    choice: dict[str, Any] = {"index": 0, "delta": {"content": word}, "finish_reason": None}
    if number == LENGTH - 1:
        choice["finish_reason"] = "stop"
    return b"data: " + json.dumps({
        "id": "x", "object": "chat.completion.chunk", "created": 0, "model": "steady",
        "choices": [choice],
    }).encode() + b"\n\n"


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(head.partition("content-length:")[2].split("\r\n")[0] or 0)
        await reader.readexactly(length)
        writer.write(_HEAD.encode())
        for number in range(LENGTH):
            writer.write(_event(number))
            await writer.drain()
            await asyncio.sleep(1 / PER_SECOND)
        writer.write(b"data: [DONE]\n\n")
        await writer.drain()
    with contextlib.suppress(OSError):
        writer.close()


async def _serve() -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


@contextlib.contextmanager
def served() -> Iterator[str]:
    """The address to give a connection."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.token_server"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
    finally:
        process.kill()
        process.communicate()


if __name__ == "__main__":
    asyncio.run(_serve())
