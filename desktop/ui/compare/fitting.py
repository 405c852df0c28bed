"""How columns share the width of the Ask view: pure arithmetic, no Qt.

Columns never scroll sideways. Those that do not fit become strips, in place: the ones the
user opened last stay, then the rightmost: on the ladder the newest ingredient stands there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

STRIP = 34  # px, a folded column
NARROWEST = 240  # px; dragged below this a column folds
COMFORTABLE = 280  # px; as many columns open by themselves as get this much


@dataclass(frozen=True, slots=True)
class Sizes:
    """The three widths above, in px; larger text needs larger ones."""

    strip: int = STRIP
    narrowest: int = NARROWEST
    comfortable: int = COMFORTABLE

    @classmethod
    def at(cls, percent: int) -> Sizes:
        """For a text size in per cent."""
        return cls(*(size * percent // 100 for size in (STRIP, NARROWEST, COMFORTABLE)))


USUAL = Sizes()


@dataclass(frozen=True, slots=True)
class Slot:
    """Where one column stands, in px from the left edge of the area."""

    column: int
    x: int
    width: int
    strip: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """What the user chose. Widths are shares: the area's own width decides the pixels."""

    widths: Mapping[int, int]
    folded: frozenset[int] = frozenset()
    opened: tuple[int, ...] = ()  # latest first
    maximised: int | None = None

    def fold(self, column: int) -> Layout:
        return replace(
            self, folded=self.folded | {column},
            opened=tuple(c for c in self.opened if c != column),
            maximised=None if self.maximised == column else self.maximised,
        )

    def open(self, column: int) -> Layout:
        return replace(
            self, folded=self.folded - {column}, maximised=None,
            opened=(column, *(c for c in self.opened if c != column)),
        )

    def toggle_maximised(self, column: int) -> Layout:
        if self.maximised == column:
            return replace(self, maximised=None)
        return replace(self.open(column), maximised=column)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; `from_dict` is the inverse."""
        return {
            "widths": {str(column): width for column, width in self.widths.items()},
            "folded": sorted(self.folded),
            "opened": list(self.opened),
            "maximised": self.maximised,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Layout:
        """Anything unreadable in a stored layout is dropped: a layout is never an error."""
        try:
            maximised = values.get("maximised")
            return cls(
                {int(c): max(1, int(w)) for c, w in values.get("widths", {}).items()},
                frozenset(int(c) for c in values.get("folded", ())),
                tuple(int(c) for c in values.get("opened", ())),
                None if maximised is None else int(maximised),
            )
        except (AttributeError, TypeError, ValueError):
            return cls({})


def fit(
    total: int, columns: Sequence[int], layout: Layout, sizes: Sizes = USUAL
) -> list[Slot]:
    """Slots for `columns` (in screen order) that fill `total` px exactly."""
    full = _open_columns(total, columns, layout, sizes)
    strips = len(columns) - len(full)
    room = max(sizes.strip, total - strips * sizes.strip)
    widths = _share(room, full, layout.widths, sizes)
    slots, x = [], 0
    for column in columns:
        width = widths.get(column, sizes.strip)
        slots.append(Slot(column, x, width, column not in widths))
        x += width
    return slots


def _open_columns(
    total: int, columns: Sequence[int], layout: Layout, sizes: Sizes
) -> list[int]:
    if layout.maximised in columns:
        return [c for c in columns if c == layout.maximised]
    wanted = [c for c in columns if c not in layout.folded] or list(columns[-1:])
    by_wish = sorted(wanted, key=lambda c: (_place(c, layout.opened), -columns.index(c)))
    room = (total - len(columns) * sizes.strip) // (sizes.comfortable - sizes.strip)
    kept = set(by_wish[: max(1, room)])
    return [c for c in columns if c in kept]


def _place(column: int, opened: Sequence[int]) -> int:
    return opened.index(column) if column in opened else len(opened)


def _share(
    total: int, columns: Sequence[int], widths: Mapping[int, int], sizes: Sizes
) -> dict[int, int]:
    """Split `total` px in proportion to the remembered widths, none below the narrowest."""
    known = [widths[c] for c in columns if c in widths]
    usual = sum(known) / len(known) if known else sizes.comfortable
    wish = {c: float(widths.get(c, usual)) for c in columns}
    floor = min(sizes.narrowest, total // len(columns)) if columns else 0
    tight: set[int] = set()
    while True:
        free = total - floor * len(tight)
        whole = sum(wish[c] for c in columns if c not in tight) or 1.0
        found = {c: floor if c in tight else int(free * wish[c] / whole) for c in columns}
        below = {c for c in columns if found[c] < floor and c not in tight}
        if not below:
            break
        tight |= below
    if columns:  # what rounding left over goes to the last one
        found[columns[-1]] += total - sum(found.values())
    return found


def drag(
    slots: Sequence[Slot], layout: Layout, left: int, right: int, by: int, sizes: Sizes = USUAL
) -> Layout:
    """Move the border between two open neighbours by `by` px; one that gets too narrow folds."""
    now = {slot.column: slot.width for slot in slots if not slot.strip}
    now[left] += by
    now[right] -= by
    for column in (left, right):
        if now[column] < sizes.narrowest:
            return layout.fold(column)
    return replace(layout, widths={**layout.widths, **now})
