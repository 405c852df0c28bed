"""The report: everything a reader needs, nothing that must not leave, nothing that runs."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.evaluation.calibration import BLIND
from desktop.core.evaluation.types import Cell, Rating, Run
from desktop.core.report import Report
from desktop.core.report.blocks import Text
from desktop.core.report.examples import chosen, examples
from desktop.core.report.method import limits, method
from desktop.core.types import Document, DocumentState, Message, Rewriting
from desktop.flows import reporting
from desktop.flows.reporting import make_report, write
from desktop.services.redact import redact
from desktop.services.report_files import render
from desktop.ui.tokens import DARK, LIGHT
from tests.compute import DirectCompute
from tests.report_samples import HOSTILE, KEY, PATH, cases, cells, material, versions
from tests.ui.decide_samples import USE_CASE, decision, run, thin

VOID = {"meta", "br", "img", "link", "hr", "input"}


class Page(HTMLParser):
    """Checks that tags close in order, and keeps tags with attributes and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def report() -> Report:
    return write(material(), "HR benefits")


@pytest.fixture(scope="module")
def html(report: Report) -> str:
    return render(report, "html").decode()


def test_the_sections_come_in_the_order_a_reader_needs(report):
    assert [each.anchor for each in report.sections] == [
        "question", "why", "results", "cost", "failures", "readiness", "drift", "people",
        "examples", "method", "limits", "versions"]
    assert report.recommendation == "Use Prompt + documents."
    assert report.about == "60 cases, Run 7, 2026-11-20"


def test_a_conversation_is_shown_with_its_turns_and_how_its_question_was_understood():
    found = material()
    first = found.cases[0]
    talk = replace(first, history=(Message("user", "Hi"), Message("assistant", "Hello")))
    cells = [replace(cell, answer=replace(
        cell.answer, rewriting=Rewriting("Benefit 1 when?", "terms")))
        if cell.case_id == first.id else cell for cell in found.cells]
    found = replace(found, cases=[talk, *found.cases[1:]], cells=cells)
    words = [block.words for block in examples(found).blocks if isinstance(block, Text)]
    assert "Asked after this conversation:\nUser: Hi\nModel: Hello" in words
    assert "[Understood as: Benefit 1 when?]" in str(examples(found))
    assert "1 case continues a conversation" in method(found).blocks[0].words


def test_what_was_taught_and_tested_alike_is_a_limit():
    found = replace(material(), overlaps=[f"Overlap {n}." for n in range(7)])
    items = limits(found).blocks[0].items
    assert "Overlap 4." in items and "Overlap 5." not in items
    assert any(item.startswith("2 more overlaps") for item in items)


def test_the_page_is_well_formed_and_says_what_it_must(html):
    page = Page(html)
    for words in ("Use Prompt + documents.", "Strength of the evidence: strong",
                  "It answers 47 of 60 cases", "What would change this", "0.62 (0.57 to 0.67)",
                  "Holm 1979", "You answer questions about our documents", "Is dental covered?",
                  "5 passages by words and meaning", "SQuAD", "is not a language model",
                  "answers were recorded earlier", "all-MiniLM-L6-v2", "Vision.pdf, page 1",
                  "Strategy Explorer 1.0.0", "Among the worst of",
                  "What Microsoft's guidance says", "Flat: from 2 to 8 examples",
                  "2 training examples were made from documents that have changed",
                  "Drift is shown: of 20 general questions", "Prompt is preferred",
                  "83% of 40 cases", "scipy 1.17.1", "catalog of 2026-11-20"):
        assert words in page.text, words
    assert sum(tag == "svg" for tag, _ in page.tags) == 4


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(html):
    page = Page(html)
    assert not {"script", "link", "iframe", "img", "object", "form"} & {t for t, _ in page.tags}
    for tag, attributes in page.tags:
        for name, value in attributes.items():
            assert not name.startswith("on"), (tag, name)
            if name in ("href", "src", "xlink:href"):
                assert value is not None and value.startswith("#")
    style = html[html.index("<style>"):html.index("</style>")]
    assert "url(" not in style and "@import" not in style
    assert "default-src 'none'" in html


def test_hostile_answers_are_words_in_every_format(report, html):
    assert HOSTILE in Page(html).text
    markdown = render(report, "md").decode()
    assert "<script>" not in markdown and not re.search(r"(?<!\\)\]\(", markdown)
    assert r"\<script\>alert(1)\</script\>" in markdown
    rows = list(csv.reader(io.StringIO(report.cells.decode("utf-8-sig"))))
    assert len(rows) == 1 + 24 and any(HOSTILE in cell for cell in rows[9])


def test_what_a_spreadsheet_would_run_is_harmless():
    found = material()
    bad = [replace(c, answer=replace(c.answer, text="=1+1")) for c in found.cells if c.answer]
    text = write(replace(found, cells=bad), "w").cells.decode("utf-8-sig")
    assert "'=1+1" in text and ",=1+1" not in text


def test_examples_are_the_best_the_worst_and_the_most_different():
    picked = chosen(material())
    assert list(picked)[:4] == [1, 2, 6, 5]
    assert picked[1].startswith("Among the best") and picked[6].startswith("Among the worst")
    assert "Where strategies differ most" in picked.values()


def test_markdown_tables_keep_their_columns(report):
    for block in re.findall(r"(?:^\|.*\n)+", render(report, "md").decode(), re.MULTILINE):
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}
        assert len(counts) == 1, block


def test_light_and_dark_are_those_of_the_window(html):
    for tokens, part in ((LIGHT, html.split("@media screen")[0]),
                         (DARK, html.split("@media screen")[1].split("* {")[0])):
        colors = dict(re.findall(r"--(\w+): (#[0-9A-F]{6})", part))
        assert len(colors) >= 16
        assert colors == {role: tokens.get(role) for role in colors}


def test_without_enough_evidence_the_report_says_so():
    found = replace(material(), decision=replace(thin(), metric="token_f1"))
    page = Page(render(write(found, "w"), "html").decode())
    assert "No recommendation yet." in page.text and "Not enough evidence" in page.text
    assert "Only 6 cases were run" in page.text


class FakeStore:
    """One run, its cells, and things that must not leave."""

    def __init__(self, runs: list[Run]) -> None:
        self._runs = runs

    async def runs(self) -> list[Run]:
        return self._runs

    async def cells(self, run_id: int) -> list[Cell]:
        first, *rest = cells()
        assert first.answer is not None
        leak = f"{KEY} stands in {PATH}/plan.docx and C:\\Users\\canary\\x.txt"
        return [replace(first, answer=replace(first.answer, text=leak)), *rest]

    async def cell(self, cell_id: int) -> Cell | None:
        return next((c for c in await self.cells(7) if c.id == cell_id), None)

    async def cases(self) -> Any:
        return cases()

    async def prompt_versions(self) -> Any:
        return versions()

    async def fact(self, key: str) -> Any:
        return None

    async def ratings(self) -> list[Rating]:
        return [Rating(1, 2, 1.0, other_cell_id=1, rater=BLIND)]

    async def examples(self) -> Any:
        return []

    async def draft(self) -> None:
        return None

    async def strategies(self) -> Any:
        return []

    async def pages(self, document_id: int) -> Any:
        return []

    async def documents(self) -> list[Document]:
        return [Document(1, "plan.docx", f"{PATH}/plan.docx", "s", 1, DocumentState.READY)]


def ports(runs: list[Run]) -> Any:
    class Ports:
        workspace = Path("/srv/canary place/HR benefits.stratex")
        store = FakeStore(runs)

        class clock:
            @staticmethod
            def now() -> str:
                return "2026-11-21T00:00:00+00:00"

        class embedder:
            id = "all-MiniLM-L6-v2"

        class prices:
            as_of = "2026-11-20"

        compute = DirectCompute()

    return Ports


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> None:
    async def decide(*_: object) -> Any:
        return decision()

    async def use_case(*_: object) -> Any:
        return USE_CASE

    monkeypatch.setattr(reporting, "decide", decide)
    monkeypatch.setattr(reporting, "load_use_case", use_case)


@pytest.mark.parametrize("kind", ["html", "md", "csv"])
def test_no_key_and_no_place_on_this_machine_leaves(decided, kind):
    made = asyncio.run(make_report(ports([run(6)]), "1.0.0", None, redact))
    text = render(made, kind).decode()
    assert KEY not in text and "canary" not in text.replace("sk-canary", "")
    assert "plan.docx" in text and "[hidden]" in text.replace("\\", "")


def test_nothing_run_is_said_in_words(decided):
    with pytest.raises(ConfigurationError, match="nothing to report yet"):
        asyncio.run(make_report(ports([]), "1.0.0"))
