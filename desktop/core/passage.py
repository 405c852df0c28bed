"""Where on its page a passage is marked, if it may be: nothing is better than the wrong thing."""

from __future__ import annotations

from dataclasses import dataclass

from .types import Hit

EDITED = "Edited here: the page says something else in this place"
CHANGED = "The passage is not on this page as it is now"


@dataclass(frozen=True, slots=True)
class Passage:
    """A place on a page, from `start` to `end`, and what is `said` there; None: whatever it is.

    Without a place (`start` = `end`) the page alone is meant.
    """

    document_id: int
    page_index: int
    start: int = 0
    end: int = 0
    said: str | None = None
    edited: bool = False


def of_hit(hit: Hit) -> Passage:
    """The passage of a hit, perhaps one of an answer that is older than the page."""
    return Passage(hit.document_id, hit.page_index, hit.start, hit.end, hit.text, hit.edited)


def on_page(passage: Passage, text: str) -> tuple[int, int, str]:
    """Start and end of what may be marked in the page's text, and a note where that is nothing.

    What is said is looked for elsewhere on the page, and must stand there only once.
    """
    start, end, said = passage.start, passage.end, passage.said
    if passage.edited:
        return 0, 0, EDITED
    if said is None or end <= start or text[max(0, start):end] == said:
        return start, end, ""
    first = text.find(said) if said else -1
    if first < 0 or text.find(said, first + 1) >= 0:
        return 0, 0, CHANGED
    return first, first + len(said), ""
