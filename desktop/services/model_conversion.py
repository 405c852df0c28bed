"""Convert the built-in embedding model to ONNX, once per installation.

    python -m desktop.services.model_conversion

Mean pooling and normalisation (as in the model's own sentence-transformers configuration) are
inside the graph: token ids in, vectors of length 1 out. The result is used only if its vectors
agree with sentence-transformers. Run it in a process of its own: torch and FAISS bring two
OpenMP runtimes, which must not meet.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..core.errors import EmbedderUnavailable
from . import embedder_model as built_in
from .embedder_model import EmbedderModel
from .worker_child import Handler, Steps
from .worker_frames import Header

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

OPSET = 17
LOWEST_COSINE = 0.9999
Report = Callable[[str], None]

# Short and long, plain and odd: what a document may hold.
PARITY_TEXTS = (
    *("", "a", "?", "42", "Are eyeglasses covered?", "naïve café, façade", "健康保険は適用"),
    *("UPPER lower MiXeD", "tabs\tand\nlines\r\n", "emoji 🙂🙃", "e-mail: name@example.com"),
    *(f"Employees with {years} years of service get {years + 10} days off." for years in range(12)),
    *("The plan covers preventive care. " * length for length in (2, 5, 10, 20, 40, 80, 200)),
)


def convert(report: Report) -> EmbedderModel:
    """The converted model, made now unless it is there. Raises EmbedderUnavailable."""
    if (found := built_in.find_model()) is not None:
        report(f"The built-in model is ready in {found.folder}")
        return found
    source = built_in.packaged_folder()
    if source is None or not built_in.can_convert():
        raise built_in.unavailable()
    report("Checking the packaged model")
    check_source(source)
    target = first_writable(built_in.candidate_folders())
    with tempfile.TemporaryDirectory(prefix=".converting-", dir=target.parent) as made:
        build(source, Path(made), report)
        publish(Path(made), target)
    report(f"Converted into {target}")
    return EmbedderModel(target)


def check_source(source: Path) -> None:
    """Raises EmbedderUnavailable when the weights are not the published ones."""
    with (source / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != built_in.SHA256:
        raise EmbedderUnavailable(
            f"The packaged model is not {built_in.NAME}",
            why="Its weights differ from the published ones",
            remedy=f"Install the package {built_in.PACKAGE.replace('_', '-')} again",
            details=f"sha256 {found}, expected {built_in.SHA256}",
        )


def first_writable(folders: Iterable[Path]) -> Path:
    """The first folder whose parent can be written. Raises EmbedderUnavailable."""
    problem = ""
    for folder in folders:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder.parent):
                return folder
        except OSError as error:
            problem = str(error)
    raise EmbedderUnavailable(
        "The built-in model has no folder to be converted into",
        why="Neither the installation nor the cache folder can be written",
        remedy="Allow writing to the cache folder and start again",
        details=problem,
    )


def build(source: Path, target: Path, report: Report) -> None:
    """Write model, tokenizer and manifest. Raises EmbedderUnavailable when vectors differ."""
    quieten()
    report("Loading the packaged model (about 10 s)")
    from sentence_transformers import SentenceTransformer

    original = SentenceTransformer(str(source), device="cpu", local_files_only=True)
    report("Converting it to ONNX")
    export(original, target / built_in.MODEL_FILE)
    shutil.copyfile(source / built_in.TOKENIZER_FILE, target / built_in.TOKENIZER_FILE)
    report(f"Comparing the vectors of {len(PARITY_TEXTS)} texts")
    compare(original, EmbedderModel(target))
    size = (target / built_in.MODEL_FILE).stat().st_size
    manifest = json.dumps({**built_in.MANIFEST, "size": size}, indent=1)
    (target / built_in.MANIFEST_FILE).write_text(manifest, encoding="utf-8")


def publish(made: Path, target: Path) -> None:
    """Move a finished folder into place; one that another process finished first stays."""
    made.chmod(0o755)
    if built_in.find_model() is not None:
        return
    shutil.rmtree(target, ignore_errors=True)  # incomplete: find_model refused it
    copy = target.with_name(f".{target.name}-{os.getpid()}")
    made.rename(copy)
    made.mkdir()  # TemporaryDirectory removes it
    try:
        copy.rename(target)
    except OSError:
        shutil.rmtree(copy, ignore_errors=True)
        if built_in.find_model() is None:
            raise


def quieten() -> None:
    """The exporter and the hub library talk about things that the user cannot change."""
    os.environ.update(HF_HUB_OFFLINE="1", TOKENIZERS_PARALLELISM="false", TQDM_DISABLE="1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    warnings.filterwarnings("ignore")
    from tqdm import tqdm  # type: ignore[import-untyped]

    # Its own lock is one between processes, which is missed aloud when this process is ended.
    tqdm.set_lock(threading.RLock())


def export(original: Any, target: Path) -> None:
    """Write a sentence-transformers model of this kind as ONNX, pooling included."""
    import torch

    class PooledModel(torch.nn.Module):  # type: ignore[misc]
        """Token ids and mask (batch, tokens) -> vectors (batch, dimension) of length 1."""

        def __init__(self, bert: Any) -> None:
            super().__init__()
            self.bert = bert

        def forward(self, input_ids: Any, attention_mask: Any) -> Any:
            states = self.bert(input_ids=input_ids, attention_mask=attention_mask)[0]
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, p=2, dim=1)

    bert = original[0].auto_model.eval()
    bert.set_attn_implementation("eager")
    bert.config.return_dict = False
    ids = torch.tensor([[101, 2024, 3259, 102], [101, 102, 0, 0]])
    free = {0: "batch", 1: "tokens"}
    with torch.inference_mode():
        torch.onnx.export(
            PooledModel(bert), (ids, (ids != 0).long()), str(target), dynamo=False,
            opset_version=OPSET, input_names=["input_ids", "attention_mask"],
            output_names=["vectors"], do_constant_folding=True,
            dynamic_axes={"input_ids": free, "attention_mask": free, "vectors": {0: "batch"}},
        )
    bert.set_attn_implementation("sdpa")
    bert.config.return_dict = True


def compare(original: Any, converted: EmbedderModel) -> None:
    """Raises EmbedderUnavailable when the two do not give the same vectors."""
    from .embedder_worker import load_model

    embed = load_model(converted)
    worst = min(
        float(expected @ found)
        for text in PARITY_TEXTS
        for expected, found in [(_original_vector(original, text), embed([text])[0])]
    )
    if worst < LOWEST_COSINE:
        raise EmbedderUnavailable(
            "The converted model gives other vectors than the original",
            why=f"The lowest cosine is {worst:.5f}",
            remedy="Install the versions of packaging/constraints.txt and convert again",
        )


def _original_vector(original: Any, text: str) -> NDArray[np.float32]:
    vectors = original.encode(
        [text], normalize_embeddings=True, show_progress_bar=False
    )
    vector: NDArray[np.float32] = vectors[0]
    return vector


def make_handler(config: Header) -> Handler:
    """For a worker process: one request converts, the answer is empty."""

    def handler(header: Header, payload: memoryview) -> Steps:
        convert(lambda sentence: None)
        yield
        return {}, b""

    return handler


def main() -> int:
    """The exit code: 0 converted or already there, 1 with one sentence on stderr."""
    try:
        convert(lambda sentence: print(sentence, flush=True))
    except EmbedderUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
