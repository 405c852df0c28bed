"""Embedders and cross-encoders of model folders: each in a killable process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ..core.embedders import EmbedderChoice
from ..core.errors import EmbedderUnavailable
from . import model_folder, torch_worker
from .worker import Worker, WorkerDied

if TYPE_CHECKING:
    from ..core.ports import Vectors
    from .worker_frames import Header

_ATTEMPTS = 2  # a process that was killed from outside is started once more
_HASH = 24  # hex digits of the files' hash in an id: 96 bits are not met by chance


class SentenceTransformerEmbedder:
    """Implements core.ports.Embedder for a folder, or for a model of the hub that is on this
    machine. The process is started by the first call and takes some seconds and 400 MB."""

    def __init__(self, choice: EmbedderChoice) -> None:
        """`choice` without an id is one that nobody looked at yet: `looked_at` completes it."""
        self.choice = choice
        self._worker: Worker | None = None

    @property
    def id(self) -> str:
        return self.choice.id

    @property
    def dimension(self) -> int:
        return self.choice.dimension

    @property
    def max_tokens(self) -> int:
        return self.choice.max_tokens

    @property
    def pid(self) -> int | None:
        """Of its process, while there is one."""
        return self._worker.pid if self._worker else None

    async def looked_at(self) -> EmbedderChoice:
        """The choice with id, dimension and limit; loads the model. Raises
        EmbedderUnavailable."""
        facts = await self._call({"facts": True}, urgent=True)
        self.choice = replace(
            self.choice, id=f"{_name(self.choice)}:{facts['sha256'][:_HASH]}",
            dimension=int(facts["dimension"]), max_tokens=int(facts["max_tokens"]))
        return self.choice

    async def tokens(self, texts: Sequence[str]) -> list[int]:
        """Of each text, as the model counts them. Raises EmbedderUnavailable."""
        found = await self._call({"measure": list(texts)}, urgent=True)
        return [int(count) for count in found["tokens"]]

    async def prepare(self) -> None:
        """Load the model. Raises EmbedderUnavailable."""
        await self._call({"facts": True}, urgent=True)

    async def embed(self, texts: Sequence[str], *, urgent: bool = False) -> Vectors:
        """Shape (len(texts), dimension), float32. Raises EmbedderUnavailable."""
        return await self._vectors(texts, query=False, urgent=urgent)

    async def query(self, text: str) -> Vectors:
        """Shape (dimension,), with the model's own words for questions. Raises
        EmbedderUnavailable."""
        vector: Vectors = (await self._vectors([text], query=True, urgent=True))[0]
        return vector

    async def aclose(self) -> None:
        """Ends its process, if any."""
        if self._worker is not None:
            await self._worker.aclose()

    async def _vectors(self, texts: Sequence[str], *, query: bool, urgent: bool) -> Vectors:
        import numpy as np

        if not texts:
            return np.empty((0, self.dimension), np.float32)
        found = await self._call({"texts": list(texts), "query": query}, urgent=urgent)
        vectors: Vectors = found["floats"].reshape(len(texts), int(found["dimension"]))
        if vectors.shape[1] != self.dimension:
            raise EmbedderUnavailable(
                f"{self.choice.label} gives vectors of another length than before",
                remedy="Choose it again under Tools, Embedding model")
        return vectors

    async def _call(self, header: Header, *, urgent: bool) -> Header:
        if self._worker is None:
            expected = self.choice.id.rpartition(":")[2]
            self._worker = Worker("model folder", torch_worker.make_handler, {
                "folder": _folder(self.choice.path), "sha256": expected,
                "hub": self.choice.name if self.choice.kind == "hub" else ""})
        return await _answer(self._worker, header, urgent=urgent)


class FolderReranker:
    """Implements core.ports.Reranker with a folder that can be changed; "" is none."""

    def __init__(self, folder: str = "") -> None:
        self._folder = folder
        self._worker: Worker | None = None
        self._sha256 = ""

    @property
    def id(self) -> str:
        if not self._folder:
            return ""
        name = Path(self._folder).name
        return f"{name}:{self._sha256[:12]}" if self._sha256 else name

    async def choose(self, folder: str) -> None:
        """Another folder from now on, "" for none."""
        if folder != self._folder:
            await self.aclose()
            self._folder, self._sha256, self._worker = folder, "", None

    async def prepare(self) -> None:
        """Load the model. Raises EmbedderUnavailable."""
        await self._call({"about": True})

    async def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """One for each passage, the higher the better. Raises EmbedderUnavailable."""
        found = await self._call({"question": question, "passages": list(passages)})
        return [float(score) for score in found["floats"]]

    async def aclose(self) -> None:
        """Ends its process, if any."""
        if self._worker is not None:
            await self._worker.aclose()

    async def _call(self, header: Header) -> Header:
        if self._worker is None:
            model_folder.check_libraries()
            self._worker = Worker("cross-encoder", torch_worker.make_reranker,
                                  {"folder": _folder(self._folder)})
        if not self._sha256:
            facts = await _answer(self._worker, {"about": True}, urgent=True)
            self._sha256 = str(facts["sha256"])
        return await _answer(self._worker, header, urgent=True)


async def tried(folder: str) -> None:
    """Load a cross-encoder once, "" for none. Raises EmbedderUnavailable where it cannot be."""
    reranker = FolderReranker(folder)
    try:
        if folder:
            await reranker.prepare()
    finally:
        await reranker.aclose()


async def _answer(worker: Worker, header: Header, *, urgent: bool) -> Header:
    """Raises EmbedderUnavailable."""
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return await worker.call(header, decode=_with_floats, urgent=urgent)
        except EmbedderUnavailable:
            worker.kill()  # the next call tries to load the model anew
            raise
        except WorkerDied as error:
            if attempt == _ATTEMPTS:
                raise EmbedderUnavailable(
                    "The process of the model folder ended twice",
                    why="Another program ended it, or memory ran out",
                    remedy="Close other programs, or choose a smaller model",
                    details=str(error)) from error
    raise AssertionError("unreachable")


def _with_floats(header: Header, payload: memoryview) -> Header:
    import numpy as np

    return {**header, "floats": np.frombuffer(payload, np.float32)}


def _folder(path: str) -> str:
    return str(Path(path).expanduser().absolute())


def _name(choice: EmbedderChoice) -> str:
    return choice.name if choice.kind == "hub" else Path(choice.path).expanduser().name
