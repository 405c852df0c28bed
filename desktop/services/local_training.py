"""Implements core.local_tuning.LocalTrainer: a process for each training, killed when it is
stopped."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import AsyncGenerator
from datetime import UTC, datetime

from ..core.errors import ConfigurationError, EmbedderUnavailable
from ..core.local_tuning import Lesson, LocalModel, Stage, Told
from ..core.tuning import MetricsPoint
from . import embedder_model
from .local_models import LocalModels
from .local_training_worker import lesson_bytes, make_handler
from .worker import Worker, WorkerDied
from .worker_frames import Header

_NEEDED = ("torch", "sentence_transformers", "onnx", "safetensors")


class LocalTraining:
    """Trains into the folder of `models`."""

    def __init__(self, models: LocalModels) -> None:
        self._models = models

    async def models(self) -> list[LocalModel]:
        """See core.local_tuning.LocalTrainer."""
        return await asyncio.to_thread(self._models.models)

    async def train(self, lesson: Lesson) -> AsyncGenerator[Told, None]:
        """See core.local_tuning.LocalTrainer."""
        check_libraries()
        worker = Worker("training", make_handler, {}, kill_on_cancel=True)
        try:
            yield Stage("Loading the built-in model")
            begun = await worker.call({"do": "start"}, lesson_bytes(lesson), decode=_header)
            if begun["valid_loss"] is not None:
                yield MetricsPoint(0, valid_loss=begun["valid_loss"])
            for _ in range(begun["steps"]):
                done = await worker.call({"do": "step"}, decode=_header)
                yield MetricsPoint(done["step"], done["train_loss"], None, done["valid_loss"])
            yield Stage("Saving and converting the tuned model")
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            end = await worker.call(
                {"do": "finish", "folder": str(self._models.folder), "made_at": made_at},
                decode=_header)
            yield LocalModel(end["sha256"], end["examples"], end["threshold"], made_at)
        except WorkerDied as error:
            raise EmbedderUnavailable(
                "The training process ended",
                why="Another program ended it, or memory ran out",
                remedy="Close other programs and train again", details=str(error),
            ) from error
        finally:
            await worker.aclose()


def check_libraries() -> None:
    """Raises ConfigurationError where the libraries that training needs are missing."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing or embedder_model.packaged_folder() is None:
        raise ConfigurationError(
            "This installation cannot train",
            why=f"It lacks {', '.join(missing) or 'the built-in model'}",
            remedy="Install the program with python3 packaging/bootstrap.py run",
        )


def _header(header: Header, payload: memoryview) -> Header:
    return header
