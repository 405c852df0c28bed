"""Make search fast where there are too many passages to look at each one."""

from __future__ import annotations

from collections.abc import Callable

from ..core.ports import Ports

Tell = Callable[[str, float, float | None], None]
"""A sentence, the share that is done (0 to 1), and the seconds left where they can be told."""
_TELLING = 0.1  # the share after which the time left can be told
_BYTES = 4  # of a number in a vector
_COPIES = 2  # of all vectors that are in memory meanwhile, besides those that are searched


async def group(ports: Ports, tell: Tell) -> None:
    """Searches go on meanwhile, and are exact until it is done. Cancelled, all stays as it was."""
    vectors, clock = ports.vectors, ports.clock
    started = clock.seconds()
    size = _COPIES * _BYTES * vectors.count * ports.embedder.dimension
    needs = f"Needs up to {max(1, round(size / 1e6)):,} MB of memory meanwhile."

    def said(sentence: str, share: float) -> None:
        elapsed = clock.seconds() - started
        left = elapsed / share * (1 - share) if share >= _TELLING else None
        tell(f"{sentence}. {needs}", share, left)

    await vectors.group(said)
