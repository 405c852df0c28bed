"""Models of folders, inside a worker process of their own: torch and sentence-transformers.

Never in the process that holds FAISS: both bring an OpenMP runtime, and two must not meet.
Nothing is fetched from the network, and nothing but safetensors is loaded (`model_folder`).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import EmbedderUnavailable
from . import hub, model_folder
from .embedder_worker import NICENESS, batches, cores
from .worker_child import Handler, Steps
from .worker_frames import Header

if TYPE_CHECKING:
    from ..core.ports import Vectors

PAIRS = 8  # read together; between two of these an urgent request overtakes
MOST_TOKENS = 8_192  # where a model names no limit


def make_handler(config: Header) -> Handler:
    """`{"folder"}` or `{"hub"}`, and `{"sha256"}` of the model that is expected, "" for any.

    `{"facts": true}` gives `{"sha256", "dimension", "max_tokens"}`, `{"texts", "query"}` vectors
    as float32 bytes, `{"measure": texts}` their `{"tokens"}`. Raises EmbedderUnavailable.
    """
    model = _Embedding(*_prepared(config))

    def handler(header: Header, payload: memoryview) -> Steps:
        if header.get("facts"):
            yield
            return model.facts(), b""
        if "measure" in header:
            yield
            return {"tokens": model.tokens(header["measure"])}, b""
        vectors = yield from model.embed(header["texts"], query=bool(header.get("query")))
        return {"count": len(vectors), "dimension": model.dimension}, vectors.tobytes()

    return handler


def make_reranker(config: Header) -> Handler:
    """As above; `{"about": true}` gives `{"sha256"}`, `{"question", "passages"}` a float32 score
    for each."""
    model = _CrossEncoding(*_prepared(config))

    def handler(header: Header, payload: memoryview) -> Steps:
        if header.get("about"):
            yield
            return {"sha256": model.sha256}, b""
        scores = yield from model.scores(header["question"], header["passages"])
        return {"count": len(scores)}, scores.tobytes()

    return handler


def _prepared(config: Header) -> tuple[Path, str]:
    """The folder, and the hash of what is in it. Raises EmbedderUnavailable."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    # Before the libraries are imported: what is not on this machine is not fetched.
    os.environ.update(TRANSFORMERS_OFFLINE="1", HF_HUB_DISABLE_TELEMETRY="1")
    model_folder.check_libraries()
    from .model_conversion import quieten  # not in the bundle without torch

    quieten()
    name = str(config.get("hub") or "")
    folder = hub.snapshot(name) if name else Path(str(config["folder"]))
    model_folder.check_folder(folder)
    sha256 = model_folder.sha256_of(folder)
    if not sha256.startswith(str(config.get("sha256") or "")):
        raise EmbedderUnavailable(
            f"{name or folder.name} is another model than the documents were embedded with",
            why="Its files have changed",
            remedy="Choose it again under Tools, Embedding model: a new index is built")
    return folder, sha256


class _Embedding:
    """A sentence-transformers model, or a plain transformer whose tokens are averaged."""

    def __init__(self, folder: Path, sha256: str) -> None:
        self.sha256 = sha256
        self._model = _loaded(folder, "SentenceTransformer")
        self.dimension = int(self._model.encode(["dimension"], show_progress_bar=False).shape[1])

    def facts(self) -> Header:
        longest = self._model.max_seq_length
        known = isinstance(longest, int) and 0 < longest <= MOST_TOKENS
        return {"sha256": self.sha256, "dimension": self.dimension,
                "max_tokens": longest if known else MOST_TOKENS}

    def tokens(self, texts: Sequence[str]) -> list[int]:
        """Of each text, its special tokens included and nothing cut."""
        tokenizer = self._model.tokenizer
        found = tokenizer(list(texts), truncation=False, padding=False, verbose=False)
        return [len(ids) for ids in found["input_ids"]]

    def embed(self, texts: Sequence[str], *, query: bool) -> Any:
        """Steps that end with vectors (len(texts), dimension), rows of length 1. A model that
        wants questions or passages marked gets its own words for that."""
        import numpy as np

        vectors = np.empty((len(texts), self.dimension), np.float32)
        encode = self._model.encode_query if query else self._model.encode_document
        for places in batches([len(text) for text in texts]):
            found = encode([texts[place] for place in places], batch_size=len(places),
                           normalize_embeddings=True, show_progress_bar=False)
            vectors[places] = found.astype(np.float32)
            yield
        if not np.isfinite(vectors).all():
            raise EmbedderUnavailable("The model gives vectors that are no numbers",
                                      remedy="Choose another model")
        return vectors


class _CrossEncoding:
    """A cross-encoder with one score for a pair."""

    def __init__(self, folder: Path, sha256: str) -> None:
        self.sha256 = sha256
        self._model = _loaded(folder, "CrossEncoder")
        if getattr(self._model, "num_labels", 1) != 1:
            raise EmbedderUnavailable(
                f"{folder.name} is no cross-encoder for ranking",
                why=f"It gives {self._model.num_labels} numbers for a pair, not one score",
                remedy="Choose a model that was trained to rank passages")

    def scores(self, question: str, passages: Sequence[str]) -> Any:
        """Steps that end with an array (len(passages),)."""
        import numpy as np

        scores: Vectors = np.empty(len(passages), np.float32)
        order = sorted(range(len(passages)), key=lambda place: -len(passages[place]))
        for start in range(0, len(order), PAIRS):
            places = order[start:start + PAIRS]
            pairs = [(question, passages[place]) for place in places]
            scores[places] = self._model.predict(pairs, batch_size=PAIRS, show_progress_bar=False)
            yield
        return scores


def _loaded(folder: Path, kind: str) -> Any:
    """Raises EmbedderUnavailable for whatever the libraries say of the folder."""
    try:
        import sentence_transformers
        import torch

        torch.set_num_threads(cores())
        model = getattr(sentence_transformers, kind)(
            str(folder), device="cpu", local_files_only=True, trust_remote_code=False,
            model_kwargs={"use_safetensors": True, "dtype": torch.float32},
        )
        return model.eval()
    except Exception as error:  # each library raises its own kinds
        raise EmbedderUnavailable(
            f"{folder.name} cannot be loaded as a {_NAMES[kind]}",
            why=_first_line(error), remedy="Choose another folder, or download the model again",
            details=f"{type(error).__name__}: {error}",
        ) from error


_NAMES = {"SentenceTransformer": "sentence-transformers model", "CrossEncoder": "cross-encoder"}


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
