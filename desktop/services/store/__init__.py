"""The workspace file: refusals, opening, one module a topic, and `SqliteStore` over all."""

from .sqlite_store import SqliteStore

__all__ = ["SqliteStore"]
