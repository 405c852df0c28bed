"""What the service's own checks say about a request's body."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ValidationError

from .behaviours import NOT_EMBEDDING, RESPONSES_ONLY, Deployed, Refusal, refused
from .schemas import ChatRequest, EmbeddingRequest, ResponsesRequest

_REASONING_REFUSES = ("temperature", "top_p", "presence_penalty", "frequency_penalty",
                      "logprobs", "top_logprobs", "logit_bias", "max_tokens")


def problem_with(body: dict[str, Any], deployed: Deployed, call: str) -> Refusal | None:
    """The refusal a body meets, None when it is accepted."""
    if deployed.embedding != (call == "embeddings"):
        return RESPONSES_ONLY if deployed.embedding else NOT_EMBEDDING
    for name in deployed.unknown:
        if name in body:
            return refused(400, None, f"Unrecognized request argument supplied: {name}",
                           type="invalid_request_error", param=None)
    if deployed.reasoning and (problem := _too_much_for_reasoning(body)) is not None:
        return problem
    if call == "embeddings" and (problem := _too_much_to_embed(body, deployed)) is not None:
        return problem
    for name in deployed.refuses:
        if body.get(name) not in (None, False):
            return refused(400, "unsupported_value", f"Unsupported value: '{name}' does not "
                           "support true with this model.", type="invalid_request_error",
                           param=name)
    schema: type[BaseModel] = {
        "embeddings": EmbeddingRequest, "responses": ResponsesRequest}.get(call, ChatRequest)
    try:
        schema.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return refused(400, None, f"{first['msg']}: {where}", type="invalid_request_error",
                       param=where or None)
    return None


def _too_much_to_embed(body: dict[str, Any], deployed: Deployed) -> Refusal | None:
    """A token is a word here, which is fewer than the service counts."""
    texts = body.get("input", [])
    sizes = [len(str(text).split()) for text in ([texts] if isinstance(texts, str) else texts)]
    if max(sizes, default=0) > 8_191:
        return refused(400, None, "This model's maximum context length is 8192 tokens, however "
                       f"you requested {max(sizes)} tokens.", type="invalid_request_error")
    if sum(sizes) > 300_000:
        return refused(400, "max_tokens_per_request", "Requested more than 300000 tokens.",
                       type="max_tokens_per_request")
    if "dimensions" in body and not deployed.model.startswith("text-embedding-3"):
        return refused(400, None, "This model does not support specifying dimensions.",
                       type="invalid_request_error", param=None)
    return None


def _too_much_for_reasoning(body: dict[str, Any]) -> Refusal | None:
    for name in _REASONING_REFUSES:
        if name not in body:
            continue
        code, hint = "unsupported_parameter", "is not supported with this model."
        if name == "max_tokens":
            hint += " Use 'max_completion_tokens' instead."
        if name == "temperature":
            code, hint = "unsupported_value", "does not support this value with this model."
        return refused(400, code, f"Unsupported {code.partition('_')[2]}: '{name}' {hint}",
                       type="invalid_request_error", param=name)
    return None
