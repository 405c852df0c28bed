"""Models of the Hugging Face hub: found in this machine's cache, or fetched when the user says so.

Fetching is a process of its own that can be killed; what it had is kept and gone on with. No
token is sent, and only what a model is made of is fetched: no pickles, no code. Light to import.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ..core.embedders import HUB_HOST
from ..core.errors import EmbedderUnavailable
from . import model_folder
from .worker import Worker, WorkerDied
from .worker_child import Handler, Steps
from .worker_frames import Header

PATTERNS = ["*.safetensors", "*.json", "*.txt", "*.model"]
NOT_NEEDED = ["onnx/*", "openvino/*", "checkpoint-*/*"]
Tell = Callable[[int, int], None]
LOOK_EVERY = 0.5  # seconds between two looks at how much has come
_NOT_FOR_ALL = {"RepositoryNotFoundError", "GatedRepoError"}
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?")


def snapshot(name: str) -> Path:
    """The folder of a model in the cache that all programs of this user share. Raises
    EmbedderUnavailable where it is not there."""
    cache = _cache(name)
    try:
        commit = (cache / "refs" / "main").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        commit = ""
    folder = cache / "snapshots" / commit
    if not re.fullmatch(r"[0-9a-f]{40}", commit) or not folder.is_dir():
        raise EmbedderUnavailable(
            f"The model {name} is not on this machine",
            remedy="Choose it again under Tools, Embedding model, to download it")
    return folder


def is_here(name: str) -> bool:
    """Whether all of a model is in the cache."""
    try:
        model_folder.check_folder(snapshot(name))
    except EmbedderUnavailable:
        return False
    return True


async def download(name: str, tell: Tell) -> None:
    """Fetch what is missing; `tell` hears of bytes done and in all. Raises
    EmbedderUnavailable."""
    model_folder.check_libraries()
    _cache(name)  # a name that is none is not asked for
    worker = Worker("download", make_handler, {"name": name}, kill_on_cancel=True)
    try:
        plan = await worker.call({"plan": True}, decode=_header)
        blobs, total = Path(plan["blobs"]), int(plan["bytes"])
        before = _size(blobs)

        def look() -> None:
            tell(min(total, max(0, _size(blobs) - before)), total)

        async with asyncio.TaskGroup() as group:
            watching = group.create_task(_again_and_again(look))
            for file in plan["files"]:
                await worker.call({"fetch": file}, decode=_header)
            watching.cancel()
        tell(total, total)
    except BaseExceptionGroup as errors:
        raise _broken_off(name, errors.exceptions[0]) from errors
    except WorkerDied as error:
        raise _broken_off(name, error) from error
    finally:
        await worker.aclose()


async def _again_and_again(look: Callable[[], None]) -> None:
    while True:
        look()
        await asyncio.sleep(LOOK_EVERY)


def _broken_off(name: str, error: BaseException) -> BaseException:
    if not isinstance(error, WorkerDied):
        return error
    return EmbedderUnavailable(f"The download of {name} broke off", why=str(error),
                               remedy="Start it again: what has come is kept")


def make_handler(config: Header) -> Handler:
    """`{"plan"}` gives `{"files", "bytes", "blobs"}` of what is missing, `{"fetch": file}`
    nothing. Raises EmbedderUnavailable."""
    # Before the library is imported: nothing but the files is asked for.
    os.environ.update(HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_DISABLE_PROGRESS_BARS="1",
                      HF_HUB_DISABLE_XET="1", HF_HUB_DISABLE_IMPLICIT_TOKEN="1")
    name = str(config["name"])

    def handler(header: Header, payload: memoryview) -> Steps:
        yield
        try:
            if "fetch" in header:
                _fetch(name, str(header["fetch"]))
                return {}, b""
            return _plan(name), b""
        except Exception as error:  # each library raises its own kinds
            raise _failed(name, error) from error

    return handler


def _plan(name: str) -> Header:
    from huggingface_hub import snapshot_download

    found: Any = snapshot_download(
        name, allow_patterns=PATTERNS, ignore_patterns=NOT_NEEDED, token=False, dry_run=True)
    missing = [each for each in found if each.will_download]
    # The large ones last: with them the model is whole.
    missing.sort(key=lambda each: each.file_size or 0)
    return {"files": [each.filename for each in missing] or [each.filename for each in found[:1]],
            "bytes": sum(each.file_size or 0 for each in missing),
            "blobs": str(_cache(name) / "blobs")}


def _fetch(name: str, file: str) -> None:
    """Under the branch's name, so that the cache knows which commit it stands for."""
    from huggingface_hub import hf_hub_download

    hf_hub_download(name, file, token=False)


def _failed(name: str, error: Exception) -> EmbedderUnavailable:
    kind = type(error).__name__
    if {type(each).__name__ for each in _chain(error)} & _NOT_FOR_ALL:
        return EmbedderUnavailable(
            f"There is no model {name} that anyone may download",
            remedy="Check the name on the hub. A model that asks for a sign-in: download it with "
                   "its own tools and choose the folder", details=f"{kind}: {error}")
    if kind == "HFValidationError":
        return _no_name(name)
    return EmbedderUnavailable(
        f"{name} could not be downloaded", why=f"{HUB_HOST} could not be reached or failed",
        remedy="Check the network, or choose a folder that holds the model",
        details=f"{kind}: {error}")


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _cache(name: str) -> Path:
    """Where the hub's own library keeps a model. Raises EmbedderUnavailable for no name."""
    if not _NAME.fullmatch(name) or ".." in name:
        raise _no_name(name)
    home = os.environ.get("HF_HOME") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "huggingface")
    hub = os.environ.get("HF_HUB_CACHE") or Path(home, "hub")
    return Path(hub).expanduser() / f"models--{name.replace('/', '--')}"


def _no_name(name: str) -> EmbedderUnavailable:
    return EmbedderUnavailable(f"“{name[:80]}” is no name of a model on the hub",
                               remedy="Write it as OWNER/NAME, as its page shows it")


def _size(folder: Path) -> int:
    try:
        return sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    except OSError:
        return 0


def _header(header: Header, payload: memoryview) -> Header:
    return header
