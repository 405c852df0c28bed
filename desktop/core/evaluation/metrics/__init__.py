"""Metrics: small pure functions by kind, and METRICS with what each one means.

`flows/scoring.py` computes them for a cell.
"""

from .catalog import METRICS, Metric

__all__ = ["METRICS", "Metric"]
