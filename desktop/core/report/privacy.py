"""Keeps this machine out of a report: its folders, its user's name."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HOMES = re.compile(
    r"(?i)(?:file://)?(?:/(?:home|users)/[^/\s\"'<>|:]+|/root(?=/)|[a-z]:[\\/]+users[\\/]+"
    r"[^\\/\s\"'<>|:]+)"
)


def without_paths(text: str, known: Mapping[str, str]) -> str:
    """`text` with `known` places (longest first) replaced by their names, homes by `~`."""
    for place in sorted(known, key=len, reverse=True):
        if len(place) > 1:
            text = text.replace(place, known[place])
    return _HOMES.sub("~", text)
