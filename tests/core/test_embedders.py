"""The choice of an embedding model, as it is kept, typed and limited."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.embedders import (
    BUILTIN,
    INPUT_TOKENS,
    EmbedderChoice,
    parse_choice,
    reader_limit,
    request_batches,
    service_id,
)
from desktop.core.errors import ConfigurationError

SERVICE = EmbedderChoice("service", connection="work", deployment="embed", dimensions=256,
                         id="m:256", dimension=256, max_tokens=8191)


def test_a_choice_is_read_back() -> None:
    assert EmbedderChoice.from_json(SERVICE.as_dict()) == SERVICE
    assert EmbedderChoice.from_json(None) == EmbedderChoice.from_json({}) == BUILTIN
    assert SERVICE.label == "embed at work, 256 dimensions"
    assert EmbedderChoice("folder", path="C:\\models\\e5").label == "e5 (folder)"


@pytest.mark.parametrize("value", [
    [], "folder", {"kind": 3}, {"kind": ["folder"]}, {"kind": "folder", "path": 7, "id": None},
    {"kind": "hub", "name": "x" * 3_000, "dimension": -1}, {"kind": "service", "dimension": True},
    {"kind": "service", "dimension": 10**9, "dimensions": "8", "max_tokens": 1.5},
    {"kind": "tuned", "more": {}},
])
def test_a_strangers_fact_is_a_choice_or_nothing(value: Any) -> None:
    found = EmbedderChoice.from_json(value)
    assert EmbedderChoice.from_json(found.as_dict()) == found
    assert 0 <= found.dimension <= 8192 and isinstance(found.path, str)


def test_what_was_found_out_is_not_part_of_what_was_chosen() -> None:
    fresh = EmbedderChoice("service", connection="work", deployment="embed", dimensions=256)
    assert fresh.key == SERVICE.key != EmbedderChoice(
        "service", connection="work", deployment="embed").key


@pytest.mark.parametrize(("text", "choice"), [
    ("builtin", BUILTIN),
    ("/models/e5", EmbedderChoice("folder", path="/models/e5")),
    ("folder:e5", EmbedderChoice("folder", path="e5")),
    ("~/e5", EmbedderChoice("folder", path="~/e5")),
    ("C:\\e5", EmbedderChoice("folder", path="C:\\e5")),
    ("hub:intfloat/e5-small", EmbedderChoice("hub", name="intfloat/e5-small")),
    ("work/embed", EmbedderChoice("service", connection="work", deployment="embed")),
])
def test_what_a_command_names(text: str, choice: EmbedderChoice) -> None:
    assert parse_choice(text) == choice


@pytest.mark.parametrize("text", ["", "e5", "hub:", "work/", "/work".lstrip("/")])
def test_what_names_no_model(text: str) -> None:
    with pytest.raises(ConfigurationError, match="names no embedding model"):
        parse_choice(text)


@given(st.lists(st.integers(1, INPUT_TOKENS), max_size=300))
def test_requests_hold_all_texts_in_order_and_within_the_limits(tokens: list[int]) -> None:
    batches = request_batches(tokens, inputs=20, total=30_000)
    assert [place for batch in batches for place in batch] == list(range(len(tokens)))
    assert all(0 < len(batch) <= 20 for batch in batches)
    assert all(sum(tokens[place] for place in batch) <= 30_000 for batch in batches)


def test_models_of_openai_are_the_same_wherever_they_are_deployed() -> None:
    assert service_id("text-embedding-3-small", "a", 8) == service_id(
        "text-embedding-3-small", "b", 8) == "text-embedding-3-small:8"
    assert service_id("e5", "a", 8) != service_id("e5", "b", 8)
    assert "a.example" not in service_id("e5", "https://a.example/v1 embed", 8)


def test_chunks_follow_what_the_model_reads() -> None:
    assert [reader_limit(tokens) for tokens in (0, 256, 128, 512, 8191, 10)] == [
        256, 256, 102, 409, 2048, 96]
