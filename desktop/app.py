"""The program with a window, and its story.

    __main__    decides: a window, or a command (`cli`). Imports nothing else, because every
                worker process imports it too.
    app.main    makes the QApplication and the window and paints it once, then places the
                panes and columns. Until here nothing slow is imported: no numpy, no openai.
    run         starts asyncio on Qt's loop (qasync). `program` then loads the services on a
                thread and opens the last workspace, or the sample on a first start.
    session     (`ui/session.py`) connects views to flows. A view emits what the user did, a
                controller starts a flow through `flows/tasks.py`, the flow emits events, the
                view shows them. Views know no ports; flows know no widgets.
    parts       (`parts.py`) puts services behind the ports, for this file and for `cli`.

What is dropped on the window is told by what it holds (`core/routing`) and shown in a sheet
before anything is added. A tour (`core/tours`) is five steps of data; the window leads to the
place of each and does nothing else.

One thread waits for everything (this one), and collects the garbage, because a widget must not
die on another (`ui/garbage.py`). SQLite, FAISS, the files a user gives and the keyring have a
thread each. What is heavy or hostile has a process that starts when first
needed and can be killed (`services/worker.py`): *reader* parses and splits files, *embedder*
runs the built-in embedding model, *compute* has scipy for the statistics, *tokens* counts,
*dataset* checks training examples, *sql* runs queries on an attached database, *forms* tries
patterns and schemas that people wrote, *templates* fills prompts that loop. Converting the
built-in model has one too, and so have models of folders (`services/torch_worker.py`), because
torch and FAISS must not meet.

The three views, one after the other:

    Ask         one question, all columns: retrieve once, then each strategy streams its answer.
                A conversation goes on column by column (`flows/talking`); a follow-up question
                is made to stand alone before documents are searched (`flows/following`).
    Evaluate    `flows/evaluating` sends cases x strategies x repeats. A cell is stored before
                its request and again with its answer; then it is scored (`flows/scoring`) and
                a failed one gets a cause (`core/evaluation/attribution`). A run that was paused,
                stopped or cut off goes on where it stood.
                A judge (`flows/judging`) writes its scores into the same cells; until it agrees
                with people's labels (`core/evaluation/calibration`) no figure counts them.
    Decide      `flows/summarising` turns cells into figures with intervals, in *compute*;
                `flows/deciding` gathers what is known and `core/advice` judges: which strategy,
                how sure, what would change it, whether fine-tuning is worth trying. A model
                is asked only for the probes that somebody starts there: the shot curve
                (`flows/probing`, a run with a mark) and drift (`flows/drifting`).
                `flows/reporting` makes the report of the same decision.

A workspace's documents may be searched with another embedding model (`core/embedders`).
`ports.embedder` leads to the one in use (`services/embedders`); `flows/switching` makes the
vectors of the next one beside it, and the two change places when all chunks have theirs and
nobody is indexing (`flows/indexing_shared`). Scores keep the built-in one (`ports.scorer`).

Experiments with prompts are runs with a mark as well, so that they pause, go on and are paid once
like any run, and decide nothing: `flows/example_effects` leaves one few-shot example out at a time,
`flows/sweeping` tries versions x parameters x models. Examples that a prompt has chosen anew for
each question (`flows/choosing`) come from the dataset by their vectors, just before the messages
are made.

Documents change while nobody looks. `flows/watching` compares a folder with the ledger by hashes,
whenever `services/watching` tells of a change and once at opening; `flows/chunk_changes` keeps
what the user excluded or edited out of searches and prompts alike. A changed passage is named by
its place on its page (`core/chunk_changes`), which outlives its text, its id and another split.

Training at a service takes days and money, so a job is a row of the workspace (`core/tuning`).
`flows/training` notes each step before it is sent and after the answer, and asks the service what
arrived before it sends anything again; `flows/training_watch` looks, more and more rarely, also
after a restart; `flows/deploying` ends when the model answers as a column.

Two things stand between a flow and a paid request. `ports.spending` wraps every model that costs
something: money is reserved in a ledger that all windows share before a request is sent, and a
run that meets the user's limit is paused. `services/learned.py` keeps what a deployment was found
not to accept, by the doctor's probing (`flows/doctor.py`) or by a first refusal, because a
deployment's name does not say what it is.

Closing takes two steps. The first closeEvent is ignored and sets `closing`; then, in reverse
order of opening: the session's tasks are cancelled and put their things away (a partial
answer is stored), the workspace is checkpointed to a single file, worker processes end, and
the window closes for good. `setQuitOnLastWindowClosed(False)`, because closing a dialog while
no window is open must not stop the loop under a running task.

Departures from the design it started from: retrieval adds up cosine and BM25 evidence per page
instead of fusing ranks (measured better, see `core/retrieval.py`), `parts.py` is a third place
where parts meet, so that window and command line cannot drift apart, and the views' signals
meet the flows in small controllers (`ui/controllers`) instead of in the panes, so that each
view is tested alone.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QApplication

from .services.settings_file import SettingsFile
from .ui import theme
from .ui.main_window import MainWindow

if TYPE_CHECKING:
    import asyncio

    from qasync import QEventLoop

    from .core.settings import Settings
    from .ui.single_instance import SingleInstance
    from .ui.views import Views

OPEN_MARK = "window.open"  # in the data folder while a window is open, or after a crash


def main(path: str | None) -> int:
    """Open the window, with the workspace at `path` if given; returns when it has closed."""
    if not has_screen():
        print("There is no screen to open the window on: neither DISPLAY nor WAYLAND_DISPLAY is "
              "set. Start it from a desktop session, or use the commands: strategy-explorer "
              "--help", file=sys.stderr)
        return 1
    settings = SettingsFile()
    file = str(Path(path).absolute()) if path else ""
    mark = settings.data_dir / OPEN_MARK
    unfinished = mark.exists()
    if unfinished and handed_over(settings, file):
        print("Strategy Explorer is running already; the window there has it now.")
        return 0
    app = make_application(settings.current)
    window = first_paint(app, settings.current)
    show_icon(app)
    from .ui import accessible
    from .ui.single_instance import SingleInstance, server_name
    from .ui.views import Views

    accessible.install()
    instance = SingleInstance(server_name(str(settings.data_dir)), app)
    views = Views(window)
    with contextlib.suppress(OSError):  # a data folder that cannot be written
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    try:
        return run(app, views, settings, instance, Path(file) if file else None, unfinished)
    finally:
        instance.close()
        mark.unlink(missing_ok=True)


def handed_over(settings: SettingsFile, file: str) -> bool:
    """Whether a running window took the file. Qt's network library is worth a mark to skip."""
    from .ui.single_instance import hand_over, server_name

    return hand_over(server_name(str(settings.data_dir)), file)


def has_screen() -> bool:
    """False where Qt would abort the process for want of one."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def make_application(settings: Settings) -> QApplication:
    """The application object, with style, palette and fonts."""
    theme.choose_style()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("strategy-explorer")
    app.setApplicationDisplayName("Strategy Explorer")
    app.setDesktopFileName("strategy-explorer")
    app.setQuitOnLastWindowClosed(False)
    theme.prepare(app, settings.theme, settings.text_size)
    if settings.reduced_motion:
        theme.reduce_motion(True)
    return app


def first_paint(app: QApplication, settings: Settings) -> MainWindow:
    """The window with its bars on screen; panes and columns follow a moment later."""
    window = MainWindow()
    theme.dress(app)
    if not window.restore_layout(settings.window_state):
        window.resize(first_size(app))
    window.show()
    app.processEvents()
    return window


def show_icon(app: QApplication) -> None:
    """For the task bar; reading the picture must not delay the window."""
    from PySide6.QtGui import QIcon

    from .resource_files import resource

    app.setWindowIcon(QIcon(str(resource("icons/app.png"))))


def first_size(app: QApplication) -> QSize:
    """1440 x 900, or what the screen has."""
    return QSize(1440, 900).boundedTo(app.primaryScreen().availableSize())


def run(
    app: QApplication, views: Views, settings: SettingsFile, instance: SingleInstance,
    file: Path | None, unfinished: bool,
) -> int:
    """Everything after the first paint, on asyncio."""
    import asyncio

    from .program import Program

    async def live() -> None:
        program = Program(views, settings, unfinished=unfinished)
        instance.handed.connect(program.take)
        close_on_signals(asyncio.get_running_loop(), views.window)
        await program.run(file)

    with asyncio.Runner(loop_factory=lambda: make_loop(app)) as runner:
        runner.run(live())
    return 0


def make_loop(app: QApplication) -> QEventLoop:
    """asyncio on Qt's loop; a thread of it that hangs does not keep the program."""
    from qasync import QEventLoop

    from .services.threads import Threads

    loop = QEventLoop(app)
    loop.set_default_executor(Threads(8, "waiting"))
    return loop


def close_on_signals(loop: asyncio.AbstractEventLoop, window: MainWindow) -> None:
    """Ctrl+C in the terminal and the end of the session close the window as a click does."""
    import signal

    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows
            loop.add_signal_handler(number, window.close)
