"""Decide: which strategy, how sure, at what cost, what would change the answer."""

from .view import DecideView

__all__ = ["DecideView"]
