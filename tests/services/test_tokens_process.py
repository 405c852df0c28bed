"""Token counts from a process that comes and goes."""

from __future__ import annotations

import asyncio
import os
import signal

from desktop.core.types import BUILTIN_MODEL
from desktop.services.tokens_process import ProcessTokens

TEXTS = ["Are eyeglasses covered?", "", "naïve café 日本語 🙂"]


def test_counts_are_those_of_the_model_and_the_process_ends_when_idle() -> None:
    async def story() -> None:
        tokens = ProcessTokens(idle_seconds=0.0)
        try:
            assert await tokens.count(TEXTS, "gpt-4.1-mini") == ([6, 0, 7], True)
            assert (await tokens.count(TEXTS, "llama-3"))[1] is False
            worker = tokens._worker._process
            assert worker is not None
            await asyncio.to_thread(worker.ended.wait, 10)
            assert tokens.pid is None
            assert await tokens.count(TEXTS[:1], "gpt-35-turbo") == ([6], True)  # a new one
        finally:
            await tokens.aclose()

    asyncio.run(story())


def test_texts_are_estimated_where_the_process_dies() -> None:
    async def story() -> None:
        tokens = ProcessTokens()
        try:
            await tokens.count(["x"], "gpt-4.1")
            counting = asyncio.ensure_future(tokens.count(["12345678"] * 100_000, "gpt-4.1"))
            await asyncio.sleep(0)
            assert tokens.pid is not None
            os.kill(tokens.pid, signal.SIGTERM)
            counts, exact = await counting
            assert (counts, exact) == ([2] * 100_000, False)
        finally:
            await tokens.aclose()

    asyncio.run(story())


def test_the_builtin_model_needs_no_process() -> None:
    async def story() -> None:
        tokens = ProcessTokens()
        assert await tokens.count(["12345", ""], BUILTIN_MODEL) == ([2, 0], False)
        assert await tokens.count([], "gpt-4.1") == ([], False)
        assert tokens.pid is None
        await tokens.aclose()

    asyncio.run(story())
