"""Plots as inline SVG: colours by class, so that the page's own light and dark reach them."""

from __future__ import annotations

import math
from html import escape

from ..core.plots import Bar, Line, Mark, Picture, Shape, Words

_WIDE = 7.0  # pixels of an average letter at the body size


def svg(picture: Picture, title: str) -> str:
    """One self-contained element; every text in it is escaped."""
    width, height = _n(picture.width), _n(picture.height)
    body = "".join(_shape(shape) for shape in picture.shapes)
    return (f'<svg viewBox="0 0 {width} {height}" role="img" class="plot">'
            f"<title>{escape(title)}</title><desc>{escape(picture.words)}</desc>{body}</svg>")


def _shape(shape: Shape) -> str:
    if isinstance(shape, Line):
        points = " ".join(f"{_n(x)},{_n(y)}" for x, y in shape.points)
        dash = ' stroke-dasharray="7 5"' if shape.dashed else ""
        return (f'<polyline points="{points}" class="line s-{escape(shape.role)}" '
                f'stroke-width="{_n(shape.width)}"{dash}/>')
    if isinstance(shape, Bar):
        return (f'<rect x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.width)}" '
                f'height="{_n(shape.height)}" class="f-{escape(shape.role)}"/>')
    return _mark(shape) if isinstance(shape, Mark) else _words(shape)


def _words(words: Words) -> str:
    size = 13 + words.step * 1.3
    text = words.text
    if words.room is not None:
        most = max(4, int(words.room / (_WIDE * size / 13)))
        text = text if len(text) <= most else f"{text[: most - 1]}…"
    bold = ' font-weight="600"' if words.bold else ""
    return (f'<text x="{_n(words.x)}" y="{_n(words.y)}" font-size="{_n(size)}" '
            f'text-anchor="{words.anchor}" class="f-{escape(words.role)}"{bold}>'
            f"{escape(text)}</text>")


def _mark(mark: Mark) -> str:
    fill = f'class="f-{escape(mark.role)}"'
    x, y, side = mark.x, mark.y, mark.size
    if mark.kind == "hollow":
        return (f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(side / 2)}" '
                f'class="hollow s-{escape(mark.role)}" stroke-width="2"/>')
    if mark.kind == "circle":
        return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(side / 2)}" {fill}/>'
    if mark.kind == "square":
        return (f'<rect x="{_n(x - side / 2)}" y="{_n(y - side / 2)}" width="{_n(side)}" '
                f'height="{_n(side)}" {fill}/>')
    corners = {"star": 10, "diamond": 4, "triangle": 3}[mark.kind]
    points = []
    for place in range(corners):
        inner = mark.kind == "star" and place % 2 == 1
        radius, turn = side * (0.28 if inner else 0.62), place * 2 * math.pi / corners
        points.append(f"{_n(x + radius * math.sin(turn))},{_n(y - radius * math.cos(turn))}")
    return f'<polygon points="{" ".join(points)}" {fill}/>'


def _n(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
