"""How fast files of each format are read, beside the bare library that reads them.

    python -m tests.benchmarks.ingest [--pages 100] [--times 3]

The files are made here, of `--pages` times 3,000 characters (a page, also where the format knows
none), with headings, paragraphs and tables. Three figures for each, as pages a second, the best of
`--times`: the bare library getting at the text and no more; our reader (`parse`: structure,
tables, hidden parts, limits); and all that a dropped file goes through before it is searched by
words: `parse`, splitting with exact offsets, counting tokens, by a process that is up and warm,
with the way there and back. The first two by processor time. The ratios say what share of the
bare library's speed is left. Text formats have no library to speak of: beside them stands
decoding, which is nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import email
import email.policy
import io
import json
import random
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from email.message import EmailMessage

PAGE = 3_000  # characters
_WORDS = str.split(
    "the plan covers a part of each visit when it was agreed on before and members of the family "
    "pay what is left after the first amount of the year such as glasses teeth sleep travel rooms "
    "nurses letters forms limits dates prices offices claims rules people benefits work health"
)


def paragraphs(pages: int, draw: random.Random) -> list[list[str]]:
    """For each page a title and paragraphs of some sentences."""
    made = []
    for number in range(pages):
        texts, size = [f"Section {number + 1} about {draw.choice(_WORDS)}"], 0
        while size < PAGE:
            sentences = [" ".join(draw.choices(_WORDS, k=draw.randint(8, 18))) for _ in range(5)]
            texts.append(". ".join(each.capitalize() for each in sentences) + ".")
            size += len(texts[-1])
        made.append(texts)
    return made


# --- files --------------------------------------------------------------------------------


def as_pdf(pages: Sequence[Sequence[str]]) -> bytes:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate

    styles, story = getSampleStyleSheet(), []
    for title, *texts in pages:
        story += [Paragraph(title, styles["Heading1"])]
        story += [Paragraph(text, styles["BodyText"]) for text in texts] + [PageBreak()]
    file = io.BytesIO()
    SimpleDocTemplate(file, pagesize=A4, invariant=1).build(story)
    return file.getvalue()


def as_docx(pages: Sequence[Sequence[str]]) -> bytes:
    import docx

    document = docx.Document()
    for title, *texts in pages:
        document.add_heading(title)
        for text in texts:
            document.add_paragraph(text)
    return _saved(document)


def as_pptx(pages: Sequence[Sequence[str]]) -> bytes:
    import pptx

    deck = pptx.Presentation()
    for title, *texts in pages:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = title
        slide.placeholders[1].text_frame.text = "\n".join(texts)
    return _saved(deck)


def _saved(document: object) -> bytes:
    file = io.BytesIO()
    document.save(file)  # type: ignore[attr-defined]
    return file.getvalue()


def rows_of(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """A table with a column for the title and one for each sentence."""
    rows = [["Title", "First", "Second", "Third", "Fourth", "Fifth"]]
    for title, *texts in pages:
        rows += [[title, *text.split(". ")] for text in texts]
    return rows


def as_xlsx(pages: Sequence[Sequence[str]]) -> bytes:
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Rules")
        for place, row in enumerate(rows_of(pages)):
            sheet.write_row(place, 0, row)
    return file.getvalue()


def as_csv(pages: Sequence[Sequence[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows_of(pages))
    return file.getvalue().encode()


def as_html(pages: Sequence[Sequence[str]]) -> bytes:
    body = "".join(f"<h1>{title}</h1>" + "".join(f"<p>{text}</p>" for text in texts)
                   for title, *texts in pages)
    return f"<html><body><main>{body}</main></body></html>".encode()


def as_md(pages: Sequence[Sequence[str]]) -> bytes:
    return "\n\n".join("\n\n".join([f"# {title}", *texts]) for title, *texts in pages).encode()


def as_txt(pages: Sequence[Sequence[str]]) -> bytes:
    return "\n\n".join("\n\n".join(page) for page in pages).encode()


def as_eml(pages: Sequence[Sequence[str]]) -> bytes:
    mail = EmailMessage()
    mail["Subject"], mail["From"], mail["To"] = "Rules", "a@example.org", "b@example.org"
    mail.set_content(as_txt(pages).decode())
    return mail.as_bytes()


def as_json(pages: Sequence[Sequence[str]]) -> bytes:
    return json.dumps([{"title": title, "texts": texts} for title, *texts in pages]).encode()


# --- the bare libraries -------------------------------------------------------------------


def bare_pdf(content: bytes) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    texts = [page.get_textpage().get_text_range() for page in document]
    document.close()
    return "\n".join(texts)


def bare_docx(content: bytes) -> str:
    import docx

    return "\n".join(part.text for part in docx.Document(io.BytesIO(content)).paragraphs)


def bare_pptx(content: bytes) -> str:
    import pptx

    slides = pptx.Presentation(io.BytesIO(content)).slides
    return "\n".join(shape.text_frame.text for slide in slides for shape in slide.shapes)


def bare_xlsx(content: bytes) -> str:
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    return "\n".join(" ".join(map(str, row)) for row in rows)


def bare_csv(content: bytes) -> str:
    return "\n".join(" ".join(row) for row in csv.reader(io.StringIO(content.decode())))


def bare_html(content: bytes) -> str:
    import lxml.html

    return str(lxml.html.fromstring(content).text_content())


def bare_eml(content: bytes) -> str:
    body = email.message_from_bytes(content, policy=email.policy.default).get_body()
    return str(body.get_content()) if body is not None else ""


FORMATS: dict[str, tuple[Callable[[Sequence[Sequence[str]]], bytes], Callable[[bytes], str]]] = {
    "pdf": (as_pdf, bare_pdf), "docx": (as_docx, bare_docx), "pptx": (as_pptx, bare_pptx),
    "xlsx": (as_xlsx, bare_xlsx), "csv": (as_csv, bare_csv), "html": (as_html, bare_html),
    "md": (as_md, bytes.decode), "txt": (as_txt, bytes.decode), "eml": (as_eml, bare_eml),
    "json": (as_json, lambda content: str(json.loads(content))),
}


async def best(
    times: int, work: Callable[[], Awaitable[object]], clock: Callable[[], float]
) -> float:
    """Seconds by the clock, after a first time that loads libraries."""
    await work()
    seconds = []
    for _ in range(times):
        started = clock()
        await work()
        seconds.append(clock() - started)
    return min(seconds)


async def measure(pages: int, times: int) -> None:
    from desktop.services.reader import ProcessReader
    from desktop.services.readers.parsing import parse

    reader, made = ProcessReader(), paragraphs(pages, random.Random(7))
    print(f"pages of {PAGE:,} characters a second, and the share of the bare library's speed")
    for name, (write, bare) in FORMATS.items():
        content = write(made)
        whole = len(bare(content)) / PAGE

        async def by_library(work: Callable[[bytes], str] = bare, file: bytes = content) -> object:
            return work(file)

        async def by_us(kind: str = name, file: bytes = content) -> object:
            return parse(f"rules.{kind}", file)

        async def all_of_it(kind: str = name, file: bytes = content) -> object:
            return await reader.read(f"rules.{kind}", file)

        library = await best(times, by_library, time.process_time)
        ours = await best(times, by_us, time.process_time)
        full = await best(times, all_of_it, time.perf_counter)
        print(f"{name:<5} {whole:5.0f} pages: library {whole / library:9,.0f}, "
              f"read {whole / ours:7,.0f} ({library / ours:.2f}), "
              f"read, split and counted {whole / full:6,.0f} ({library / full:.3f})", flush=True)
    await reader.aclose()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--times", type=int, default=3)
    given = parser.parse_args()
    asyncio.run(measure(given.pages, given.times))
    return 0


if __name__ == "__main__":
    sys.exit(main())
