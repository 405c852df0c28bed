"""A small process for work that is heavy or hostile: started when needed, killed at will.

Parent and child speak frames over one pipe: a JSON header and raw bytes. Never pickled
objects, because a child may be reading a file that was made to take it over. The child runs
one handler per request as a generator; wherever it yields, urgent requests overtake and
cancelled ones stop. It never imports Qt, and ends with its parent, however that ends.

    worker = Worker("embedder", make_handler, {"folder": "..."})
    vectors = await worker.call({"texts": [...]}, decode=vectors_of)
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from .worker_frames import Header, pack, recreate, unpack

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from .worker_child import MakeHandler

T = TypeVar("T")
Decode = Callable[[Header, memoryview], T]
LARGEST_REPLY = 1 << 28  # bytes


class WorkerDied(Exception):
    """The process ended before it answered; `exit_code` is negative for a signal."""

    def __init__(self, name: str, exit_code: int | None) -> None:
        self.exit_code = exit_code
        super().__init__(f"the {name} process ended with {exit_code}")


@dataclass(slots=True)
class _Waiting:
    """Somebody who waits for an answer, on some event loop."""

    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[Any]
    decode: Decode[Any]

    def settle(self, result: Any, error: BaseException | None) -> None:
        """From any thread; an answer that nobody awaits any more is dropped."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self.loop.call_soon_threadsafe(self._settle, result, error)

    def _settle(self, result: Any, error: BaseException | None) -> None:
        if self.future.done():
            return
        if error is None:
            self.future.set_result(result)
        else:
            self.future.set_exception(error)

    def answer(self, header: Header, payload: memoryview) -> None:
        """Decoded here, on the receiving thread, so that a large answer stalls no window."""
        try:
            if "error" in header:
                raise recreate(header["error"])
            result = self.decode(header, payload)
        except Exception as error:
            self.settle(None, error)
        else:
            self.settle(result, None)


class _Process:
    """One life of the child: its process, its pipe, and the two threads that serve it.

    The sending thread also starts the process: neither may block the event loop.
    """

    def __init__(self, name: str, make_handler: MakeHandler, config: Header) -> None:
        self._name = name
        self._outbox: queue.SimpleQueue[tuple[Header, bytes] | None] = queue.SimpleQueue()
        self._waiting: dict[int, _Waiting] = {}
        self._lock = threading.Lock()
        self._process: multiprocessing.process.BaseProcess | None = None
        self._killed = False
        self._exit_code: int | None = None
        self._cause: OSError | None = None
        self.ended = threading.Event()
        threading.Thread(
            target=self._live, args=(make_handler, config), name=f"to {name}", daemon=True
        ).start()

    @property
    def usable(self) -> bool:
        return not self._killed

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process else None

    def post(self, number: int, waiting: _Waiting, header: Header, payload: bytes) -> None:
        with self._lock:
            self._waiting[number] = waiting
            usable = self.usable
        if usable:
            self._outbox.put((header, payload))
        else:
            self._abandon()

    def forget(self, number: int) -> None:
        """The answer is not wanted any more; the child stops working on it."""
        with self._lock:
            self._waiting.pop(number, None)
        self._outbox.put(({"cancel": number}, b""))

    def kill(self) -> None:
        with self._lock:
            self._killed = True
            if self._process is not None:
                self._process.kill()
        self._outbox.put(None)

    def _live(self, make_handler: MakeHandler, config: Header) -> None:
        try:
            self._converse(make_handler, config)
        except OSError as error:  # the system has no process or pipe to give
            self._cause = error
        finally:
            self._end()

    def _converse(self, make_handler: MakeHandler, config: Header) -> None:
        from . import worker_child

        context = multiprocessing.get_context("spawn")  # fork is unsafe with Qt and OpenMP
        ours, theirs = context.Pipe(duplex=True)
        with ours:
            with theirs:
                process = context.Process(
                    target=worker_child.run, args=(theirs, make_handler, config),
                    name=self._name, daemon=True,
                )
                with _without_ctrl_c():
                    process.start()
            with self._lock:
                self._process = process
                if self._killed:
                    process.kill()
            receiver = threading.Thread(
                target=self._receive, args=(ours,), name=f"from {self._name}", daemon=True
            )
            receiver.start()
            with contextlib.suppress(OSError):  # the child is gone: the receiver sees it too
                while (message := self._outbox.get()) is not None:
                    ours.send_bytes(pack(*message))
            receiver.join()

    def _end(self) -> None:
        """The child is going: reap it, and tell those who wait that nobody will answer."""
        with self._lock:
            process, self._process, self._killed = self._process, None, True
        if process is not None:
            process.join()
            self._exit_code = process.exitcode
            # multiprocessing reaps all children when one starts, on whatever thread: when that
            # happened just now, it takes this one for running still.
            with contextlib.suppress(ValueError):
                process.close()
        self._abandon()
        self.ended.set()

    def _receive(self, connection: Connection[Any, Any]) -> None:
        with contextlib.suppress(OSError, EOFError, ValueError):
            while True:
                header, payload = unpack(connection.recv_bytes(LARGEST_REPLY))
                with self._lock:
                    waiting = self._waiting.pop(header.get("id", 0), None)
                if waiting is not None:
                    waiting.answer(header, payload)
        self.kill()

    def _abandon(self) -> None:
        """Nobody will answer any more."""
        with self._lock:
            waiting = list(self._waiting.values())
            self._waiting.clear()
        for each in waiting:
            error = WorkerDied(self._name, self._exit_code)
            error.__cause__ = self._cause
            each.settle(None, error)


@contextlib.contextmanager
def _without_ctrl_c() -> Iterator[None]:
    """Ctrl+C reaches children too: one that is still starting would print a traceback.

    The mask of this thread is the child's from its first instant.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # starting it with the first child would lift the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Worker:
    """Calls into a child process, which is started with the first one and after each death."""

    def __init__(
        self, name: str, make_handler: MakeHandler, config: Header,
        *, kill_on_cancel: bool = False,
    ) -> None:
        """`make_handler` is an importable function that runs in the child.

        `kill_on_cancel` is for handlers that cannot yield: a cancelled call ends the process.
        """
        self._name = name
        self._make_handler = make_handler
        self._config = config
        self._kill_on_cancel = kill_on_cancel
        self._process: _Process | None = None
        self._numbers = itertools.count(1)

    @property
    def pid(self) -> int | None:
        """Of the running child."""
        return self._process.pid if self._process else None

    async def call(
        self, header: Header, payload: bytes = b"", *, decode: Decode[T], urgent: bool = False
    ) -> T:
        """Raises WorkerDied, WorkerFailed, or the StrategyExplorerError of the child."""
        loop = asyncio.get_running_loop()
        waiting = _Waiting(loop, loop.create_future(), decode)
        number = next(self._numbers)
        process = self._running()
        process.post(number, waiting, {**header, "id": number, "urgent": urgent}, payload)
        try:
            result: T = await waiting.future
        except asyncio.CancelledError:
            if self._kill_on_cancel:
                process.kill()
            else:
                process.forget(number)
            raise
        return result

    def _running(self) -> _Process:
        if self._process is None or not self._process.usable:
            self._process = _Process(self._name, self._make_handler, self._config)
        return self._process

    def kill(self) -> None:
        """End the child at once; whoever waits gets WorkerDied."""
        if self._process is not None:
            self._process.kill()

    async def aclose(self) -> None:
        """End the child and wait until it is gone. A later call starts a new one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        loop = asyncio.get_running_loop()
        gone: asyncio.Future[None] = loop.create_future()

        def tell() -> None:
            if not gone.done():
                gone.set_result(None)

        def wait() -> None:
            process.ended.wait()
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(tell)

        threading.Thread(target=wait, name=f"end of {self._name}", daemon=True).start()
        await gone
