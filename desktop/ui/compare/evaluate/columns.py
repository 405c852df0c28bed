"""The widths a user has set and the columns they have hidden, as the workspace keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FACT = "grid columns"
CASE = 0  # stands for the first column, beside strategy ids
_LEAST, _MOST = 60, 3000  # pixels at 100 %


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in pixels at 100 % by strategy id; without any, the width is shared out."""

    widths: Mapping[int, int] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()

    def as_fact(self) -> dict[str, Any]:
        """JSON-ready."""
        return {"widths": {str(key): width for key, width in self.widths.items()},
                "hidden": sorted(self.hidden)}

    @classmethod
    def from_fact(cls, said: Any) -> Columns:
        """From JSON that may come from a stranger: what is not of its kind is left out."""
        if not isinstance(said, Mapping):
            return cls()
        widths, hidden = said.get("widths"), said.get("hidden")
        return cls(
            {int(key): min(_MOST, max(_LEAST, width))
             for key, width in (widths.items() if isinstance(widths, Mapping) else ())
             if isinstance(key, str) and key.isdecimal() and type(width) is int},
            frozenset(each for each in (hidden if isinstance(hidden, list) else ())
                      if type(each) is int))
