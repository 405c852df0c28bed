"""Workspace files: made, opened, locked, duplicated, and refused in one sentence, untouched."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

import desktop
from desktop.core.errors import (
    NotAWorkspace,
    WorkspaceError,
    WorkspaceLocked,
    WorkspaceTooNew,
)
from desktop.core.strategies import STARTER_PROMPT
from desktop.core.types import AnswerState, Case, DocumentState, NewChunk, Page
from desktop.services import workspace
from desktop.services.store import copying, opening, refusals, schema, search
from desktop.services.store.schema import VERSION_1
from tests.services.store_tools import ANSWER, add_text, scenario


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A closed workspace with one document."""
    path = tmp_path / "made.stratex"

    async def make() -> None:
        store = await workspace.create(path)
        await add_text(store, "a.md", "Eyeglasses are covered.")
        await store.aclose()

    asyncio.run(make())
    return path


def snapshot(folder: Path) -> dict[str, tuple[bytes, int]]:
    return {
        each.name: (each.read_bytes() if each.is_file() else b"", each.stat().st_mtime_ns)
        for each in folder.iterdir()
    }


@contextmanager
def refused(path: Path, kind: type[WorkspaceError], words: str) -> Iterator[None]:
    """Opening fails as `kind`, in one line with `words`, and nothing in the folder changes."""
    yield
    before = snapshot(path.parent) if path.parent.is_dir() else {}
    with pytest.raises(WorkspaceError, match=words) as caught:
        asyncio.run(workspace.open_workspace(path))
    assert type(caught.value) is kind
    assert "\n" not in str(caught.value)
    assert caught.value.remedy
    assert (snapshot(path.parent) if path.parent.is_dir() else {}) == before


def change(path: Path, *statements: str) -> None:
    """Edit a workspace as another program could."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


# --- new ---------------------------------------------------------------------------------


def test_a_new_workspace_has_the_starter_prompt_and_three_rungs(tmp_path: Path) -> None:
    async def check() -> None:
        store = await workspace.create(tmp_path / "new.stratex")
        versions = await store.prompt_versions()
        assert [(v.number, v.prompt) for v in versions] == [(1, STARTER_PROMPT)]
        baseline, prompt, documents = await store.strategies()
        assert [s.name for s in (baseline, prompt, documents)] == [
            "Baseline", "Prompt", "Prompt + documents",
        ]
        assert (baseline.derived_from, prompt.derived_from, documents.derived_from) == (
            None, baseline.id, prompt.id,
        )
        await store.aclose()

    asyncio.run(check())
    assert [each.name for each in tmp_path.iterdir()] == ["new.stratex"]


@pytest.mark.parametrize("occupy", [Path.mkdir, Path.touch, lambda p: p.symlink_to("nowhere")])
def test_new_never_replaces(tmp_path: Path, occupy: Callable[[Path], None]) -> None:
    path = tmp_path / "taken.stratex"
    occupy(path)
    before = [each.lstat() for each in tmp_path.iterdir()]
    with pytest.raises(WorkspaceError, match="exists already"):
        asyncio.run(workspace.create(path))
    assert [each.lstat() for each in tmp_path.iterdir()] == before


def test_new_in_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="There is no folder"):
        asyncio.run(workspace.create(tmp_path / "missing" / "new.stratex"))


def test_a_half_made_file_is_never_seen(tmp_path: Path) -> None:
    def fail(db: sqlite3.Connection) -> None:
        raise sqlite3.OperationalError("no more")

    with pytest.raises(WorkspaceError):
        copying.make(tmp_path / "new.stratex", fail)
    assert list(tmp_path.iterdir()) == []


def test_where_hard_links_do_not_work_the_file_is_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    copying.make(tmp_path / "new.stratex", lambda db: None)
    assert [each.name for each in tmp_path.iterdir()] == ["new.stratex"]
    with pytest.raises(WorkspaceError, match="exists already"):
        copying.make(tmp_path / "new.stratex", lambda db: None)


# --- refusals ----------------------------------------------------------------------------


def test_a_missing_file(tmp_path: Path) -> None:
    with refused(tmp_path / "gone.stratex", WorkspaceError, "There is no file gone.stratex"):
        pass


def test_a_missing_folder(tmp_path: Path) -> None:
    with refused(tmp_path / "no" / "gone.stratex", WorkspaceError, "There is no folder"):
        pass


def test_a_folder(tmp_path: Path) -> None:
    with refused(tmp_path / "box.stratex", NotAWorkspace, "is a folder"):
        (tmp_path / "box.stratex").mkdir()


def test_an_empty_file(tmp_path: Path) -> None:
    with refused(tmp_path / "zero.stratex", NotAWorkspace, "is empty"):
        (tmp_path / "zero.stratex").touch()


@pytest.mark.parametrize("content", [
    b"%PDF-1.7 and so on", b"Dear colleague,\n" * 100, b"PK\x03\x04" * 99, b"SQLite format 3",
])
def test_a_strange_file(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "strange.stratex"
    with refused(path, NotAWorkspace, "is not a workspace"):
        path.write_bytes(content)


def test_another_programs_database(tmp_path: Path) -> None:
    path = tmp_path / "browser.stratex"
    with refused(path, NotAWorkspace, "is not a workspace"):
        change(path, "CREATE TABLE moz_places (url)")


def test_a_newer_workspace(made: Path) -> None:
    with refused(made, WorkspaceTooNew, "newer Strategy Explorer"):
        change(made, f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")


@pytest.mark.parametrize("keep", [50, 100, 4096, 0.5, 0.99])
def test_a_truncated_file(made: Path, keep: float) -> None:
    with refused(made, NotAWorkspace, "is cut short"):
        whole = made.stat().st_size
        os.truncate(made, int(keep * whole) if keep < 1 else int(keep))


def test_a_damaged_file(made: Path) -> None:
    with refused(made, NotAWorkspace, "is damaged"), made.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(4096 * 3))


@pytest.mark.parametrize(("statement", "name"), [
    ("CREATE TRIGGER tr AFTER INSERT ON facts BEGIN DELETE FROM documents; END", "tr"),
    ("CREATE VIEW vw AS SELECT * FROM documents", "vw"),
    ("CREATE TABLE extra (x)", "extra"),
    ("CREATE INDEX extra_index ON facts (lower(value))", "extra_index"),
    ("CREATE VIRTUAL TABLE spy USING fts5(x)", "spy"),
    ("CREATE TRIGGER facts_ AFTER DELETE ON facts BEGIN SELECT 1; END", "facts_"),
])
def test_objects_that_are_not_ours(made: Path, statement: str, name: str) -> None:
    with refused(made, NotAWorkspace, rf"cannot be trusted.*{name}"):
        change(made, statement)


def test_a_table_of_ours_with_other_columns(made: Path) -> None:
    with refused(made, NotAWorkspace, r"cannot be trusted.*\(draft\)"):
        change(
            made, "DROP TABLE draft",
            "CREATE TABLE draft (id, prompt AS (hex(zeroblob(1000000000))))",
        )


def test_a_missing_table(made: Path) -> None:
    with refused(made, NotAWorkspace, "is damaged"):
        change(made, "DROP TABLE ratings")


def test_a_full_text_table_that_is_no_full_text(made: Path) -> None:
    with refused(made, NotAWorkspace, "cannot be trusted"):
        change(made, "DROP TABLE chunk_words", "CREATE TABLE chunk_words (text)")


def deny(monkeypatch: pytest.MonkeyPatch, path: Path, *modes: int) -> None:
    """Take rights away as the system would; the administrator has them all the same."""
    allowed = os.access
    monkeypatch.setattr(
        os, "access",
        lambda asked, mode: False if asked == path and mode in modes else allowed(asked, mode),
    )


def test_a_file_that_may_not_be_read(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch, refused(made, WorkspaceError, "may not read"):
        patch.setattr(refusals, "_first_bytes", refuse)


@pytest.mark.parametrize("where", ["file", "folder"])
def test_a_file_that_may_not_be_changed(
    made: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    with refused(made, WorkspaceError, "cannot be changed"):
        deny(monkeypatch, made if where == "file" else made.parent, os.W_OK)


def test_a_refused_file_can_be_opened_once_it_is_mended(made: Path) -> None:
    aside = made.with_suffix(".aside")
    shutil.copy(made, aside)
    with refused(made, NotAWorkspace, "is cut short"):
        os.truncate(made, 5000)
    shutil.copy(aside, made)
    asyncio.run(_names(made))


async def _names(path: Path) -> list[str]:
    store = await workspace.open_workspace(path)
    names = [document.name for document in await store.documents()]
    await store.aclose()
    return names


# --- opening and closing -----------------------------------------------------------------


def test_looking_at_a_workspace_does_not_change_it(made: Path) -> None:
    before = snapshot(made.parent)
    assert asyncio.run(_names(made)) == ["a.md"]
    assert snapshot(made.parent) == before


def test_a_link_opens_the_real_file(made: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere"
    link.mkdir()
    (link / "link.stratex").symlink_to(made)
    assert asyncio.run(_names(link / "link.stratex")) == ["a.md"]
    assert [each.name for each in link.iterdir()] == ["link.stratex"]


def test_two_seconds_after_the_last_write_it_is_a_single_file(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = made.with_name(made.name + "-wal")
    clock = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: clock[0])

    async def check() -> None:
        store = await workspace.open_workspace(made)
        waiting: list[tuple[float, Callable[[], None]]] = []

        def call_later(delay: float, call: Callable[[], None]) -> asyncio.Handle:
            waiting.append((delay, call))
            return asyncio.Handle(call, (), asyncio.get_running_loop())

        with monkeypatch.context() as patch:
            patch.setattr(asyncio.get_running_loop(), "call_later", call_later)
            await store.set_fact("use case", "Benefits")
            clock[0] = 1.5
            await store.set_fact("use case", "Benefits questions")
            assert [delay for delay, _ in waiting] == [2.0]
            clock[0] = 2.0
            waiting.pop()[1]()
            assert [delay for delay, _ in waiting] == [1.5]
            assert log.stat().st_size > 0
            clock[0] = 3.5
            waiting.pop()[1]()
            await store.fact("use case")  # the same thread: it is merged when this is done
        assert waiting == []
        assert log.stat().st_size == 0
        mailed = made.with_name("mailed.stratex")
        shutil.copyfile(made, mailed)
        other = await workspace.open_workspace(mailed)
        assert await other.fact("use case") == "Benefits questions"
        await other.aclose()
        await store.aclose()

    asyncio.run(check())


def test_the_same_file_is_not_opened_twice_here(made: Path) -> None:
    async def check() -> None:
        store = await workspace.open_workspace(made)
        link = made.with_name("again.stratex")
        os.link(made, link)
        for path in (made, link):
            with pytest.raises(WorkspaceLocked, match="already open here"):
                await workspace.open_workspace(path)
        await _still_locked(made)
        await store.aclose()
        await (await workspace.open_workspace(made)).aclose()

    asyncio.run(check())


async def _still_locked(path: Path) -> None:
    """A refusal must not drop the lock: closing any descriptor of a file would."""
    code = (
        "import sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], timeout=0)\n"
        "try: db.execute('SELECT * FROM facts')\n"
        "except sqlite3.OperationalError as error: print(error)\n"
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code, str(path)], capture_output=True, text=True,
        check=True,
    )
    assert "locked" in done.stdout


def test_closing_twice_is_closing_once(made: Path) -> None:
    async def check() -> None:
        store = await workspace.open_workspace(made)
        await store.aclose()
        await store.aclose()

    asyncio.run(check())


def test_a_cancelled_opening_leaves_nothing_locked(made: Path) -> None:
    async def check() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await workspace.open_workspace(made)

    asyncio.run(check())
    _wait_for_workspace_threads()
    assert asyncio.run(_names(made)) == ["a.md"]


def test_a_cancelled_closing_still_closes(made: Path) -> None:
    async def check() -> None:
        store = await workspace.open_workspace(made)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await store.aclose()

    asyncio.run(check())
    _wait_for_workspace_threads()
    assert [each.name for each in made.parent.iterdir()] == [made.name]


def _wait_for_workspace_threads() -> None:
    for thread in threading.enumerate():
        if thread.name.startswith("workspace"):
            thread.join()


# --- other processes ---------------------------------------------------------------------

_HOLD = """
import asyncio, sys
from pathlib import Path
from desktop.services import workspace

async def hold():
    store = await workspace.open_workspace(Path(sys.argv[1]))
    await store.set_fact("use case", "held")
    print("open", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    await store.aclose()

asyncio.run(hold())
"""


@contextmanager
def process(code: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    root = str(Path(desktop.__file__).parents[1])
    child = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONPATH": root},
    )
    with child:
        try:
            yield child
        finally:
            child.kill()


def test_a_second_process_is_told_who_has_it(made: Path) -> None:
    with process(_HOLD, str(made)) as child:
        assert child.stdout is not None and child.stdout.readline() == "open\n"
        with refused(made, WorkspaceLocked, rf"process {child.pid}, since \d{{4}}-\d\d-\d\d \d\d:"):
            pass
        with pytest.raises(WorkspaceLocked):
            asyncio.run(workspace.duplicate(made, made.with_name("copy.stratex")))
        child.communicate("\n", timeout=20)
        assert child.returncode == 0
    assert [each.name for each in made.parent.iterdir()] == [made.name]
    assert asyncio.run(_names(made)) == ["a.md"]


def test_a_holder_on_another_computer_is_named(tmp_path: Path) -> None:
    path = tmp_path / "w.stratex"
    refusals.lock_file(path).write_text(
        '{"pid": 7, "host": "office-pc", "since": "2026-11-21T09:05:00+00:00"}'
    )
    assert "process 7 on office-pc, since 2026-11-21 09:05" in str(refusals.locked(path))
    refusals.lock_file(path).write_text("nothing readable")
    assert "open in another program" in str(refusals.locked(path))


_WRITE = """
import asyncio, sys
from pathlib import Path
from desktop.services import workspace
from tests.services.store_tools import write_forever

asyncio.run(write_forever(Path(sys.argv[1])))
"""


def test_what_was_acknowledged_survives_kill_9(made: Path) -> None:
    moments = random.Random(7)
    acknowledged: set[str] = set()
    for _ in range(10):
        with process(_WRITE, str(made)) as child:
            assert child.stdout is not None
            for _ in range(moments.randint(1, 25)):
                acknowledged.add(child.stdout.readline().strip())
            child.kill()
            acknowledged.update(line.strip() for line in child.stdout if line.endswith("\n"))
    asyncio.run(_check_survivors(made, acknowledged))
    assert [each.name for each in made.parent.iterdir()] == [made.name]


async def _check_survivors(path: Path, acknowledged: set[str]) -> None:
    assert path.with_name(path.name + "-wal").exists()
    store = await workspace.open_workspace(path)
    assert await store.damage() == ""
    documents = {document.name: document for document in await store.documents()}
    assert acknowledged - {""} <= documents.keys()
    for name, document in documents.items():
        if document.state is not DocumentState.READY:
            continue
        assert (document.pages, document.chunks, document.embedded) == (1, 1, 1)
        page = await store.page(document.id, 0)
        assert await store.document_bytes(document.id) == page.text.encode()
        ids, vectors = await store.vectors_of("test", document.id)
        assert vectors.shape == (1, 4)
        if name != "a.md":
            word = name.removesuffix(".md")
            assert [hit for hit, _ in await store.lexical_search(word, 5)] == list(ids)
    for answer in (await store.latest_answers()).values():
        assert answer.state is AnswerState.INTERRUPTED
    await store.aclose()


# --- duplicates --------------------------------------------------------------------------


def test_a_duplicate_holds_everything_but_what_was_removed(made: Path) -> None:
    async def check() -> None:
        store = await workspace.open_workspace(made)
        gone = await add_text(store, "gone.md", "Nobody may read zanzibar.")
        await store.remove_documents([gone.id])
        copy = made.with_name("copy.stratex")
        await workspace.duplicate(store, copy)
        assert [d.id for d in await store.restore_documents([gone.id])] == [gone.id]
        with pytest.raises(WorkspaceError, match="exists already"):
            await workspace.duplicate(store, copy)
        await store.aclose()
        assert b"zanzibar" not in copy.read_bytes()
        assert await _names(copy) == ["a.md"]
        assert await _names(made) == ["a.md", "gone.md"]

    asyncio.run(check())


def test_a_closed_file_is_duplicated_without_being_touched(
    made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deny(monkeypatch, made, os.W_OK)
    before = snapshot(made.parent)
    target = made.with_name("copy.stratex")
    asyncio.run(workspace.duplicate(made, target))
    assert asyncio.run(_names(target)) == ["a.md"]
    target.unlink()
    assert snapshot(made.parent) == before


def test_a_file_cut_by_a_crash_is_duplicated_whole(made: Path) -> None:
    with process(_HOLD, str(made)) as child:
        assert child.stdout is not None and child.stdout.readline() == "open\n"
        child.kill()
    target = made.with_name("copy.stratex")

    async def check() -> None:
        await workspace.duplicate(made, target)
        store = await workspace.open_workspace(target)
        assert await store.fact("use case") == "held"
        await store.aclose()

    asyncio.run(check())


def test_a_strange_file_is_not_duplicated(tmp_path: Path) -> None:
    (tmp_path / "a.stratex").write_text("Dear colleague")
    with pytest.raises(NotAWorkspace):
        asyncio.run(workspace.duplicate(tmp_path / "a.stratex", tmp_path / "b.stratex"))
    assert not (tmp_path / "b.stratex").exists()


# --- migrations --------------------------------------------------------------------------

_V2 = ("CREATE TABLE later (x)", "ALTER TABLE facts ADD COLUMN added TEXT")
_BROKEN = ("CREATE TABLE later (x)", "INSERT INTO nowhere VALUES (1)")


_DETAILS = (
    '{"citations":[],"declined":false,"context":[],"messages":[],"parameters":{},'
    '"prompt_version":null,"usage":null,"first_token_seconds":null,"seconds":1.5,'
    '"finish_reason":"stop","cost":0.0,"error":null,"remedy":null,"note":""}'
)


@pytest.fixture
def first(tmp_path: Path) -> Path:
    """A file as version 1 of the tables left it: a document, a case, an answer."""
    path = tmp_path / "first.stratex"
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute(f"PRAGMA application_id = {schema.APPLICATION_ID}")
        schema.migrate(db, (VERSION_1,))
        db.execute(search.SQL)
        for statement in (
            "INSERT INTO contents VALUES ('abc', x'00')",
            "INSERT INTO documents (name, path, sha256, size, state)"
            " VALUES ('a.md', '/from/a.md', 'abc', 1, 'ready')",
            "INSERT INTO cases (question, reference, sources, tags, split)"
            """ VALUES ('Glasses?', 'One pair.', '[["a.md",null]]', '["eyes"]', 'holdout')""",
            "INSERT INTO cells (strategy_id, question, strategy, model, state, text, details,"
            f" started_at) VALUES (1, 'q', 's', 'm', 'done', 'Yes.', '{_DETAILS}', '')",
        ):
            db.execute(statement)
    return path


def test_each_version_is_reached_from_version_1(first: Path) -> None:
    file = opening.OpenFile(first, (VERSION_1, _V2))
    assert schema.version(file.db) == 2
    assert file.db.execute("SELECT count(*), max(added) FROM facts").fetchone() == (0, None)
    file.close()
    copy = first.with_name("first (before update, version 1).stratex")
    assert asyncio.run(_names(copy)) == ["a.md"]
    opening.OpenFile(first, (VERSION_1, _V2)).close()  # what migrations made is known as ours


def test_a_file_of_version_1_keeps_its_cases_and_answers(first: Path) -> None:
    with scenario(first) as run:
        assert run(lambda store: store.cases()) == [
            Case(1, "Glasses?", "One pair.", (("a.md", None),), ("eyes",), "holdout")
        ]
        answers = run(lambda store: store.latest_answers())
        assert (answers[1].text, answers[1].seconds) == ("Yes.", 1.5)
        assert run(lambda store: store.runs()) == []
    with closing(sqlite3.connect(first)) as db:
        assert schema.version(db) == len(schema.MIGRATIONS)


def test_a_duplicate_of_an_old_file_is_up_to_date_and_alone(first: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    asyncio.run(workspace.duplicate(first, folder / "new.stratex"))
    with scenario(folder / "new.stratex") as run:
        assert len(run(lambda store: store.cases())) == 1
    assert [each.name for each in folder.iterdir()] == ["new.stratex"]


def test_an_empty_beginning_reaches_the_newest_version() -> None:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        schema.migrate(db, (VERSION_1,))
        schema.migrate(db, (VERSION_1, _V2))
        assert schema.objects(db) == schema.expected_objects(2, (VERSION_1, _V2))


def test_a_failed_migration_leaves_the_file_as_it_was(first: Path) -> None:
    before = first.read_bytes()
    with pytest.raises(WorkspaceError, match="could not be brought") as caught:
        opening.OpenFile(first, (VERSION_1, _BROKEN))
    assert "nowhere" in caught.value.details
    assert first.read_bytes() == before
    assert asyncio.run(_names(first)) == ["a.md"]


def test_version_1_is_never_edited_after_its_release() -> None:
    """When this fails, put VERSION_1 back as it was and append a migration."""
    import hashlib

    assert hashlib.sha256("\n".join(VERSION_1).encode()).hexdigest()[:16] == "bf7c80e0360c4d6e"


def test_the_full_text_table_is_made_anew_when_its_recipe_changes(made: Path) -> None:
    change(made, "DROP TABLE chunk_words", "CREATE VIRTUAL TABLE chunk_words USING fts5(other)")

    async def check() -> None:
        store = await workspace.open_workspace(made)
        assert len(await store.lexical_search("eyeglass", 5)) == 1
        await store.aclose()

    asyncio.run(check())


# --- crashes -----------------------------------------------------------------------------


def test_answers_that_still_run_were_interrupted(made: Path) -> None:
    with scenario(made) as run:
        run(lambda store: store.begin_answer(1, ANSWER))
    with scenario(made) as run:
        answers = run(lambda store: store.latest_answers())
    assert answers[1].state is AnswerState.INTERRUPTED
    assert answers[1].text == ANSWER.text


def test_a_full_disk_is_said_and_loses_nothing(made: Path) -> None:
    async def check() -> None:
        store = await workspace.open_workspace(made)
        document = (await store.documents())[0]
        size = await store._read(lambda db: db.execute("PRAGMA page_count").fetchone()[0])
        await store._read(lambda db: db.execute(f"PRAGMA max_page_count = {size}").fetchone())
        pages = [Page(1, "x" * 100_000)]
        with pytest.raises(WorkspaceError, match="disk is full"):
            await store.save_pages(document.id, pages, [NewChunk(0, 1, 0, 5, "xxxxx")])
        assert (await store.page(document.id, 0)).text == "Eyeglasses are covered."
        await store.aclose()

    asyncio.run(check())


@pytest.mark.parametrize("wrong", ["tables = 'many'", "pages = 'all'", "language = x'07'"])
def test_a_document_with_facts_of_another_kind_costs_one_sentence(made: Path, wrong: str) -> None:
    change(made, f"UPDATE documents SET {wrong}")

    async def check() -> None:
        store = await workspace.open_workspace(made)
        with pytest.raises(NotAWorkspace, match="damaged"):
            await store.documents()
        await store.aclose()

    asyncio.run(check())
