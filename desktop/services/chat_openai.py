"""Chat over the OpenAI SDK: Azure v1, Azure classic and any OpenAI-compatible endpoint.

Models differ in what they accept, and a deployment's name does not say what it is. So a
parameter that is refused is renamed or left out, the request sent again, and the lesson kept
for that deployment. One that refuses chat messages altogether is asked through the Responses
API (`chat_responses`).
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..core.endpoints import endpoint_of
from ..core.errors import (
    DeploymentNotFound,
    Offline,
    ProviderError,
    Refused,
    ServerFailed,
    Throttled,
)
from ..core.parameters import as_sent
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
from ..core.wire_errors import only_other_calls
from .chat_answers import ChatAnswer
from .chat_errors import Target, failed, interrupted, translate, unreadable, wire_of
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

    @property
    def tried(self) -> bool:
        """Whether all parameters were tried, so that it takes the others."""
        return self._learned.tried

    async def stream(
        self, messages: Sequence[Message], parameters: Parameters
    ) -> AsyncGenerator[Piece, None]:
        """Yield text as it arrives, then Finished. Raises ProviderError.

        Closing the generator, or cancelling it, closes the connection to the server.
        """
        import openai

        stream = await self._open(self._body(messages, parameters))
        answer = self._learned.answer()
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
                if answer.failure:
                    raise failed(answer.failure, self._target)
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

    def _check_end(self, answer: ChatAnswer, stream: openai.AsyncStream[Any]) -> None:
        if answer.reason:
            return
        kind = stream.response.headers.get("content-type", "")
        if not answer.chunks and "event-stream" not in kind:
            raise unreadable(self._target, f"content-type {kind}")
        raise interrupted(self._target)

    def _body(self, messages: Sequence[Message], parameters: Parameters) -> dict[str, Any]:
        return as_sent(parameters) | {
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
                return await self._post(*self._learned.request(sent))
            except openai.APIError as error:
                if self._learned.learn(wire_of(error), sent):
                    log.info("%s refused a parameter: sent again without it", self.label)
                    self._learned.keep()
                    continue
                tries += 1
                meaning = translate(error, self._target)
                if only_other_calls(meaning) and not self._learned.responses:
                    return await self._other_api(sent, meaning)
                wait = _wait_before_retry(error, meaning, tries)
                if wait is None or (isinstance(meaning, Throttled) and not self._patient):
                    raise meaning from error
                await self._sleep(wait)

    async def _other_api(
        self, sent: dict[str, Any], refusal: ProviderError
    ) -> openai.AsyncStream[Any] | object:
        """A deployment that refuses chat may answer through the Responses API. Raises `refusal`
        where it does not."""
        import openai

        self._learned.responses = True
        try:
            opened = await self._open(sent)
        except (ProviderError, openai.APIError) as error:
            self._learned.responses = False
            if isinstance(error, Refused | DeploymentNotFound):
                raise refusal from error
            raise
        self._learned.keep()
        return opened

    async def _post(self, path: str, body: dict[str, Any]) -> openai.AsyncStream[Any] | object:
        import openai

        if "stream" not in body:
            return await self._client.post(path, body=body, cast_to=object)
        # Plain JSON: making the SDK's objects takes half of its time, on the loop.
        return await self._client.post(
            path, body=body, cast_to=object, stream=True, stream_cls=openai.AsyncStream[object])

    async def _usage(self, answer: ChatAnswer, messages: Sequence[Message]) -> Usage | None:
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
