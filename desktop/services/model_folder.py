"""A folder with a model in Hugging Face's format: what is loaded of it, and what is refused.

Weights come as safetensors only and code is never taken from a folder: reading a model must not
run a program. Light to import: torch is in the process that loads the model (`torch_worker`).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..core.errors import EmbedderUnavailable

NEEDED = ("torch", "sentence_transformers")
LOADED = {".safetensors", ".json", ".txt", ".model"}  # what a model is made of
_UNSAFE = {".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib", ".h5", ".msgpack"}
_MOST_CONFIG = 1 << 20  # bytes
_READ = 1 << 20


def check_libraries() -> None:
    """Raises EmbedderUnavailable where the libraries are not installed; imports none of them."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise EmbedderUnavailable(
            "Model folders cannot be loaded by this installation",
            why=f"It lacks {' and '.join(missing)}, which are large",
            remedy='Install the program with pip install ".[convert]", take the full bundle '
                   "(packaging/bootstrap.py bundle --full), or use an embedding deployment")


def check_folder(folder: Path) -> None:
    """Raises EmbedderUnavailable for what is no model, or would have to run code or pickles."""
    if not folder.is_dir():
        raise EmbedderUnavailable(
            f"The model folder {folder} is not here",
            remedy="Choose a folder on this machine under Tools, Embedding model")
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        raise _refused(folder, "It holds neither modules.json nor config.json",
                       "Choose the folder that holds the model's config.json")
    parts = [folder, *(each for each in _subfolders(folder))]
    weights = [part for part in parts if _has(part, {".safetensors"})]
    for part in parts:
        if part not in weights and _has(part, _UNSAFE):
            raise _refused(
                folder, f"{part.name or folder.name} has its weights in a format that can run code",
                "Save it as safetensors: SentenceTransformer(...).save_pretrained(folder)")
    if not weights:
        raise _refused(folder, "It holds no weights as safetensors",
                       "Download the file model.safetensors of this model as well")
    _check_configs(folder, parts)


def sha256_of(folder: Path) -> str:
    """Names the model: of everything that is loaded, in the order of the names."""
    digest = hashlib.sha256()
    for path in sorted(_files(folder), key=lambda each: each.relative_to(folder).as_posix()):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as file:
            while block := file.read(_READ):
                digest.update(block)
        digest.update(b"\0")
    return digest.hexdigest()


def _check_configs(folder: Path, parts: list[Path]) -> None:
    """Code beside the model is refused before a library is asked about it."""
    modules = _json(folder / "modules.json")
    for each in modules if isinstance(modules, list) else []:
        kind = each.get("type", "") if isinstance(each, dict) else ""
        if not str(kind).startswith("sentence_transformers."):
            raise _runs_code(folder, str(kind))
    for part in parts:
        for name in ("config.json", "tokenizer_config.json"):
            config = _json(part / name)
            if isinstance(config, dict) and config.get("auto_map"):
                raise _runs_code(folder, f"{name} asks for it")


def _files(folder: Path) -> Iterator[Path]:
    """What is loaded; links are followed to files only: the hub's cache is made of them."""
    for part in (folder, *_subfolders(folder)):
        if part.is_dir():
            yield from (path for path in part.iterdir()
                        if path.suffix in LOADED and path.is_file())


def _subfolders(folder: Path) -> Iterator[Path]:
    """Those that the model is made of: a repository's other formats are not looked at."""
    modules = _json(folder / "modules.json")
    for each in modules if isinstance(modules, list) else []:
        name = each.get("path") if isinstance(each, dict) else None
        if isinstance(name, str) and name:
            part = folder / name
            if folder.resolve() not in part.resolve().parents:
                raise _refused(folder, "One of its parts lies outside of it",
                               "Choose another model")
            yield part


def _has(folder: Path, endings: set[str]) -> bool:
    return folder.is_dir() and any(each.suffix in endings for each in folder.iterdir())


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes()) if path.stat().st_size < _MOST_CONFIG else None
    except (OSError, ValueError, RecursionError):
        return None


def _refused(folder: Path, why: str, remedy: str) -> EmbedderUnavailable:
    return EmbedderUnavailable(f"{folder.name} is no model that can be used", why=why,
                               remedy=remedy)


def _runs_code(folder: Path, details: str) -> EmbedderUnavailable:
    return EmbedderUnavailable(
        f"{folder.name} is not loaded", why="It brings program code of its own",
        remedy="Choose a model of sentence-transformers' own kinds", details=details)
