"""Threads for calls that may hang, such as to a name server or a network disk.

The standard library joins a pool's threads when the interpreter ends, and qasync joins its own
when the loop is closed: one that hangs would keep the process of a closed window for minutes.
These hold up neither.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from functools import partial
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
Job = tuple[Future[Any], Callable[[], Any]]


class Threads(Executor):
    """At most `most` threads, started when needed."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._numbers = itertools.count(1)
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._started = 0
        self._closed = False

    def submit(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Raises RuntimeError after `shutdown`."""
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                raise RuntimeError("these threads have been shut down")
            self._jobs.put((future, partial(work, *args, **kwargs)))
            if not self._idle.acquire(blocking=False) and self._started < self._most:
                self._start()
        return future

    def _start(self) -> None:
        self._started += 1
        name = f"{self._name} {next(self._numbers)}"
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            do(*job)
            del job  # what it holds must not live until the next one comes
            self._idle.release()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Ends idle threads now and busy ones when they are done; never waits for them."""
        with self._lock:
            self._closed = True
            while cancel_futures and not self._jobs.empty():
                if (job := self._jobs.get_nowait()) is not None:
                    job[0].cancel()
            for _ in range(self._started):
                self._jobs.put(None)


def do(future: Future[Any], work: Callable[[], Any]) -> None:
    """Work, and put what comes of it into the future, unless nobody waits for it any more."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)
