"""Backups of workspaces: which are worth their room. Pure; `services/backups.py` has the files."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

ALL_FOR = timedelta(hours=1)
HOURLY_FOR = timedelta(days=1)
DAILY_FOR = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Backup:
    """One file. `workspace` is where the original was; `when` has a time zone; bytes."""

    file: Path
    workspace: Path
    when: datetime
    size: int


def superfluous(backups: Sequence[Backup], now: datetime, room: int) -> list[Backup]:
    """What may go, so that the rest takes at most `room` bytes.

    All of the last hour stay, one of each hour for a day, one of each day for a month, and of
    each workspace the newest, however old. Where that is too much for `room`, the oldest go
    first, those that are some workspace's only one last, and the newest of all never.
    """
    kept = [each for group in grouped(backups).values() for each in _thinned(group, now)]
    only = {group[0] for group in grouped(kept).values()}
    newest = max(kept, key=_when, default=None)
    total = sum(each.size for each in kept)
    gone = set(backups) - set(kept)
    for each in sorted(kept, key=lambda b: (b in only, b.when)):
        if total <= room or each is newest:
            break
        gone.add(each)
        total -= each.size
    return [each for each in backups if each in gone]


def grouped(backups: Iterable[Backup]) -> dict[Path, list[Backup]]:
    """By workspace, the newest first in each; the workspace with the newest one first."""
    groups: dict[Path, list[Backup]] = {}
    for each in sorted(backups, key=_when, reverse=True):
        groups.setdefault(each.workspace, []).append(each)
    return groups


def _thinned(newest_first: Sequence[Backup], now: datetime) -> list[Backup]:
    kept, seen = list(newest_first[:1]), set[Hashable]()
    for each in newest_first:
        slot = _slot(each.when, now)
        if slot is None or slot in seen:
            continue
        seen.add(slot)
        if each not in kept:
            kept.append(each)
    return kept


def _slot(when: datetime, now: datetime) -> Hashable:
    """What one backup is kept of; None for nothing."""
    age = now - when
    if age < ALL_FOR:
        return when
    if age < HOURLY_FOR:
        return when.date(), when.hour
    return when.date() if age < DAILY_FOR else None


def _when(backup: Backup) -> datetime:
    return backup.when

