"""The reader process: chunks with exact places, and what hostile files cost."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import pytest

from desktop.core.chunk_settings import ChunkSettings
from desktop.core.errors import DocumentError
from desktop.services.reader import ProcessReader

from . import documents

GOOD = b"# Plan\n\nEyeglasses are covered every two years.\n\n## Limits\n\n" + b"One pair. " * 150


def run(test: Callable[[ProcessReader], Awaitable[None]], **limits: float) -> None:
    async def whole() -> None:
        reader = ProcessReader(**limits)
        try:
            await test(reader)
        finally:
            await reader.aclose()

    asyncio.run(whole())


async def fails(reader: ProcessReader, name: str, content: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        await reader.read(name, content)
    return caught.value


def test_chunks_say_exactly_where_they_stand() -> None:
    async def test(reader: ProcessReader) -> None:
        pages = [f"Page {n}\n" + "Eyeglasses are covered once in two years.\n" * 40
                 for n in range(1, 4)]
        read = await reader.read("plan.pdf", documents.pdf(pages))
        assert [page.number for page in read.pages] == [1, 2, 3]
        assert {chunk.page for chunk in read.chunks} == {1, 2, 3}
        for chunk in read.chunks:
            page = read.pages[chunk.page_index]
            assert page.number == chunk.page
            assert page.text[chunk.start:chunk.end] == chunk.text

        read = await reader.read("plan.md", GOOD)
        assert read.chunks[-1].heading == "Plan > Limits"
        assert read.chunks[0].page is None

    run(test)


def test_pages_that_were_read_are_split_anew_as_the_file_would_be() -> None:
    async def test(reader: ProcessReader) -> None:
        chosen = ChunkSettings(40, 30, "sentences", headings=False)
        first = await reader.read("plan.md", GOOD)
        anew = await reader.split("plan.md", first.pages, chosen)
        assert anew == (await reader.read("plan.md", GOOD, chosen)).chunks
        assert len(anew) > len(first.chunks) and {chunk.heading for chunk in anew} == {""}
        assert await reader.split("plan.md", first.pages, ChunkSettings()) == first.chunks

    run(test)


HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "zip bomb": ("a.docx", documents.zip_bomb_docx, "unpacks to more than 200 MB"),
    "entity bomb": ("a.docx", documents.entity_bomb_docx, "declares entities"),
    "thousands of parts": ("a.docx", documents.many_parts_docx, "parts"),
    "no docx": ("a.docx", lambda: b"PK\x03\x04 and nothing more", "damaged or not a file of Word"),
    "deep docx": ("a.docx", lambda: documents.deep_docx(100_000), "damaged or not a file of Word"),
    "old doc": ("a.docx", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 999, "old kind"),
    "encrypted": ("a.pdf", lambda: documents.pdf(["x"], password="y"), "Needs a password"),
    "truncated": ("a.pdf", lambda: documents.pdf(["x"] * 9)[:300], "damaged"),
    "mislabelled": ("a.pdf", lambda: b"\x89PNG\r\n\x1a\n" * 50, "damaged or not a PDF"),
    "page tree loop": ("a.pdf", documents.page_tree_loop, ""),
    "pictures": ("a.pdf", lambda: documents.picture_pdf(2), "all 2 pages are pictures"),
    "empty": ("a.pdf", lambda: b"", "The file is empty"),
    "blank": ("a.txt", lambda: b" \n\t\n ", "No text found"),
    "binary": ("a.txt", lambda: bytes(range(256)) * 40, "not a text file"),
    "deep html": ("a.html", lambda: documents.deep_html(500_000), "No text found"),
    "other": ("a.xyz", lambda: b"PK\x03\x04", "a.xyz is not a kind that is read"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_costs_one_sentence(case: str) -> None:
    name, make, expected = HOSTILE[case]

    async def test(reader: ProcessReader) -> None:
        started = time.perf_counter()
        error = await fails(reader, name, make())
        assert expected in str(error)
        assert error.what and error.remedy
        assert time.perf_counter() - started < 15
        assert (await reader.read("good.md", GOOD)).chunks

    run(test)


def test_a_file_that_fills_the_memory_ends_only_its_process() -> None:
    async def test(reader: ProcessReader) -> None:
        good = asyncio.ensure_future(fails(reader, "a.pdf", documents.large_pdf_page(400)))
        read = await reader.read("good.md", GOOD)
        assert read.chunks and (await good).remedy

    run(test)


def test_a_file_that_takes_too_long_is_given_up() -> None:
    async def test(reader: ProcessReader) -> None:
        error = await fails(reader, "a.pdf", documents.large_pdf_page(200))
        assert error.what == "Takes too long to read"
        assert error.why == "More than 1 seconds"

    run(test, seconds=1.0, seconds_per_megabyte=0.0)


def test_cancelling_is_quick_and_the_next_file_is_read() -> None:
    async def test(reader: ProcessReader) -> None:
        await reader.read("good.md", GOOD)
        slow = asyncio.ensure_future(reader.read("a.pdf", documents.large_pdf_page(200)))
        await asyncio.sleep(0.05)  # it is in the file by then; a child says nothing before
        started = time.perf_counter()
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert (await reader.read("good.md", GOOD)).chunks
        assert time.perf_counter() - started < 5

    run(test)


@pytest.mark.parametrize("name", ["", "a" * 255 + ".md", "ü\udcff.md", "../../x.md", "a\nb.md"])
def test_names_are_only_names(name: str) -> None:
    async def test(reader: ProcessReader) -> None:
        assert (await reader.read(name, GOOD)).chunks

    run(test)


def test_rows_of_a_workbook_are_plain_values() -> None:
    async def test(reader: ProcessReader) -> None:
        assert await reader.rows("cases.xlsx", documents.xlsx([
            ["question", "answer"], ["How many?", 3], ["How much?", 2.5],
        ])) == [["question", "answer"], ["How many?", 3], ["How much?", 2.5]]
        for hostile in (b"PK\x03\x04 and nothing more", documents.zip_bomb_docx(), b""):
            with pytest.raises(DocumentError, match="Cannot be read"):
                await reader.rows("cases.xlsx", hostile)

    run(test)
