"""The authoring schemas agree with the specifications where these lie beside the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from .jobs import JobRow
from .test_schemas import SPECIFICATION, V1, needs_specification
from .tuning_schemas import (
    ClassicFile,
    ClassicJob,
    ClassicNumbers,
    Deployment,
    Dpo,
    DpoMethod,
    ExpiresAfter,
    Method,
    Strict,
    Supervised,
    SupervisedMethod,
    UploadComplete,
    UploadStart,
    V1File,
    V1Job,
)

CLASSIC = SPECIFICATION / "azure-classic-authoring-2024-10-21.swagger.json"
NEWER = {"trainingType"}  # in the documentation


def v1(name: str) -> dict[str, Any]:
    found: dict[str, Any] = _read(V1)["components"]["schemas"][name]
    return found


def classic(name: str) -> dict[str, Any]:
    found: dict[str, Any] = _read(CLASSIC)["definitions"][name]
    return found


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def required(schema: type[BaseModel]) -> set[str]:
    return {name for name, field in schema.model_fields.items() if field.is_required()}


@needs_specification
@pytest.mark.parametrize(("schema", "name"), [
    (V1File, "AzureCreateFileRequestMultiPart"), (V1Job, "OpenAI.CreateFineTuningJobRequest"),
    (Method, "OpenAI.FineTuneMethod"), (SupervisedMethod, "OpenAI.FineTuneSupervisedMethod"),
    (DpoMethod, "OpenAI.FineTuneDPOMethod"),
    (Supervised, "OpenAI.FineTuneSupervisedHyperparameters"),
    (Dpo, "OpenAI.FineTuneDPOHyperparameters"),
])
def test_v1(schema: type[Strict], name: str) -> None:
    theirs = v1(name)
    assert set(schema.model_fields) - NEWER == set(theirs["properties"])
    assert required(schema) == set(theirs.get("required", ()))


@needs_specification
@pytest.mark.parametrize(("schema", "name"), [
    (ClassicJob, "FineTuningJobCreation"), (ClassicNumbers, "FineTuningHyperParameters"),
    (UploadStart, "UploadFileStartBody"), (UploadComplete, "UploadFileCompleteBody"),
])
def test_classic(schema: type[Strict], name: str) -> None:
    theirs = classic(name)
    assert set(schema.model_fields) == set(theirs["properties"])
    assert required(schema) == set(theirs.get("required", ()))


@needs_specification
def test_forms_bounds_and_purposes() -> None:
    form = v1("AzureCreateFileRequestMultiPart")["properties"]
    assert set(ExpiresAfter.model_fields) == set(form["expires_after"]["required"])
    shape = V1File.model_json_schema()["properties"]["purpose"]["enum"]
    assert shape == form["purpose"]["enum"]
    assert set(ClassicFile.model_json_schema()["properties"]["purpose"]["enum"]) == set(
        classic("Purpose")["enum"])
    job = v1("OpenAI.CreateFineTuningJobRequest")["properties"]
    suffix = V1Job.model_json_schema()["properties"]["suffix"]["anyOf"][0]
    assert (suffix["minLength"], suffix["maxLength"]) == (
        job["suffix"]["minLength"], job["suffix"]["maxLength"])
    assert job["seed"]["maximum"] == 2147483647


@needs_specification
def test_which_calls_each_generation_has() -> None:
    paths = set(_read(V1)["paths"])
    assert not any(path.startswith("/uploads") for path in paths)
    assert {"/fine_tuning/jobs/{fine_tuning_job_id}/pause",
            "/fine_tuning/jobs/{fine_tuning_job_id}/resume"} <= paths
    paths = set(_read(CLASSIC)["paths"])
    assert "/uploads/{upload-id}/parts" in paths
    assert not any(path.endswith("/pause") for path in paths)


@needs_specification
@pytest.mark.parametrize("openai", [True, False])
def test_answers_hold_what_the_specification_requires(openai: bool) -> None:
    row = JobRow("ftjob-" + "0" * 32, {"model": "m", "training_file": "f"}, 12, openai)
    row.begin()
    for _ in range(6):
        row.advance()
    assert set(v1("OpenAI.FineTuningJob")["required"]) <= set(row.as_dict())
    assert set(v1("OpenAI.FineTuningJobEvent")["required"]) <= set(row.events[0])
    theirs = v1("OpenAI.FineTuningJobCheckpoint")
    assert set(theirs["required"]) <= set(row.checkpoints[0])
    assert set(row.points[-1]) <= set(theirs["properties"]["metrics"]["properties"])


@needs_specification
def test_the_example_deployment_of_the_specification_is_allowed() -> None:
    example = SPECIFICATION / "examples" / "arm-2025-06-01-PutDeployment.json"
    Deployment.model_validate(_read(example)["parameters"]["deployment"])
