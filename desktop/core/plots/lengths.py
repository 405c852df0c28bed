"""How long the examples of a dataset are: a histogram over tokens."""

from __future__ import annotations

from ..dataset.estimate import Lengths
from .scales import count
from .shapes import Bar, Line, Picture, Shape, Spot, Words

HEIGHT = 132.0
_LEFT, _RIGHT, _BASE = 44.0, 12.0, 96.0


def lengths_picture(lengths: Lengths, width: float) -> Picture:
    """Bars from 0 to the longest example, with lines at the median and at the 90th percentile."""
    most, number = max(lengths.bars), len(lengths.bars)
    wide = (width - _LEFT - _RIGHT) / number
    end = number * lengths.step
    shapes: list[Shape] = [
        Words(_LEFT - 6, 16, count(most), "text_muted", "end", step=-2),
        Words(_LEFT - 6, _BASE + 4, "0", "text_muted", "end", step=-2),
        Line(((_LEFT, _BASE), (width - _RIGHT, _BASE)), "border_strong"),
    ]
    spots = []
    for place, examples in enumerate(lengths.bars):
        x, tall = _LEFT + place * wide, (_BASE - 12) * examples / most
        if examples:
            shapes.append(Bar(x, _BASE - max(tall, 1.5), max(wide - 1, 1), max(tall, 1.5),
                              "fine_tuned"))
        low = place * lengths.step
        spots.append(Spot(x, 0, wide, _BASE, f"{low:,} to {low + lengths.step - 1:,} tokens: "
                                             f"{examples:,} examples"))
    for value, words, step in ((lengths.median, "half", 0), (lengths.p90, "90 %", 1)):
        x = _LEFT + (width - _LEFT - _RIGHT) * value / end
        shapes += [Line(((x, 4), (x, _BASE)), "text", dashed=True),
                   Words(x + 4, 14 + 14 * step, f"{words}: {value:,}", step=-2)]
    shapes += [
        Words(_LEFT, _BASE + 16, "0", "text_muted", "middle", step=-2),
        Words(width - _RIGHT, _BASE + 16, count(end), "text_muted", "end", step=-2),
        Words((width + _LEFT - _RIGHT) / 2, _BASE + 30, "tokens of an example", "text_muted",
              "middle", step=-2),
    ]
    return Picture(width, HEIGHT, tuple(shapes), tuple(spots))
