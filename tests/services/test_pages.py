"""Drawing pages: real pixels, boxes over the passage, and hostile files that cost a sentence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from desktop.core.errors import DocumentError
from desktop.core.page_images import PageImage
from desktop.services.pages import ProcessPages
from desktop.services.reader import ProcessReader

from . import documents

TEXT = "Eyeglasses are covered once in two years.\nFrames cost up to 150 dollars.\nCrowns too."


def run(test: Callable[[ProcessPages], Awaitable[None]]) -> None:
    async def whole() -> None:
        pages = ProcessPages()
        try:
            await test(pages)
        finally:
            await pages.aclose()

    asyncio.run(whole())


def dark(image: PageImage, box: tuple[int, int, int, int]) -> int:
    """Pixels of letters in a box."""
    x, y, width, height = box
    return sum(
        image.pixels[row * image.stride + 4 * column] < 128
        for row in range(y, y + height) for column in range(x, x + width)
    )


def test_the_box_lies_over_the_letters_of_the_passage() -> None:
    content = documents.pdf([TEXT])

    async def test(pages: ProcessPages) -> None:
        reader = ProcessReader()
        text = (await reader.read("a.pdf", content)).pages[0].text
        await reader.aclose()
        start = text.index("Frames")
        end = text.index("dollars") + len("dollars.")
        image = await pages.render(content, 0, 2.0, text, start, end)
        assert (image.width, image.height) == (1190, 1684)
        assert len(image.boxes) == 1
        assert dark(image, image.boxes[0]) > 200
        x, y, width, height = image.boxes[0]
        # On paper the line stands at (60, 764) from the bottom left, 842 high.
        assert abs(x - 120) < 6 and abs(y + height - 2 * (842 - 764)) < 12 and width > 300
        assert dark(image, (x, y - 200, width, 40)) == 0
        found = text.index("covered"), text.index("covered") + 7
        whole = await pages.render(content, 0, 1.0, text, 0, len(text), [found, (3, 3)])
        assert len(whole.boxes) == 3
        assert [len(boxes) for boxes in whole.places] == [1, 0]

    run(test)


def test_a_passage_that_is_not_there_marks_nothing() -> None:
    async def test(pages: ProcessPages) -> None:
        image = await pages.render(documents.pdf([TEXT]), 0, 1.0, "Something else", 0, 9)
        assert image.boxes == ()

    run(test)


@pytest.mark.parametrize("content", [b"no pdf", documents.page_tree_loop()], ids=["none", "loop"])
def test_a_bad_file_is_one_sentence_and_the_next_is_drawn(content: bytes) -> None:
    async def test(pages: ProcessPages) -> None:
        with pytest.raises(DocumentError) as caught:
            await pages.render(content, 0, 1.0)
        assert caught.value.remedy == "Look at its text instead"
        assert (await pages.render(documents.pdf([TEXT]), 0, 1.0)).width == 595

    run(test)


def test_a_page_never_has_more_than_so_many_pixels() -> None:
    async def test(pages: ProcessPages) -> None:
        image = await pages.render(documents.pdf([TEXT]), 0, 1000.0)
        assert image.width * image.height < 17_000_000

    run(test)
