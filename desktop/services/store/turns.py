"""Lets short work through while a long copy holds the store's thread: between its steps."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from ..threads import Job, do

T = TypeVar("T")


class Stopped(Exception):
    """The copy was told to stop."""


class Turns:
    """Work is added on any thread and done on the one that calls `run_waiting`."""

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self._lock = threading.Lock()
        self._open = False
        self._stopped = False

    def begin(self) -> bool:
        """From now on `add` takes work. False when a copy is going on already."""
        with self._lock:
            if self._open:
                return False
            self._open, self._stopped = True, False
            return True

    def add(self, work: Callable[[], T]) -> Future[T] | None:
        """Its result, or None where nothing holds the thread: do it the usual way then."""
        with self._lock:
            if not self._open:
                return None
            future: Future[T] = Future()
            self._jobs.append((future, work))
            return future

    def run_waiting(self) -> None:
        """Do what has come meanwhile, in its order. Raises Stopped when told to."""
        while job := self._next():
            do(*job)
        if self._stopped:
            raise Stopped

    def end(self) -> None:
        """The thread is free again. What came before is done; later work takes the usual way."""
        while True:
            with self._lock:
                job = self._jobs.popleft() if self._jobs else None
                if job is None:
                    self._open = False
                    return
            do(*job)

    def stop(self) -> None:
        """Break the copy off at its next step."""
        self._stopped = True

    def _next(self) -> Job | None:
        with self._lock:
            return self._jobs.popleft() if self._jobs else None
