"""Collects garbage on the window's thread, and the large rounds when nothing runs.

Left alone, Python collects at whatever allocation is one too many: 40 ms in the middle of a
stream, or on the database's thread, where a widget must not be destroyed.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

INTERVAL = 100  # ms: young objects stay few, so that a round takes about a millisecond
_WIDE = 10  # every so many full rounds look also at what earlier ones have set aside


class GarbageCollector(QObject):
    """Takes the collecting over from Python until `stop`.

    A full round sets aside what it leaves alive (`gc.freeze`), so that the next one is about
    what came since: 0.1 ms instead of 20 with the program's own 80,000 objects.
    """

    def __init__(self, busy: Callable[[], bool], parent: QObject | None = None) -> None:
        """`busy` says whether something runs whose progress a full round would hold up."""
        super().__init__(parent)
        self._busy = busy
        self._full_rounds = 0
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """The round that is due by Python's own thresholds, if any."""
        young, middle, old = (
            count > most for count, most in zip(gc.get_count(), gc.get_threshold(), strict=True)
        )
        if old and not self._busy():
            self._collect_all()
        elif middle:
            gc.collect(1)
        elif young:
            gc.collect(0)

    def _collect_all(self) -> None:
        self._full_rounds += 1
        if self._full_rounds % _WIDE == 0:
            gc.unfreeze()
        gc.collect()
        gc.freeze()

    def stop(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()
