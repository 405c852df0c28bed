"""Presentations, workbooks, mails and archives for the reader's tests, all made here."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from typing import Any


def pptx() -> bytes:
    """A titled slide with a list, a group, a table and notes; a hidden one; an empty one."""
    import pptx
    from pptx.util import Inches

    deck = pptx.Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Vision plan"
    body = slide.placeholders[1].text_frame
    body.text = "Eyeglasses every two years"
    body.add_paragraph().text = "Frames up to 150 dollars"
    body.paragraphs[1].level = 1
    group = slide.shapes.add_group_shape()
    box = group.shapes.add_textbox(Inches(1), Inches(1), Inches(2), Inches(1))
    box.text_frame.text = "Ask before you buy"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(3), Inches(4), Inches(1)).table
    for place, text in enumerate(("Plan", "Copay", "Gold", "$10")):
        table.cell(place // 2, place % 2).text = text
    slide.notes_slide.notes_text_frame.text = "Mention contact lenses."
    hidden = deck.slides.add_slide(deck.slide_layouts[5])
    hidden.shapes.title.text = "Secret draft"
    hidden._element.set("show", "0")
    deck.slides.add_slide(deck.slide_layouts[6])
    return _saved(deck)


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]], hidden: Sequence[str] = ()) -> bytes:
    """An xlsx file."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        if name in hidden:
            sheet.hide()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
    book.close()
    return file.getvalue()


def sparse_workbook() -> bytes:
    """Two cells, at the far ends of the largest sheet there can be."""
    import xlsxwriter

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "here")
    sheet.write(1_048_575, 16_383, "there")
    book.close()
    return file.getvalue()


def mail(body: str, *, html: str = "", attachments: Mapping[str, bytes] | None = None) -> bytes:
    """An eml file from Ann to Bob."""
    message = EmailMessage()
    message["From"], message["To"] = "Ann <ann@example.com>", "Bob <bob@example.com>"
    message["Subject"], message["Date"] = "Dental cover", "Sat, 21 Nov 2026 10:00:00 +0000"
    if body:
        message.set_content(body)
    if html:
        (message.add_alternative if body else message.set_content)(html, subtype="html")
    for name, content in (attachments or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream",
                               filename=name)
    return message.as_bytes()


def archive(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return file.getvalue()


def _saved(document: Any) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()
