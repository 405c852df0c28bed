"""Report files: which kind, what may be replaced, words that stay words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import ConfigurationError
from desktop.core.plots import Picture, Words
from desktop.flows.reporting import write
from desktop.services.report_files import (
    check_target,
    fence,
    kind_of,
    markdown_cell,
    markdown_text,
    render,
    save,
)
from desktop.services.report_svg import svg
from tests.report_samples import material


@pytest.mark.parametrize("kind", ["html", "md", "csv"])
def test_a_report_of_ours_is_replaced(tmp_path: Path, kind: str):
    target, report = tmp_path / f"out.{kind}", write(material(), "w")
    save(report, target)
    save(report, target)
    assert target.read_bytes() == render(report, kind)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("kind", ["html", "md", "csv"])
def test_another_file_is_left_alone_unless_told(tmp_path: Path, kind: str):
    target = tmp_path / f"thesis.{kind}"
    target.write_text("case,question\nmine")
    with pytest.raises(ConfigurationError, match=r"is there already.*--replace"):
        save(write(material(), "w"), target)
    assert target.read_text() == "case,question\nmine"
    save(write(material(), "w"), target, replace=True)
    check_target(target)


@pytest.mark.parametrize("name", ["report", "report.pdf", "report.docx"])
def test_an_unknown_ending_is_one_sentence(name):
    with pytest.raises(ConfigurationError, match=r"End its name in \.html, \.md or \.csv"):
        kind_of(Path(name))


@pytest.mark.parametrize(("text", "written"), [
    ("1. first", "1\\. first"), ("- item", "\\- item"), ("+0.13", "+0.13"), ("1.5 s", "1.5 s"),
    ("# title", "\\# title"), ("a|b <i>", "a\\|b \\<i\\>"), ("---", "\\---"), ("===", "\\==="),
])
def test_words_are_not_read_as_markdown(text, written):
    assert markdown_text(text) == written


@given(st.text())
def test_nothing_ends_a_code_block_or_a_cell(text):
    lines = fence(text).split("\n")
    assert lines[0].startswith("```") and lines[-1] not in "\n".join(lines[1:-1])
    assert "\n" not in markdown_cell(text)


def test_words_in_pictures_are_escaped():
    picture = Picture(10, 10, (Words(0, 0, "</svg><script>"),))
    made = svg(picture, "<b>")
    assert "<script>" not in made and "&lt;b&gt;" in made
