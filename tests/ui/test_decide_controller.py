"""Decide's controller: judges when somebody looks, and saves reports of every kind."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from itertools import pairwise
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from desktop.core.advice.decision import Decision
from desktop.core.errors import ConfigurationError
from desktop.core.evaluation.pacing import Estimate
from desktop.core.evaluation.probes import plan_shots
from desktop.core.evaluation.types import Cause
from desktop.core.report import Subheading, Text
from desktop.core.types import Case, Prompt
from desktop.flows.reporting import write
from desktop.services.report_files import render
from desktop.ui.compare.decide import DecideView
from desktop.ui.compare.decide.pdf import make_pdf, pdf_steps
from desktop.ui.controllers import decide as module
from desktop.ui.controllers import probes
from desktop.ui.controllers.decide import DecideController, failing_cases
from tests.report_samples import HOSTILE, cells, material
from tests.ui.decide_samples import USE_CASE, decision, run
from tests.ui.samples import make_window


class NowTasks:
    """Runs each task at once."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def start(self, name: str, work: Coroutine[Any, Any, Any], **_: object) -> int:
        self.names.append(name)
        if asyncio.events._get_running_loop() is None:
            asyncio.run(work)
        else:
            work.close()
        return 1

    def running(self, key: str) -> int:
        return 0


class FakeFiles:
    def __init__(self) -> None:
        self.written: dict[str, bytes] = {}

    async def write(self, path: str, content: bytes) -> None:
        self.written[path] = content


class FakePorts:
    def __init__(self) -> None:
        self.files = FakeFiles()
        self.store = self

    async def runs(self) -> Any:
        return [run(6)]

    async def cells(self, run_id: int) -> Any:
        return cells()

    async def cases(self) -> Any:
        return list(material().cases)


class Reports:
    def hide_keys(self, text: str) -> str:
        return text

    def render_report(self, report: Any, kind: str) -> bytes:
        return render(report, kind)


@pytest.fixture
def made(qtbot: QtBot, dressed: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    async def decide(*_: object) -> Decision:
        return decision()

    async def use_case(*_: object) -> Any:
        return USE_CASE

    async def make_report(ports: object, program: str, run_id: int | None, scrub: object) -> Any:
        return write(material(), "w")

    monkeypatch.setattr(module, "decide", decide)
    monkeypatch.setattr(module, "load_use_case", use_case)
    monkeypatch.setattr(module, "make_report", make_report)
    window, _ = make_window()
    view, tasks = DecideView(), NowTasks()
    qtbot.addWidget(window)
    qtbot.addWidget(view)
    yield DecideController(view, tasks, window, Reports())  # type: ignore[arg-type]


def test_nothing_is_judged_until_somebody_looks(made):
    asyncio.run(made.open(FakePorts()))
    assert made.tasks.names == []
    made.view.show()
    assert made.tasks.names == ["Decide"]
    assert made.view.recommendation.sentence.text() == "Use Prompt + documents."
    made.view.hide()
    made.view.show()
    assert made.tasks.names == ["Decide"]


def test_a_change_is_judged_at_once_on_screen_and_later_behind(made):
    asyncio.run(made.open(FakePorts()))
    made.view.show()
    made.changed()
    assert made.tasks.names == ["Decide", "Decide"]
    made.view.hide()
    made.changed()
    assert made.tasks.names == ["Decide", "Decide"]


def test_a_failure_is_not_shown_as_reading_for_ever(made, monkeypatch):
    async def fail(*_: object) -> Decision:
        raise ConfigurationError("The statistics cannot be computed")

    asyncio.run(made.open(FakePorts()))
    monkeypatch.setattr(module, "decide", fail)
    with pytest.raises(ConfigurationError):
        made._look()
    assert made.view.recommendation.sentence.text() == "Nothing to decide yet"
    monkeypatch.undo()


def test_closing_forgets_the_decision(made):
    asyncio.run(made.open(FakePorts()))
    made.view.show()
    made.close()
    assert made.view.recommendation.sentence.text() == "Nothing to decide yet"
    made.changed()
    assert made.tasks.names == ["Decide"]


@pytest.mark.parametrize(("kind", "start"), [
    ("html", b"<!DOCTYPE html>"), ("pdf", b"%PDF-1."), ("md", b"<!-- strategy"),
    ("csv", b"\xef\xbb\xbfcase,question"),
])
def test_every_kind_is_written_and_said(made, kind, start, tmp_path):
    ports = FakePorts()
    asyncio.run(made.open(ports))
    made.save(tmp_path / f"Report.{kind}", kind)
    (content,) = ports.files.written.values()
    assert content.startswith((start, start.removeprefix(b"\xef\xbb\xbf")))
    assert made._window.messages.bar.messages()[0].what == f"Report saved as Report.{kind}."


def test_the_place_is_asked_for_with_the_right_ending(made):
    asyncio.run(made.open(FakePorts()))
    made.choose_file("pdf")
    (dialog,) = made._window.findChildren(QFileDialog)
    assert dialog.defaultSuffix() == "pdf" and dialog.nameFilters()[0] == "PDF (*.pdf)"
    dialog.reject()


def test_the_pdf_holds_the_words_and_nothing_else_runs(qapp):
    pdfium = pytest.importorskip("pypdfium2")
    content = make_pdf(write(material(), "HR benefits"))
    document = pdfium.PdfDocument(content)
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    words = " ".join(text.split())
    for part in ("Use Prompt + documents.", "How large is the effect?", "Holm 1979",
                 "What this does not show"):
        assert part in words
    assert HOSTILE.split(">")[0] in words  # an answer's markup is words
    assert b"/JavaScript" not in content and b"/URI" not in content
    document.close()


def test_a_pdf_is_made_in_small_steps(qapp):
    assert sum(1 for _ in pdf_steps(write(material(), "w"))) > 20


def test_failing_cases_are_those_of_the_recommended_strategy():
    assert failing_cases(decision(), run(6), cells()) == {Cause.NOT_RETRIEVED: [6]}
    assert failing_cases(decision(), None, []) == {}


def test_a_probe_asks_first_and_says_what_it_would_take(made, monkeypatch):
    asyncio.run(made.open(FakePorts()))
    made.view.show()
    plan = plan_shots(run(6).strategies[1], Prompt(), [
        Case(n, f"{'abcdefghijklmnopqrstuvwxyz'[n] * 7} {n}", "yes") for n in range(26)], [])
    ran = []

    async def planned(*_: object) -> Any:
        return plan

    async def estimated(*_: object) -> Estimate:
        return Estimate(72, 9_000, 0.02, 40)

    async def asked(*_: object) -> Any:
        ran.append(plan)
        return run(6)

    monkeypatch.setattr(probes, "plan_shot_curve", planned)
    monkeypatch.setattr(probes, "estimate_shot_curve", estimated)
    monkeypatch.setattr(probes, "run_shot_curve", asked)
    box = made.view.readiness.probe
    box.ask.click()
    assert box.told.text() == (
        "Prompt over 18 tune cases; examples from tune cases, which are left out of the curve. "
        "72 calls, ~9,000 tokens, $0.02, 40 s.")
    assert box.start.isVisibleTo(box) and not box.ask.isVisibleTo(box) and not ran
    box.drop.click()
    assert box.ask.isVisibleTo(box) and not ran
    box.ask.click()
    box.start.click()
    assert ran == [plan] and box.ask.isVisibleTo(box)
    assert made.tasks.names[-2:] == ["Shot curve", "Decide"]


def test_too_few_cases_leave_the_button_where_it_was(made, monkeypatch):
    async def refuse(*_: object) -> Any:
        raise ConfigurationError("There are too few tune cases for a shot curve")

    asyncio.run(made.open(FakePorts()))
    made.view.show()
    monkeypatch.setattr(probes, "plan_shot_curve", refuse)
    with pytest.raises(ConfigurationError):
        made.probes._plan(made.view.readiness.probe, made.probes._plan_shots())
    assert made.view.readiness.probe.ask.isVisibleTo(made.view.readiness.probe)


def test_no_page_of_the_pdf_ends_with_a_heading_and_no_line_is_lost(qapp):
    pdfium = pytest.importorskip("pypdfium2")
    report = write(material(), "HR benefits")
    document = pdfium.PdfDocument(make_pdf(report))
    pages = [[line.strip() for line in page.get_textpage().get_text_range().split("\n")
              if line.strip()] for page in document]
    heads = {section.title for section in report.sections} | {
        block.words for section in report.sections for block in section.blocks
        if isinstance(block, Subheading)}
    for lines, following in pairwise(pages):
        # What begins the next page is in the margin of this one, clipped.
        last = lines[-2] if lines[-1] == following[0] else lines[-1]
        assert last not in heads
    words = "".join("".join(lines) for lines in pages)
    words = "".join(words.split())
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Text | Subheading):
                assert "".join(block.words.split()) in words, block.words
    document.close()
