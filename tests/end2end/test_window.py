"""The window as a process: it starts, is told things from outside, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from .conftest import ROOT

SLOW = {"numpy", "pyqtgraph", "openai", "pydantic", "jinja2", "typer", "faiss", "scipy",
        "onnxruntime", "torch", "transformers"}
OFFSCREEN_NOISE = "This plugin does not support"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends windows with signals")


class Window:
    """A running window with its data folder."""

    def __init__(self, folder: Path, *arguments: object) -> None:
        self.data = folder / "data"
        self.process = subprocess.Popen(
            words(self.data, *arguments), cwd=folder, env=environment(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        )

    def settings(self) -> dict[str, Any]:
        try:
            values = json.loads((self.data / "settings.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}  # being written
        return dict(values)

    def wait_for_workspace(self, name: str) -> None:
        wait_until(lambda: str(self.settings().get("last_workspace", "")).endswith(name))

    def wait_for_embedder(self) -> list[psutil.Process]:
        """All processes below the window, once it has started those it warms up."""
        below = psutil.Process(self.process.pid).children

        def embedding() -> bool:
            return any(child.memory_info().rss > 100_000_000 for child in below())

        wait_until(embedding)
        return below(recursive=True)

    def end(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code, and what it said on stderr."""
        self.process.send_signal(number)
        _, said = self.process.communicate(timeout=10)
        lines = [line for line in said.splitlines() if not line.startswith(OFFSCREEN_NOISE)]
        return self.process.returncode, "\n".join(lines)


def words(data: Path, *arguments: object) -> list[str]:
    return [sys.executable, "-m", "desktop", *map(str, arguments), "--data-dir", str(data)]


def environment() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1"}


def wait_until(there: Callable[[], bool], seconds: float = 20) -> None:
    """Polls: another process does it."""
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


@contextmanager
def running(folder: Path, *arguments: object) -> Iterator[Window]:
    """A window that does not outlive the test."""
    window = Window(folder, *arguments)
    try:
        yield window
    finally:
        window.process.kill()
        window.process.wait()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_start_opens_the_sample_and_quits_cleanly(
    tmp_path: Path, number: signal.Signals
) -> None:
    with running(tmp_path) as window:
        window.wait_for_workspace("Benefits questions.stratex")
        children = window.wait_for_embedder()
        started = time.monotonic()
        assert window.end(number) == (0, "")
        assert time.monotonic() - started < 2
    wait_until(lambda: not any(child.is_running() for child in children), seconds=2)
    left = {path.name for path in window.data.iterdir()}
    assert left == {"Benefits questions.stratex", "settings.json", "cache",
                    "strategy-explorer.log", "crash.log"}
    assert (window.data / "crash.log").read_bytes() == b""
    log = (window.data / "strategy-explorer.log").read_text(encoding="utf-8")
    assert "ERROR" not in log and "WARNING" not in log


def test_a_given_file_is_opened_and_a_second_start_hands_its_file_over(
    tmp_path: Path, sample_file: Path
) -> None:
    first, second = tmp_path / "first.stratex", tmp_path / "second.stratex"
    for file in (first, second):
        file.write_bytes(sample_file.read_bytes())
    with running(tmp_path, first) as window:
        window.wait_for_workspace("first.stratex")
        later = subprocess.run(
            words(window.data, second), cwd=tmp_path, env=environment(), capture_output=True,
            encoding="utf-8", timeout=20, check=False,
        )
        assert later.returncode == 0
        assert "is running already" in later.stdout
        window.wait_for_workspace("second.stratex")
        assert window.end() == (0, "")
    assert window.settings()["recent_workspaces"] == [str(second), str(first)]


def test_a_killed_window_leaves_no_process_behind_and_starts_again(tmp_path: Path) -> None:
    with running(tmp_path) as window:
        window.wait_for_workspace("Benefits questions.stratex")
        children = window.wait_for_embedder()
        window.end(signal.SIGKILL)
    assert children
    wait_until(lambda: not any(child.is_running() for child in children), seconds=5)
    with running(tmp_path) as again:
        again.wait_for_embedder()
        assert again.end() == (0, "")


def test_nothing_slow_is_imported_before_the_first_paint(tmp_path: Path) -> None:
    code = (
        "import sys, desktop.app as app\n"
        "app.first_paint = lambda *given, paint=app.first_paint: ("
        "paint(*given), print(*sorted({name.split('.')[0] for name in sys.modules})), "
        "sys.exit(0))\n"
        "app.main(None)\n"
    )
    data = {"STRATEGY_EXPLORER_DATA_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment() | data, capture_output=True,
        encoding="utf-8", timeout=30, check=True,
    )
    imported = set(done.stdout.split())
    assert {"PySide6", "desktop"} <= imported
    assert imported & SLOW == set()
