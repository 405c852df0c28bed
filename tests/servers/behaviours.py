"""How the emulator's deployments behave: data, so that a test reads as what it sets up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

KEY = "canary-0123456789abcdef-azure-key"
ANSWER = "Yes. Eyeglasses are covered once every two years [1]."
Messages = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Reply:
    """A 200: streamed or whole, as the request asks."""

    text: str | Callable[[Messages], str] = ANSWER
    usage: Literal["alone", "with choice", "none"] = "alone"
    async_filter: bool = False  # annotation chunks without delta, one after the finish
    filter_outage: bool = False  # the filter failed, and says that it did not filter
    finish: str = "stop"
    cut: Literal["", "abrupt", "clean"] = ""  # after half of the text; clean: no [DONE] either
    error_event: Mapping[str, Any] | None = None  # sent instead of the second half
    malformed: bytes = b""  # sent instead of the second half
    first_byte: float = 0.0  # seconds before the status line
    hold: bool = False  # after half of the text, wait until the client goes away
    headers: Mapping[str, str] = field(default_factory=dict)  # of a stream

    def answer(self, messages: Messages) -> str:
        return self.text if isinstance(self.text, str) else self.text(messages)


@dataclass(frozen=True)
class Refusal:
    """Any other status, with the body Azure or OpenAI sends."""

    status: int
    error: Mapping[str, Any] | bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Deployed:
    """A deployment: its model and what it does, call by call; the last one goes on."""

    model: str = "gpt-4.1-mini-2025-04-14"
    does: tuple[Reply | Refusal, ...] = (Reply(),)
    reasoning: bool = False  # refuses temperature, max_tokens and their like
    unknown: tuple[str, ...] = ()  # fields this server has never heard of
    refuses: tuple[str, ...] = ()  # parameters its model does not support
    responses: Reply | None = None  # what it answers through the Responses API
    embeds: bool = False  # an embedding model under a name of its own

    @property
    def embedding(self) -> bool:
        return self.embeds or self.model.startswith("text-embedding")


def refused(status: int, code: str | None, message: str, **more: Any) -> Refusal:
    """A refusal with an OpenAI error object; `headers` go to the response."""
    headers = more.pop("headers", {})
    return Refusal(status, {"code": code, "message": message, **more}, headers)


NO_DEPLOYMENT = refused(
    404, "DeploymentNotFound", "The API deployment for this resource does not exist. If you "
    "created the deployment within the last 5 minutes, please wait a moment and try again.",
    type="invalid_request_error",
)
NO_MODEL = refused(404, "model_not_found", "The model `{name}` does not exist or you do not "
                   "have access to it.", type="invalid_request_error", param=None)
NO_RESOURCE = refused(404, "404", "Resource not found")
BAD_KEY = refused(
    401, "401", "Access denied due to invalid subscription key or wrong API endpoint. Make sure "
    "to provide a valid key for an active subscription and use a correct regional API endpoint "
    "for your resource.",
)
BAD_OPENAI_KEY = refused(401, "invalid_api_key", "Incorrect API key provided: {name}.",
                         type="invalid_request_error", param=None)
BLOCKED = refused(403, "AccessDenied", "Access denied due to Virtual Network/Firewall rules.")
FAILING = refused(500, "InternalServerError", "The server had an error while processing it.")
TOO_LONG = refused(
    400, "context_length_exceeded", "This model's maximum context length is 4097 tokens. "
    "However, your messages resulted in 9001 tokens.", type="invalid_request_error",
    param="messages",
)
RESPONSES_ONLY = refused(
    400, "OperationNotSupported", "The chatCompletion operation does not work with the "
    "specified model, gpt-5-codex. Please choose different model and try again.",
)
NOT_EMBEDDING = refused(
    400, "OperationNotSupported", "The embeddings operation does not work with the specified "
    "model. Please choose different model and try again.",
)
FILTERED = refused(
    400, "content_filter", "The response was filtered due to the prompt triggering Azure OpenAI's "
    "content management policy.", type=None, param="prompt",
    innererror={
        "code": "ResponsibleAIPolicyViolation",
        "content_filter_result": {
            "hate": {"filtered": False, "severity": "safe"},
            "jailbreak": {"detected": False, "filtered": False},
            "self-harm": {"filtered": True, "severity": "medium"},
        },
    },
)


def throttled(headers: Mapping[str, str], seconds: int = 60) -> Refusal:
    """A 429 as Azure words it."""
    return refused(
        429, "429", "Requests to the ChatCompletions_Create Operation under Azure OpenAI API "
        "version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing "
        f"tier. Please retry after {seconds} seconds.", headers=dict(headers),
    )


DEPLOYMENTS: dict[str, Deployed] = {
    "gpt-mini": Deployed(),
    "async-filter": Deployed(does=(Reply(async_filter=True),)),
    "usage-with-choice": Deployed(does=(Reply(usage="with choice"),)),
    "no-usage": Deployed(does=(Reply(usage="none"),)),
    "throttled-once": Deployed(does=(throttled({"retry-after-ms": "20"}), Reply())),
    "throttled": Deployed(does=(throttled({"retry-after": "60"}),)),
    "filtered": Deployed(does=(FILTERED,)),
    "filtered-midway": Deployed(does=(Reply(finish="content_filter"),)),
    "too-long": Deployed(does=(TOO_LONG,)),
    "cut": Deployed(does=(Reply(cut="abrupt"),)),
    "cut-cleanly": Deployed(does=(Reply(cut="clean"),)),
    "slow": Deployed(does=(Reply(first_byte=30.0),)),
    "holding": Deployed(does=(Reply(hold=True),)),
    "failing": Deployed(does=(FAILING,)),
    "failing-once": Deployed(does=(FAILING, Reply())),
    "malformed": Deployed(does=(Reply(malformed=b"data: {\"id\": \n\n"),)),
    "blocked": Deployed(does=(BLOCKED,)),
    "no-chat": Deployed(model="gpt-5-codex", does=(RESPONSES_ONLY,)),
    "responses-only": Deployed(model="gpt-5-codex", does=(RESPONSES_ONLY,), responses=Reply()),
    "responses-failing": Deployed(
        model="gpt-5-codex", does=(RESPONSES_ONLY,),
        responses=Reply(error_event={"code": "rate_limit_exceeded", "message": "slow down"})),
    "responses-cut-off": Deployed(
        model="gpt-5-codex", does=(RESPONSES_ONLY,), responses=Reply(finish="length")),
    "reasoning": Deployed(model="o4-mini-2025-04-16", reasoning=True),
    "old-server": Deployed(model="llama-3", unknown=("stream_options", "seed")),
    "embed": Deployed(model="text-embedding-3-small"),
    "embed-plain": Deployed(model="e5", embeds=True, unknown=("encoding_format",)),
    "embed-throttled-once": Deployed(
        model="text-embedding-3-small", does=(throttled({"retry-after-ms": "20"}), Reply())),
    "embed-slow-down": Deployed(
        model="text-embedding-3-small",
        does=(Reply(), throttled({"retry-after": "7"}), Reply())),
    "embed-throttled": Deployed(
        model="text-embedding-3-small", does=(throttled({"retry-after": "3600"}),)),
    "embed-failing": Deployed(model="text-embedding-3-small", does=(FAILING,)),
    "unstreamed": Deployed(model="o1-2024-12-17", reasoning=True, refuses=("stream",)),
}


@dataclass
class Scenario:
    """What a test's server knows: its key and its deployments."""

    deployments: Mapping[str, Deployed] = field(default_factory=lambda: DEPLOYMENTS)
    key: str = KEY  # "" asks for none
    bearer: str = ""  # a Microsoft Entra token that is wanted instead of the key
