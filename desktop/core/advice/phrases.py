"""Figures as words, the same on the screen, in the report and on the command line."""

from __future__ import annotations

from collections.abc import Iterable

_MINUS = "−"


def signed(value: float) -> str:
    """+0.13, −0.02, 0.00."""
    shown = f"{abs(value):.{_digits(value)}f}"
    if float(shown) == 0:
        return shown
    return f"{'+' if value > 0 else _MINUS}{shown}"


def plain(value: float) -> str:
    """0.62; larger figures with fewer digits."""
    return f"{_MINUS if value < 0 else ''}{abs(value):.{_digits(value)}f}"


def between(low: float, high: float) -> str:
    """+0.09 to +0.18."""
    return f"{signed(low)} to {signed(high)}"


def dollars(value: float) -> str:
    """$0.0042, $1.37, $1,240."""
    if value == 0:
        return "$0"
    if value < 0.01:
        return f"${value:.4f}"
    return f"${value:,.2f}" if value < 1_000 else f"${value:,.0f}"


def seconds(value: float) -> str:
    """1.4 s, 0.05 s."""
    return f"{value:.1f} s" if value >= 1 else f"{value:.2f} s"


def calls(value: float) -> str:
    """About so many, to two figures: 40,000; 1.1 million."""
    if value >= 1_000_000:
        return f"{value / 1_000_000:.2f}".rstrip("0").rstrip(".") + " million"
    scale = 10 ** max(0, len(f"{value:.0f}") - 2)
    return f"{round(value / scale) * scale:,}"


def counted(count: int, noun: str) -> str:
    """1 case, 2 cases."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(parts: Iterable[str]) -> str:
    """a, b and c."""
    *rest, last = parts
    return f"{', '.join(rest)} and {last}" if rest else last


def _digits(value: float) -> int:
    return 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0
