"""What the program remembers of its user between starts. Never a key or a secret."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, cast, get_args

if TYPE_CHECKING:  # settings are read before the first paint: 17 ms saved where there are none
    from .spending import Limits
    from .types import Connection, ConnectionKind

Theme = Literal["system", "light", "dark"]
TEXT_SIZES = (80, 90, 100, 110, 125, 150, 175, 200)  # per cent
BACKUP_MINUTES = (0, 5, 10, 30, 60)  # 0: none are made
BACKUP_MEGABYTES = (200, 500, 1000, 2000, 5000, 20000)
_RECENT = 10
_CONFIRMED = 200


@dataclass(frozen=True, slots=True)
class Settings:
    """`window_state` is opaque text made by the window; paths are absolute, as text."""

    theme: Theme = "system"
    text_size: int = 100  # per cent
    recent_workspaces: tuple[str, ...] = ()  # the newest first
    last_workspace: str = ""  # the one open at the end, "" for none
    connections: tuple[Connection, ...] = ()  # the built-in one is not stored
    private_http_confirmed: tuple[str, ...] = ()  # hosts the user lets be reached over http
    databases_confirmed: tuple[str, ...] = ()  # see `confirmed_database`
    folders_confirmed: tuple[str, ...] = ()  # see `confirmed_folder`
    embedders_confirmed: tuple[str, ...] = ()  # see `confirmed_embedder`
    cross_encoder: str = ""  # a model's folder for the second pass of a search
    window_state: str = ""
    limit_run: float | None = None  # US dollars a run may cost; None: no limit
    limit_month: float | None = None
    block_unknown_prices: bool = False
    entra_scope: str = ""  # "": the documented one, then the older one
    entra_tenant: str = ""  # "": the account's own
    reduced_motion: bool = False  # nothing turns or blinks
    backup_minutes: int = 10  # between two backups of an open workspace that changed
    backup_megabytes: int = 2000  # that all backups together may take
    backups_folder: str = ""  # "": in the data folder
    samples_folder: str = ""  # where the user's copies of the samples go; "": the data folder

    @property
    def limits(self) -> Limits:
        """The spending limits."""
        from .spending import Limits

        return Limits(self.limit_run, self.limit_month, self.block_unknown_prices)

    @property
    def backup_room(self) -> int:
        """Bytes that all backups together may take."""
        return self.backup_megabytes * 1_000_000

    def opened(self, workspace: str) -> Settings:
        """With this workspace as the last one and the first of the recent ones."""
        others = [path for path in self.recent_workspaces if path != workspace]
        return replace(
            self, last_workspace=workspace, recent_workspaces=(workspace, *others)[:_RECENT]
        )

    def forgot(self, workspace: str) -> Settings:
        """Without this workspace among the recent ones, for a file that is gone."""
        last = "" if self.last_workspace == workspace else self.last_workspace
        recent = tuple(path for path in self.recent_workspaces if path != workspace)
        return replace(self, last_workspace=last, recent_workspaces=recent)

    def may_open(self, workspace: str, database: str) -> bool:
        """Whether the user of this machine chose or confirmed this database for this workspace.
        Both are absolute paths."""
        return _pair(workspace, database) in self.databases_confirmed

    def confirmed_database(self, workspace: str, database: str) -> Settings:
        """From now on this workspace may open this database: a path that came with somebody
        else's workspace must not open a file by itself."""
        known = dict.fromkeys((*self.databases_confirmed, _pair(workspace, database)))
        return replace(self, databases_confirmed=tuple(known)[-_CONFIRMED:])

    def may_watch(self, workspace: str, folder: str) -> bool:
        """Whether the user of this machine chose or confirmed this folder for this workspace.
        Both are absolute paths."""
        return _pair(workspace, folder) in self.folders_confirmed

    def confirmed_folder(self, workspace: str, folder: str) -> Settings:
        """From now on this workspace may watch this folder: one that came with somebody else's
        workspace must not be looked into by itself."""
        known = dict.fromkeys((*self.folders_confirmed, _pair(workspace, folder)))
        return replace(self, folders_confirmed=tuple(known)[-_CONFIRMED:])

    def may_embed(self, workspace: str, key: str) -> bool:
        """Whether the user of this machine chose or confirmed this embedding model for this
        workspace; `key` is `EmbedderChoice.key`."""
        return _pair(workspace, key) in self.embedders_confirmed

    def confirmed_embedder(self, workspace: str, key: str) -> Settings:
        """From now on this workspace may use it: a folder, a name or a connection that came with
        somebody else's workspace is not loaded or asked by itself."""
        known = dict.fromkeys((*self.embedders_confirmed, _pair(workspace, key)))
        return replace(self, embedders_confirmed=tuple(known)[-_CONFIRMED:])

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Settings:
        """From JSON; what is missing or not of its kind gets its default.

        Unknown names are left out: a newer version may have written them.
        """
        known = {field.name: field.default for field in fields(cls)}
        good = {
            name: _value(name, values[name], default)
            for name, default in known.items() if name in values
        }
        return cls(**{name: value for name, value in good.items() if value is not None})


_CHOICES = {"text_size": TEXT_SIZES, "backup_minutes": BACKUP_MINUTES,
            "backup_megabytes": BACKUP_MEGABYTES}


def _pair(workspace: str, other: str) -> str:
    return f"{workspace}\n{other}"


def _value(name: str, value: Any, default: Any) -> Any:
    """`value` as the field wants it, None where it does not fit."""
    if name == "theme":
        return value if value in get_args(Theme) else None
    if name in _CHOICES:
        known = isinstance(value, int) and not isinstance(value, bool) and value in _CHOICES[name]
        return value if known else None
    if name in ("limit_run", "limit_month"):
        number = isinstance(value, int | float) and not isinstance(value, bool)
        return float(value) if number and 0 <= value < 1e9 else None
    if isinstance(default, bool):
        return value is True
    if name == "connections":
        return tuple(_connections(value)) if isinstance(value, list | tuple) else None
    if isinstance(default, tuple):
        is_list = isinstance(value, list | tuple)
        return tuple(each for each in value if isinstance(each, str)) if is_list else None
    return value if isinstance(value, str) else None


def _connections(values: Iterable[Any]) -> list[Connection]:
    found = [connection_from_dict(each) for each in values if isinstance(each, dict)]
    return [connection for connection in found if connection is not None]


def connection_from_dict(values: Mapping[str, Any]) -> Connection | None:
    """None when it has no name or is of no known kind. Unknown names are left out."""
    from .types import Connection, ConnectionKind, Deployment

    name, kind = values.get("name"), values.get("kind")
    if not isinstance(name, str) or not name or kind not in get_args(ConnectionKind):
        return None
    deployments = values.get("deployments")
    return Connection(
        name, cast("ConnectionKind", kind),
        endpoint=_text(values, "endpoint"), api_version=_text(values, "api_version"),
        key_env=_text(values, "key_env"), entra=values.get("entra") is True,
        deployments=tuple(
            Deployment(_text(each, "name"), _text(each, "model"))
            for each in (deployments if isinstance(deployments, list | tuple) else ())
            if isinstance(each, dict)
        ),
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""
