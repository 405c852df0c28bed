"""How much can be searched, and how well: in the status bar. Makes search fast when it is much."""

from __future__ import annotations

from ...core.approximation import sentence, words
from ...core.ports import Ports
from ...flows.grouping import group
from ...flows.tasks import Tasks
from ..status import StatusBar
from . import Controller

GROUPING = "make search fast"


class CountingController(Controller):
    """Asked to count after every change of the documents."""

    def __init__(self, tasks: Tasks, status: StatusBar) -> None:
        super().__init__(tasks)
        self._status = status
        self._job = 0
        self._asked = 0  # chunks when grouping was started last: stopped, it is not started again

    async def open(self, ports: Ports) -> None:
        await super().open(ports)
        self._asked = 0
        self._status.show_approximation("", "")
        # An index that was made anew is written now: when the window closes it must be quick.
        self.tasks.start("Keep the index", ports.vectors.save())

    def close(self) -> None:
        self._status.show_approximation("", "")
        super().close()

    def count(self) -> None:
        """Once for many changes."""
        self.tasks.start("Count", self._count(), key="count")

    def start_over(self) -> None:
        """The index was made anew, of another embedding model's vectors."""
        self._asked = 0
        self.count()

    async def _count(self) -> None:
        if not self.is_open:
            return
        counts = await self.ports.store.counts(self.ports.embedder.id)
        self._status.show_counts(*counts)
        self._look()

    def _look(self) -> None:
        if not self.is_open:
            return
        vectors = self.ports.vectors
        found = vectors.approximation
        self._status.show_approximation(*((words(found), sentence(found)) if found else ("", "")))
        if vectors.wants_groups and vectors.count > 1.2 * self._asked:
            self._asked = vectors.count
            self._job = self.tasks.start(
                f"Prepare fast search of {vectors.count:,} chunks", self._group(), key=GROUPING,
                shown=True)

    async def _group(self) -> None:
        await group(self.ports, lambda words, share, left: self.tasks.update(
            self._job, words, share, left))
        self._look()
