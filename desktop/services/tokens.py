"""Counts tokens with OpenAI's tokenizer, from rank files that ship with the program.

A tokenizer takes tens of megabytes and a third of a second to load, so it is loaded at the
first count of a model that needs it, on a thread (tiktoken releases the GIL while it counts).
The built-in model has no tokens: its texts are estimated by their length.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.model_names import candidates
from ..core.types import BUILTIN_MODEL
from ..resource_files import resource

if TYPE_CHECKING:
    import tiktoken

DEFAULT = "o200k_base"
CHARACTERS_PER_TOKEN = 4  # of English text
# encoding -> (name in tiktoken's cache, sha256 of the content)
RANKS = {
    "cl100k_base": ("9b5ad71b2ce5302211f9c61530b329a4922fc6a4",
                    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
    "o200k_base": ("fb374d419588a4632f3f557e76b4b70aebbca790",
                   "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
}


class Tokens:
    """Implements core.ports.TokenCounter."""

    def __init__(self, folder: Path | None = None) -> None:
        """`folder` holds the rank files; None takes those that ship."""
        self._folder = folder
        self._encodings: dict[str, tiktoken.Encoding | None] = {}
        self._lock = threading.Lock()

    async def count(self, texts: Sequence[str], model: str) -> tuple[list[int], bool]:
        """Tokens of each text, and whether they are exact: False for an unknown model, for
        the built-in one and where the rank files are damaged."""
        if model == BUILTIN_MODEL:
            return by_length(texts), False
        return await asyncio.to_thread(self.count_now, tuple(texts), model)

    def count_now(self, texts: Sequence[str], model: str) -> tuple[list[int], bool]:
        """The same on this thread, for real models."""
        name = encoding_name(model)
        encoding = self._encoding(name or DEFAULT)
        if encoding is None:
            return by_length(texts), False
        # encode_ordinary: a text may contain the likes of <|endoftext|>, which is no command.
        return [len(encoding.encode_ordinary(text)) for text in texts], name is not None

    def counter(self, model: str) -> tuple[Callable[[str], int], bool]:
        """What counts one text after the other, and whether the counts are exact."""
        name = encoding_name(model)
        encoding = self._encoding(name or DEFAULT)
        if encoding is None:
            return _length, False
        encode = encoding.encode_ordinary
        return lambda text: len(encode(text)), name is not None

    def _encoding(self, name: str) -> tiktoken.Encoding | None:
        with self._lock:
            if name not in self._encodings:
                self._encodings[name] = self._load(name)
            return self._encodings[name]

    def _load(self, name: str) -> tiktoken.Encoding | None:
        folder = self._folder or resource("tokenizers")
        if not _is_intact(folder, name):
            return None  # tiktoken would delete the file and go to the network
        os.environ["TIKTOKEN_CACHE_DIR"] = str(folder)
        import tiktoken

        return tiktoken.get_encoding(name)


def encoding_name(model: str) -> str | None:
    """The encoding of a model, None when nobody knows or its ranks do not ship."""
    from tiktoken.model import encoding_name_for_model

    for name in candidates(model):
        try:
            found = encoding_name_for_model(name)
        except KeyError:
            continue
        return found if found in RANKS else None
    return None


def _is_intact(folder: Path, name: str) -> bool:
    file, expected = RANKS[name]
    try:
        return hashlib.sha256((folder / file).read_bytes()).hexdigest() == expected
    except OSError:
        return False


def by_length(texts: Sequence[str]) -> list[int]:
    """An estimate for each text."""
    return [_length(text) for text in texts]


def _length(text: str) -> int:
    return -(-len(text) // CHARACTERS_PER_TOKEN)
