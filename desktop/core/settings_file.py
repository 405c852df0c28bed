"""Settings as a file to take elsewhere: no key, no path and no variable of this machine.

What is read may come from a stranger, so nothing of it counts before the user ticked it; a
connection comes without the variable its key is read from, because that would send any variable
of this machine to whoever wrote the file; and a token's scope must be one that Azure OpenAI has.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from .errors import ConfigurationError
from .settings import Settings, connection_from_dict
from .types import Connection

MARK = "strategy_explorer_settings"
VERSION = 1
MOST_BYTES = 1_000_000
MOST_CONNECTIONS = 50
SCOPES = ("https://ai.azure.com/.default", "https://cognitiveservices.azure.com/.default")
_TENANT = re.compile(r"[A-Za-z0-9.-]{1,100}")


def _percent(value: Any) -> str:
    return f"{value} %"


def _dollars(value: Any) -> str:
    return "no limit" if value is None else f"${value:,.2f}"


def _on(value: Any) -> str:
    return "on" if value else "off"


def _minutes(value: Any) -> str:
    return f"every {value} minutes" if value else "never"


def _plain(value: Any) -> str:
    return str(value) or "the usual"


# What travels, how it is called on screen, and how a value reads.
SHARED: Mapping[str, tuple[str, Callable[[Any], str]]] = {
    "theme": ("Theme", str),
    "text_size": ("Text size", _percent),
    "reduced_motion": ("Reduced motion", _on),
    "limit_run": ("Spending limit of a run", _dollars),
    "limit_month": ("Spending limit of a month", _dollars),
    "block_unknown_prices": ("Ask nothing whose price is unknown", _on),
    "entra_scope": ("Scope of a Microsoft Entra ID token", _plain),
    "entra_tenant": ("Tenant of Microsoft Entra ID", _plain),
    "backup_minutes": ("Backups", _minutes),
    "backup_megabytes": ("Room for backups", lambda value: f"{value:,} MB"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that is other in the file; all texts for the screen."""

    name: str
    words: str
    now: str
    new: str
    value: Any


@dataclass(frozen=True, slots=True)
class Offer:
    """What a file would change. `left_out` says what of it is not taken over, and why."""

    changes: tuple[Change, ...] = ()
    connections: tuple[Connection, ...] = ()
    left_out: tuple[str, ...] = ()


def to_file(settings: Settings) -> bytes:
    """JSON in UTF-8."""
    values = asdict(settings)
    shared: dict[str, Any] = {name: values[name] for name in SHARED}
    shared["connections"] = [
        {name: value for name, value in asdict(each).items() if name != "key_env"}
        for each in settings.connections]
    return (json.dumps({MARK: VERSION, "settings": shared}, indent=2) + "\n").encode()


def from_file(content: bytes, now: Settings) -> Offer:
    """What the file offers against the settings of now. Raises ConfigurationError."""
    values = _values(content)
    read = Settings.from_dict({name: value for name, value in values.items() if name in SHARED})
    changes, left_out = [], []
    for name, (words, say) in SHARED.items():
        value, old = getattr(read, name), getattr(now, name)
        if name not in values or value == old:
            continue
        if why := _refusal(name, value, values[name]):
            left_out.append(f"{words}: {why}")
        else:
            changes.append(Change(name, words, say(old), say(value), value))
    connections, refused = _connections(values.get("connections"), now)
    return Offer(tuple(changes), connections, tuple(left_out + refused))


def take(settings: Settings, changes: tuple[Change, ...]) -> Settings:
    """With the chosen changes of an offer; connections are saved one by one elsewhere."""
    return replace(settings, **{each.name: each.value for each in changes})


def _values(content: bytes) -> Mapping[str, Any]:
    problem = ConfigurationError(
        "This is not a file of settings", why="Strategy Explorer did not write it",
        remedy="Choose one that was made with Export settings")
    if len(content) > MOST_BYTES:
        raise problem
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise problem from None
    values = found.get("settings") if isinstance(found, dict) else None
    version = found.get(MARK) if isinstance(found, dict) else None
    if not isinstance(values, dict) or not isinstance(version, int) or version < 1:
        raise problem
    return values


def _refusal(name: str, value: Any, written: Any) -> str:
    if value != written:
        return "not a value that this program knows"
    if name == "entra_scope" and value and value not in SCOPES:
        return "not a scope of Azure OpenAI"
    if name == "entra_tenant" and value and not _TENANT.fullmatch(value):
        return "not the name of a tenant"
    return ""


def _connections(
    values: Any, now: Settings
) -> tuple[tuple[Connection, ...], list[str]]:
    found: list[Connection] = []
    left_out: list[str] = []
    taken = {each.name.casefold() for each in now.connections}
    known = {replace(each, key_env="") for each in now.connections}
    for each in values[:MOST_CONNECTIONS] if isinstance(values, list) else ():
        made = connection_from_dict(each) if isinstance(each, dict) else None
        if made is None or made.kind == "builtin":
            left_out.append("A connection that cannot be read")
            continue
        made = replace(made, key_env="")
        if made in known:
            continue
        if made.name.casefold() in taken:
            left_out.append(f"{made.name}: a connection of this name is there already")
            continue
        taken.add(made.name.casefold())
        found.append(made)
    return tuple(found), left_out
