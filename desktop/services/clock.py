"""Time, from the system."""

from __future__ import annotations

import time
from datetime import UTC, datetime


class SystemClock:
    """Implements core.ports.Clock."""

    def now(self) -> str:
        """ISO 8601, UTC, to the second."""
        return datetime.now(UTC).isoformat(timespec="seconds")

    def seconds(self) -> float:
        """Monotonic; qasync's own timers are off by up to 50 ms."""
        return time.perf_counter()
