"""Keeps this machine out of reports and recordings: its folders, its user's name, its servers."""

from __future__ import annotations

import re
from collections.abc import Mapping

_HOMES = re.compile(
    r"(?i)(?:file://)?(?:/(?:home|users)/[^/\s\"'<>|:]+|/root(?=/)|[a-z]:[\\/]+users[\\/]+"
    r"[^\\/\s\"'<>|:]+)"
)
_LABEL = "[a-z0-9-]{1,63}"  # bounded: the text may be a stranger's
_SERVERS = re.compile(
    rf"(?i)\bhttps?://[^\s\"'<>]+|\[[0-9a-f:]{{3,45}}\](?::\d+)?"
    rf"|(?<![a-z0-9.-])(?:{_LABEL}\.){{0,8}}{_LABEL}:\d{{2,5}}\b"
    rf"|\b(?:\d{{1,3}}\.){{3}}\d{{1,3}}\b"
    rf"|(?<![a-z0-9.-])(?:{_LABEL}\.){{2,8}}[a-z]{{2,20}}\b"
)


def without_servers(text: str) -> str:
    """`text` of an error without addresses: a resource's name says whose it is."""
    return _SERVERS.sub("the server", text)


def without_paths(text: str, known: Mapping[str, str]) -> str:
    """`text` with `known` places (longest first) replaced by their names, homes by `~`."""
    for place in sorted(known, key=len, reverse=True):
        if len(place) > 1:
            text = text.replace(place, known[place])
    return _HOMES.sub("~", text)
