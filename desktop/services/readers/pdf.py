"""PDF: the visible text of each page, by pdfium; by pypdf where pdfium cannot open it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import Any

from ...core.errors import DocumentError
from ...core.types import Page
from .parsed import MOST_PAGES, MOST_TEXT, Parsed, clean, too_much_text

_WRONG_PASSWORD = 4  # pdfium's FPDF_ERR_PASSWORD
_LEAST_VISIBLE = 0.8  # share of a page's characters; below it the user is told
_MARKS = "\x02\ufffe"  # pdfium's for a hyphen at a line's end
_HYPHEN = re.compile(rf"(\w+)[{_MARKS}](\w+)")
MOST_LOOKED_AT = 200  # pages without text: is there a picture on them?


def read(content: bytes) -> Parsed:
    """Raises DocumentError: encrypted, damaged, too long, or without any text."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if error.err_code == _WRONG_PASSWORD:
            raise _encrypted() from error
        return _second_opinion(content, error)
    with document:
        _check_length(len(document))
        cut: list[int] = []
        texts = list(_texts(document, cut))
        if not any(text.strip() for text in texts):
            raise _no_text(document)
        silent = _pictures(document, texts)
    return _pages(texts, ". ".join(part for part in (_warning(cut), silent) if part))


def _texts(document: Any, cut: list[int]) -> Iterator[str]:
    """Text of each page; numbers of pages that lost much of theirs go to `cut`."""
    total = 0
    for number in range(1, len(document) + 1):
        page = document[number - 1]
        text_page = page.get_textpage()
        # Only what lies on the page: what lies beside it is seen by no reader, only by us.
        text = text_page.get_text_bounded()
        if len(text) < _LEAST_VISIBLE * text_page.count_chars():
            cut.append(number)
        text_page.close()
        page.close()
        total += len(text)
        if total > MOST_TEXT:
            raise too_much_text()
        yield text


def _pictures(document: Any, texts: Sequence[str]) -> str:
    """Names the pages that are pictures; "" when there are none."""
    silent = [place for place, text in enumerate(texts) if not text.strip()]
    numbers = [place + 1 for place in silent[:MOST_LOOKED_AT] if _has_picture(document[place])]
    if not numbers:
        return ""
    what = "Page {} is a picture" if len(numbers) == 1 else "Pages {} are pictures"
    return f"{what.format(ranges(numbers))}; text in pictures cannot be read here"


def _has_picture(page: Any) -> bool:
    from pypdfium2 import raw

    return next(iter(page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE])), None) is not None


def ranges(numbers: Sequence[int]) -> str:
    """`3-7, 12`: ascending numbers, those in a row drawn together; the first eight groups."""
    groups: list[list[int]] = []
    for number in numbers:
        if groups and number == groups[-1][-1] + 1:
            groups[-1].append(number)
        else:
            groups.append([number])
    said = [str(group[0]) if len(group) == 1 else f"{group[0]}-{group[-1]}" for group in groups]
    return ", ".join(said[:8]) + (", ..." if len(said) > 8 else "")


def _second_opinion(content: bytes, first: Exception) -> Parsed:
    """pypdf mends more kinds of damage than pdfium, slowly."""
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _encrypted()
        _check_length(len(reader.pages))
        texts = [page.extract_text() for page in reader.pages]
    except DocumentError:
        raise
    except Exception as error:  # whatever a damaged file makes of it
        raise DocumentError(
            "Is damaged or not a PDF",
            remedy="Open it in a PDF reader, save it anew and drop it again",
            details=f"{first}; {type(error).__name__}: {error}",
        ) from error
    if not any(text.strip() for text in texts):
        raise DocumentError("No text found: the file is damaged or holds only pictures",
                            remedy=_RECOGNISE)
    return _pages(texts, "The file is damaged; its text may not be complete")


def _pages(texts: Sequence[str], warning: str) -> Parsed:
    cut = any(mark in text for text in texts for mark in _MARKS)
    words = {word.casefold() for text in texts for word in re.findall(r"\w+", text)} if cut else ()

    def joined(match: re.Match[str]) -> str:
        """A word cut at a line's end, or one with a hyphen of its own."""
        whole = match[1] + match[2]
        return whole if whole.casefold() in words else f"{match[1]}-{match[2]}"

    return Parsed(
        tuple(Page(number, clean(_HYPHEN.sub(joined, text) if cut else text))
              for number, text in enumerate(texts, start=1)),
        warning,
    )


def _check_length(pages: int) -> None:
    if pages > MOST_PAGES:
        raise DocumentError(
            f"Has {pages:,} pages; up to {MOST_PAGES:,} are read",
            remedy="Split it and drop the parts",
        )


def _warning(cut: Sequence[int]) -> str:
    if not cut:
        return ""
    where = f"page {ranges(cut)}" if len(cut) == 1 else f"pages {ranges(cut)}"
    return f"Text outside the visible part of {where} was left out"


_RECOGNISE = "Run text recognition (OCR) on it and drop the result"


def _no_text(document: Any) -> DocumentError:
    pages = len(document)
    pictures = any(_has_picture(document[index]) for index in range(min(pages, MOST_LOOKED_AT)))
    which = "its only page is" if pages == 1 else f"all {pages:,} pages are"
    if not pictures:
        return DocumentError(f"No text found: {which} empty",
                             remedy="Drop a file that holds text")
    kind = "a picture" if pages == 1 else "pictures"
    return DocumentError(f"No text found: {which} {kind}", remedy=_RECOGNISE)


def _encrypted() -> DocumentError:
    return DocumentError("Needs a password", remedy="Remove the password and drop the file again")
