"""What the last start left behind, without keys."""

from __future__ import annotations

from pathlib import Path

from desktop.services.crashes import CRASH, LOG, PREVIOUS, LastEnd, last_end


def test_nothing_is_there_at_a_first_start(tmp_path: Path) -> None:
    assert last_end(tmp_path / "missing") == LastEnd(False, "")


def test_an_empty_crash_file_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / CRASH).write_text("")
    (tmp_path / LOG).write_text("2026-11-29 INFO desktop Run: paused")
    assert last_end(tmp_path) == LastEnd(False, "2026-11-29 INFO desktop Run: paused")
    assert (tmp_path / PREVIOUS).exists() and not (tmp_path / LOG).exists()


def test_details_hold_the_crash_the_end_of_the_log_and_no_key(tmp_path: Path) -> None:
    (tmp_path / CRASH).write_bytes(b"Fatal Python error: Segmentation fault\n\xff")
    (tmp_path / LOG).write_text("old " * 50_000 + "api_key=abcdef123456 the end")
    found = last_end(tmp_path)
    assert found.crashed and found.details.startswith("Fatal Python error")
    assert found.details.endswith("the end") and "abcdef123456" not in found.details
    assert len(found.details) < 21_000
