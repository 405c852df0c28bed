"""Win rates in words; a difference within noise is called that."""

from __future__ import annotations

from .blind import WinRate


def percent(share: float) -> str:
    """`64 %`."""
    return f"{round(100 * share)} %"


def sentence(rate: WinRate) -> str:
    """`Prompt was preferred to Baseline in 80 % of 28 blind pairs, ...`."""
    turned = rate.rate.mean < 0.5
    more, less = (rate.b, rate.a) if turned else (rate.a, rate.b)
    lead = "" if rate.better else "Within noise: "
    return f"{lead}{more} was preferred to {less} in {_figures(rate, turned=turned)}."


def _figures(rate: WinRate, *, turned: bool) -> str:
    mean, low, high = rate.rate.mean, rate.rate.low, rate.rate.high
    if turned:
        mean, low, high = 1 - mean, 1 - high, 1 - low
    pairs = "1 blind pair" if rate.rate.n == 1 else f"{rate.rate.n:,} blind pairs"
    ties = ", a tie counting half" if rate.ties else ""
    return f"{percent(mean)} of {pairs}{ties} ({percent(low)} to {percent(high)})"
