"""Evaluate: cases x strategies as a grid, the detail of a cell, and the cases themselves."""
