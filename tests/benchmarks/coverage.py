"""How often the 95 % intervals hold the truth: 2,000 samples of 50 cases from known shapes.

    python -m tests.benchmarks.coverage [--simulations 2000] [--cases 50]

Prints one line a shape and exits 1 when any lies outside 92 to 97 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from desktop.core.evaluation.statistics import interval, paired

LOWEST, HIGHEST = 0.92, 0.97
Draw = Callable[[np.random.Generator, int], Any]


def _inflated(share: float, rest: Callable[[np.random.Generator, int], Any]) -> Draw:
    return lambda rng, n: rng.binomial(1, share, n) * rest(rng, n)


MEANS: dict[str, tuple[Draw, float]] = {
    "normal": (lambda rng, n: rng.normal(0.5, 0.2, n), 0.5),
    "skewed share (beta 1, 6)": (lambda rng, n: rng.beta(1, 6, n), 1 / 7),
    "skewed (exponential)": (lambda rng, n: rng.exponential(1, n), 1.0),
    "skewed (log-normal)": (lambda rng, n: rng.lognormal(0, 1, n), float(np.exp(0.5))),
    "0/1, one in two": (lambda rng, n: rng.binomial(1, 0.5, n), 0.5),
    "0/1, one in five": (lambda rng, n: rng.binomial(1, 0.2, n), 0.2),
    "0/1, nine in ten": (lambda rng, n: rng.binomial(1, 0.9, n), 0.9),
    "half zeros": (_inflated(0.5, lambda rng, n: rng.beta(4, 2, n)), 0.5 * 4 / 6),
    "80 % zeros": (_inflated(0.2, lambda rng, n: rng.beta(4, 2, n)), 0.2 * 4 / 6),
    "80 % zeros, long tail": (_inflated(0.2, lambda rng, n: rng.exponential(1, n)), 0.2),
}


def _scores(rng: np.random.Generator, n: int) -> tuple[Any, Any]:
    base = rng.normal(0.5, 0.2, n)
    return base, base + rng.normal(0.1, 0.2, n)


def _skewed(rng: np.random.Generator, n: int) -> tuple[Any, Any]:
    base = rng.beta(1, 6, n)
    return base, base + rng.exponential(0.1, n)


def _binary(rng: np.random.Generator, n: int) -> tuple[Any, Any]:
    drawn = rng.choice(4, n, p=(0.4, 0.2, 0.1, 0.3))  # both, only b, only a, neither
    return np.isin(drawn, (0, 2)).astype(float), np.isin(drawn, (0, 1)).astype(float)


def _mostly_same(rng: np.random.Generator, n: int) -> tuple[Any, Any]:
    base = rng.beta(4, 2, n)
    return base, base + (rng.random(n) < 0.3) * rng.normal(0.1, 0.3, n)


PAIRS: dict[str, tuple[Callable[[np.random.Generator, int], tuple[Any, Any]], float]] = {
    "difference, normal": (_scores, 0.1),
    "difference, skewed": (_skewed, 0.1),
    "difference, 0/1": (_binary, 0.1),
    "difference, 70 % zeros": (_mostly_same, 0.03),
}


def shares(simulations: int, cases: int) -> Iterator[tuple[str, float]]:
    """Each shape, and the share of intervals that hold its true mean."""
    for name, (draw, mean) in MEANS.items():
        rng = np.random.default_rng(1)
        found = [interval(draw(rng, cases)) for _ in range(simulations)]
        yield name, sum(each.low <= mean <= each.high for each in found) / simulations
    for name, (draw_pair, difference) in PAIRS.items():
        rng = np.random.default_rng(2)
        results = [paired(*draw_pair(rng, cases)) for _ in range(simulations)]
        yield name, sum(each.low <= difference <= each.high for each in results) / simulations


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulations", type=int, default=2_000)
    parser.add_argument("--cases", type=int, default=50)
    options = parser.parse_args()
    outside = 0
    for name, share in shares(options.simulations, options.cases):
        inside = LOWEST <= share <= HIGHEST
        outside += not inside
        print(f"{name:26} {100 * share:5.1f} %{'' if inside else '  outside 92 to 97 %'}",
              flush=True)
    return 1 if outside else 0


if __name__ == "__main__":
    sys.exit(main())
