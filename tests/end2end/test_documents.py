"""`new`, `index` and `search` as processes: the contract that scripts rely on."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from desktop.cli import main
from tests.services.documents import docx, pdf

from .conftest import CommandLine

DOCUMENT_KEYS = ["path", "name", "status", "pages", "characters", "chunks", "seconds", "error"]
HIT_KEYS = ["rank", "score", "document", "page", "start", "end", "text", "dense_rank",
            "lexical_rank"]
PARKING = "Bicycles are parked in the yard behind building seven. " * 3


def folder_of_documents(cli: CommandLine) -> Path:
    """Good, broken, double and foreign files, and one with a name that is hard."""
    folder = cli.folder / "documents"
    (folder / "more").mkdir(parents=True)
    (folder / "parking.md").write_text(f"# Parking\n\n{PARKING}\n")
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing of the kind")
    (folder / "leave.pdf").write_bytes(pdf(["Annual leave is thirty days.", "Sick leave: call."]))
    (folder / "more" / "Größe & Maß.docx").write_bytes(docx())
    (folder / "more" / "same.md").write_text(f"# Parking\n\n{PARKING}\n")
    (folder / "picture.png").write_bytes(b"\x89PNG")
    return folder


def test_new_makes_an_empty_workspace_and_never_replaces_one(cli: CommandLine) -> None:
    assert cli.json("new", "hr.stratex") == {"workspace": "hr.stratex"}
    assert [row["name"] for row in cli.json("strategy", "hr.stratex", "list")] == [
        "Baseline", "Prompt", "Prompt + documents"]
    assert "exists already" in cli.run("new", "hr.stratex", code=1).err
    assert "There is no sample" in cli.run("new", "b.stratex", "--sample", "x", code=1).err
    assert not (cli.folder / "b.stratex").exists()


def test_indexing_a_folder_twice(cli: CommandLine) -> None:
    folder = folder_of_documents(cli)
    cli.run("new", "hr.stratex")
    first = cli.json("index", "hr.stratex", folder, code=1)
    assert list(first) == ["documents", "chunks", "seconds"]
    assert all(list(row) == DOCUMENT_KEYS for row in first["documents"])
    found = {row["name"]: row for row in first["documents"]}
    assert {name: row["status"] for name, row in found.items()} == {
        "broken.pdf": "failed", "leave.pdf": "ready", "parking.md": "ready",
        "Größe & Maß.docx": "ready", "same.md": "duplicate"}
    assert found["leave.pdf"]["pages"] == 2
    assert found["leave.pdf"]["error"] is None
    assert "damaged" in found["broken.pdf"]["error"]
    assert first["chunks"] == sum(row["chunks"] for row in found.values()
                                  if row["status"] == "ready")

    again = cli.json("index", "hr.stratex", folder / "leave.pdf", folder / "parking.md")
    assert [row["status"] for row in again["documents"]] == ["unchanged", "unchanged"]
    assert again["chunks"] == 0


def test_indexing_for_people(cli: CommandLine) -> None:
    folder = folder_of_documents(cli)
    (folder / "broken.pdf").unlink()
    cli.run("new", "hr.stratex")
    done = cli.run("index", "hr.stratex", folder)
    assert "ready      leave.pdf  2 pages, 2 chunks" in done.out
    assert "1 file" in done.err and ".png" in done.err


def test_searching_what_was_indexed(cli: CommandLine) -> None:
    cli.run("new", "hr.stratex")
    cli.run("index", "hr.stratex", folder_of_documents(cli), code=1)
    found = cli.json("search", "hr.stratex", "Where do I park my bicycle?", "--top", 2)
    assert list(found) == ["query", "mode", "seconds", "hits"]
    assert (found["query"], found["mode"]) == ("Where do I park my bicycle?", "hybrid")
    assert len(found["hits"]) == 2
    first = found["hits"][0]
    assert list(first) == HIT_KEYS
    assert (first["rank"], first["document"], first["page"]) == (1, "parking.md", None)
    assert first["end"] - first["start"] == len(first["text"])

    words = cli.json("search", "hr.stratex", "sick leave", "--mode", "lexical")
    assert (words["hits"][0]["document"], words["hits"][0]["page"]) == ("leave.pdf", 2)
    assert words["hits"][0]["dense_rank"] is None
    meaning = cli.json("search", "hr.stratex", "holidays", "--mode", "dense")
    assert meaning["hits"][0]["document"] == "leave.pdf"
    assert meaning["hits"][0]["lexical_rank"] is None


def test_a_batch_of_queries_answers_in_order(cli: CommandLine, sample: Path) -> None:
    questions = ["Are eyeglasses covered?", "Where is the dentist?", "“Höhe” of the deductible?"]
    lines = [json.dumps({"question": text, "more": 1}, ensure_ascii=False) for text in questions]
    (cli.folder / "q.jsonl").write_text("\ufeff" + "\n\n".join(lines), encoding="utf-8")
    answers = cli.run("search", sample, "--queries", "q.jsonl", "--json").lines
    assert [answer["query"] for answer in answers] == questions
    assert all(answer["hits"] for answer in answers)


def test_searching_for_people_names_the_page(cli: CommandLine, sample: Path) -> None:
    out = cli.run("search", sample, "Are eyeglasses covered?").out
    assert out.startswith("1. Vision_and_Hearing_2026.pdf, page ")


def test_no_library_notes_who_uses_it(cli: CommandLine, sample: Path) -> None:
    cache = cli.folder / "cache"
    cli.run("search", sample, "eyeglasses", environment={"XDG_CACHE_HOME": str(cache)})
    assert [path.name for path in cache.rglob("*") if "device" in path.name.lower()] == []


def test_one_sentence_for_what_is_missing_or_wrong(cli: CommandLine, sample: Path) -> None:
    (cli.folder / "empty").mkdir()
    (cli.folder / "bad.jsonl").write_text('{"question": "a"}\n{"q": "b"}\n')
    sentences: list[tuple[tuple[Any, ...], str]] = [
        (("search", "gone.stratex", "x"), "There is no file gone.stratex"),
        (("index", "gone.stratex", sample), "There is no file gone.stratex"),
        (("index", sample, "empty"), "No documents were found in empty"),
        (("search", sample, "--queries", "gone.jsonl"), "gone.jsonl cannot be read"),
        (("search", sample, "--queries", "bad.jsonl"), 'Line 2 of bad.jsonl has no "question"'),
        (("search", "bad.jsonl", "x"), "bad.jsonl"),
    ]
    for arguments, words in sentences:
        assert words in cli.run(*arguments, code=1).err
    missing = cli.json("index", sample, "gone.pdf", code=1)["documents"]
    assert [(row["status"], row["name"]) for row in missing] == [("failed", "gone.pdf")]
    assert "gone.pdf is not there" in missing[0]["error"]


@pytest.mark.parametrize("words", [
    "search a.stratex", "search a.stratex ' '", "search a.stratex x --mode guess",
    "search a.stratex x --top 0", "search a.stratex x --queries q.jsonl", "index a.stratex",
    "ask a.stratex", "new", "frobnicate", "--bogus", "strategy a.stratex add", "dataset check",
    "strategy a.stratex add X --model builtin --set temperature", "connection add work",
    "connection add work --kind web",
])
def test_wrong_usage_is_2(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(shlex.split(words)) == 2
    assert "Error: " in capsys.readouterr().err


def test_a_command_imports_no_other_ones(cli: CommandLine) -> None:
    code = ("import sys; from desktop.cli import main; main(['search', '--help']); "
            "print([name for name in sys.modules if name.startswith('desktop.flows.')])")
    done = subprocess.run([sys.executable, "-c", code], env=cli.environment, check=True,
                          capture_output=True, encoding="utf-8")
    assert done.stdout.splitlines()[-1] == "[]"


def test_json_and_data_dir_stand_anywhere(cli: CommandLine) -> None:
    assert cli.run("--json", "new", "a.stratex").json == {"workspace": "a.stratex"}
    done = cli.run("strategy", "--json", f"--data-dir={cli.folder / 'b'}", "a.stratex", "list")
    assert len(done.json) == 3
    assert list(cli.run("--version", "--json").json) == ["version"]


def test_ctrl_c_while_indexing_keeps_what_was_finished(cli: CommandLine) -> None:
    folder = cli.folder / "many"
    folder.mkdir()
    for number in range(12):
        sentences = [f"Rule {number}.{line} of the handbook says {line * 7}." for line in range(60)]
        (folder / f"{number:02}.txt").write_text("\n\n".join(sentences))
    cli.run("new", "hr.stratex")
    process = subprocess.Popen(
        cli.words("index", "hr.stratex", folder, "--json"), cwd=cli.folder, env=cli.environment,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True,
    )
    wait_until_written(cli.folder / "hr.stratex-wal", 300_000)
    os.killpg(process.pid, signal.SIGINT)  # as the terminal does: its children get it too
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert err == "Interrupted. What was finished is kept.\n"
    again = cli.json("index", "hr.stratex", folder)
    statuses = [row["status"] for row in again["documents"]]
    assert len(statuses) == 12
    assert set(statuses) <= {"ready", "unchanged"}
    assert "unchanged" in statuses or statuses == ["ready"] * 12


def wait_until_written(file: Path, size: int) -> None:
    """Polls: another process writes the file."""
    end = time.monotonic() + 20
    while not file.exists() or file.stat().st_size < size:
        assert time.monotonic() < end, "nothing was written"
        time.sleep(0.01)
