"""Plots as plain shapes, drawn once and painted by the window, the PDF and the HTML report."""

from .bars import bars_picture
from .costs import cost_words, costs_picture, drawable
from .effects import TONES, effect_words, effects_picture
from .shapes import Bar, Line, Mark, Picture, Shape, Spot, Words, mark_of, role_of
from .shots import point_words, shots_picture

__all__ = [
    "TONES", "Bar", "Line", "Mark", "Picture", "Shape", "Spot", "Words", "bars_picture",
    "cost_words", "costs_picture", "drawable", "effect_words", "effects_picture", "mark_of",
    "point_words", "role_of", "shots_picture",
]
