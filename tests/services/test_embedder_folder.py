"""Model folders: what is refused before a library sees it, and what a loaded one gives."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from desktop.core.embedders import EmbedderChoice
from desktop.core.errors import EmbedderUnavailable
from desktop.services import model_folder
from desktop.services.embedder_folder import FolderReranker, SentenceTransformerEmbedder
from desktop.services.worker import Worker
from tests.contracts.check_embedder import check_embedder

from . import folder_models
from .built_in_model import built_in_model

installed = all(importlib.util.find_spec(name) for name in model_folder.NEEDED)


def model(folder: Path) -> Path:
    """As much of a folder as the checks look at."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def pickled(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


def part_pickled(folder: Path) -> None:
    modules(folder, "sentence_transformers.models.Dense")
    (folder / "2_Dense").mkdir()
    (folder / "2_Dense" / "pytorch_model.bin").write_bytes(b"pickle")


def modules(folder: Path, kind: str, path: str = "2_Dense") -> None:
    (folder / "modules.json").write_text(json.dumps([{"path": path, "type": kind}]))


def asks_for_code(folder: Path) -> None:
    (folder / "config.json").write_text(json.dumps({"auto_map": {"AutoModel": "evil.Model"}}))


@pytest.mark.parametrize(("change", "words"), [
    (pickled, "format that can run code"),
    (part_pickled, "format that can run code"),
    (lambda folder: modules(folder, "evil.Model"), "program code"),
    (lambda folder: modules(folder, "sentence_transformers.models.Dense", ".."), "outside"),
    (asks_for_code, "program code"),
    (lambda folder: (folder / "config.json").unlink(), "neither modules.json"),
    (lambda folder: (folder / "model.safetensors").unlink(), "no weights as safetensors"),
])
def test_a_folder_that_could_run_something_is_refused(
    tmp_path: Path, change: Callable[[Path], object], words: str
) -> None:
    folder = model(tmp_path / "model")
    model_folder.check_folder(folder)
    change(folder)
    with pytest.raises(EmbedderUnavailable, match=words) as caught:
        model_folder.check_folder(folder)
    assert caught.value.remedy


def test_a_folder_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(EmbedderUnavailable, match="is not here"):
        model_folder.check_folder(tmp_path / "gone")


def test_the_hash_is_of_what_is_loaded_and_of_nothing_else(tmp_path: Path) -> None:
    one, other = model(tmp_path / "one"), model(tmp_path / "other")
    (other / "README.md").write_text("about")
    (other / "checkpoint-1").mkdir()
    (other / "checkpoint-1" / "model.safetensors").write_bytes(b"older")
    assert model_folder.sha256_of(one) == model_folder.sha256_of(other)
    (other / "config.json").write_text('{"a": 1}')
    assert model_folder.sha256_of(one) != model_folder.sha256_of(other)


def test_without_the_libraries_it_is_one_sentence_and_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_folder, "NEEDED", ("torch", "no_such_library"))
    with pytest.raises(EmbedderUnavailable, match="lacks no_such_library") as caught:
        model_folder.check_libraries()
    assert "embedding deployment" in caught.value.remedy

    async def rank() -> None:
        reranker = FolderReranker(str(model(tmp_path / "model")))
        with pytest.raises(EmbedderUnavailable, match="no_such_library"):
            await reranker.scores("a", ["b"])

    asyncio.run(rank())


def test_the_bundle_without_torch_starts() -> None:
    """What it leaves out is imported by nothing that every start imports."""
    left_out = ("desktop.services.model_conversion", "huggingface_hub", "torch", "safetensors",
                "sentence_transformers", "numpy")
    code = (f"import sys, desktop.services.embedders; "
            f"print([name for name in {left_out} if name in sys.modules])")
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                           check=True)
    assert ended.stdout.strip() == "[]"


def test_no_cross_encoder_has_no_name() -> None:
    assert FolderReranker().id == "" and FolderReranker("/models/ranks").id == "ranks"


@pytest.mark.skipif(not installed, reason="the libraries of model folders are not installed")
def test_a_tiny_folder_keeps_the_contract_and_a_tiny_cross_encoder_ranks(tmp_path: Path) -> None:
    built_in_model()  # its tokenizer
    folder = folder_models.make_embedding(tmp_path / "tiny")
    ranks = folder_models.make_cross_encoder(tmp_path / "ranks")
    choice = EmbedderChoice("folder", path=str(folder))
    worker = Worker("models", folder_models.both,
                    {"folder": str(folder), "cross_encoder": str(ranks)})

    async def test() -> None:
        embedder, reranker = SentenceTransformerEmbedder(choice), FolderReranker(str(ranks))
        embedder._worker = reranker._worker = worker
        found = await embedder.looked_at()
        assert (found.dimension, found.max_tokens) == (64, 48)
        assert found.id == f"tiny:{model_folder.sha256_of(folder)[:24]}"
        await check_embedder(embedder)
        await check_questions(embedder)
        assert await embedder.tokens(["one two", "one " * 100]) == [4, 102]
        await check_ranking(reranker, ranks)
        await check_refusals(tmp_path)
        await embedder.aclose()

    async def check_refusals(parent: Path) -> None:
        three = folder_models.make_cross_encoder(parent / "three", labels=3)
        for broken, words in ((three, "3 numbers"), (model(parent / "half"), "cannot be loaded")):
            with pytest.raises(EmbedderUnavailable, match=words):
                await worker.call({"broken": str(broken)}, decode=lambda *_: None)

    asyncio.run(asyncio.wait_for(test(), 180))


async def check_questions(embedder: SentenceTransformerEmbedder) -> None:
    """The model's own words stand before a question, and only there."""
    question, marked = await embedder.query("glasses"), "question: glasses"
    plain = await embedder.embed(["glasses", marked])
    assert question.shape == (64,)
    assert np.allclose(question, plain[1], atol=1e-5) and not np.allclose(question, plain[0])


async def check_ranking(reranker: FolderReranker, ranks: Path) -> None:
    """A score for each passage, whatever its neighbours, its length or its characters."""
    passages = ["Glasses are covered.", "word " * 500, "", "naïve \0 \ud800"] * 5
    scores = await reranker.scores("Are glasses covered?", passages)
    assert len(scores) == len(passages) and all(0 < score < 1 for score in scores)
    assert np.allclose(scores[:4], scores[4:8], atol=1e-5)
    assert abs(scores[0] - scores[1]) > 0.01
    assert reranker.id == f"ranks:{model_folder.sha256_of(ranks)[:12]}"
