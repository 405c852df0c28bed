"""Presentations, workbooks, tables, JSON and mails: what of them becomes searchable text."""

from __future__ import annotations

import datetime
import io
import json

import pytest

from desktop.core.errors import DocumentError
from desktop.core.types import Page
from desktop.services.reader_worker import foreign, language_in
from desktop.services.readers import tables
from desktop.services.readers.parsed import Parsed
from desktop.services.readers.parsing import parse

from . import documents
from .office_files import mail, pptx, workbook


def texts(parsed: Parsed) -> list[str]:
    return [page.text for page in parsed.pages]


def test_slides_are_pages_with_titles_tables_and_notes() -> None:
    parsed = parse("deck.pptx", pptx())
    assert [page.number for page in parsed.pages] == [1, 2, 3]
    assert parsed.pages[0].text.splitlines() == [
        "# Vision plan", "", "Eyeglasses every two years", "- Frames up to 150 dollars",
        "Ask before you buy", "", "Plan | Copay", "Plan: Gold | Copay: $10", "", "", "Notes:",
        "Mention contact lenses.",
    ]
    assert texts(parsed)[1:] == ["", ""]
    assert parsed.warning == "1 hidden slide was left out"


def test_sheets_are_pages_and_rows_keep_their_titles() -> None:
    parsed = parse("plans.xlsx", workbook({
        "Plans": [["Plan", "Copay", "Since"], ["Gold", 10.5, datetime.date(2026, 1, 1)],
                  ["Silver", 20, None]],
        "Empty": [],
        "Numbers": [[1, 2], [3, 4]],
        "Old": [["no longer so"]],
    }, hidden=["Old"]))
    assert [page.number for page in parsed.pages] == [1, 2, 3, 4]
    assert texts(parsed) == [
        "# Plans\n\nPlan | Copay | Since\nPlan: Gold | Copay: 10.5 | Since: 2026-01-01\n"
        "Plan: Silver | Copay: 20", "", "# Numbers\n\n1 | 2\n3 | 4", "",
    ]
    assert parsed.warning == "Hidden sheets were left out: Old"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_rows_of_a_text_table_keep_their_titles(separator: str) -> None:
    rows = [["Plan", "Covers"], ["Gold", "eyes and teeth"], ["Silver", "teeth"]]
    content = "\n".join(separator.join(row) for row in rows).encode()
    assert texts(parse("a.csv", content)) == [
        "Plan | Covers\nPlan: Gold | Covers: eyes and teeth\nPlan: Silver | Covers: teeth"
    ]


def test_a_title_above_a_table_is_not_its_head() -> None:
    rows = [["Plans of 2026"], [None, None], ["Plan", "Copay"], ["Gold", 10]]
    assert list(tables.lines(rows)) == ["Plans of 2026", "Plan | Copay", "Plan: Gold | Copay: 10"]


@pytest.mark.parametrize("first", [["a", "a"], ["a", "12"], ["a", "x" * 61]])
def test_what_cannot_be_titles_is_a_row_like_others(first: list[str]) -> None:
    assert list(tables.lines([first, ["b", "c"]])) == [" | ".join(first), "b | c"]


def test_records_of_json_become_paragraphs() -> None:
    long = "Glasses are covered. " * 10
    records = [
        {"plan": {"name": "Gold", "copay": 10}, "tags": ["eyes", "teeth"], "none": None},
        {"text": long, "active": True},
    ]
    wanted = ["plan.name: Gold | plan.copay: 10 | tags: eyes, teeth\n\n"
              f"text: {long}\nactive: yes"]
    assert texts(parse("a.json", json.dumps(records).encode())) == wanted
    lines = "\n".join(json.dumps(record) for record in records)
    assert texts(parse("a.jsonl", lines.encode())) == wanted


@pytest.mark.parametrize("content", ["{not json", "[" * 100_000])
def test_what_is_not_json_is_text_with_a_warning(content: str) -> None:
    parsed = parse("a.json", content.encode())
    assert texts(parsed) == [content] and "not valid JSON" in parsed.warning


def test_a_mail_says_who_wrote_and_what() -> None:
    parsed = parse("a.eml", mail(
        "Is my crown covered?", html="<p>Is my <b>crown</b> covered?</p>",
        attachments={"plan.docx": documents.docx(), "photo.png": b"\x89PNG\0\0"},
    ))
    text = texts(parsed)[0]
    assert text.startswith("# Dental cover\n\nFrom: Ann <ann@example.com>\n")
    assert text.count("crown") == 1 and "## Attachment plan.docx" in text
    assert parsed.warning == "Attachments that could not be read: photo.png"


def test_a_mail_of_html_alone_is_read_as_a_page() -> None:
    text = texts(parse("a.eml", mail("", html="<p>Is my <b>crown</b> covered?</p>")))[0]
    assert text.endswith("Is my crown covered?")


@pytest.mark.parametrize(("name", "content", "said"), [
    ("a.eml", b"just some words", "neither a sender"),
    ("a.pptx", b"PK\x03\x04 ppt/presentation.xml", "damaged or not a file of PowerPoint"),
    ("a.xlsx", b"PK\x03\x04 xl/workbook.xml", "damaged or not a file of Excel"),
    ("a.ppt", bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 99, "save it as .pptx"),
    ("a.xlsx", b"no workbook at all", "damaged, or needs a password"),
])
def test_other_files_under_these_names_are_refused(name: str, content: bytes, said: str) -> None:
    with pytest.raises(DocumentError) as caught:
        parse(name, content)
    assert said in str(caught.value)


def test_code_is_text_whatever_its_name() -> None:
    assert texts(parse("schema.sql", b"CREATE TABLE plans (name TEXT);")) == [
        "CREATE TABLE plans (name TEXT);"
    ]


def test_pages_that_are_pictures_are_named() -> None:
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for content in (documents.pdf(["Glasses are covered."]), documents.picture_pdf(3),
                    documents.pdf(["Crowns too."]), documents.picture_pdf(1)):
        for page in PdfReader(io.BytesIO(content)).pages:
            writer.add_page(page)
    file = io.BytesIO()
    writer.write(file)
    parsed = parse("a.pdf", file.getvalue())
    assert parsed.warning == "Pages 2-4, 6 are pictures; text in pictures cannot be read here"
    assert [bool(page.text) for page in parsed.pages] == [True, False, False, False, True, False]


@pytest.mark.parametrize(("text", "said"), [
    ("Die Brille wird nicht von der Kasse bezahlt, und das ist für alle gleich. " * 5, "German"),
    ("The glasses are not paid by the plan, and this is so for all of you. " * 5, ""),
    ("x = 1\n" * 50, ""),
])
def test_another_language_than_the_embedders_is_told(text: str, said: str) -> None:
    warning = foreign(language_in(Parsed((Page(None, text),))))
    assert (f"Mostly {said}" in warning) if said else warning == ""


def test_tables_are_counted_as_readers_write_them() -> None:
    assert tables.count("Plan | Price\nA | 1\n\nnot | alone\n\n| A | B |\n| - | - |\nend") == 2
