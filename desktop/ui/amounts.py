"""Sizes of files and times of day, as the screen says them."""

from __future__ import annotations

from datetime import datetime, timedelta


def size_words(size: int) -> str:
    """`size` bytes as 812 KB, 3.4 MB, 1.2 GB."""
    if size < 1_000:
        return f"{size} bytes"
    for unit, name in ((1_000, "KB"), (1_000_000, "MB"), (1_000_000_000, "GB")):
        amount = size / unit
        if amount < 999.5 or name == "GB":
            return f"{amount:.1f} {name}" if amount < 9.95 and name != "KB" else (
                f"{amount:,.0f} {name}")
    raise AssertionError


def time_words(when: datetime, now: datetime | None = None) -> str:
    """`when`, which has a time zone, as today 14:10, yesterday 09:00, 21 Nov 2026 09:00."""
    local = when.astimezone()
    today = (now or datetime.now().astimezone()).astimezone().date()
    clock = f"{local:%H:%M}"
    if local.date() == today:
        return f"today {clock}"
    if local.date() == today - timedelta(days=1):
        return f"yesterday {clock}"
    return f"{local.day} {local:%b %Y} {clock}"
