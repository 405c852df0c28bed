"""Embedding inside the worker process: onnxruntime, tokenizers and numpy, nothing else."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import EmbedderUnavailable
from .embedder_model import DIMENSION, MAX_TOKENS, EmbedderModel, load_tokenizer
from .worker_child import Handler, Steps
from .worker_frames import Header

if TYPE_CHECKING:
    from ..core.ports import Vectors

    VectorSteps = Generator[None, None, Vectors]

# Larger batches gain nothing on a processor, need more memory (8 texts: 331 MB) and make
# an urgent query wait longer.
BATCH = 4
NICENESS = 5  # the window's thread goes first


def make_handler(config: Header) -> Handler:
    """Texts in `{"texts": [...]}`, vectors as float32 bytes out. Raises EmbedderUnavailable."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    model = _Model(EmbedderModel(Path(config["folder"])))

    def handler(header: Header, payload: memoryview) -> Steps:
        vectors = yield from model.embed_in_steps(header["texts"])
        return {"count": len(vectors)}, vectors.tobytes()

    return handler


def load_model(model: EmbedderModel) -> Callable[[Sequence[str]], Vectors]:
    """The same in this process, for comparisons and benchmarks."""
    loaded = _Model(model)

    def embed(texts: Sequence[str]) -> Vectors:
        steps = loaded.embed_in_steps(texts)
        while True:
            try:
                next(steps)
            except StopIteration as done:
                vectors: Vectors = done.value
                return vectors

    return embed


class _Model:
    """Raises EmbedderUnavailable when the files cannot be loaded."""

    def __init__(self, model: EmbedderModel) -> None:
        try:
            self._tokenizer = load_tokenizer(model.tokenizer)
            self._tokenizer.enable_truncation(MAX_TOKENS)
            self._session = _session(model.model)
            _give_back_memory()
        except Exception as error:  # both libraries raise their own kinds
            raise EmbedderUnavailable(
                "The built-in embedding model cannot be loaded",
                why="Its files are damaged or missing",
                remedy=f"Delete the folder {model.folder} and start again",
                details=f"{type(error).__name__}: {error}",
            ) from error

    def embed_in_steps(self, texts: Sequence[str]) -> VectorSteps:
        """Vectors (len(texts), dimension) in the order of `texts`; yields between batches."""
        import numpy as np

        encoded = self._tokenizer.encode_batch_fast(list(texts))
        tokens: list[list[int]] = [each.ids for each in encoded]
        vectors = np.empty((len(tokens), DIMENSION), np.float32)
        for places in batches([len(ids) for ids in tokens]):
            vectors[places] = self._run([tokens[place] for place in places])
            yield
        return vectors

    def _run(self, tokens: list[list[int]]) -> Vectors:
        import numpy as np

        ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)
        mask = np.zeros_like(ids)
        for row, each in enumerate(tokens):
            ids[row, : len(each)] = each
            mask[row, : len(each)] = 1
        vectors: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


def batches(lengths: Sequence[int]) -> list[list[int]]:
    """Places of texts, few at a time and alike in length, so that little is padding."""
    order = sorted(range(len(lengths)), key=lambda place: -lengths[place])
    return [order[start:start + BATCH] for start in range(0, len(order), BATCH)]


def _session(model: Path) -> Any:
    # WORKAROUND: microsoft/onnxruntime#27379. It would write a device id into the user's cache
    # and send what it does to its makers; this must be set before it is imported.
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = cores()
    # Threads that spin while they wait take the cores from the window, and gain nothing.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # A plan of memory for each length of text costs 30 MB and saves no time.
    options.enable_mem_pattern = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def _give_back_memory() -> None:
    """What loading needed and glibc would keep: 28 MB."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)


def cores() -> int:
    """Those this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
