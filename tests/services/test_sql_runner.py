import asyncio
import re
import sqlite3
import time
from pathlib import Path

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.ports import SqlComparison
from desktop.core.settings import Settings
from desktop.services import sql_worker
from desktop.services.sql_runner import ConfirmedSql, SqlProcess
from desktop.services.sql_worker import compare, orders, same_rows, split_queries


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE item (name TEXT, price REAL, sold INTEGER)")
        db.executemany("INSERT INTO item VALUES (?, ?, ?)", [
            ("pen", 1.5, 10), ("cup", 8.0, 3), ("bag", 30.0, None), ("pen", 1.5, 10),
        ])
    db.close()
    return path


@pytest.mark.parametrize(("query", "accepted", "equal"), [
    ("SELECT name FROM item WHERE price > 5", "select name from item where not price <= 5", True),
    ("SELECT name FROM item ORDER BY name", "SELECT name FROM item", True),
    ("SELECT name FROM item ORDER BY name", "SELECT name FROM item ORDER BY name DESC", False),
    ("SELECT DISTINCT name FROM item", "SELECT name FROM item", False),
    ("SELECT sum(price)/3 FROM item", "SELECT 13.6666667", True),
    ("SELECT 13.67", "SELECT sum(price)/3 FROM item", False),
    ("SELECT 3", "SELECT 3.0", True),
    ("SELECT '3'", "SELECT 3", False),
    ("SELECT sold FROM item WHERE name='bag'", "SELECT NULL", True),
    ("SELECT price, name FROM item", "SELECT name, price FROM item", False),
    ("SELECT name AS n FROM item", "SELECT price FROM item; SELECT name FROM item;", True),
    ("SELECT 1 WHERE 0", "SELECT name FROM item WHERE price > 99", True),
    ("SELECT nothing FROM item", "SELECT name FROM item", False),
    ("SELECT 1; SELECT 2", "SELECT 1", False),
    ("I do not know", "SELECT 1", False),
    ("", "SELECT 1", False),
    ("SELECT 1", "SELECT x FROM nowhere", None),
    ("SELECT 1", "", None),
])
def test_two_queries_are_compared_by_their_rows(
    database: Path, query: str, accepted: str, equal: bool | None
) -> None:
    found, why = compare(database, query, accepted, 5.0)
    assert found is equal
    assert bool(why) is (equal is not True)


BOMB = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "


@pytest.mark.parametrize(("query", "why"), [
    ("ATTACH DATABASE 'other.db' AS other", "more than read"),
    ("PRAGMA writable_schema=ON", "more than read"),
    ("SELECT * FROM pragma_database_list", "more than read"),
    ("SELECT load_extension('x')", "more than read"),
    ("DELETE FROM item", "more than read"),
    ("DROP TABLE item", "more than read"),
    ("CREATE TEMP TABLE t AS SELECT 1", "more than read"),
    ("VACUUM INTO 'copy.db'", "more than read"),
    ("BEGIN IMMEDIATE", "more than read"),
    (BOMB + "SELECT count(*) FROM n", "too long"),
    (BOMB + "SELECT i FROM n", "too much"),
    (BOMB + "SELECT hex(zeroblob(500000)) FROM n", "too much"),
    (BOMB + "SELECT i FROM n ORDER BY -i", "too long|memory"),
    ("SELECT zeroblob(2000000000)", "does not run"),
    ("SELECT 1" + " UNION SELECT 1" * 100_000, "does not run"),
    ("SELECT " + "(" * 5000 + "1" + ")" * 5000, "does not run"),
    ("SELECT 'a\0b'", ""),
])
def test_a_hostile_query_is_unequal_and_changes_nothing(
    database: Path, query: str, why: str
) -> None:
    before = database.read_bytes()
    equal, said = compare(database, query, "SELECT count(*) FROM item", 0.3)
    assert equal is False and re.search(why, said)
    assert database.read_bytes() == before
    assert [path.name for path in database.parent.iterdir()] == [database.name]


def test_a_query_that_answers_no_interrupt_is_killed_with_its_process(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop.services.sql_runner.KILLED_AFTER", -0.3)

    async def work() -> None:
        runner = SqlProcess(seconds=0.4)
        try:
            started = time.monotonic()
            slow = BOMB + "SELECT count(*) FROM n"
            assert (await runner.compare(str(database), slow, "SELECT 1")).equal is False
            assert time.monotonic() - started < 3
        finally:
            await runner.aclose()

    asyncio.run(work())


def test_the_process_compares_and_says_why_not(database: Path) -> None:
    async def work() -> None:
        runner = SqlProcess()
        try:
            same, other = await asyncio.gather(
                runner.compare(str(database), "SELECT count(*) FROM item", "SELECT 4"),
                runner.compare(str(database), "SELECT 5", "SELECT 4"),
            )
            assert same == SqlComparison(True)
            assert other.equal is False and "1 rows" in other.why
            with pytest.raises(ConfigurationError, match="not there"):
                await runner.compare(str(database.parent / "gone.db"), "SELECT 1", "SELECT 1")
        finally:
            await runner.aclose()

    asyncio.run(work())


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notes.db"
    path.write_text("not a database, and long enough to be looked at " * 50)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        compare(path, "SELECT 1", "SELECT 1", 1.0)


def test_queries_are_split_outside_quotes_and_comments() -> None:
    assert split_queries("SELECT ';'; SELECT 2 -- ; no\n;") == [
        "SELECT ';';", "SELECT 2 -- ; no\n;"
    ]
    assert split_queries(" ; ;\n-- nothing\n") == []
    assert split_queries("SELECT 1") == ["SELECT 1"]


@pytest.mark.parametrize(("query", "ordered"), [
    ("SELECT a FROM t ORDER  BY a", True),
    ("SELECT a FROM (SELECT a FROM t ORDER BY a)", False),
    ("SELECT row_number() OVER (ORDER BY a) FROM t", False),
    ("SELECT 'order by' FROM t -- ORDER BY a", False),
    ('SELECT "order by (" FROM t ORDER BY 1', True),
])
def test_only_an_outer_order_counts(query: str, ordered: bool) -> None:
    assert orders(query) is ordered


def test_rows_are_compared_as_often_as_they_occur() -> None:
    assert same_rows([(1, "a"), (2, None)], [(2.0, None), (1.0000000001, "a")], in_order=False)
    assert not same_rows([(1,), (1,), (2,)], [(1,), (2,), (2,)], in_order=False)
    assert not same_rows([(1,), (2,)], [(2,), (1,)], in_order=True)
    assert not same_rows([(b"a",)], [("a",)], in_order=False)
    assert sql_worker.same_rows([], [], in_order=True)


def test_a_database_that_nobody_confirmed_is_not_even_looked_for() -> None:
    class Never:
        async def compare(self, database: str, query: str, accepted: str) -> SqlComparison:
            raise AssertionError("opened")

        async def aclose(self) -> None:
            raise AssertionError("ended")

    async def work() -> None:
        guarded = ConfirmedSql(Never(), lambda database: False)
        found = await guarded.compare(r"\\stranger\share\x.db", "SELECT 1", "SELECT 1")
        assert found.equal is None and "confirmed" in found.why
        await guarded.aclose()

    asyncio.run(work())
    settings = Settings().confirmed_database("/w/a.stratex", "/d/shop.db")
    assert settings.may_open("/w/a.stratex", "/d/shop.db")
    assert not settings.may_open("/w/b.stratex", "/d/shop.db")
    assert not settings.may_open("/w/a.stratex", "/d/other.db")
    assert Settings.from_dict(settings.as_dict()) == settings
