"""What probing a connection finds out, and the protocol of what probes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from .errors import ProviderError
from .types import Connection

# What a chat deployment is asked for, and what it is called on screen.
FEATURES = {
    "stream": "streams its answer",
    "max_completion_tokens": "max_completion_tokens",
    "temperature": "temperature",
    "logprobs": "log probabilities",
    "response_format": "answers as JSON by a schema",
}


# Parameters of an answer that are tried, all in one call, and again without what is refused.
TRIED = ("temperature", "top_p", "seed", "stop", "presence_penalty", "frequency_penalty",
         "response_format", "reasoning_effort", "verbosity")
MOST_CALLS = len(TRIED) + 2  # and one each for the other name of max_tokens and for streaming
CALL_TOKENS = 16  # of an answer that nobody reads


@dataclass(frozen=True, slots=True)
class Tried:
    """Which of the parameters a deployment refused, and how many calls that took."""

    refused: frozenset[str]
    calls: int


@dataclass(frozen=True, slots=True)
class Reached:
    """A server that answered: how long it took, and the proxy it was reached through."""

    seconds: float
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as the resource lists it; dates are ISO dates, "" where it does not say."""

    model: str
    retires: str = ""
    tunable_until: str = ""
    chat: bool | None = None
    embeddings: bool | None = None
    tunable: bool | None = None


@dataclass(frozen=True, slots=True)
class Accepts:
    """What one deployment is and takes; `takes` has the features of a chat deployment."""

    deployment: str
    kind: Literal["chat", "responses", "embeddings", ""] = ""
    model: str = ""  # as the server names it, with its version
    region: str = ""  # as the server names it, e.g. "Sweden Central"
    dimension: int | None = None  # of an embedding
    takes: Mapping[str, bool] = field(default_factory=dict)
    error: ProviderError | None = None

    @property
    def ok(self) -> bool:
        """It answered."""
        return self.error is None

    @property
    def sentence(self) -> str:
        """What it takes, in words; the error where it did not answer."""
        if self.error is not None:
            return str(self.error)
        named = f" It runs {self.model}." if self.model else ""
        if self.kind == "embeddings":
            return f"Gives embeddings of {self.dimension:,} numbers.{named}"
        if self.kind == "responses":
            return f"Answers, through the Responses API only.{named}"
        refused = [words for name, words in FEATURES.items() if self.takes.get(name) is False]
        if not refused:
            return f"Answers, and takes everything that was tried.{named}"
        return (f"Answers.{named} It does not take: {', '.join(refused)}; "
                "that is remembered and left out.")


class Prober(Protocol):
    """Asks a connection small questions. `key` None takes the stored one."""

    async def reach(self, connection: Connection) -> Reached:
        """Without any key. Raises Offline with the cause: name, certificate, proxy, ..."""

    async def models(self, connection: Connection, key: str | None) -> Sequence[Listed]:
        """The models that the server lists; empty where it lists none. This also tries the
        key. Raises ProviderError, ConfigurationError."""

    async def deployment(
        self, connection: Connection, name: str, key: str | None
    ) -> Accepts:
        """A few calls of a few tokens. What is refused is remembered. Raises
        ConfigurationError; a failing deployment is an answer."""

    async def parameters(self, connection: Connection, name: str, key: str | None) -> Tried:
        """At most `MOST_CALLS` calls of `CALL_TOKENS` tokens. What is refused is remembered.
        Raises ProviderError, ConfigurationError."""
