"""Win rates in words; a difference within noise is called that."""

from __future__ import annotations

from .blind import WinRate


def percent(share: float) -> str:
    """`64 %`."""
    return f"{round(100 * share)} %"


def sentence(rate: WinRate) -> str:
    """`Prompt was preferred to Baseline in 80 % of 28 blind pairs (64 % to 91 %).`"""
    first, share = rate.leading(), rate.leading().rate
    lead = "" if rate.better else "Within noise: "
    pairs = "1 blind pair" if share.n == 1 else f"{share.n:,} blind pairs"
    ties = ", a tie counting half" if rate.ties else ""
    return (f"{lead}{first.a} was preferred to {first.b} in {percent(share.mean)} of "
            f"{pairs}{ties} ({percent(share.low)} to {percent(share.high)}).")
