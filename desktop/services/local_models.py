"""Encoders that were fine-tuned on this machine: their folders, and chat models on them.

    <data folder>/local-models/<sha256 of the weights>/
        model.safetensors, config...   as sentence-transformers reads it
        model.onnx, tokenizer.json     as it is run
        memory.json, memory.f32        the training pairs and their questions' vectors
        manifest.json                  written last: a folder without it is no model
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import ConfigurationError
from ..core.local_tuning import LocalModel
from ..core.ports import Embedder
from .chat_extractive import ExtractiveChat
from .embedder import OnnxEmbedder
from .embedder_model import DIMENSION, MANIFEST_FILE, EmbedderModel

if TYPE_CHECKING:
    from ..core.extraction import Given
    from ..core.ports import Vectors

FOLDER = "local-models"
MEMORY_FILE, VECTORS_FILE = "memory.json", "memory.f32"
_SHA256 = re.compile(r"[0-9a-f]{64}")


class LocalModels:
    """The tuned models of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self.folder = data_dir / FOLDER
        self._chats: dict[str, TunedChat] = {}
        self._known: list[LocalModel] | None = None

    def models(self) -> list[LocalModel]:
        """Newest first; folders that are not whole are left out."""
        found = [model for folder in _folders(self.folder)
                 if (model := _read_manifest(folder)) is not None]
        self._known = sorted(found, key=lambda model: model.made_at, reverse=True)
        return self._known

    def known(self) -> list[LocalModel]:
        """As they were when somebody looked last: few, and looked at often."""
        if self._known is None:
            self.models()
        return self._known or []

    async def chat(self, deployment: str) -> TunedChat:
        """Raises ConfigurationError for a model that is not on this machine."""
        if deployment not in self._chats:
            found = await asyncio.to_thread(self.models)
            model = next((each for each in found if each.deployment == deployment), None)
            if model is None:
                raise ConfigurationError(
                    f"The model “{deployment}” is not on this machine",
                    why="It was fine-tuned on another one, or removed from the data folder",
                    remedy="Train it here under Train, Train locally, or choose another model",
                )
            memory = await asyncio.to_thread(_Memory, self.folder / model.sha256)
            self._chats.setdefault(deployment, TunedChat(
                model, memory, OnnxEmbedder(EmbedderModel(self.folder / model.sha256))))
        return self._chats[deployment]

    async def aclose(self) -> None:
        """End the processes of the encoders that were used."""
        chats, self._chats = list(self._chats.values()), {}
        for chat in chats:
            await chat.embedder.aclose()


def _folders(parent: Path) -> list[Path]:
    try:
        return [each for each in parent.iterdir() if _SHA256.fullmatch(each.name)]
    except OSError:
        return []


def _read_manifest(folder: Path) -> LocalModel | None:
    try:
        values = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        return LocalModel(folder.name, int(values["examples"]), float(values["threshold"]),
                          str(values["made_at"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def write_manifest(folder: Path, model: LocalModel) -> None:
    """Makes a finished folder a model."""
    values = {"examples": model.examples, "threshold": model.threshold, "made_at": model.made_at}
    (folder / MANIFEST_FILE).write_text(json.dumps(values, indent=1), encoding="utf-8")


class _Memory:
    """The training pairs, and a vector for each question: shape (n, dimension)."""

    def __init__(self, folder: Path) -> None:
        """Raises ConfigurationError when the files do not belong together."""
        import numpy as np

        try:
            rows = json.loads((folder / MEMORY_FILE).read_text(encoding="utf-8"))
            flat = np.fromfile(folder / VECTORS_FILE, np.float32)
            self.questions = [str(row[0]) for row in rows]
            self.answers = [str(row[1]) for row in rows]
            self.vectors: Vectors = flat.reshape(len(rows), DIMENSION)
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise ConfigurationError(
                "A fine-tuned model cannot be loaded", why="Its files are damaged or missing",
                remedy=f"Delete the folder {folder} and train it again", details=repr(error),
            ) from error


class TunedChat(ExtractiveChat):
    """The extractive model with a tuned encoder, and the training answers as its memory."""

    def __init__(self, model: LocalModel, memory: _Memory, embedder: Embedder) -> None:
        super().__init__(embedder)
        self.embedder = embedder
        self.label = model.label
        self._model = model
        self._memory = memory

    async def _from_memory(self, given: Given) -> str | None:
        """The answer of the nearest training question, None where none is near enough."""
        question = (await self._embed([given.question]))[0]
        near = self._memory.vectors @ question
        best = int(near.argmax())
        if float(near[best]) < self._model.threshold:
            return None
        return self._memory.answers[best]


def save_memory(folder: Path, pairs: Sequence[tuple[str, str]], vectors: Any) -> None:
    """`vectors` is float32 of shape (len(pairs), dimension), rows of length 1."""
    text = json.dumps([list(pair) for pair in pairs], ensure_ascii=False)
    (folder / MEMORY_FILE).write_text(text, encoding="utf-8", errors="replace")
    vectors.tofile(folder / VECTORS_FILE)
