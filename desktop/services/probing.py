"""Asks a connection small questions: is it there, does the key work, what is accepted.

Each deployment is asked for everything at once, and again without what it refuses, so that one
that takes all costs a single call of a few tokens.
"""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..core.endpoints import endpoint_of, is_classic
from ..core.errors import AuthFailed, ConfigurationError, ProviderError, Refused
from ..core.probing import CALL_TOKENS, FEATURES, TRIED, Accepts, Listed, Reached, Tried
from ..core.types import Connection
from ..core.wire_errors import only_other_calls, unreachable
from .chat_errors import Target, interrupted, translate, unreadable, wire_of
from .learned import OPTIONAL, OTHER_NAME, refused_parameter
from .openai_client import http_client
from .redact import redact

if TYPE_CHECKING:
    import openai

    from .chats import Chats

REACH_SECONDS = 15.0
_SCHEMA = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"],
           "additionalProperties": False}
_ALL: dict[str, Any] = {
    "messages": [{"role": "user", "content": "Reply with {\"ok\": true} as JSON."}],
    "stream": True, "max_completion_tokens": CALL_TOKENS, "temperature": 0.2, "logprobs": True,
    "response_format": {"type": "json_schema",
                        "json_schema": {"name": "probe", "strict": True, "schema": _SCHEMA}},
}

_VALUES: dict[str, Any] = {  # of core.probing.TRIED; none changes what a model would say
    "temperature": 0.5, "top_p": 0.9, "seed": 7, "stop": ["\u241e"], "presence_penalty": 0.1,
    "frequency_penalty": 0.1, "response_format": {"type": "json_object"},
    "reasoning_effort": "low", "verbosity": "low",
}
_NO_RESPONSES = ("seed", "stop", "presence_penalty", "frequency_penalty")


class HttpProber:
    """Implements core.probing.Prober with the clients of `Chats`."""

    def __init__(self, chats: Chats) -> None:
        self._chats = chats

    async def reach(self, connection: Connection) -> Reached:
        """See the port."""
        import httpx2

        endpoint = endpoint_of(connection)
        started = time.perf_counter()
        client = http_client({}, REACH_SECONDS, proxies=not endpoint.loopback)
        try:
            async with client:
                await client.get(endpoint.url)  # any answer is one, a 404 too
        except httpx2.HTTPError as error:
            words = " ".join(repr(each) for each in _causes(error))
            raise unreachable(endpoint.host, words, redact(words)) from error
        return Reached(time.perf_counter() - started, _proxy(endpoint.url, endpoint.loopback))

    async def models(self, connection: Connection, key: str | None) -> Sequence[Listed]:
        """See the port."""
        import openai

        client, has_key = await self._chats.client(connection, key)
        target = _target(connection, "", has_key)
        try:
            answer = await client.get("/models", cast_to=object)
        except openai.NotFoundError as error:
            if connection.kind == "azure":
                raise translate(error, target) from error
            return []  # a server that lists nothing can still answer
        except openai.APIError as error:
            raise translate(error, target) from error
        except ValueError as error:
            raise ConfigurationError(
                f"{target.host} answered with something that is not JSON",
                why="A sign-in page or another program may be at this address",
                remedy="Check the endpoint", details=redact(repr(error))) from error
        rows = answer.get("data") if isinstance(answer, dict) else None
        return [_listed(row) for row in rows or () if isinstance(row, dict) and row.get("id")]

    async def deployment(self, connection: Connection, name: str, key: str | None) -> Accepts:
        """See the port."""
        client, has_key = await self._chats.client(connection, key)
        asked = _Asked(client, _target(connection, name, has_key), connection)
        try:
            found = await asked.chat()
        except Refused as error:
            if not only_other_calls(error):
                return Accepts(name, error=error)
            found = await asked.other_calls(error)
        except ProviderError as error:
            return Accepts(name, error=error)
        learned = self._chats.learned.of(connection, name)
        learned.responses = found.kind == "responses"
        if found.kind == "chat":
            self._remember(connection, found)
        learned.keep()
        return found

    async def parameters(self, connection: Connection, name: str, key: str | None) -> Tried:
        """See the port."""
        import openai

        client, has_key = await self._chats.client(connection, key)
        target = _target(connection, name, has_key)
        asked, learned = _Asked(client, target, connection), self._chats.learned.of(
            connection, name)
        gone = set(_NO_RESPONSES) if learned.responses else set()
        body: dict[str, Any] = {
            "model": name, "messages": _ALL["messages"], "max_completion_tokens": CALL_TOKENS,
            "stream": True, **_VALUES}
        refused: set[str] = set()
        while True:
            sent = {each: value for each, value in body.items() if each not in refused}
            if learned.renamed == {"max_completion_tokens"}:
                sent["max_tokens"] = sent.pop("max_completion_tokens")
            asked.calls += 1
            try:
                await asked.send(*learned.request(sent))
                break
            except openai.APIError as error:
                refusal = refused_parameter(wire_of(error), sent)
                if refusal == "max_completion_tokens":
                    learned.renamed = {refusal}
                elif refusal in OPTIONAL:
                    refused.add(refusal)
                else:
                    raise translate(error, target) from error
        learned.left_out = (learned.left_out - {*TRIED, "stream"}) | refused
        learned.renamed = learned.renamed & {"max_completion_tokens"} or {"max_tokens"}
        learned.tried = True
        learned.keep()
        return Tried(frozenset(refused & set(TRIED)) | gone, asked.calls)

    def _remember(self, connection: Connection, found: Accepts) -> None:
        """So that the first question is not refused. What was tried counts anew: another model
        may stand behind the name by now."""
        learned = self._chats.learned.of(connection, found.deployment)
        tried = {"temperature", "stream"}
        refused = {name for name in tried if found.takes.get(name) is False}
        learned.left_out = (learned.left_out - tried) | refused
        plain = found.takes.get("max_completion_tokens") is False
        learned.renamed = {"max_completion_tokens"} if plain else {"max_tokens"}


class _Asked:
    """One deployment under questions."""

    def __init__(self, client: openai.AsyncOpenAI, target: Target, connection: Connection) -> None:
        self._client = client
        self._target = target
        self._v1_entra = connection.entra and not is_classic(connection.api_version)
        self._model = self._region = ""
        self.calls = 0

    async def chat(self) -> Accepts:
        """Raises ProviderError where it does not answer chat messages at all."""
        import openai

        body = {"model": self._target.deployment, **_ALL}
        takes = dict.fromkeys(FEATURES, True)
        while True:
            try:
                await self.send("/chat/completions", body)
            except openai.APIError as error:
                name = refused_parameter(wire_of(error), body)
                if name == "max_completion_tokens" and OTHER_NAME[name] not in takes:
                    takes[name], takes[OTHER_NAME[name]] = False, True
                    body[OTHER_NAME[name]] = body.pop(name)
                elif name in OPTIONAL | {"logprobs"}:
                    takes[name] = False
                    del body[name]
                else:
                    raise translate(error, self._target) from error
            else:
                return self._found("chat", {name: takes[name] for name in FEATURES})

    async def other_calls(self, refusal: ProviderError) -> Accepts:
        """A deployment that refuses chat: embeddings, or the Responses API only."""
        import openai

        name = self._target.deployment
        try:
            answer = await self.send("/embeddings", {"model": name, "input": "Hello"})
        except openai.APIError as error:
            meant = translate(error, self._target)
            if isinstance(meant, AuthFailed) and self._v1_entra:
                return Accepts(name, error=AuthFailed(
                    f"{name} gives no embeddings to a Microsoft Entra sign-in",
                    why="The v1 API of Azure takes a key for embeddings",
                    remedy="Use a key for this connection, or a dated API version"))
            return await self._responses(refusal)
        dimension = _dimension(answer)
        if dimension is None:
            return Accepts(name, error=refusal)
        return self._found("embeddings", {}, dimension)

    async def _responses(self, refusal: ProviderError) -> Accepts:
        import openai

        name = self._target.deployment
        try:
            await self.send("/responses", {
                "model": name, "input": "Reply with the word OK.",
                "max_output_tokens": CALL_TOKENS})
        except openai.APIError:
            return Accepts(name, error=refusal)
        return self._found("responses", {})

    def _found(self, kind: Any, takes: Mapping[str, bool], dimension: int | None = None) -> Accepts:
        return Accepts(self._target.deployment, kind, self._model, self._region, dimension, takes)

    async def send(self, path: str, body: Mapping[str, Any]) -> object:
        """The answer's JSON, or None for a stream, which is read to its end."""
        import openai

        if not body.get("stream"):
            whole = await self._client.post(
                path, body=dict(body), cast_to=object)
            self._note(whole, {})
            return whole
        stream = await self._client.post(
            path, body=dict(body), cast_to=object, stream=True,
            stream_cls=openai.AsyncStream[object])
        try:
            async for chunk in stream:
                self._note(chunk, stream.response.headers)
        except openai.APIConnectionError as error:
            raise interrupted(self._target, details=repr(error.__cause__)) from error
        except ValueError as error:
            raise unreadable(self._target, repr(error)) from error
        finally:
            await stream.close()
        return None

    def _note(self, answer: object, headers: Mapping[str, str]) -> None:
        if isinstance(answer, dict):
            self._model = str(answer.get("model") or self._model)
        self._region = headers.get("x-ms-region", "") or self._region


def _target(connection: Connection, deployment: str, has_key: bool) -> Target:
    host = endpoint_of(connection).host
    return Target(connection.name or "the connection", host, deployment, has_key,
                  connection.entra)


def _listed(row: Mapping[str, Any]) -> Listed:
    """Azure adds capabilities and dates to what OpenAI lists."""
    can, ends = row.get("capabilities"), row.get("deprecation")
    can = can if isinstance(can, dict) else {}
    ends = ends if isinstance(ends, dict) else {}
    return Listed(
        str(row["id"]), _date(ends.get("inference")), _date(ends.get("fine_tune")),
        can.get("chat_completion"), can.get("embeddings"), can.get("fine_tune"))


def _date(seconds: object) -> str:
    if not isinstance(seconds, int | float) or not 0 < seconds < 1e11:
        return ""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _dimension(answer: object) -> int | None:
    try:
        return len(answer["data"][0]["embedding"])  # type: ignore[index]
    except (KeyError, IndexError, TypeError):
        return None


def _proxy(url: str, loopback: bool) -> str:
    """The proxy that the environment names for this address, without its password."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    if loopback or urllib.request.proxy_bypass(host):
        return ""
    proxies = urllib.request.getproxies()
    return redact(proxies.get(scheme, "") or proxies.get("all", ""))


def _causes(error: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while error is not None and len(found) < 10:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
