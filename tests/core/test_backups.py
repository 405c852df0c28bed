"""Which backups are worth their room."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from desktop.core.backups import Backup, grouped, superfluous

NOW = datetime(2026, 11, 29, 16, 30, tzinfo=UTC)
PLENTY = 10**12


def backup(minutes_ago: float, workspace: str = "/w/a.stratex", size: int = 10) -> Backup:
    when = NOW - timedelta(minutes=minutes_ago)
    return Backup(Path(f"/b/{workspace}/{when.isoformat()}"), Path(workspace), when, size)


def kept(backups: list[Backup], room: int = PLENTY) -> list[float]:
    """Minutes ago."""
    gone = superfluous(backups, NOW, room)
    return sorted((NOW - each.when).total_seconds() / 60 for each in backups if each not in gone)


def test_all_of_an_hour_then_one_an_hour_then_one_a_day() -> None:
    last_hour = [backup(m) for m in (1, 11, 21, 31, 41, 51)]
    assert kept(last_hour) == [1, 11, 21, 31, 41, 51]
    yesterday = [backup(m) for m in (95, 105, 115, 155, 165)]  # 14:55, :45, :35, 13:55, :45
    assert kept(last_hour + yesterday) == [1, 11, 21, 31, 41, 51, 95, 155]
    days = [backup(60 * 24 * day + m) for day in (2, 3, 30) for m in (0, 60, 300)]
    assert kept(days) == [60 * 24 * day for day in (2, 3, 30)]


def test_the_newest_of_each_workspace_stays_however_old() -> None:
    year = 60 * 24 * 365
    assert kept([backup(year), backup(year + 5), backup(3, "/w/b.stratex")]) == [3, year]


def test_where_room_is_short_the_oldest_go_and_an_only_one_last() -> None:
    only = backup(5000, "/w/old.stratex", 50)
    some = [backup(m, size=50) for m in (5, 15, 25)]
    assert kept([only, *some], room=160) == [5, 15, 5000]
    assert kept([only, *some], room=100) == [5, 5000]
    assert kept([only, *some], room=60) == [5]
    assert kept([only, *some], room=0) == [5]


@given(st.lists(st.tuples(st.integers(0, 100_000), st.sampled_from("ab")), unique=True),
       st.integers(0, 300))
def test_thinning_twice_changes_nothing(ages: list[tuple[int, str]], room: int) -> None:
    every = [backup(minutes, f"/w/{name}.stratex") for minutes, name in ages]
    gone = superfluous(every, NOW, room)
    left = [each for each in every if each not in gone]
    assert superfluous(left, NOW, room) == []
    assert not every or left
    assert sum(each.size for each in left) <= max(room, 10)


def test_groups_are_newest_first() -> None:
    groups = grouped([backup(9), backup(3, "/w/b.stratex"), backup(6)])
    assert [path.name for path in groups] == ["b.stratex", "a.stratex"]
    assert groups[Path("/w/a.stratex")] == [backup(6), backup(9)]

