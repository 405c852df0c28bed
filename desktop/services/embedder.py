"""The built-in embedder: all-MiniLM-L6-v2 in a process of its own, queries first."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..core.errors import EmbedderUnavailable
from . import embedder_model, embedder_worker
from .embedder_model import EmbedderModel
from .worker import Worker, WorkerDied

if TYPE_CHECKING:
    from ..core.ports import Vectors
    from .worker_frames import Header

CONVERSION_SECONDS = 300
_ATTEMPTS = 2  # a process that was killed from outside is started once more


class OnnxEmbedder:
    """Implements core.ports.Embedder.

    Its process is started by the first call, or earlier by `prepare()`. Texts are cut at 256
    tokens. Vectors are those of sentence-transformers to within float32.
    """

    def __init__(self, model: EmbedderModel | None = None) -> None:
        """`model` is one that was fine-tuned here; None: the built-in one as it comes."""
        self._model = model
        self._worker: Worker | None = None
        self._loading = asyncio.Lock()

    @property
    def id(self) -> str:
        return self._model.folder.name if self._model else embedder_model.EMBEDDER_ID

    @property
    def dimension(self) -> int:
        return embedder_model.DIMENSION

    @property
    def max_tokens(self) -> int:
        return embedder_model.MAX_TOKENS

    @property
    def pid(self) -> int | None:
        """Of its process, while there is one."""
        return self._worker.pid if self._worker else None

    async def prepare(self) -> None:
        """Start the process and load the model, so that the first question need not wait.

        Raises EmbedderUnavailable.
        """
        await self.embed(["ready"], urgent=True)

    async def embed(self, texts: Sequence[str], *, urgent: bool = False) -> Vectors:
        """Shape (len(texts), 384), float32, in their order. Raises EmbedderUnavailable."""
        if not texts:
            return _vectors_of({"count": 0}, memoryview(b""))
        for attempt in range(1, _ATTEMPTS + 1):
            worker = await self._running()
            try:
                return await worker.call(
                    {"texts": list(texts)}, decode=_vectors_of, urgent=urgent
                )
            except EmbedderUnavailable:
                worker.kill()  # the next call tries to load the model anew
                raise
            except WorkerDied as error:
                if attempt == _ATTEMPTS:
                    raise _died(error) from error
        raise AssertionError("unreachable")

    async def query(self, text: str) -> Vectors:
        """Shape (384,): this model takes questions as they are. Raises EmbedderUnavailable."""
        vector: Vectors = (await self.embed([text], urgent=True))[0]
        return vector

    async def aclose(self) -> None:
        """Ends its process, if any."""
        if self._worker is not None:
            await self._worker.aclose()

    async def _running(self) -> Worker:
        async with self._loading:
            if self._worker is None:
                model = self._model or embedder_model.find_model() or await _convert()
                self._worker = Worker(
                    "embedder", embedder_worker.make_handler, {"folder": str(model.folder)}
                )
            return self._worker


def _vectors_of(header: Header, payload: memoryview) -> Vectors:
    import numpy as np

    flat = np.frombuffer(payload, np.float32)
    return flat.reshape(int(header["count"]), embedder_model.DIMENSION)


async def _convert() -> EmbedderModel:
    """At first need, where bootstrap did not. In a process of its own, because of torch."""
    from . import model_conversion

    if not embedder_model.can_convert():
        raise embedder_model.unavailable()
    worker = Worker("model conversion", model_conversion.make_handler, {}, kill_on_cancel=True)
    try:
        async with asyncio.timeout(CONVERSION_SECONDS):
            await worker.call({}, decode=lambda header, payload: None)
    except (TimeoutError, WorkerDied) as error:
        raise EmbedderUnavailable(
            "The built-in embedding model could not be converted", why=str(error),
            remedy="Run python -m desktop.services.model_conversion to see the cause",
        ) from error
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await worker.aclose()
    model = embedder_model.find_model()
    if model is None:
        raise embedder_model.unavailable()
    return model


def _died(error: WorkerDied) -> EmbedderUnavailable:
    return EmbedderUnavailable(
        "The embedding process ended twice",
        why="Another program ended it, or memory ran out",
        remedy="Close other programs and try again",
        details=str(error),
    )
