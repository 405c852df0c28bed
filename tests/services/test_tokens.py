"""Token counts, offline and exact where the model is known."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from desktop.core.types import BUILTIN_MODEL
from desktop.resource_files import resource
from desktop.services.tokens import RANKS, Tokens

TEXTS = ["Are eyeglasses covered?", "", "naïve café 日本語 🙂"]


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **rest: Any) -> Any:
        raise AssertionError("tokens are counted without a network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")


def count(texts: Sequence[str], model: str, tokens: Tokens | None = None) -> (
        tuple[list[int], bool]):
    return asyncio.run((tokens or Tokens()).count(texts, model))


# Known from tiktoken itself with the two encodings.
@pytest.mark.parametrize(("model", "counts"), [
    ("gpt-4.1-mini", [6, 0, 7]), ("gpt-4o-2024-08-06", [6, 0, 7]), ("o3", [6, 0, 7]),
    (f"gpt-4.1-2025-04-14.ft-{'0' * 32}-hr", [6, 0, 7]),
    ("gpt-35-turbo", [6, 0, 9]), ("text-embedding-3-small", [6, 0, 9]),
])
def test_known_models_are_exact(model: str, counts: list[int]) -> None:
    assert count(TEXTS, model) == (counts, True)


@pytest.mark.parametrize("model", ["llama-3", "", "gpt-oss-20b", "davinci"])
def test_unknown_models_are_estimates(model: str) -> None:
    assert count(TEXTS, model) == (count(TEXTS, "gpt-4o")[0], False)


def test_the_builtin_model_is_estimated_by_length() -> None:
    assert count(["12345", ""], BUILTIN_MODEL) == ([2, 0], False)


def test_special_tokens_in_a_text_are_only_text() -> None:
    counts, _ = count(["<|endoftext|>"], "gpt-4o")
    assert counts[0] > 1


def test_shipped_ranks_are_those_tiktoken_expects() -> None:
    from tiktoken_ext import openai_public  # type: ignore[import-untyped]

    source = Path(openai_public.__file__).read_text(encoding="utf-8")
    for name, digest in RANKS.values():
        assert digest in source
        assert (resource("tokenizers") / name).is_file()


@pytest.mark.parametrize("damage", ["changed", "missing"])
def test_damaged_ranks_give_estimates_and_are_left_alone(tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "tokenizers"
    shutil.copytree(resource("tokenizers"), folder)
    file = folder / RANKS["o200k_base"][0]
    if damage == "changed":
        file.write_bytes(b"IQ== 0\n")
    else:
        file.unlink()
    assert count(["12345678"], "gpt-4o", Tokens(folder)) == ([2], False)
    assert file.exists() is (damage == "changed")
