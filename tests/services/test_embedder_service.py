"""Embedding deployments, against the emulator: limits, waiting, what is counted and refused."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktop.core.embedders import EmbedderChoice
from desktop.core.errors import EmbedderUnavailable
from desktop.core.spending import Limits
from desktop.core.types import Deployment
from desktop.services.catalog import Catalog
from desktop.services.embedder_service import ServiceEmbedder
from desktop.services.openai_client import make_client
from desktop.services.spending import LedgerSpending
from desktop.services.tokens import Tokens
from tests.contracts.check_embedder import check_embedder
from tests.servers.azure import AzureEmulator

from .chat_helpers import MODES, Waits, connection_to


class Opened:
    """An embedder on a server, with its ledger."""

    def __init__(
        self, server: AzureEmulator, folder: Path, mode: str, deployment: str, dimensions: int,
        limits: Limits,
    ) -> None:
        self.server = server
        self.waits = Waits()
        connection = replace(connection_to(server.url, mode), deployments=(
            Deployment("embed", "text-embedding-3-small"),))
        self.client = make_client(connection, server.key)
        prices = Catalog()
        self.spending = LedgerSpending(folder, prices, lambda: limits)

        async def client() -> object:
            return self.client, True

        model = "text-embedding-3-small" if deployment.startswith("embed") else ""
        self.embedder = ServiceEmbedder(
            EmbedderChoice("service", connection="work", deployment=deployment,
                           dimensions=dimensions),
            connection, "" if deployment == "embed-plain" else model,
            client, Tokens(), prices, self.spending, sleep=self.waits,  # type: ignore[arg-type]
        )

    def sent(self) -> list[list[str]]:
        """The texts of each request."""
        return [request.body["input"] for request in self.server.requests]


def run(
    folder: Path, test: Callable[[Opened], Awaitable[None]], *, mode: str = "v1",
    deployment: str = "embed", dimensions: int = 0, look: bool = True,
    limits: Limits | None = None,
) -> None:
    async def whole() -> None:
        opened = Opened(server, folder, mode, deployment, dimensions, limits or Limits())
        try:
            if look:
                await opened.embedder.looked_at("A sentence.")
            await asyncio.wait_for(test(opened), 60)
        finally:
            await opened.client.close()
            await opened.spending.aclose()

    with AzureEmulator() as server:
        asyncio.run(whole())


@pytest.mark.parametrize("mode", MODES)
def test_a_deployment_keeps_the_contract(tmp_path: Path, mode: str) -> None:
    async def test(opened: Opened) -> None:
        assert opened.embedder.id == "text-embedding-3-small:256"
        await check_embedder(opened.embedder)

    run(tmp_path, test, mode=mode, dimensions=256)


def test_a_server_that_knows_no_base64_gives_numbers_of_any_length(tmp_path: Path) -> None:
    async def test(opened: Opened) -> None:
        vectors = await opened.embedder.embed(["eyeglasses", "garage"])
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
        assert "encoding_format" not in opened.server.requests[-1].body
        assert opened.embedder.id.startswith("e5@") and opened.embedder.dimension == 384

    run(tmp_path, test, mode="openai", deployment="embed-plain")


def test_requests_stay_within_what_the_service_takes(tmp_path: Path) -> None:
    async def test(opened: Opened) -> None:
        texts = ["word " * 8_000] * 40 + ["short"] * 2_100
        opened.server.requests.clear()
        assert len(await opened.embedder.embed(texts)) == len(texts)
        assert all(request.status == 200 for request in opened.server.requests)
        assert [text for batch in opened.sent() for text in batch] == texts
        assert len(opened.sent()) == 3

    run(tmp_path, test, dimensions=8)


def test_a_text_beyond_the_limit_is_cut(tmp_path: Path) -> None:
    async def test(opened: Opened) -> None:
        opened.server.requests.clear()
        await opened.embedder.embed(["eyeglasses " * 20_000, " "])
        long, empty = opened.sent()[0]
        assert 15_000 < len(long) < 100_000 and empty == "-"

    run(tmp_path, test, dimensions=8)


def test_it_waits_as_long_as_the_service_asks(tmp_path: Path) -> None:
    async def test(opened: Opened) -> None:
        assert len(await opened.embedder.embed(["a", "b"])) == 2
        assert opened.waits.seconds == [0.02]

    run(tmp_path, test, deployment="embed-throttled-once")


def test_a_wait_is_told_where_nobody_is_asking(tmp_path: Path) -> None:
    async def test(opened: Opened) -> None:
        told: list[str] = []
        opened.embedder.tell = told.append
        await opened.embedder.embed(["a"])
        assert opened.waits.seconds == [7.0]
        assert told == [f"{opened.server.url.removeprefix('http://')} asks to wait 7 s"]

    run(tmp_path, test, deployment="embed-slow-down")


def test_an_hour_is_too_long_to_wait(tmp_path: Path) -> None:
    async def test(opened: Opened) -> None:
        with pytest.raises(EmbedderUnavailable, match="limit"):
            await opened.embedder.looked_at("a")
        assert opened.waits.seconds == []
        assert (await opened.spending.spent()).calls == 0

    run(tmp_path, test, deployment="embed-throttled", look=False)


@pytest.mark.parametrize(("deployment", "words"), [
    ("nowhere", "deployment"), ("gpt-mini", "embedding"), ("embed-failing", "failed"),
])
def test_failures_are_told_as_a_chat_tells_them(
    tmp_path: Path, deployment: str, words: str
) -> None:
    async def test(opened: Opened) -> None:
        with pytest.raises(EmbedderUnavailable, match=words) as caught:
            await opened.embedder.looked_at("a")
        assert caught.value.remedy

    run(tmp_path, test, deployment=deployment, look=False)


def test_what_is_sent_is_counted_and_limited(tmp_path: Path) -> None:
    async def test(opened: Opened) -> None:
        await opened.embedder.embed(["one two three"] * 3)
        spent = await opened.spending.spent()
        assert spent.calls == 2 and spent.unknown == 0  # the look is one
        assert spent.dollars == pytest.approx((2 + 9) * 0.022e-6)
        sent = len(opened.server.requests)
        with pytest.raises(EmbedderUnavailable, match="spending limit"):
            await opened.embedder.embed(["many words " * 3_000] * 100)
        assert len(opened.server.requests) == sent

    run(tmp_path, test, limits=Limits(run=0.001))


def test_another_model_behind_the_same_name_is_noticed(tmp_path: Path) -> None:
    async def test(opened: Opened) -> None:
        opened.embedder.choice = replace(opened.embedder.choice, id="text-embedding-3-large:1536")
        with pytest.raises(EmbedderUnavailable, match="another model"):
            await opened.embedder.embed(["a"])

    run(tmp_path, test)
