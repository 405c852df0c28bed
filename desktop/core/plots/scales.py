"""Round numbers for axes, and how figures are written beside them."""

from __future__ import annotations

import math

MINUS = "−"


def linear_ticks(low: float, high: float, most: int = 6) -> list[float]:
    """At most `most` round values from at or below `low` to at or above `high`."""
    span = high - low or 1.0
    step = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1, 2, 5, 10, 20):
        first, last = math.floor(low / (step * factor)), math.ceil(high / (step * factor))
        if last - first < most:
            return [place * step * factor for place in range(first, last + 1)]
    raise AssertionError("a step of twenty times the span's decade always fits")


def decades(low: float, high: float) -> list[float]:
    """Powers of ten from at or below `low` to at or above `high`; both above 0."""
    first, last = math.floor(math.log10(low) + 1e-9), math.ceil(math.log10(high) - 1e-9)
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def signed(value: float, digits: int = 2) -> str:
    """`+0.13`, `−0.03`, `0.00`."""
    shown = f"{abs(value):.{digits}f}"
    if float(shown) == 0:
        return shown
    return ("+" if value > 0 else MINUS) + shown


def count(value: float) -> str:
    """`30,000`, `1 million`, `1.04 million`."""
    if value < 1_000_000:
        return f"{value:,.0f}"
    return f"{value / 1_000_000:.3g} million"


def dollars(value: float) -> str:
    """`$1.37`, `$10,000`, `$0.0004`: cents where they matter."""
    if value == 0:
        return "$0"
    if value < 0.01:
        return f"${value:.1g}" if value >= 0.0001 else "under $0.0001"
    return f"${value:,.2f}" if value < 100 else f"${value:,.0f}"
