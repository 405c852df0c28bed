"""The built-in embedder: the contract, its process, and its conversion."""

import asyncio
import json
import os
import shutil
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import psutil
import pytest

from desktop.core.errors import EmbedderUnavailable
from desktop.services import embedder_model, embedder_worker, model_conversion
from desktop.services.embedder import OnnxEmbedder
from desktop.services.embedder_model import EmbedderModel
from tests.contracts.check_embedder import check_embedder
from tests.contracts.word_embedder import WordEmbedder

from .built_in_model import built_in_model

LONG = [f"Plan {n}: " + "preventive care and eyeglasses are covered in full. " * 20
        for n in range(24)]


@pytest.fixture(scope="module", autouse=True)
def model() -> EmbedderModel:
    return built_in_model()


def run(test: Callable[[OnnxEmbedder], Awaitable[None]]) -> None:
    async def whole() -> None:
        embedder = OnnxEmbedder()
        try:
            await asyncio.wait_for(test(embedder), 60)
        finally:
            await embedder.aclose()

    asyncio.run(whole())


def test_the_built_in_embedder_keeps_the_contract() -> None:
    run(check_embedder)


def test_the_embedder_without_a_model_keeps_the_contract() -> None:
    asyncio.run(check_embedder(WordEmbedder()))


def test_vectors_are_those_of_sentence_transformers() -> None:
    """Numbers of sentence-transformers 6.2 for the packaged model."""
    async def test(embedder: OnnxEmbedder) -> None:
        question, passage = await embedder.embed(
            ["Are eyeglasses covered?", "One pair of glasses every two years."]
        )
        expected = [0.007698, 0.03916, 0.050839, -0.000981, 0.064762, -0.027446, 0.111549]
        assert np.allclose(question[:7], expected, atol=2e-5)
        assert float(question @ passage) == pytest.approx(0.453976, abs=2e-5)

    run(test)


def test_texts_are_cut_at_256_tokens() -> None:
    async def test(embedder: OnnxEmbedder) -> None:
        words = "one two three " * 200  # 600 tokens
        whole, other_end = await embedder.embed([words, words + "parking garage " * 100])
        assert np.allclose(whole, other_end, atol=1e-6)

    run(test)


def test_a_query_overtakes_a_batch() -> None:
    async def test(embedder: OnnxEmbedder) -> None:
        await embedder.prepare()
        batch = asyncio.ensure_future(embedder.embed(LONG))
        started = time.perf_counter()
        await embedder.embed(["are eyeglasses covered?"], urgent=True)
        waited = time.perf_counter() - started
        assert not batch.done()
        await batch
        assert waited < (time.perf_counter() - started) / 3

    run(test)


def test_its_process_is_light() -> None:
    async def test(embedder: OnnxEmbedder) -> None:
        await embedder.embed(LONG[:16])
        assert psutil.Process(embedder.pid).memory_info().rss < 300e6

    run(test)


def test_a_killed_process_is_started_again() -> None:
    async def test(embedder: OnnxEmbedder) -> None:
        await embedder.prepare()
        first = embedder.pid
        assert first is not None
        call = asyncio.ensure_future(embedder.embed(LONG[:8]))
        await asyncio.sleep(0)
        os.kill(first, signal.SIGTERM)
        assert (await call).shape == (8, 384)
        assert embedder.pid != first

    run(test)


def test_a_damaged_model_is_unavailable_in_words_and_usable_once_mended(
    model: EmbedderModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = EmbedderModel(tmp_path)
    copy.model.write_bytes(b"no model")
    shutil.copy(model.tokenizer, copy.tokenizer)
    monkeypatch.setattr(embedder_model, "find_model", lambda: copy)

    async def test(embedder: OnnxEmbedder) -> None:
        with pytest.raises(EmbedderUnavailable, match="cannot be loaded") as caught:
            await embedder.embed(["x"])
        assert str(tmp_path) in caught.value.remedy
        copy.model.unlink()
        copy.model.symlink_to(model.model)
        await embedder.prepare()

    run(test)


def test_not_converted_and_no_means_to_is_one_sentence_and_the_remedy(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embedder_model, "candidate_folders", lambda: (tmp_path / "none",))
    monkeypatch.setattr(embedder_model, "can_convert", lambda: False)

    async def test(embedder: OnnxEmbedder) -> None:
        with pytest.raises(EmbedderUnavailable, match=r"is not ready.*bootstrap"):
            await embedder.embed(["x"])
        assert embedder.pid is None

    run(test)
    assert model_conversion.main() == 1
    assert "Run python3 packaging/bootstrap.py run once" in capsys.readouterr().err


def test_small_batches_of_like_lengths() -> None:
    assert embedder_worker.batches([]) == []
    assert embedder_worker.batches([3, 9, 1, 7, 5, 9]) == [[1, 5, 3, 4], [0, 2]]


# --- where the converted model is


def test_a_model_is_complete_only_with_its_manifest(
    model: EmbedderModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "model"
    monkeypatch.setattr(embedder_model, "candidate_folders", lambda: (folder,))
    assert embedder_model.find_model() is None
    folder.mkdir()
    for file in ("model.onnx", "tokenizer.json"):
        (folder / file).symlink_to(model.folder / file)
    assert embedder_model.find_model() is None
    shutil.copy(model.folder / "manifest.json", folder)
    assert embedder_model.find_model() == EmbedderModel(folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps({**manifest, "size": 1}))
    assert embedder_model.find_model() is None
    (folder / "manifest.json").write_text("{")
    assert embedder_model.find_model() is None


def test_the_model_stands_with_the_installation_or_in_the_cache_whatever_the_data_dir(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = embedder_model.candidate_folders()
    monkeypatch.setenv("STRATEGY_EXPLORER_DATA_DIR", str(tmp_path))
    assert embedder_model.candidate_folders() == before
    assert all(folder.name == embedder_model.SHA256 for folder in before)


def test_conversion_goes_where_it_may_write(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    free = tmp_path / "cache" / "models" / "x"
    assert model_conversion.first_writable([blocked / "models" / "x", free]) == free
    with pytest.raises(EmbedderUnavailable, match="no folder"):
        model_conversion.first_writable([blocked / "models" / "x"])


def test_a_finished_folder_is_moved_into_place_over_what_is_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "models" / "x"
    monkeypatch.setattr(embedder_model, "find_model", lambda: None)
    target.mkdir(parents=True)
    (target / "half").write_text("")
    made = target.parent / ".converting"
    made.mkdir()
    (made / "model.onnx").write_text("whole")
    model_conversion.publish(made, target)
    assert [file.name for file in target.iterdir()] == ["model.onnx"]
    assert sorted(folder.name for folder in target.parent.iterdir()) == [".converting", "x"]


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other")
    with pytest.raises(EmbedderUnavailable, match=r"is not all-MiniLM-L6-v2.*Install"):
        model_conversion.check_source(tmp_path)


def test_a_converted_model_is_found_at_once(model: EmbedderModel) -> None:
    told: list[str] = []
    assert model_conversion.convert(told.append) == model
    assert told == [f"The built-in model is ready in {model.folder}"]
