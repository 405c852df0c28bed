"""`--selftest` tries the whole program, and says so when a part of it does not work."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from desktop import selftest

ROOT = Path(__file__).resolve().parents[2]
CHECKS = ("modules", "sqlite", "resources", "embedder", "formats", "search", "ladder",
          "recording", "report", "window")


def test_the_program_passes_its_own_test(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "desktop", "--selftest"], cwd=tmp_path, capture_output=True,
        encoding="utf-8", timeout=240, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"},
    )
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.split(":")[0] for line in lines[1:-1]] == [f"ok     {name}" for name in CHECKS]
    assert lines[-1] == "All checks passed."


def test_a_failing_check_is_told_and_ends_no_other(capsys) -> None:
    def broken() -> str:
        raise OSError("the disk is full")

    assert not selftest.check("disk", broken)
    assert selftest.check("next", lambda: "fine")
    told = capsys.readouterr().out
    assert "FAILED disk: OSError: the disk is full" in told and "ok     next: fine" in told


def test_the_network_is_out_of_reach(monkeypatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", socket.socket.connect)  # put back afterwards
    selftest.block_network()
    with pytest.raises(selftest.Offline), socket.socket() as line:
        line.connect(("192.0.2.1", 443))
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as line:
        line.connect(server.getsockname())
