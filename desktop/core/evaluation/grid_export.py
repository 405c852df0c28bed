"""A run's grid as a file for others: CSV, XLSX, Markdown or JSON.

One row a cell (case x strategy x repeat), so that a spreadsheet can pivot it. Text that a
spreadsheet would run as a formula is made harmless; numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

from ..spreadsheets import safe_text
from ..types import Case
from .types import Cell, Run

KINDS = ("csv", "xlsx", "md", "json")
Value = str | float | int | None
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST = 32_767  # characters in a cell of a workbook; more and it does not open


@dataclass(frozen=True, slots=True)
class Table:
    """Names of the columns, and a row for each cell."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def grid_table(run: Run, cases: Sequence[Case], cells: Sequence[Cell]) -> Table:
    """Question, reference, answer, scores, cause, time, tokens and cost of every cell."""
    known = {case.id: case for case in cases}
    names = {strategy.id: strategy.name for strategy in run.strategies}
    metrics = tuple(dict.fromkeys([*run.metrics, *(n for cell in cells for n in cell.scores)]))
    heads = ("case", "question", "reference", "tags", "strategy", "model", "prompt_version",
             "repeat", "state", "answer", *metrics, "cause", "rule", "by_hand", "recorded",
             "seconds", "prompt_tokens", "completion_tokens", "usd", "error")
    rows = tuple(_row(cell, known.get(cell.case_id), names, metrics) for cell in cells)
    return Table(heads, rows)


def _row(
    cell: Cell, case: Case | None, names: dict[int, str], metrics: Sequence[str]
) -> tuple[Value, ...]:
    answer, found = cell.answer, cell.attribution
    usage = answer.usage if answer else None
    return (
        cell.case_id, case.question if case else "", case.reference if case else "",
        ", ".join(case.tags) if case else "", names.get(cell.strategy_id, ""),
        answer.model if answer else "", answer.prompt_version if answer else None,
        cell.repeat + 1, cell.state.value,
        answer.text if answer else "", *(cell.scores.get(name) for name in metrics),
        found.cause.value if found else "", found.rule if found else "",
        "yes" if found and found.by_hand else "", "yes" if cell.recorded else "",
        answer.seconds if answer else None, usage.prompt_tokens if usage else None,
        usage.completion_tokens if usage else None, answer.cost if answer else None,
        (answer.error or "") if answer else "",
    )


def export_grid(kind: str, run: Run, cases: Sequence[Case], cells: Sequence[Cell]) -> bytes:
    """The file's content. Raises ValueError for a kind that is not one of `KINDS`."""
    makers = {"csv": csv_of, "xlsx": _xlsx, "md": _markdown, "json": _json}
    if kind not in makers:
        raise ValueError(f"not one of {', '.join(KINDS)}: {kind}")
    return makers[kind](grid_table(run, cases, cells))


def csv_of(table: Table) -> bytes:
    """Text that begins like a formula is made harmless."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.heads)
    for row in table.rows:
        writer.writerow([safe_text(value) if isinstance(value, str) else value for value in row])
    return out.getvalue().encode("utf-8-sig")  # Excel takes anything else for Latin-1


def _json(table: Table) -> bytes:
    rows: list[dict[str, Any]] = [dict(zip(table.heads, row, strict=True)) for row in table.rows]
    return json.dumps(rows, ensure_ascii=False, indent=2).encode("utf-8")


def _markdown(table: Table) -> bytes:
    lines = ["| " + " | ".join(table.heads) + " |", "|" + " --- |" * len(table.heads)]
    lines += ["| " + " | ".join(_markdown_cell(value) for value in row) + " |"
              for row in table.rows]
    return ("\n".join(lines) + "\n").encode("utf-8")


def _markdown_cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.4g}"
    text = escape(" ".join(str(value).split())).replace("\\", "\\\\")
    return text.replace("|", "\\|").replace("`", "\\`")


def _xlsx(table: Table) -> bytes:
    """A workbook of one sheet. Its text cells are strings by type: nothing is a formula."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in _PARTS.items():
            book.writestr(name, _XML + content)
        rows = [_sheet_row(number, row) for number, row in enumerate((table.heads, *table.rows), 1)]
        sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
        book.writestr("xl/worksheets/sheet1.xml", _XML + sheet)
    return out.getvalue()


def _sheet_row(number: int, row: Sequence[Value]) -> str:
    return f'<row r="{number}">{"".join(map(_sheet_cell, row))}</row>'


def _sheet_cell(value: Value) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        text = escape(_NOT_XML.sub("", value[:_MOST]))
        return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'
    return f"<c><v>{value!r}</v></c>" if math.isfinite(value) else "<c/>"


_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OPEN = "http://schemas.openxmlformats.org"
_MAIN = f"{_OPEN}/spreadsheetml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_OPEN}/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        "</Types>"
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_OPEN}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{_OPEN}/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" '
        f'xmlns:r="{_OPEN}/officeDocument/2006/relationships"><sheets>'
        '<sheet name="Cells" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_OPEN}/package/2006/relationships"><Relationship Id="rId1" '
        f'Type="{_OPEN}/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
