"""The child's side of a worker process. Imports nothing that is slow, and never Qt."""

from __future__ import annotations

import contextlib
import heapq
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from ..core.errors import StrategyExplorerError
from .worker_frames import Header, describe, pack, unpack

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Reply = tuple[Header, bytes]
Steps = Generator[None, None, Reply]  # each yield lets urgent requests overtake
Handler = Callable[[Header, memoryview], Steps]
MakeHandler = Callable[[Header], Handler]
Inbox = queue.SimpleQueue[tuple[Header, memoryview]]


def run(connection: Connection[Any, Any], make_handler: MakeHandler, config: Header) -> None:
    """The whole life of the child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent to handle
    _silence()
    inbox: Inbox = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(connection, inbox), daemon=True).start()
    try:
        handler = make_handler(config)
    except Exception as error:
        handler = _always(error)
    _Server(connection, inbox, handler).serve()


def _silence() -> None:
    """Libraries' chatter must not mix with what the command line prints."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (1, 2):
            os.dup2(nowhere, stream)


def limit_memory(most: int) -> None:
    """`most` bytes of address space, and no core file: what is made to fill the memory costs
    this process only. Not on Windows."""
    if sys.platform == "win32":
        return
    import resource

    for kind, limit in ((resource.RLIMIT_AS, most), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (limit, limit))


def _receive(connection: Connection[Any, Any], inbox: Inbox) -> None:
    """On a thread of its own, so that the end of the parent is noticed in the midst of work."""
    with contextlib.suppress(OSError, EOFError):
        while True:
            inbox.put(unpack(connection.recv_bytes()))
    os._exit(0)


def _always(error: Exception) -> Handler:
    """A handler for a child that could not be set up."""

    def handler(header: Header, payload: memoryview) -> Steps:
        yield  # makes it a generator
        raise error

    return handler


class _Server:
    """Runs requests step by step: urgent ones first, then in the order they came."""

    def __init__(self, connection: Connection[Any, Any], inbox: Inbox, handler: Handler) -> None:
        self._connection = connection
        self._inbox = inbox
        self._handler = handler
        self._order: list[tuple[bool, int]] = []  # a heap of (not urgent, id)
        self._running: dict[int, Steps] = {}

    def serve(self) -> None:
        """Until the process is killed or the parent is gone."""
        while True:
            self._take()
            _, number = self._order[0]
            try:
                next(self._running[number])
            except StopIteration as done:
                header, payload = done.value
                self._answer(number, header, payload)
            except StrategyExplorerError as error:
                self._answer(number, {"error": describe(error)})
            except Exception:
                self._answer(number, {"error": {"details": traceback.format_exc()}})

    def _take(self) -> None:
        """All requests that have come; waits for one only when there is nothing to do."""
        while not self._order or not self._inbox.empty():
            header, payload = self._inbox.get()
            if "cancel" in header:
                self._forget(header["cancel"])
                continue
            number = header["id"]
            self._running[number] = self._handler(header, payload)
            heapq.heappush(self._order, (not header["urgent"], number))

    def _forget(self, number: int) -> None:
        if self._running.pop(number, None) is not None:
            self._order = [entry for entry in self._order if entry[1] != number]
            heapq.heapify(self._order)

    def _answer(self, number: int, header: Header, payload: bytes = b"") -> None:
        self._forget(number)
        self._connection.send_bytes(pack({**header, "id": number}, payload))
