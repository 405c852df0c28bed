"""An embedding deployment: Azure OpenAI or anything that speaks OpenAI's /embeddings.

Texts leave this machine, so each request is counted and limited like a chat request, keeps
within what services take, and waits as long as the service asks. Vectors come back in the order
of the texts and are brought to length 1 here: not every server does.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..core.embedders import (
    INPUT_TOKENS,
    MOST_DIMENSION,
    EmbedderChoice,
    request_batches,
    service_id,
)
from ..core.endpoints import endpoint_of, is_classic
from ..core.errors import (
    AuthFailed,
    EmbedderUnavailable,
    Offline,
    ServerFailed,
    StrategyExplorerError,
    Throttled,
)
from ..core.ports import PriceCatalog, TokenCounter
from ..core.spending import Account, Spending
from ..core.types import Connection, Usage
from .chat_errors import Target, translate, unreadable, wire_of
from .learned import refused_parameter

if TYPE_CHECKING:
    import openai

    from ..core.ports import Vectors

ATTEMPTS, URGENT_ATTEMPTS = 8, 3
LONGEST_WAIT, LONGEST_URGENT_WAIT = 120.0, 8.0  # seconds that one answer may ask for
MOST_BACKOFF = 30.0
Sleep = Callable[[float], Awaitable[None]]
Client = Callable[[], Awaitable[tuple["openai.AsyncOpenAI", bool]]]


class ServiceEmbedder:
    """Implements core.ports.Embedder over one deployment."""

    def __init__(
        self, choice: EmbedderChoice, connection: Connection, model: str, client: Client,
        tokens: TokenCounter, prices: PriceCatalog, spending: Spending, *,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`model` is what the user says the deployment runs, "" for unknown. `choice` without an
        id is one that nobody looked at yet: `looked_at` completes it."""
        self.choice = choice
        self._model = model
        self._client = client
        self._tokens = tokens
        self._prices = prices
        self._spending = spending
        self._sleep = sleep
        endpoint = endpoint_of(connection)
        self._free = endpoint.loopback and connection.kind == "openai"
        self._address = f"{endpoint.url} {connection.api_version} {choice.deployment}"
        self._target = Target(connection.name, endpoint.host, choice.deployment, True,
                              connection.entra)
        self._v1_entra = (connection.entra and connection.kind == "azure"
                          and not is_classic(connection.api_version))
        self._encoding = "base64"  # a third of the bytes of plain numbers
        self._batches = spending.account()
        self.tell: Callable[[str], None] = lambda words: None  # hears when it has to wait

    @property
    def id(self) -> str:
        return self.choice.id

    @property
    def dimension(self) -> int:
        return self.choice.dimension

    @property
    def max_tokens(self) -> int:
        return self.choice.max_tokens

    async def prepare(self) -> None:
        """Nothing is sent. What follows counts as one run of its own for the spending limit."""
        self._batches = self._spending.account()
        await self._connected()

    async def looked_at(self, text: str) -> EmbedderChoice:
        """The choice with id and dimension, after sending one text. Raises EmbedderUnavailable."""
        rows, model = await self._send([text], await self._counts([text]), urgent=True)
        dimension = len(rows[0])
        self.choice = replace(
            self.choice, id=service_id(model, self._address, dimension), dimension=dimension,
            max_tokens=min(self._prices.window(self._model or model) or INPUT_TOKENS,
                           INPUT_TOKENS))
        return self.choice

    async def embed(self, texts: Sequence[str], *, urgent: bool = False) -> Vectors:
        """Shape (len(texts), dimension), float32. A text of more than 8,191 tokens is cut.

        Raises EmbedderUnavailable, with what a chat would have said.
        """
        import numpy as np

        whole = np.empty((len(texts), self.dimension), np.float32)
        wanted, counts = await self._fitted([_sendable(text) for text in texts])
        for batch in request_batches(counts):
            part = [wanted[place] for place in batch]
            rows, model = await self._send(part, [counts[p] for p in batch], urgent=urgent)
            self._check(rows, model)
            whole[batch.start:batch.stop] = _normalised(rows)
        return whole

    async def query(self, text: str) -> Vectors:
        """Shape (dimension,). Raises EmbedderUnavailable."""
        vector: Vectors = (await self.embed([text], urgent=True))[0]
        return vector

    async def aclose(self) -> None:
        """Nothing to end: the connection's client is shared with its chats."""

    # --- one request -----------------------------------------------------------------------

    async def _send(
        self, texts: Sequence[str], counts: Sequence[int], *, urgent: bool
    ) -> tuple[list[Any], str]:
        """A row of numbers for each text, and the model that the server names."""
        try:
            client, has_key = await self._connected()
            self._target = replace(self._target, has_key=has_key)
            account = self._spending.account() if urgent else self._batches
            if self._free:
                answer = await self._post(client, texts, urgent=urgent)
            else:
                answer = await self._paid(account, client, texts, sum(counts), urgent=urgent)
            return _rows(answer, len(texts)), _model_of(answer)
        except EmbedderUnavailable:
            raise
        except StrategyExplorerError as error:
            raise EmbedderUnavailable(
                error.what, why=error.why, remedy=error.remedy, details=error.details) from error
        except ValueError as error:
            raise EmbedderUnavailable(
                f"{self._target.host} gave no vectors for its texts", why=str(error),
                remedy="Choose a deployment of an embedding model") from error

    async def _paid(
        self, account: Account, client: openai.AsyncOpenAI, texts: Sequence[str], tokens: int,
        *, urgent: bool,
    ) -> Mapping[str, Any]:
        async with account.paying(self.choice.label, self._cost(tokens)) as bill:
            answer = await self._post(client, texts, urgent=urgent)
            used = answer.get("usage")
            counted = used.get("prompt_tokens") if isinstance(used, Mapping) else None
            bill.cost = self._cost(counted if isinstance(counted, int) else tokens,
                                   _model_of(answer))
            return answer

    def _cost(self, tokens: int, served: str = "") -> float | None:
        return self._prices.cost(self._model or served, Usage(tokens, 0))

    async def _post(
        self, client: openai.AsyncOpenAI, texts: Sequence[str], *, urgent: bool
    ) -> Mapping[str, Any]:
        """Waits where the service asks to. Raises ProviderError."""
        import openai

        tries = 0
        while True:
            body = self._body(texts)
            try:
                answer = await client.post("/embeddings", body=body, cast_to=object)
            except openai.APIError as error:
                if self._encoding and refused_parameter(wire_of(error), body) == "encoding_format":
                    self._encoding = ""
                    continue
                tries += 1
                meaning = self._meaning(error)
                wait = _wait(meaning, tries, urgent=urgent)
                if wait is None:
                    raise meaning from error
                if not urgent and wait >= 1.0:
                    self.tell(f"{self._target.host} asks to wait {wait:.0f} s")
                await self._sleep(wait)
            except ValueError as error:  # JSON that nobody can read
                raise unreadable(self._target, repr(error)) from error
            else:
                if not isinstance(answer, Mapping):
                    raise unreadable(self._target, type(answer).__name__)
                return answer

    def _meaning(self, error: openai.APIError) -> StrategyExplorerError:
        meaning = translate(error, self._target)
        if isinstance(meaning, AuthFailed) and self._v1_entra:
            return AuthFailed(
                f"{self.choice.deployment} gives no embeddings to a Microsoft Entra sign-in",
                why="The v1 API of Azure takes a key for embeddings",
                remedy="Use a key for this connection, or a dated API version")
        return meaning

    def _body(self, texts: Sequence[str]) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self.choice.deployment, "input": list(texts)}
        if self._encoding:
            body["encoding_format"] = self._encoding
        if self.choice.dimensions:
            body["dimensions"] = self.choice.dimensions
        return body

    async def _connected(self) -> tuple[openai.AsyncOpenAI, bool]:
        try:
            return await self._client()
        except EmbedderUnavailable:
            raise
        except StrategyExplorerError as error:
            raise EmbedderUnavailable(
                error.what, why=error.why, remedy=error.remedy, details=error.details) from error

    # --- texts -------------------------------------------------------------------------------

    async def _counts(self, texts: Sequence[str]) -> list[int]:
        counts, exact = await self._tokens.count(texts, self._model)
        # Of an unknown tokenizer nothing is sure but that a token is a byte or more.
        return counts if exact else [max(1, len(text.encode()) // 2) for text in texts]

    async def _fitted(self, texts: list[str]) -> tuple[list[str], list[int]]:
        """Texts cut to what the service reads, and their tokens."""
        most = min(self.max_tokens or INPUT_TOKENS, INPUT_TOKENS)
        counts = await self._counts(texts)
        long = [place for place, count in enumerate(counts) if count > most]
        while long:
            for place in long:
                share = 0.95 * most / counts[place]
                texts[place] = texts[place][:max(1, int(len(texts[place]) * share))]
            again = await self._counts([texts[place] for place in long])
            for place, count in zip(long, again, strict=True):
                counts[place] = count
            long = [place for place in long if counts[place] > most and len(texts[place]) > 1]
        return texts, counts

    def _check(self, rows: Sequence[Any], model: str) -> None:
        """Raises EmbedderUnavailable where another model answers than the vectors here are of."""
        dimension = len(rows[0]) if rows else self.dimension
        if service_id(model, self._address, dimension) != self.id:
            raise EmbedderUnavailable(
                f"{self.choice.label} is another model than the documents were embedded with",
                why=f"It answers as {model or 'a model without a name'} with {dimension:,} numbers",
                remedy="Choose it again under Tools, Embedding model: a new index is built")


def _sendable(text: str) -> str:
    """Half a character cannot be sent, and no text is refused."""
    return text.encode("utf-8", "replace").decode() if text.strip() else "-"


def _wait(meaning: StrategyExplorerError, tries: int, *, urgent: bool) -> float | None:
    """Seconds to wait before trying again; None: do not."""
    if tries >= (URGENT_ATTEMPTS if urgent else ATTEMPTS):
        return None
    backoff: float = min(MOST_BACKOFF, 0.5 * 2 ** (tries - 1)) * random.uniform(0.75, 1.0)
    if isinstance(meaning, Throttled):
        wait = backoff if meaning.retry_after is None else meaning.retry_after
        return wait if wait <= (LONGEST_URGENT_WAIT if urgent else LONGEST_WAIT) else None
    if isinstance(meaning, ServerFailed):
        return backoff if tries < URGENT_ATTEMPTS else None
    return 0.0 if isinstance(meaning, Offline) and tries == 1 else None


def _model_of(answer: Mapping[str, Any]) -> str:
    model = answer.get("model")
    return model[:200] if isinstance(model, str) else ""


def _rows(answer: Mapping[str, Any], count: int) -> list[Any]:
    """Arrays in the order of the texts. Raises ValueError for anything else."""
    import numpy as np

    data = answer.get("data")
    if not isinstance(data, list) or len(data) != count:
        raise ValueError(f"it answered {len(data) if isinstance(data, list) else 0} for {count}")
    rows: list[Any] = [None] * count
    for place, each in enumerate(data):
        index = each.get("index", place) if isinstance(each, Mapping) else -1
        if not isinstance(index, int) or not 0 <= index < count or rows[index] is not None:
            raise ValueError("its vectors cannot be told apart")
        rows[index] = _row(each.get("embedding"))
    if len({len(row) for row in rows}) != 1 or not 0 < len(rows[0]) <= MOST_DIMENSION:
        raise ValueError("its vectors are not of one length")
    if not all(np.isfinite(row).all() and row.any() for row in rows):
        raise ValueError("a vector holds no direction")
    return rows


def _row(value: object) -> Any:
    import numpy as np

    if isinstance(value, str):
        try:
            return np.frombuffer(base64.b64decode(value, validate=True), "<f4")
        except binascii.Error as error:
            raise ValueError("a vector cannot be read") from error
    if isinstance(value, list) and all(isinstance(each, int | float) for each in value):
        return np.asarray(value, np.float32)
    raise ValueError("a vector is missing")


def _normalised(rows: Sequence[Any]) -> Vectors:
    import numpy as np

    whole: Vectors = np.asarray(rows, np.float32)
    length = np.linalg.norm(whole.astype(np.float64), axis=1, keepdims=True)
    normalised: Vectors = (whole / length).astype(np.float32)
    return normalised
