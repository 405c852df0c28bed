"""What the chat and embedding endpoints accept, written from the specification.

`extra="forbid"` is the point: the emulator refuses what the service would refuse, so that a
test fails when the program invents a field. `tests/servers/test_schemas.py` holds these
against the specification where it lies beside the project.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Penalty = Annotated[float, Field(ge=-2, le=2)]
Text = str | list[dict[str, Any]]


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class System(Strict):
    role: Literal["system"]
    content: Text
    name: str | None = None


class Developer(Strict):
    role: Literal["developer"]
    content: Text
    name: str | None = None


class User(Strict):
    role: Literal["user"]
    content: Text
    name: str | None = None


class ToolCall(Strict):
    id: str
    type: Literal["function"]
    function: dict[str, str]


class Assistant(Strict):
    role: Literal["assistant"]
    content: Text | None = None
    refusal: str | None = None
    name: str | None = None
    tool_calls: list[ToolCall] | None = None


class Tool(Strict):
    role: Literal["tool"]
    content: Text
    tool_call_id: str


Chatted = Annotated[System | Developer | User | Assistant | Tool, Field(discriminator="role")]


class StreamOptions(Strict):
    include_usage: bool = False


class ResponseFormat(Strict):
    type: Literal["text", "json_object", "json_schema"]
    json_schema: dict[str, Any] | None = None


class ChatRequest(Strict):
    """The fields both generations of the chat endpoint share, as this program may use them."""

    messages: Annotated[list[Chatted], Field(min_length=1, max_length=2048)]
    model: str | None = None  # classic names it in the path
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    max_tokens: Annotated[int, Field(ge=1)] | None = None
    max_completion_tokens: Annotated[int, Field(ge=1)] | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] | None = None
    stop: str | Annotated[list[str], Field(min_length=1, max_length=4)] | None = None
    response_format: ResponseFormat | None = None
    reasoning_effort: str | None = None
    verbosity: Literal["low", "medium", "high"] | None = None
    n: Annotated[int, Field(ge=1, le=128)] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: str | None = None
    metadata: dict[str, str] | None = None
    logprobs: bool | None = None
    top_logprobs: Annotated[int, Field(ge=0, le=20)] | None = None
    logit_bias: dict[str, int] | None = None

    @model_validator(mode="after")
    def together(self) -> ChatRequest:
        """Rules between fields that the service enforces."""
        roles = {message.role for message in self.messages}
        if {"system", "developer"} <= roles:
            raise ValueError("messages: 'system' and 'developer' cannot be used together")
        if self.max_tokens is not None and self.max_completion_tokens is not None:
            raise ValueError("max_tokens and max_completion_tokens cannot both be set")
        if self.stream_options is not None and not self.stream:
            raise ValueError("stream_options is only allowed when stream is enabled")
        return self


class EmbeddingRequest(Strict):
    """At most 2,048 texts, none empty."""

    input: Annotated[str, Field(min_length=1)] | Annotated[
        list[Annotated[str, Field(min_length=1)]], Field(min_length=1, max_length=2048)]
    model: str | None = None
    encoding_format: Literal["float", "base64"] | None = None
    dimensions: Annotated[int, Field(ge=1)] | None = None
    user: str | None = None


class ResponsesText(Strict):
    format: ResponseFormat | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


class Reasoning(Strict):
    effort: str | None = None


class ResponsesRequest(Strict):
    """As far as this program uses it."""

    model: str
    input: Annotated[str, Field(min_length=1)] | Annotated[
        list[System | Developer | User | Assistant], Field(min_length=1)]
    stream: bool | None = None
    store: bool | None = None
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    max_output_tokens: Annotated[int, Field(ge=16)] | None = None
    reasoning: Reasoning | None = None
    text: ResponsesText | None = None
