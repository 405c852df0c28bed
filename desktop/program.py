"""The life of the window's program: services up, a workspace open, services down again."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .core.errors import StrategyExplorerError
from .flows.tasks import Tasks
from .parts import FIRST_SAMPLE, Parts, open_parts
from .services.crashes import CRASH, LOG, LastEnd, last_end
from .services.redact import redact
from .ui.garbage import GarbageCollector
from .ui.session import Session
from .ui.views import Views

if TYPE_CHECKING:
    from .services.settings_file import SettingsFile

SWITCH_SECONDS = 0.001  # how long a busy thread may keep the window waiting; Python's is 0.005

log = logging.getLogger("desktop")


class Program:
    """Owns what lives as long as the window."""

    def __init__(
        self, views: Views, settings: SettingsFile, *, unfinished: bool = False
    ) -> None:
        """`unfinished`: the last start left its mark, so it was not closed."""
        self.views = views
        self.settings = settings
        self.tasks = Tasks(self.report, views.window.jobs.apply)
        self._closing = asyncio.Event()
        self._session: Session | None = None
        self._parts: Parts | None = None
        self._unfinished = unfinished
        self._last = LastEnd(False, "")
        self._asked_for: Path | None = None
        views.window.closeRequested.connect(self._closing.set)

    async def run(self, file: Path | None) -> None:
        """Until the window is closed."""
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(self._lost)
        async with AsyncExitStack() as stack:
            stack.callback(self.views.window.allow_close)
            stack.enter_context(window_first(lambda: bool(self.tasks.names())))
            self._last = last_end(self.settings.data_dir)  # before this start's logs begin
            stack.enter_context(crash_log(self.settings.data_dir))
            parts = self._parts = await stack.enter_async_context(open_parts(self.settings))
            stack.push_async_callback(self._put_away)
            self._session = Session(self.views, parts, self.tasks)
            self.tasks.start("Start", self._start(parts, self._session, file), key="workspace")
            await self._closing.wait()
        if self._parts is not None and self._parts.kept.erase_at_end:
            self._parts.kept.erase()  # now nothing is open that would write any of it again

    async def _start(self, parts: Parts, session: Session, file: Path | None) -> None:
        """The given file, else the last one, else the sample on a first start."""
        self.tasks.start("Warm up", parts.warm_up())
        if self.settings.problem:
            self.views.window.messages.say(self.settings.problem, "warning")
        self._tell_last_end()
        last = self.settings.current.last_workspace
        try:
            if file or self._asked_for:
                await session.open(file or self._asked_for or Path())
            elif last:
                await session.open(Path(last))
            elif not self.settings.current.recent_workspaces:
                await session.open_sample_now(FIRST_SAMPLE)
            else:
                self.views.window.show_start()
        except StrategyExplorerError:
            self.views.window.show_start()
            raise

    def _tell_last_end(self) -> None:
        """After a crash: what is known of it, to be copied for a report."""
        messages = self.views.window.messages
        if self._last.crashed:
            messages.show_bug("Strategy Explorer crashed the last time", self._last.details)
        elif self._unfinished:
            messages.show_ended(
                "Strategy Explorer was not closed the last time",
                "What was saved up to then is here. Runs that were cut off wait among the jobs, "
                "indexing goes on by itself.", self._last.details)

    def take(self, file: str) -> None:
        """A later start hands its file over."""
        window = self.views.window
        window.show()
        window.raise_()
        window.activateWindow()
        if file and self._session is not None:
            self._session.open_later(Path(file))
        elif file:
            self._asked_for = Path(file)

    async def _put_away(self) -> None:
        """Reverse of the opening; the window says what it waits for."""
        running = self.tasks.names()
        if running:
            self.views.window.messages.say("Closing. Stopping: " + ", ".join(running))
        if self._session is not None:
            self._session.looks.remember_window()
            await self._session.close()
        await self.tasks.aclose()

    # --- what went wrong -----------------------------------------------------------------

    def report(self, name: str, error: BaseException) -> None:
        """The one door for what a task raised: the user's to mend, or ours."""
        if isinstance(error, StrategyExplorerError):
            log.info("%s: %s", name, error)
            self.views.window.messages.show_error(error)
            return
        details = redact("".join(traceback.format_exception(error)))
        log.error("%s failed\n%s", name, details)
        self.views.window.messages.show_bug(f"{name} failed: {type(error).__name__}", details)

    def _lost(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.report(str(context.get("message", "A task")), error)
        else:
            log.error("%s", context.get("message"))


@contextlib.contextmanager
def window_first(busy: Callable[[], bool]) -> Iterator[None]:
    """Python's own housekeeping and its other threads step back behind the window's thread."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    collector = GarbageCollector(busy)
    try:
        yield
    finally:
        collector.stop()
        sys.setswitchinterval(interval)


@contextlib.contextmanager
def crash_log(folder: Path) -> Iterator[None]:
    """Log to `strategy-explorer.log`, and native crashes to `crash.log`, in the data folder."""
    from .services.redact import protect

    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(
            folder / LOG, mode="w", encoding="utf-8"
        )
        crash = (folder / CRASH).open("w", encoding="utf-8")
    except OSError:
        yield  # nowhere to write: the program works all the same
        return
    protect(handler)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.getLogger().addHandler(handler)
    log.setLevel(logging.INFO)
    faulthandler.enable(crash)
    try:
        yield
    finally:
        faulthandler.disable()
        crash.close()
        logging.getLogger().removeHandler(handler)
        handler.close()
