"""The emulator's schemas refuse inventions, and agree with the specification where it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from .schemas import Assistant, ChatRequest, Developer, EmbeddingRequest, System, Tool, User

SPECIFICATION = Path(__file__).resolve().parents[2].parent / "shared" / "azure"
V1 = SPECIFICATION / "azure-v1.openapi.json"
CLASSIC = SPECIFICATION / "azure-classic-inference-2025-03-01-preview.openapi.json"
needs_specification = pytest.mark.skipif(
    not V1.is_file(), reason="the specification does not lie beside the project")
# In the documentation and the SDK, newer than the specification at hand.
NEWER = {"verbosity"}

USER = {"role": "user", "content": "hi"}


@pytest.mark.parametrize("body", [
    {},
    {"messages": []},
    {"messages": [USER], "temprature": 1},
    {"messages": [USER], "temperature": 2.1},
    {"messages": [USER], "temperature": "0"},
    {"messages": [USER], "stop": ["a", "b", "c", "d", "e"]},
    {"messages": [USER], "stream_options": {"include_usage": True}},
    {"messages": [USER], "max_tokens": 1, "max_completion_tokens": 1},
    {"messages": [{"role": "narrator", "content": "hi"}]},
    {"messages": [{"role": "user"}]},
    {"messages": [{"role": "tool", "content": "x"}]},
    {"messages": [{"role": "system", "content": "a"}, {"role": "developer", "content": "b"}]},
    {"messages": [USER], "response_format": "json_object"},
])
def test_what_the_service_would_refuse(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ChatRequest.model_validate(body)


@pytest.mark.parametrize("body", [{"input": ""}, {"input": []}, {"input": ["a", ""]},
                                  {"input": ["a"] * 2049}, {"input": "a", "dimensions": 0}])
def test_embeddings_the_service_would_refuse(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        EmbeddingRequest.model_validate(body)


def schemas(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["components"]["schemas"]
    return found


def classic_fields() -> dict[str, Any]:
    parts = schemas(CLASSIC)
    fields: dict[str, Any] = {}
    for part in parts["createChatCompletionRequest"]["allOf"]:
        part = parts[part["$ref"].rsplit("/", 1)[-1]] if "$ref" in part else part
        fields |= part.get("properties", {})
    return fields


def bounds(schema: type[BaseModel], name: str) -> tuple[Any, Any]:
    """Minimum and maximum our schema puts on a field."""
    shape = schema.model_json_schema()["properties"][name]
    number = next(s for s in shape.get("anyOf", [shape]) if s.get("type") != "null")
    return number.get("minimum"), number.get("maximum")


@needs_specification
@pytest.mark.parametrize("generation", ["v1", "classic"])
def test_every_field_is_in_the_specification(generation: str) -> None:
    known = (schemas(V1)["AzureCreateChatCompletionRequest"]["properties"]
             if generation == "v1" else classic_fields())
    # Classic names the model in the path; clients send it in the body too.
    newer = NEWER | ({"model"} if generation == "classic" else set())
    assert set(ChatRequest.model_fields) - set(known) == newer


@needs_specification
@pytest.mark.parametrize(
    "name", ["temperature", "top_p", "presence_penalty", "frequency_penalty", "n",
             "top_logprobs"])
def test_bounds_are_those_of_the_specification(name: str) -> None:
    for known in (schemas(V1)["AzureCreateChatCompletionRequest"]["properties"],
                  classic_fields()):
        assert bounds(ChatRequest, name) == (known[name]["minimum"], known[name]["maximum"])


@needs_specification
@pytest.mark.parametrize("schema", [System, Developer, User, Assistant, Tool])
def test_messages_are_those_of_the_specification(schema: type[BaseModel]) -> None:
    theirs = schemas(V1)[f"OpenAI.ChatCompletionRequest{schema.__name__}Message"]
    required = {n for n, f in schema.model_fields.items() if f.is_required()}
    assert set(schema.model_fields) <= set(theirs["properties"])
    assert required == set(theirs["required"])


@needs_specification
def test_embeddings_are_those_of_the_specification() -> None:
    theirs = schemas(V1)["AzureCreateEmbeddingRequest"]
    assert set(EmbeddingRequest.model_fields) == set(theirs["properties"])
