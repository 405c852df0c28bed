"""What holds for every test: no warning in the log, no thread left running.

Garbage is collected between tests, on this thread: Python's own collector runs on any, and a
widget or timer that dies on another thread than its own crashes the process a moment later.

Warnings of Python and of Qt fail a test too (`filterwarnings` and `qt_log_level_fail` in
pyproject.toml). A test that is about what is logged asks for `caplog`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# How fast examples are made or tried says how busy the machine is, nothing of the program.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("here")
T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]
SECONDS = 20.0  # after which a coroutine is taken for hanging


def pytest_sessionstart() -> None:
    gc.disable()


def pytest_collection_finish() -> None:
    """What all modules hold lives to the end: looking through it after each test takes minutes."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    gc.enable()


@pytest.fixture(autouse=True)
def garbage_ends_here() -> Iterator[None]:
    """The young at once, all of it every ten tests or so."""
    yield
    old = gc.get_count()[2] > gc.get_threshold()[2]
    gc.collect(2 if old else 1)


class _Kept(logging.Handler):
    """Records of warnings and worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(autouse=True)
def quiet_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Nothing is logged as a warning, unless the test looks at the log itself."""
    kept = _Kept()
    logging.getLogger().addHandler(kept)
    yield
    logging.getLogger().removeHandler(kept)
    if kept.records and "caplog" not in request.fixturenames:
        words = [f"{record.levelname} {record.name}: {record.getMessage()}"
                 for record in kept.records]
        pytest.fail("logged:\n" + "\n".join(words), pytrace=False)


@pytest.fixture(autouse=True)
def no_thread_left() -> Iterator[None]:
    """Threads that would keep the program from ending have ended."""
    before = set(threading.enumerate())
    yield
    until = time.monotonic() + 2
    while left := [each for each in threading.enumerate()
                   if each not in before and not each.daemon]:
        if time.monotonic() > until:
            pytest.fail(f"left running: {', '.join(each.name for each in left)}", pytrace=False)
        left[0].join(0.05)


@pytest.fixture
def run(qapp: QApplication) -> Run[Any]:
    """Runs a coroutine on Qt's event loop, as the window does.

    Fails when it hangs, leaves a task behind or loses an exception.
    """
    from desktop.app import make_loop

    def run_it(work: Coroutine[Any, Any, T]) -> T:
        lost: list[dict[str, Any]] = []

        async def watched() -> T:
            loop = asyncio.get_running_loop()
            loop.set_exception_handler(lambda _, context: lost.append(context))
            async with asyncio.timeout(SECONDS):
                result = await work
            left = asyncio.all_tasks() - {asyncio.current_task()}
            assert not left, f"tasks left behind: {left}"
            return result

        qapp.setQuitOnLastWindowClosed(False)  # as the program has it
        with asyncio.Runner(loop_factory=lambda: make_loop(qapp)) as runner:
            result = runner.run(watched())
        assert lost == []
        return result

    return run_it
