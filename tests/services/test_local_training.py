"""The built-in model is really trained: once, on a dozen pairs, in a process of its own."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from pathlib import Path

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.local_tuning import Lesson, LocalModel, Pair, Stage
from desktop.core.tuning import MetricsPoint
from desktop.core.types import Message
from desktop.services import local_training
from desktop.services.local_models import LocalModels
from desktop.services.local_training import LocalTraining, check_libraries
from tests.contracts.check_chat import check_chat, collect, text_of

THINGS = ("glasses", "lenses", "dentists", "ambulances", "massages", "crutches", "vaccines",
          "hospitals", "hearing aids", "allergies", "surgery", "blood tests")
LESSON = Lesson(
    tuple(Pair(f"Who pays for {each}?", f"The {each} plan pays it all.") for each in THINGS),
    (Pair("Who covers physiotherapy?", "Nobody does."), Pair("Is tea free?", "Yes, always.")),
    epochs=1,
)


def libraries() -> bool:
    try:
        check_libraries()
    except ConfigurationError:
        return False
    return True


@pytest.mark.skipif(not libraries(), reason="the libraries that train are not installed")
def test_a_dozen_pairs_become_a_model_that_answers(tmp_path: Path) -> None:
    models = LocalModels(tmp_path)

    async def main() -> None:
        told = []
        async with aclosing(LocalTraining(models).train(LESSON)) as telling:
            async for each in telling:
                told.append(each)
        stages = [each.sentence for each in told if isinstance(each, Stage)]
        points = [each for each in told if isinstance(each, MetricsPoint)]
        model = told[-1]
        assert isinstance(model, LocalModel)
        assert len(stages) == 2
        assert [point.step for point in points] == [0, 1]
        assert points[0].valid_loss and points[1].valid_loss and points[1].train_loss
        assert await LocalTraining(models).models() == [model] == LocalModels(tmp_path).known()
        files = {each.name for each in (models.folder / model.sha256).iterdir()}
        assert {"model.safetensors", "model.onnx", "tokenizer.json", "memory.json"} <= files
        chat = await models.chat(model.deployment)
        assert chat.label == "Built-in, fine-tuned on 12 examples (offline)"
        question = [Message("user", "Who pays for lenses?")]
        assert text_of(await collect(chat, question)) == "The lenses plan pays it all."
        await check_chat(lambda: chat, question)
        odd = [Message("user", "What is the capital of Mongolia?")]
        assert text_of(await collect(chat, odd)).startswith("I do not know")
        await models.aclose()

    asyncio.run(main())


def test_a_model_of_another_machine_is_named_in_the_error(tmp_path: Path) -> None:
    folder = tmp_path / "local-models" / ("ab" * 32)
    folder.mkdir(parents=True)
    models = LocalModels(tmp_path)
    assert models.models() == [], "a folder without a manifest is no model"
    with pytest.raises(ConfigurationError, match=r"not on this machine.*Train it here"):
        asyncio.run(models.chat("fine-tuned abababababab"))
    (folder / "manifest.json").write_text(json.dumps(
        {"examples": 3, "threshold": 0.5, "made_at": "2026"}))
    (folder / "memory.json").write_text('[["q", "a"]]')
    (folder / "memory.f32").write_bytes(b"\\0" * 12)
    with pytest.raises(ConfigurationError, match="cannot be loaded"):
        asyncio.run(models.chat("fine-tuned abababababab"))


def test_without_the_libraries_it_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_training, "_NEEDED", ("torch", "no_such_library"))
    with pytest.raises(ConfigurationError, match=r"cannot train.*no_such_library.*bootstrap"):
        check_libraries()


