"""Training inside its process: torch and sentence-transformers, and nothing of FAISS.

Requests come in order: `start` with the pairs, one `step` after another, `finish`. Each is
answered when it is done, so that whoever trains sees every loss and can stop between, or kill
the process in the midst of one.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from ..core.local_tuning import Lesson, LocalModel, Pair, batches
from .worker_child import Handler, Steps
from .worker_frames import Header

NICENESS = 5  # the window's thread goes first
LEARNING_RATE = 5e-5
WARM_UP = 0.1  # of the steps: the rate rises, then falls in a straight line
CLIP = 1.0
LONGEST = 128  # tokens of a question or an answer while it is trained on
LEAST_THRESHOLD, MOST_THRESHOLD = 0.5, 0.85
UNRELATED = 0.99  # quantile of the cosines between different training questions


def make_handler(config: Header) -> Handler:
    """For one training; see the module's own words."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    held: list[_Training] = []

    def handler(header: Header, payload: memoryview) -> Steps:
        yield  # a request that was taken back is not begun
        if header["do"] == "start":
            held[:] = [_Training(lesson_from(json.loads(bytes(payload))))]
            return {"steps": held[0].steps, "valid_loss": held[0].valid_loss()}, b""
        training = held[0]
        if header["do"] == "step":
            return training.step(), b""
        return training.finish(Path(header["folder"]), header["made_at"]), b""

    return handler


def lesson_bytes(lesson: Lesson) -> bytes:
    """As it goes through the pipe."""
    return json.dumps({
        "training": [[pair.question, pair.answer, pair.group] for pair in lesson.training],
        "validation": [[pair.question, pair.answer, pair.group] for pair in lesson.validation],
        "epochs": lesson.epochs, "seed": lesson.seed,
    }).encode()


def lesson_from(values: dict[str, Any]) -> Lesson:
    return Lesson(
        tuple(Pair(*row) for row in values["training"]),
        tuple(Pair(*row) for row in values["validation"]), values["epochs"], values["seed"],
    )


class _Training:
    """One model being trained.

    The loss is InfoNCE with the other answers of the batch as negatives, and the other way
    round (van den Oord et al. 2018; Henderson et al. 2017), as sentence-transformers has it;
    the optimizer AdamW (Loshchilov and Hutter 2019). sentence-transformers' own trainer wants
    two more packages and cannot be stopped at every step, so the loop is here.
    """

    def __init__(self, lesson: Lesson) -> None:
        from .embedder_model import packaged_folder
        from .model_conversion import check_source, quieten

        quieten()
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.losses import (
            MultipleNegativesRankingLoss,
        )

        source = packaged_folder()
        assert source is not None
        check_source(source)
        torch.manual_seed(lesson.seed)
        self._lesson = lesson
        self._model = SentenceTransformer(str(source), device="cpu", local_files_only=True)
        self._longest = self._model.max_seq_length
        self._model.max_seq_length = LONGEST
        self._loss = MultipleNegativesRankingLoss(
            self._model, directions=("query_to_doc", "doc_to_query"),
            partition_mode="per_direction",
        )
        self._left = [batch for epoch in range(lesson.epochs)
                      for batch in batches(lesson.training, epoch, lesson.seed)]
        self.steps = len(self._left)
        self._done = 0
        self._optimizer = torch.optim.AdamW(
            self._model.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
        self._rate = torch.optim.lr_scheduler.LambdaLR(self._optimizer, self._share)

    def _share(self, step: int) -> float:
        """Of the learning rate, at a step."""
        warm = max(1, round(WARM_UP * self.steps))
        if step < warm:
            return (step + 1) / warm
        return max(0.0, (self.steps - step) / max(1, self.steps - warm))

    def step(self) -> Header:
        """One batch forwards and backwards; `valid_loss` at the end of each epoch."""
        import torch

        self._model.train()
        self._optimizer.zero_grad()
        loss = self._of(self._left[self._done])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), CLIP)
        self._optimizer.step()
        self._rate.step()
        self._done += 1
        epoch = self.steps // self._lesson.epochs
        ends = self._done == self.steps or (epoch > 0 and self._done % epoch == 0)
        return {"step": self._done, "train_loss": float(loss.detach()),
                "valid_loss": self.valid_loss() if ends else None}

    def _of(self, batch: list[Pair]) -> Any:
        import torch

        columns = [
            self._model.preprocess([pair.question for pair in batch]),
            self._model.preprocess([pair.answer for pair in batch]),
        ]
        return self._loss(columns, torch.zeros(len(batch)))

    def valid_loss(self) -> float | None:
        """The mean over the validation pairs, None where there are none."""
        import torch

        pairs = self._lesson.validation
        if len(pairs) < 2:
            return None
        self._model.eval()
        total = count = 0.0
        with torch.inference_mode():
            for batch in batches(pairs, 0, self._lesson.seed):
                total += float(self._of(batch)) * len(batch)
                count += len(batch)
        return total / count if count else None

    def finish(self, folder: Path, made_at: str) -> Header:
        """Write the model under its hash; what is there already is the same."""
        import numpy as np

        from .embedder_model import MODEL_FILE, EmbedderModel
        from .local_models import save_memory, write_manifest
        from .model_conversion import compare, export

        self._model.eval()
        self._model.max_seq_length = self._longest
        pairs = self._lesson.training
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".training-", dir=folder) as made:
            target = Path(made)
            self._model.save_pretrained(
                str(target), create_model_card=False, safe_serialization=True)
            export(self._model, target / MODEL_FILE)
            compare(self._model, EmbedderModel(target))
            vectors = self._model.encode(
                [pair.question for pair in pairs], normalize_embeddings=True,
                show_progress_bar=False,
            ).astype(np.float32)
            save_memory(target, [(pair.question, pair.answer) for pair in pairs], vectors)
            with (target / "model.safetensors").open("rb") as file:
                sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            model = LocalModel(sha256, len(pairs), _threshold(vectors), made_at)
            write_manifest(target, model)
            _publish(target, folder / sha256)
        return {"sha256": sha256, "examples": len(pairs), "threshold": model.threshold}


def _threshold(vectors: Any) -> float:
    """The cosine that only one in a hundred pairs of different training questions reaches."""
    import numpy as np

    cosines = vectors @ vectors.T
    apart = cosines[np.triu_indices(len(vectors), k=1)]
    found = float(np.quantile(apart, UNRELATED)) if len(apart) else MOST_THRESHOLD
    return round(min(MOST_THRESHOLD, max(LEAST_THRESHOLD, found)), 4)


def _publish(made: Path, target: Path) -> None:
    if target.exists():
        return  # equal weights under an equal name
    made.chmod(0o755)
    copy = made.with_name(f"{made.name}-done")
    made.rename(copy)
    made.mkdir()  # TemporaryDirectory removes it
    try:
        copy.rename(target)
    except OSError:
        shutil.rmtree(copy, ignore_errors=True)
        raise
