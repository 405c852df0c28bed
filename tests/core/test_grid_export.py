"""A run's grid as a file."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace

import pytest

from desktop.core.evaluation.grid_export import KINDS, export_grid, grid_table
from desktop.core.evaluation.types import Attribution, Cause, Cell, CellState, Run, RunState
from desktop.core.types import Answer, AnswerState, Case, Strategy, Usage

CASES = [Case(1, "=cmd|' /C calc'!A0", "a | b\nc", tags=("x", "y"))]
RUN = Run(1, RunState.DONE, (Strategy(5, "Baseline"),), (1,), metrics=("token_f1",))
CELLS = [
    Cell(1, 1, 1, 5, 0, CellState.DONE,
         Answer("Baseline", "mini", "q", AnswerState.DONE, "-1 ü \x00 <b>", usage=Usage(3, 4),
                seconds=1.5, cost=0.001),
         {"token_f1": -0.25, "similarity": None},
         Attribution(Cause.OTHER, "rule", by_hand=True), recorded=True),
    Cell(2, 1, 9, 5, 1, CellState.WAITING),
]


def test_a_row_for_each_cell_with_every_score():
    table = grid_table(RUN, CASES, CELLS)
    rows = [dict(zip(table.heads, row, strict=True)) for row in table.rows]
    assert rows[0]["token_f1"] == -0.25 and rows[0]["similarity"] is None
    assert (rows[0]["cause"], rows[0]["by_hand"], rows[0]["recorded"]) == ("Other", "yes", "yes")
    assert rows[1]["question"] == "" and rows[1]["repeat"] == 2, "a removed case keeps its cells"


def test_csv_runs_nothing_and_numbers_stay_numbers():
    data = export_grid("csv", RUN, CASES, CELLS)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert rows[0]["question"].startswith("'=cmd") and rows[0]["answer"].startswith("'-1")
    assert rows[0]["token_f1"] == "-0.25"


def test_json_is_as_it_was():
    rows = json.loads(export_grid("json", RUN, CASES, CELLS))
    assert rows[0]["question"] == CASES[0].question and rows[0]["usd"] == 0.001


def test_markdown_keeps_one_line_a_row():
    lines = export_grid("md", RUN, CASES, CELLS).decode().splitlines()
    assert len(lines) == 4 and "a \\| b c" in lines[2] and "&lt;b&gt;" in lines[2]


def test_a_workbook_opens_with_text_as_text(tmp_path):
    calamine = pytest.importorskip("python_calamine")
    odd = [replace(CELLS[0], scores={"token_f1": float("nan")}), CELLS[1]]
    path = tmp_path / "cells.xlsx"
    path.write_bytes(export_grid("xlsx", RUN, CASES, odd))
    rows = calamine.load_workbook(str(path)).get_sheet_by_index(0).to_python()
    found = dict(zip(rows[0], rows[1], strict=True))
    assert found["question"] == CASES[0].question and found["seconds"] == 1.5
    assert found["token_f1"] == "" and "\x00" not in found["answer"]
    sheet = zipfile.ZipFile(path).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet


def test_other_kinds_are_refused():
    assert KINDS == ("csv", "xlsx", "md", "json")
    with pytest.raises(ValueError, match="csv"):
        export_grid("exe", RUN, CASES, CELLS)
