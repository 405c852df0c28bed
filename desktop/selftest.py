"""`--selftest`: what was installed, or unpacked, is tried as it is, without a network.

One line for each check, "ok" or "FAILED" with the reason; the exit code is 1 when one failed.
It writes to a temporary folder only and leaves the user's settings and workspaces alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import pkgutil
import socket
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from . import __version__
from .resource_files import resource

if TYPE_CHECKING:
    from .core.ports import Ports

OLDEST_SQLITE = (3, 37, 0)  # STRICT is not used; upsert and full-text search are
CLOSE_ENOUGH = 0.9999  # cosine with the vector that sentence-transformers makes
SENTENCE = "Eyeglasses are covered once in two years."
QUESTION = "Are eyeglasses covered?"
NOT_HERE = {"desktop.services.model_conversion"}  # needs torch, which a bundle leaves out


class Offline(Exception):
    """Something tried to reach the network."""


def main() -> int:
    """Run all checks."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    block_network()
    print(f"Strategy Explorer {__version__}, Python {sys.version.split()[0]}, "
          f"{'bundle' if getattr(sys, 'frozen', False) else 'installed'}")
    with tempfile.TemporaryDirectory() as folder:
        failed = asyncio.run(run_checks(Path(folder)))
        failed += not check("window", open_window)
    print("All checks passed." if not failed else f"{failed} checks FAILED.")
    return 1 if failed else 0


def block_network() -> None:
    """Nothing but this machine can be reached from this process."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host not in ("", "127.0.0.1", "::1", "localhost"):
            raise Offline(f"something tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    socket.socket.connect = guarded  # type: ignore[method-assign, assignment]


def check(name: str, work: Callable[[], str]) -> bool:
    """Print how it went; any error is a failure of this check only."""
    started = time.perf_counter()
    try:
        said, ok = work(), True
    except Exception as error:
        said, ok = f"{type(error).__name__}: {error}", False
    took = time.perf_counter() - started
    print(f"{'ok    ' if ok else 'FAILED'} {name}: {said} ({took:.1f} s)", flush=True)
    return ok


async def run_checks(folder: Path) -> int:
    """The number of those that failed."""
    failed = [check(name, work) for name, work in (
        ("modules", import_all), ("sqlite", sqlite_version), ("resources", find_resources),
    )].count(False)
    from .parts import open_parts
    from .services.settings_file import SettingsFile

    async with AsyncExitStack() as stack:
        try:
            parts = await stack.enter_async_context(open_parts(SettingsFile(folder / "data")))
            await parts.create(folder / "sample.stratex", "benefits")
            ports = await stack.enter_async_context(parts.workspace(folder / "sample.stratex"))
        except Exception as error:
            print(f"FAILED workspace: {type(error).__name__}: {error}", flush=True)
            return failed + 1
        for name, work in (
            ("embedder", embed), ("formats", read_formats), ("search", search_sample),
            ("ladder", ask_ladder), ("recording", replay), ("report", write_report),
        ):
            failed += not await acheck(name, work, ports, folder)
    return failed


async def acheck(
    name: str, work: Callable[[Ports, Path], Awaitable[str]], ports: Ports, folder: Path
) -> bool:
    """As `check`, for what waits."""
    started = time.perf_counter()
    try:
        said, ok = await work(ports, folder), True
    except Exception as error:
        said, ok = f"{type(error).__name__}: {error}", False
    took = time.perf_counter() - started
    print(f"{'ok    ' if ok else 'FAILED'} {name}: {said} ({took:.1f} s)", flush=True)
    return ok


# --- the checks --------------------------------------------------------------------------


def import_all() -> str:
    """Every module of the program."""
    package = import_module(__package__ or "desktop")
    names = [found.name for found in pkgutil.walk_packages(package.__path__, "desktop.")]
    wanted = [name for name in names if name not in NOT_HERE and not name.endswith("__main__")]
    for name in wanted:
        import_module(name)
    if len(wanted) < 100:
        raise RuntimeError(f"only {len(wanted)} modules were found")
    return f"{len(wanted)} imported"


def sqlite_version() -> str:
    """New enough, and with full-text search."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise RuntimeError(f"{sqlite3.sqlite_version} is older than 3.37")
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
    return f"{sqlite3.sqlite_version} with full-text search"


def find_resources() -> str:
    """What ships beside the code."""
    names = ("icons/phosphor.ttf", "theme/app.qss", "catalog.json", "samples/benefits.stratex",
             "tokenizers", "selftest")
    for name in names:
        resource(name)
    return f"{len(names)} found"


async def embed(ports: Ports, folder: Path) -> str:
    """The same vector as sentence-transformers makes of the same sentence."""
    known = json.loads(resource("selftest/vector.json").read_text(encoding="utf-8"))
    vectors = await ports.embedder.embed([known["sentence"]])
    cosine = float(vectors[0] @ known["vector"])
    if cosine < CLOSE_ENOUGH:
        raise RuntimeError(f"cosine {cosine:.4f} with the vector it should make")
    return f"{ports.embedder.id}, cosine {cosine:.6f}"


async def read_formats(ports: Ports, folder: Path) -> str:
    """One file of each kind; all hold the same sentence."""
    read = []
    for path in sorted(resource("selftest").iterdir()):
        if path.suffix == ".json" and path.stem == "vector":
            continue
        document = await ports.reader.read(path.name, path.read_bytes())
        if not any(SENTENCE in page.text for page in document.pages):
            raise RuntimeError(f"{path.name} was read without its sentence")
        read.append(path.suffix[1:])
    return ", ".join(read)


async def search_sample(ports: Ports, folder: Path) -> str:
    """By meaning and words, in the sample's documents."""
    from .core.types import HYBRID
    from .flows.searching import search

    hits = await search(QUESTION, HYBRID, ports)
    if not hits or "Vision" not in hits[0].document:
        raise RuntimeError("the sample's passage on eyeglasses was not found first")
    return f"{hits[0].document}, page {hits[0].page}"


async def ask_ladder(ports: Ports, folder: Path) -> str:
    """Every column of the sample answers; the one with documents cites."""
    from .flows.asking import ask

    answers = await ask(QUESTION, await ports.store.strategies(), ports)
    failed = [f"{answer.strategy}: {answer.error}" for answer in answers if answer.error]
    if failed or not any(answer.citations for answer in answers):
        raise RuntimeError("; ".join(failed) or "no answer cites a passage")
    return f"{len(answers)} columns answered"


async def replay(ports: Ports, folder: Path) -> str:
    """A run of two cases, recorded and replayed from its own file."""
    from .flows.evaluating import run
    from .parts import open_parts
    from .services.settings_file import SettingsFile

    cases = (await ports.store.cases())[:2]
    strategies = await ports.store.strategies()
    done = await run(strategies, cases, ports)
    target = folder / "recording.stratex"
    async with open_parts(SettingsFile(folder / "other")) as parts:
        await parts.record(ports, target)
        async with parts.workspace(target) as recorded:
            if recorded.recording is None:
                raise RuntimeError("the recording does not say that it is one")
            cells = await recorded.store.cells(done.id)
    if len(cells) != len(cases) * len(strategies):
        raise RuntimeError(f"{len(cells)} cells were recorded")
    return f"{len(cells)} cells"


async def write_report(ports: Ports, folder: Path) -> str:
    """The report of that run, as a page."""
    from .flows.reporting import make_report
    from .services import report_files

    made = await make_report(ports, __version__, None, report_files.scrub)
    report_files.save(made, folder / "report.html", False)
    size = (folder / "report.html").stat().st_size
    if size < 5_000:
        raise RuntimeError(f"only {size} bytes were written")
    return f"{size:,} bytes"


def open_window() -> str:
    """The window with all its views, painted once."""
    from .app import first_paint, make_application
    from .core.settings import Settings

    settings = Settings()
    app = make_application(settings)
    window = first_paint(app, settings)
    from .ui.views import Views

    Views(window)
    app.processEvents()
    picture = window.grab()
    window.close()
    if picture.width() < 800:
        raise RuntimeError("the window has no size")
    return f"{picture.width()} x {picture.height()}"
