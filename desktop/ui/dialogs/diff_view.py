"""Two texts side by side, wrapped, with the words that differ marked and equal stretches short."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QTextBrowser

from ...core.prompt_diff import Row, Span, compare, count_changes
from .. import theme

AROUND = 2  # equal lines shown before and after a change


class DiffView(QTextBrowser):
    """What was removed is struck out and has a minus, what was added is underlined and a plus."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Comparison")
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self._rows: list[Row] = []
        self._titles = ("", "")

    def show_texts(self, titles: tuple[str, str], left: str, right: str) -> int:
        """The older at the left; returns the number of changes."""
        self._rows, self._titles = compare(left, right), titles
        self._fill()
        return count_changes(self._rows)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and getattr(self, "_rows", None):
            self._fill()  # in the colours of the other theme

    def _fill(self) -> None:
        head = "".join(f'<td colspan="2" width="50%"><b>{html.escape(each)}</b></td>'
                       for each in self._titles)
        body = "".join(_shown(self._rows))
        self.setHtml(f'<table width="100%" cellspacing="0" cellpadding="3"><tr>{head}</tr>'
                     f"{body}</table>")


def _shown(rows: Sequence[Row]) -> Iterator[str]:
    """HTML rows; what is equal and far from any change is one line that says how much it is."""
    near: set[int] = set()
    for place, row in enumerate(rows):
        if not row.same:
            near.update(range(place - AROUND, place + AROUND + 1))
    hidden = 0
    for place, row in enumerate(rows):
        if place not in near:
            hidden += 1
            continue
        yield _gap(hidden)
        hidden = 0
        yield _row(row)
    yield _gap(hidden)


def _gap(hidden: int) -> str:
    if not hidden:
        return ""
    words = f"{hidden:,} equal line{'s' if hidden != 1 else ''}"
    return (f'<tr><td colspan="4" align="center"><font color="{theme.color("muted").name()}">'
            f"{words}</font></td></tr>")


def _row(row: Row) -> str:
    left = _cell(row.left, row.left_marks, "danger_tint", "s", "−" if not row.same else "")
    right = _cell(row.right, row.right_marks, "success_tint", "u", "+" if not row.same else "")
    return f"<tr>{left}{right}</tr>"


def _cell(line: str | None, marks: Sequence[Span], tint: str, tag: str, sign: str) -> str:
    if line is None:
        return '<td width="2%"></td><td width="48%"></td>'
    back = f' style="background-color:{theme.color(tint).name()}"'
    parts, at = [], 0
    for start, end in marks:
        parts.append(_text(line[at:start]))
        parts.append(f"<span{back}><{tag}>{_text(line[start:end])}</{tag}></span>")
        at = end
    parts.append(_text(line[at:]))
    return (f'<td width="2%">{sign if marks else ""}</td>'
            f'<td width="48%">{"".join(parts) or "&nbsp;"}</td>')


def _text(text: str) -> str:
    return html.escape(text).replace("  ", "&nbsp; ")
