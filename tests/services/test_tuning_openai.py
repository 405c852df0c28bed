"""The fine-tuning API of Azure (both generations) and OpenAI, against a real server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from desktop.core.errors import (
    AuthFailed,
    ConfigurationError,
    DeploymentNotFound,
    PermissionDenied,
    ProviderError,
    Refused,
    ServerFailed,
    Throttled,
)
from desktop.core.tuning import Hyperparameters, Order
from desktop.core.tuning_metrics import read_results
from desktop.core.tuning_port import RemoteJob
from desktop.services import tuning_openai
from desktop.services.tuning_openai import OpenAITrainer
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import BLOCKED, FAILING, refused, throttled
from tests.servers.jobs import TUNABLE

from .tuning_helpers import APIS, MODEL, rows, trainer_of, trainers_of

Story = Callable[[OpenAITrainer], Awaitable[Any]]


def tell(server: AzureEmulator, api: str, story: Story) -> Any:
    async def told() -> Any:
        async with trainer_of(server, api) as trainer:
            return await story(trainer)

    return asyncio.run(told())


def silent(done: int, total: int) -> None:
    """Nobody watches the upload."""


async def processed(trainer: OpenAITrainer, content: bytes) -> str:
    file = await trainer.upload("training-file-ab.jsonl", content, silent)
    while file.state != "processed":
        file = await trainer.file(file.id)
    return file.id


async def begun(trainer: OpenAITrainer, order: Order | None = None, count: int = 12) -> RemoteJob:
    order = order or Order(MODEL, suffix="voice", seed=7)
    file = await processed(trainer, rows(count, preference=order.method == "dpo"))
    return await trainer.create(order, file, "", "our mark")


@pytest.mark.parametrize("api", APIS)
def test_a_job_from_file_to_results(api: str) -> None:
    async def story(trainer: OpenAITrainer) -> None:
        made = await begun(trainer)
        assert (made.state, made.suffix) == (
            "validating_files" if api == "openai" else "pending", "voice")
        assert made.used == Hyperparameters(
            learning_rate_multiplier=None if api == "openai" else 1), "-1 and auto: not known yet"
        job, known, points = made, set[str](), []
        while job.state != "succeeded":
            job = await trainer.job(made.id)
            log = await trainer.log(made.id, known)
            assert not known & {event.id for event in log.events}
            known |= {event.id for event in log.events}
            points += log.points
        assert [point.step for point in points] == list(range(1, 37))
        assert points[11].full_valid_loss is not None
        [found] = await trainer.jobs()
        assert found.mark == ("" if api == "classic" else "our mark")
        assert job.fine_tuned_model.endswith("-voice")
        assert job.used == Hyperparameters(3, 1, 1.0)
        assert [each.step for each in await trainer.checkpoints(made.id)] == [12, 24, 36]
        results = read_results(await trainer.content(job.result_files[0]))
        assert results == points

    with AzureEmulator() as server:
        tell(server, api, story)


def test_a_preference_job_sends_its_own_method_and_where_it_trains() -> None:
    order = Order(MODEL, "dpo", Hyperparameters(2, 4, 0.1, 0.2), "v", 7, "GlobalStandard")
    with AzureEmulator() as server:
        tell(server, "v1", lambda trainer: begun(trainer, order))
        [body] = server.authoring.bodies
    assert body["method"]["dpo"]["hyperparameters"] == {
        "n_epochs": 2, "batch_size": 4, "learning_rate_multiplier": 0.1, "beta": 0.2}
    assert body["trainingType"] == "GlobalStandard"
    assert body["metadata"] == {"strategy_explorer": "our mark"}


@pytest.mark.parametrize("order", [Order(MODEL, "dpo"), Order(MODEL, training_type="Standard")])
def test_the_dated_api_says_what_it_lacks_before_anything_is_sent(order: Order) -> None:
    async def story(trainer: OpenAITrainer) -> None:
        with pytest.raises(Refused, match="Leave the API version empty"):
            await trainer.create(order, "file-1", "", "m")

    with AzureEmulator() as server:
        tell(server, "classic", story)
        assert server.authoring.calls["POST /fine_tuning/jobs"] == 0


@pytest.mark.parametrize(("api", "parts"), [("v1", 0), ("classic", 3), ("openai", 3)])
def test_large_files_go_in_parts_where_the_api_has_them(
    api: str, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning_openai, "WHOLE", 1000)
    monkeypatch.setattr(tuning_openai, "PART", 600)
    content = rows(12)
    assert 1200 < len(content) < 1800
    sent: list[tuple[int, int]] = []

    async def story(trainer: OpenAITrainer) -> str:
        file = await trainer.upload("t.jsonl", content, lambda *each: sent.append(each))
        assert await trainer.find_file("t.jsonl", len(content)) is not None
        assert await trainer.find_file("t.jsonl", len(content) + 1) is None
        return file.id

    with AzureEmulator() as server:
        made = tell(server, api, story)
        assert server.authoring.files[made].content == content
        assert server.authoring.calls["POST /uploads/*/parts"] == parts
    assert sent[0] == (0, len(content)) and sent[-1] == (len(content), len(content))


def test_an_upload_that_breaks_off_is_given_up_at_the_service(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tuning_openai, "WHOLE", 10)

    async def story(trainer: OpenAITrainer) -> None:
        with pytest.raises(ServerFailed):
            await trainer.upload("t.jsonl", rows(12), silent)

    with AzureEmulator() as server:
        server.authoring.fails["POST /uploads/*/parts"] = [FAILING]
        tell(server, "openai", story)
        [upload] = server.authoring.uploads.values()
    assert upload["status"] == "cancelled"


def test_pause_resume_cancel() -> None:
    async def story(trainer: OpenAITrainer) -> None:
        job = await begun(trainer)
        for _ in range(2):
            await trainer.job(job.id)
        assert (await trainer.pause(job.id)).state == "pausing"
        assert (await trainer.job(job.id)).state == "paused"
        assert (await trainer.resume(job.id)).state == "resuming"
        assert (await trainer.cancel(job.id)).state == "cancelled"

    with AzureEmulator() as server:
        tell(server, "v1", story)


def test_models_that_can_be_trained_are_those_the_resource_says() -> None:
    with AzureEmulator() as server:
        found = tell(server, "classic", lambda trainer: trainer.offer())
        assert [model.name for model in found.models][:3] == list(TUNABLE)
        assert found.models[0].retires == "2027-04-12"
        assert found.region == "Sweden Central"
        assert tell(server, "openai", lambda trainer: trainer.offer()).models == ()


@pytest.mark.parametrize(("prepare", "kind", "words"), [
    (lambda a: a.fails.update({"POST /fine_tuning/jobs": [BLOCKED]}), PermissionDenied,
     "Azure AI User"),
    (lambda a: setattr(a, "most_jobs", 0), Refused, "quota of work is used up"),
    (lambda a: setattr(a, "region_refuses", True), Refused, "GlobalStandard"),
    (lambda a: a.fails.update({"POST /fine_tuning/jobs": [FAILING]}), ServerFailed, "500"),
    (lambda a: a.fails.update({"POST /fine_tuning/jobs": [throttled({"retry-after": "7"})]}),
     Throttled, "7 s"),
    (lambda a: a.fails.update({"POST /fine_tuning/jobs": [refused(
        400, "jsonlValidationFailed", "Line 4: missing messages.")]}), Refused, "Line 4"),
    (lambda a: a.fails.update({"POST /fine_tuning/jobs": [refused(
        413, "invalidPayload", "too large")]}), Refused, "Leave out examples"),
    (lambda a: a.files.clear(), DeploymentNotFound, "deleted there"),
])
def test_refusals_say_what_to_do(
    prepare: Callable[[Any], None], kind: type[ProviderError], words: str
) -> None:
    async def story(trainer: OpenAITrainer) -> None:
        file = await processed(trainer, rows(12))
        prepare(server.authoring)
        with pytest.raises(kind) as caught:
            await trainer.create(Order(MODEL), file, "", "m")
        assert words in str(caught.value)
        assert caught.value.remedy
        assert server.key not in caught.value.details

    with AzureEmulator() as server:
        tell(server, "v1", story)


def test_a_model_that_cannot_be_trained_is_named() -> None:
    async def story(trainer: OpenAITrainer) -> None:
        with pytest.raises(Refused, match="gpt-5 cannot be fine-tuned here"):
            await begun(trainer, Order("gpt-5"))

    with AzureEmulator() as server:
        tell(server, "v1", story)


def test_the_dated_api_has_no_pause_and_says_so() -> None:
    async def story(trainer: OpenAITrainer) -> None:
        job = await begun(trainer)
        for act in (trainer.pause, trainer.resume):
            with pytest.raises(Refused, match="for the v1 API"):
                await act(job.id)

    with AzureEmulator() as server:
        tell(server, "classic", story)


def test_a_wrong_key_and_a_connection_that_cannot_train() -> None:
    async def story() -> None:
        async with trainers_of(server) as trainers:
            with pytest.raises(ConfigurationError, match="cannot be trained on"):
                await trainers.trainer("elsewhere")
            server.scenario.key = "another"
            with pytest.raises(AuthFailed, match="refused the key"):
                await (await trainers.trainer("work")).jobs()

    with AzureEmulator() as server:
        asyncio.run(story())
