"""Chat over the OpenAI SDK: Azure v1, Azure classic and any OpenAI-compatible endpoint.

Models differ in what they accept, and a deployment's name does not say what it is. So a
parameter that is refused is renamed or left out, the request sent again, and the lesson kept
for that deployment. Responses-only models are out of scope: the error says so.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..core.endpoints import endpoint_of
from ..core.errors import Offline, ProviderError, ServerFailed, Throttled
from ..core.ports import TokenCounter
from ..core.types import (
    Connection,
    Deployment,
    Finished,
    Message,
    Parameters,
    Piece,
    RateLimits,
    TextPiece,
    Usage,
)
from .chat_errors import Target, interrupted, translate, unreadable, wire_of
from .learned import Learned

if TYPE_CHECKING:
    import openai

log = logging.getLogger(__name__)

ATTEMPTS = 3
LONGEST_WAIT = 8.0  # seconds; a longer one is the user's decision
Sleep = Callable[[float], Awaitable[None]]


class OpenAIChat:
    """A ChatModel behind one deployment of one connection."""

    def __init__(
        self, connection: Connection, deployment: Deployment, client: openai.AsyncOpenAI, *,
        has_key: bool, learned: Learned | None = None, tokens: TokenCounter | None = None,
        sleep: Sleep = asyncio.sleep, patient: bool = True,
    ) -> None:
        self._deployment = deployment
        self._client = client
        self._learned = learned if learned is not None else Learned()
        self._tokens = tokens
        self._sleep = sleep
        self._patient = patient
        endpoint = endpoint_of(connection)
        self._address = f"{endpoint.url} {connection.api_version} {deployment.name}"
        self._plain = connection.kind == "openai"
        self._local = endpoint.loopback and self._plain
        self._target = Target(connection.name, endpoint.host, deployment.name, has_key,
                              connection.entra)

    @property
    def label(self) -> str:
        """`deployment (model)`, or the deployment alone where nobody said the model."""
        name, model = self._deployment.name, self._deployment.model
        return f"{name} ({model})" if model and model != name else name

    @property
    def model(self) -> str:
        """What the user said this deployment runs. Only outside Azure is its name the model's."""
        return self._deployment.model or (self._deployment.name if self._plain else "")

    @property
    def local(self) -> bool:
        """True for a model server on this machine."""
        return self._local

    @property
    def address(self) -> str:
        """Server, API version and deployment."""
        return self._address

    @property
    def left_out(self) -> frozenset[str]:
        """Parameters this deployment refused, so that they are no longer sent."""
        return frozenset(self._learned.left_out)

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        """Yield text as it arrives, then Finished. Raises ProviderError.

        Closing the generator, or cancelling it, closes the connection to the server.
        """
        import openai

        stream = await self._open(self._body(messages, parameters))
        answer = _Answer()
        if not isinstance(stream, openai.AsyncStream):
            yield TextPiece(answer.take_whole(stream))
            if not answer.reason:
                raise unreadable(self._target, "no choices")
            yield Finished(answer.reason, await self._usage(answer, messages), answer.model)
            return
        try:
            async for chunk in stream:
                if text := answer.take(chunk):
                    yield TextPiece(text)
        except openai.APIConnectionError as error:
            if not answer.reason:  # what follows the end of an answer may be cut
                raise interrupted(self._target, details=repr(error.__cause__)) from error
        except openai.APIError as error:
            raise translate(error, self._target) from error
        except ValueError as error:  # JSON or UTF-8 that nobody can read
            raise unreadable(self._target, repr(error)) from error
        finally:
            await stream.close()
        self._check_end(answer, stream)
        usage = await self._usage(answer, messages)
        yield Finished(answer.reason, usage, answer.model, _limits(stream.response.headers))

    def _check_end(self, answer: _Answer, stream: openai.AsyncStream[Any]) -> None:
        if answer.reason:
            return
        kind = stream.response.headers.get("content-type", "")
        if not answer.chunks and "event-stream" not in kind:
            raise unreadable(self._target, f"content-type {kind}")
        raise interrupted(self._target)

    def _body(self, messages: Sequence[Message], parameters: Parameters) -> dict[str, Any]:
        body = parameters.as_dict()
        if "response_format" in body:
            body["response_format"] = {"type": body["response_format"]}
        return body | {
            "model": self._deployment.name,
            "messages": [{"role": m.role, "content": m.content} for m in messages],
            "stream": True, "stream_options": {"include_usage": True},
        }

    async def _open(self, body: dict[str, Any]) -> openai.AsyncStream[Any] | object:
        """Send the request, learning what is refused and waiting where that is short.

        A model that does not stream gives its whole answer, as JSON.
        """
        import openai

        tries = 0
        while True:
            sent = self._learned.apply(body)
            try:
                if "stream" not in sent:
                    return await self._client.post(
                        "/chat/completions", body=sent, cast_to=object)
                # Plain JSON: making the SDK's objects takes half of its time, on the loop.
                return await self._client.post(
                    "/chat/completions", body=sent, cast_to=object,
                    stream=True, stream_cls=openai.AsyncStream[object],
                )
            except openai.APIError as error:
                if self._learned.learn(wire_of(error), sent):
                    log.info("%s refused a parameter: sent again without it", self.label)
                    self._learned.keep()
                    continue
                tries += 1
                meaning = translate(error, self._target)
                wait = _wait_before_retry(error, meaning, tries)
                if wait is None or (isinstance(meaning, Throttled) and not self._patient):
                    raise meaning from error
                await self._sleep(wait)

    async def _usage(self, answer: _Answer, messages: Sequence[Message]) -> Usage | None:
        if answer.usage is not None or self._tokens is None:
            return answer.usage
        texts = [m.content for m in messages]
        counts, _ = await self._tokens.count(
            [*texts, "".join(answer.text)], self.model or answer.model
        )
        overhead = 3 * len(texts) + 3  # each message's frame, and the reply's start
        return Usage(sum(counts[:-1]) + overhead, counts[-1], estimated=True)


def _wait_before_retry(
    error: openai.APIError, meaning: ProviderError, tries: int
) -> float | None:
    """Seconds to wait, or None: do not try again."""
    import openai

    if tries >= ATTEMPTS or isinstance(error, openai.APITimeoutError):
        return None
    backoff: float = 0.5 * 2 ** (tries - 1) * random.uniform(0.75, 1.0)
    if isinstance(meaning, Throttled) and error.code != "insufficient_quota":
        wait = meaning.retry_after if meaning.retry_after is not None else backoff
        return wait if wait <= LONGEST_WAIT else None
    if isinstance(meaning, ServerFailed):
        return backoff
    # A kept-alive connection that the server had already closed: once more is enough.
    stale = isinstance(meaning, Offline) and tries == 1
    return 0.0 if stale else None


def _limits(headers: Mapping[str, str]) -> RateLimits | None:
    names = ("limit-requests", "limit-tokens", "remaining-requests", "remaining-tokens")
    values = [headers.get(f"x-ratelimit-{name}", "") for name in names]
    counts = [int(value) if value.isdecimal() else None for value in values]
    return RateLimits(*counts) if any(count is not None for count in counts) else None


class _Answer:
    """Gathers a stream's chunks; tolerates everything services were seen to send."""

    def __init__(self) -> None:
        self.text: list[str] = []
        self.reason = ""
        self.model = ""
        self.usage: Usage | None = None
        self.chunks = 0

    def take(self, chunk: Any) -> str:
        """Note what the chunk says; returns its text, "" for annotations and usage."""
        self.chunks += 1
        chunk = _mapping(chunk)
        self.model = chunk.get("model") or self.model
        self._take_usage(_mapping(chunk.get("usage")))
        choices = chunk.get("choices")
        if not isinstance(choices, list) or not choices:
            return ""  # the prompt's filter results, or usage alone
        choice = _mapping(choices[0])
        # A late content_filter verdict overrules an earlier "stop".
        self.reason = choice.get("finish_reason") or self.reason
        delta = _mapping(choice.get("delta"))  # empty: an asynchronous filter's note
        text = delta.get("content") or delta.get("refusal")
        if not isinstance(text, str):
            return ""
        self.text.append(text)
        return text

    def take_whole(self, body: object) -> str:
        """The answer of a model that does not stream."""
        whole = dict(_mapping(body))
        choices = whole.get("choices")
        whole["choices"] = [
            {**choice, "delta": choice.get("message")}
            for choice in (choices if isinstance(choices, list) else ())
            if isinstance(choice, dict)
        ]
        return self.take(whole)

    def _take_usage(self, usage: Mapping[str, Any]) -> None:
        counts = (usage.get("prompt_tokens"), usage.get("completion_tokens"))
        if isinstance(counts[0], int) and isinstance(counts[1], int):
            self.usage = Usage(counts[0], counts[1])


def _mapping(value: Any) -> Mapping[str, Any]:
    """What a service sent, where an object belongs."""
    return value if isinstance(value, dict) else {}
