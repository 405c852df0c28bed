"""One controller a view: the view says what the user did, the controller runs the flow.

Views know no ports and flows know no widgets; these small classes are where they meet.
Each holds the ports of the open workspace between `open` and `close`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ...core.ports import Ports
from ...flows.tasks import Tasks


class Controller:
    """What all controllers share."""

    def __init__(self, tasks: Tasks) -> None:
        self.tasks = tasks
        self._ports: Ports | None = None

    @property
    def ports(self) -> Ports:
        """Raises AssertionError when no workspace is open: views are disabled then."""
        assert self._ports is not None, "no workspace is open"
        return self._ports

    @property
    def is_open(self) -> bool:
        return self._ports is not None

    def commands(self) -> Mapping[str, Callable[[], object]]:
        """What it does for the rows of `actions.TABLE` that have no slot, by id."""
        return {}

    async def open(self, ports: Ports) -> None:
        """Show what the workspace holds."""
        self._ports = ports

    def close(self) -> None:
        """Forget the workspace."""
        self._ports = None
