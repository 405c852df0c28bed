"""What the price table says of itself and of a model, in words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Protocol

STALE_DAYS = 90


@dataclass(frozen=True, slots=True)
class PriceTable:
    """`as_of` is an ISO date; `path` is where the user's own rows are, or would be."""

    as_of: str
    path: str = ""
    edited: bool = False  # the user's file is there and counts
    problem: str = ""

    def days(self, today: str) -> int:
        """How old it is; 0 for a date that cannot be read."""
        try:
            return (date.fromisoformat(today[:10]) - date.fromisoformat(self.as_of)).days
        except ValueError:
            return 0

    def stale(self, today: str) -> bool:
        """Old enough to compare it with the price page before relying on it."""
        return self.days(today) > STALE_DAYS

    def sentence(self, today: str) -> str:
        """For the screen, with its date."""
        whose = "with your changes" if self.edited else "the program's own"
        words = f"Prices and windows are of {self.as_of} ({whose})."
        if self.stale(today):
            words += (f" That is {self.days(today)} days ago: compare them with the price page "
                      "before you rely on them.")
        return f"{words} {self.problem}".strip()


class ModelRow(Protocol):
    """A row of the table, as far as words are made of it."""

    @property
    def input(self) -> float | None: ...
    @property
    def output(self) -> float | None: ...
    @property
    def context(self) -> int | None: ...
    @property
    def retires(self) -> str: ...
    @property
    def tune_regions(self) -> tuple[str, ...]: ...
    @property
    def tune_global(self) -> bool: ...


def model_words(row: ModelRow | None, as_of: str, today: str, *, retires: str = "") -> str:
    """Price, window and retirement; `retires` is what the resource says, which wins."""
    if row is None:
        dated = f" Retires {_when(retires, today)}, as the resource says." if retires else ""
        return ("The price table has no row for this model: its calls are counted as of unknown "
                f"price.{dated}")
    parts = []
    if row.input is not None and row.output is not None:
        out = f" in and {_dollars(row.output)} out" if row.output else ""
        parts.append(f"{_dollars(row.input)}{out} for a million tokens")
    if row.context:
        parts.append(f"window {row.context:,} tokens")
    if retires or row.retires:
        says = "as the resource says" if retires else f"by the table of {as_of}"
        parts.append(f"retires {_when(retires or row.retires, today)}, {says}")
    words = "; ".join(parts)
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def region_words(model: str, row: ModelRow | None, region: str) -> str:
    """A warning where fine-tuning of the standard type is not offered in a resource's region;
    "" where it is, or where nothing is known."""
    if row is None or not row.tune_regions or not region:
        return ""
    plain = [_plain(each) for each in row.tune_regions]
    if _plain(region) in plain:
        return ""
    where = ", ".join(row.tune_regions)
    other = ("Take the training type GlobalStandard here, or" if row.tune_global else "Take")
    return (f"Standard fine-tuning of {model} is offered in {where}, not in {region}. {other} a "
            "resource there.")


def _dollars(price: float) -> str:
    return f"${price:,.2f}" if round(price, 2) == price else f"${price:g}"


def _plain(region: str) -> str:
    return re.sub(r"[^a-z0-9]", "", region.lower())


def _when(day: str, today: str) -> str:
    return f"{day} (in the past)" if day < today[:10] else day
