"""What nobody foresaw: the trace is for whoever mends it, the key in it for nobody."""

from __future__ import annotations

import pytest

from desktop.cli import command_line, main

KEY = "sk-canary0123456789abcdef"


def test_an_unforeseen_error_is_told_without_keys(monkeypatch, capsys) -> None:
    def broken(words: object, as_json: object) -> None:
        raise RuntimeError(f"header Authorization: Bearer {KEY}")

    monkeypatch.setattr(command_line, "build", broken)
    assert main(["search"]) == 1
    said = capsys.readouterr()
    assert "RuntimeError" in said.err and "mistake in the program" in said.err
    assert KEY not in said.err + said.out
    assert said.out == ""


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_leaving_is_no_mistake(monkeypatch, capsys, error) -> None:
    def leave(words: object, as_json: object) -> None:
        raise error

    monkeypatch.setattr(command_line, "build", leave)
    main(["search"])
    assert "mistake" not in capsys.readouterr().err
