"""What every Embedder keeps, whatever is behind it.

    asyncio.run(check_embedder(embedder))
"""

from __future__ import annotations

import asyncio

import numpy as np

from desktop.core.ports import Embedder

TEXTS = (
    "Are eyeglasses covered?",
    "One pair of eyeglasses is covered every two years. " * 8,
    "The parking garage opens at six.",
    "naïve façade, 健康保険, 🙂",
    "Are glasses covered by the plan?",
    "Parking",
)


async def check_embedder(embedder: Embedder) -> None:
    """Runs the whole contract; raises AssertionError where it is broken."""
    assert embedder.id and embedder.dimension > 0
    await embedder.prepare()
    await check_shapes(embedder)
    await check_order(embedder)
    await check_meaning(embedder)
    await check_side_by_side(embedder)
    await check_cancelling(embedder)


async def check_shapes(embedder: Embedder) -> None:
    """(n, dimension) float32 of length 1, also for no text, a very long one, a strange one."""
    nothing = await embedder.embed([])
    assert nothing.shape == (0, embedder.dimension) and nothing.dtype == np.float32
    vectors = await embedder.embed([*TEXTS, "eyeglasses " * 20_000, "one \0 two \ud800"])
    assert vectors.shape == (len(TEXTS) + 2, embedder.dimension) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


async def check_order(embedder: Embedder) -> None:
    """A text's vector does not depend on its neighbours."""
    together = await embedder.embed(TEXTS)
    backwards = await embedder.embed(TEXTS[::-1])
    alone = np.concatenate([await embedder.embed([text]) for text in TEXTS])
    assert np.allclose(together, backwards[::-1], atol=1e-5)
    assert np.allclose(together, alone, atol=1e-5)


async def check_meaning(embedder: Embedder) -> None:
    """What is about the same thing is nearer."""
    glasses, covered, garage = (await embedder.embed(TEXTS))[:3]
    assert glasses @ covered > glasses @ garage + 0.1


async def check_side_by_side(embedder: Embedder) -> None:
    """Calls at once, urgent or not, get their own answers."""
    expected = await embedder.embed(TEXTS)
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(embedder.embed([text], urgent=place % 2 == 0))
                 for place, text in enumerate(TEXTS)]
    for vector, call in zip(expected, calls, strict=True):
        assert np.allclose(call.result()[0], vector, atol=1e-5)


async def check_cancelling(embedder: Embedder) -> None:
    """Ends at once, and the next call is answered."""
    call = asyncio.ensure_future(embedder.embed(list(TEXTS) * 200))
    await asyncio.sleep(0)
    call.cancel()
    done, _ = await asyncio.wait([call], timeout=1)
    assert done
    assert (await embedder.embed(TEXTS[:1])).shape == (1, embedder.dimension)
