"""What is to be said of documents in languages that the built-in embedding model does not know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from .types import Document

KNOWN = "English"
SHARE = 0.5  # of the text; with less the search by meaning serves most of it

_BUILTIN = re.compile(r"(^|\. )Mostly [^.:]+: the built-in embedding model was made for English\."
                      r" [^.]*(?=\. |$)")


def without_builtin(warning: str) -> str:
    """A document's warning as it is where another embedding model reads it."""
    return _BUILTIN.sub("", warning).removeprefix(". ")


def told_languages(documents: Sequence[Document]) -> str:
    """One sentence where most of the text is in other languages, "" where it is not. Documents
    whose language cannot be told count as known."""
    sizes: Counter[str] = Counter()
    for document in documents:
        sizes[document.language or KNOWN] += document.characters
    foreign = {language: size for language, size in sizes.most_common() if language != KNOWN}
    if not foreign or sum(foreign.values()) < SHARE * sizes.total():
        return ""
    names = " and ".join(list(foreign)[:2])
    return (f"Most of your documents are in {names}, and the built-in model was made for "
            f"{KNOWN}: a model for several languages finds more in them.")
