"""Files that are damaged, mislabelled or made to do harm. All made here, none taken along.

`QUICK` are refused or read within a second or two; `LIMITS` run into the reader's limits of
memory and time, which takes as long as the limits are.
"""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tests.services import documents
from tests.services.office_files import archive, mail, pptx, sparse_workbook, workbook

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)) * 8
Make = Callable[[], bytes]


@dataclass(frozen=True)
class Nasty:
    """`says`: what the refusal must hold; "": it may also be read, with or without a warning."""

    name: str
    make: Make
    says: str = ""


def _cut(content: bytes, share: float = 0.5) -> bytes:
    return content[: int(len(content) * share)]


def _xml_bomb(content: bytes, part: str) -> bytes:
    """An Office file whose `part` declares entities that multiply."""
    laughs = b'<!ENTITY a "ha">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [' + laughs + b"]><x>&j;</x>"
    return _with_part(content, part, bomb)


def _with_part(content: bytes, part: str, bytes_of_it: bytes) -> bytes:
    import io

    with zipfile.ZipFile(io.BytesIO(content)) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    return archive(parts | {part: bytes_of_it})


def _deep_mail(depth: int) -> bytes:
    head = b"From: a@example.com\nSubject: deep\nMIME-Version: 1.0\n"
    opened = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(depth)
    )
    return head + opened + b"Content-Type: text/plain\n\nat the bottom\n"


def _mail_of_unknown_letters() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "a@example.com", "letters"
    message.set_content("text")
    return message.as_bytes().replace(b"utf-8", b"x-none-such").replace(b"us-ascii", b"x-none")


def _wide_page() -> bytes:
    return b"<html><body><table>" + b"<tr><td>x</td></tr>" * 100_000 + b"</table></body></html>"


QUICK: dict[str, Nasty] = {
    # Office files
    "docx: 210 MB in some hundred KB": Nasty("a.docx", documents.zip_bomb_docx, "more than 200 MB"),
    "docx: a billion laughs": Nasty("a.docx", documents.entity_bomb_docx, "entities"),
    "docx: thousands of parts": Nasty("a.docx", documents.many_parts_docx, "parts"),
    "docx: 100,000 deep": Nasty("a.docx", lambda: documents.deep_docx(100_000), "damaged"),
    "docx: cut in half": Nasty("a.docx", lambda: _cut(documents.docx()), "damaged"),
    "docx: a zip and nothing more": Nasty("a.docx", lambda: archive({"a": b"b"}), "damaged"),
    "docx: of 1997": Nasty("a.docx", lambda: OLE + b"\0" * 999, "old kind"),
    "docx: with a password": Nasty(
        "a.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
    "pptx: a billion laughs": Nasty(
        "a.pptx", lambda: _xml_bomb(pptx(), "ppt/slides/slide1.xml"), "entities"),
    "pptx: cut in half": Nasty("a.pptx", lambda: _cut(pptx()), ""),
    "pptx: 210 MB in some hundred KB": Nasty(
        "a.pptx", lambda: _with_part(pptx(), "ppt/x.xml", b"x" * 210_000_000), "200 MB"),
    "xlsx: two cells a sheet apart": Nasty("a.xlsx", sparse_workbook, "made to do harm"),
    "xlsx: a billion laughs": Nasty(
        "a.xlsx", lambda: _xml_bomb(workbook({"S": [["x"]]}), "xl/sharedStrings.xml"), "entities"),
    "xlsx: 210 MB in some hundred KB": Nasty(
        "a.xlsx", lambda: _with_part(workbook({"S": [["x"]]}), "xl/x.xml", b"x" * 210_000_000),
        "200 MB"),
    "xlsx: cut in half": Nasty("a.xlsx", lambda: _cut(workbook({"S": [["x"] * 50]})), ""),
    "xls: nothing but its first bytes": Nasty("a.xls", lambda: OLE + b"\0" * 4096, "damaged"),
    # PDF
    "pdf: with a password": Nasty("a.pdf", lambda: documents.pdf(["x"], password="y"), "password"),
    "pdf: cut short": Nasty("a.pdf", lambda: documents.pdf(["x"] * 9)[:300], "damaged"),
    "pdf: a page tree that is its own child": Nasty("a.pdf", documents.page_tree_loop, ""),
    "pdf: only pictures": Nasty("a.pdf", lambda: documents.picture_pdf(2), "pictures"),
    "pdf: only its first bytes": Nasty("a.pdf", lambda: b"%PDF-1.7\n", "damaged"),
    "pdf: text far outside the page": Nasty(
        "a.pdf", lambda: documents.pdf(["Glasses."], off_page=documents.OFF_PAGE), ""),
    # text, tables, records
    "html: 500,000 deep": Nasty("a.html", lambda: documents.deep_html(500_000), "No text found"),
    "html: a table of 100,000 rows": Nasty("a.html", _wide_page, ""),
    "html: never closed": Nasty("a.html", lambda: b"<html><body><p>glasses" * 2_000, ""),
    "json: 100,000 deep": Nasty("a.json", lambda: b"[" * 100_000, ""),
    "json: deep and whole": Nasty("a.json", lambda: b"[" * 50_000 + b"]" * 50_000, ""),
    "json: a number of 100,000 digits": Nasty("a.json", lambda: b'{"n": %s}' % (b"9" * 100_000)),
    "json: no value allows it": Nasty("a.json", lambda: b'{"a": NaN, "a": Infinity, "b": "x"}'),
    "json: half a surrogate pair": Nasty("a.json", lambda: b'{"a": "\\ud800 glasses"}'),
    "csv: a quote that never ends": Nasty("a.csv", lambda: b'a,b\n"' + b"x,y\n" * 50_000),
    "csv: one line of 100,000 cells": Nasty("a.csv", lambda: b"x," * 100_000),
    "csv: zero bytes": Nasty("a.csv", lambda: b"a,b\n\0\0\0,\0\0\0\n" * 100, "not a text file"),
    "txt: bytes of no letters": Nasty("a.txt", lambda: bytes(range(256)) * 40, "not a text file"),
    "txt: blank": Nasty("a.txt", lambda: b" \n\t\n ", "No text found"),
    "txt: only marks that cannot be seen": Nasty(
        "a.txt", lambda: ("\u202e\u200b\U000e0041" * 500).encode(), "No text found"),
    "txt: half a character of UTF-16": Nasty("a.txt", lambda: b"\xff\xfeg\0l\0a\0s\0s", ""),
    "txt: a megabyte without a space": Nasty("a.txt", lambda: b"x" * 1_000_000, ""),
    # mails
    "eml: 3,000 deep": Nasty("a.eml", lambda: _deep_mail(3_000), ""),
    "eml: letters nobody knows": Nasty("a.eml", _mail_of_unknown_letters, ""),
    "eml: no mail": Nasty("a.eml", lambda: b"hello\n" * 100, "Is not a mail"),
    "eml: a bomb attached": Nasty(
        "a.eml", lambda: mail("text", attachments={"b.docx": documents.many_parts_docx()}), ""),
    # under another's name
    "a picture called pdf": Nasty("a.pdf", lambda: PNG, "damaged or not a PDF"),
    "a picture called md": Nasty("a.md", lambda: PNG * 2, "not a text file"),
    "a PDF called docx": Nasty("a.docx", lambda: documents.pdf(["Glasses."]), ""),
    "a page called txt": Nasty("a.txt", lambda: b"<!doctype html><p>glasses", ""),
    "empty": Nasty("a.pdf", lambda: b"", "empty"),
    # archives
    "zip: 50 MB of nothing": Nasty(
        "bomb.zip", lambda: archive({"a.txt": b"\0" * 50_000_000}), "200 times"),
    "zip: a zip in it": Nasty(
        "nested.zip", lambda: archive({"in.zip": archive({"a.txt": b"x"})}), "holds no file"),
    "zip: names that climb": Nasty(
        "climb.zip", lambda: archive({"../../a.txt": b"x"}), "holds no file"),
    "zip: 2,001 files": Nasty(
        "many.zip", lambda: archive({f"{n}.txt": b"x" for n in range(2_001)}), "2,001 files"),
    "zip: no archive": Nasty("no.zip", lambda: b"PK\x03\x04" + b"\0" * 99, "damaged"),
    # names
    "a name of 255 bytes": Nasty("n" * 252 + ".md", lambda: b"glasses 0"),
    "a name with a line end": Nasty("a\nb.md", lambda: b"glasses 1"),
    "a name that reads backwards": Nasty("a\u202efdp.md", lambda: b"glasses 2"),
    "a name that is no text": Nasty("a\udcff.md", lambda: b"glasses 3"),
    "a name with a formula": Nasty("=cmd|' -C'!A0.md", lambda: json.dumps("=1+1").encode()),
}

LIMITS: dict[str, Nasty] = {
    "pdf: 400 MB of text on a page": Nasty("a.pdf", lambda: documents.large_pdf_page(400), " "),
    "pdf: 30 MB of text on a page": Nasty("a.pdf", lambda: documents.large_pdf_page(30), ""),
    "pdf: 6,000 pages": Nasty("a.pdf", lambda: documents.pdf(["x"] * 6_000), "6,000 pages"),
    "txt: 51 million characters": Nasty("a.txt", lambda: b"word " * 10_200_000, "too much text"),
    "csv: 5 million rows": Nasty("a.csv", lambda: b"a,b\n" * 5_000_000, ""),
    "json: a million records": Nasty(
        "a.json", lambda: b"[" + b",".join([b'{"a": 1}'] * 1_000_000) + b"]", ""),
}


def place_special(folder: Path) -> dict[str, str]:
    """What is no file: path -> what the refusal must hold. Not on Windows."""
    os.mkfifo(folder / "pipe.md")
    (folder / "zero.md").symlink_to("/dev/zero")
    (folder / "circle.md").symlink_to(folder / "circle.md")
    (folder / "gone.md").symlink_to(folder / "nowhere.md")
    (folder / "folder.pdf").mkdir()
    return {
        str(folder / "pipe.md"): "is not a file", str(folder / "zero.md"): "is not a file",
        str(folder / "circle.md"): "cannot be opened", str(folder / "gone.md"): "is not there",
    }
