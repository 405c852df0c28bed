"""Where a model is deployed: what is refused, what is warned of, and commands safe to run."""

from __future__ import annotations

import shlex
from dataclasses import replace

import pytest

from desktop.core.deploying import (
    Place,
    account_of,
    az_command,
    curl_command,
    deployable,
    management_of,
    problem_with,
    warnings,
)
from desktop.core.tuning import Checkpoint, Job, Order
from desktop.core.types import Connection

PLACE = Place("00000000-1111-2222-3333-444444444444", "team(a)", "hr-openai", "voice-1")
HOSTILE = "gpt.ft-1$(rm -rf ~)'; echo \"x"


@pytest.mark.parametrize(("change", "words"), [
    ({"subscription": "mine"}, "portal shows it"), ({"resource_group": ""}, "resource group"),
    ({"account": "a/b"}, "letters"), ({"deployment": "../x"}, "2 to 64"), ({"capacity": 0}, "1"),
])
def test_what_is_wrong_is_said(change: dict[str, object], words: str) -> None:
    assert words in problem_with(replace(PLACE, **change))  # type: ignore[arg-type]
    assert problem_with(PLACE) == ""


def test_commands_are_what_a_shell_reads_whatever_the_names_hold() -> None:
    words = shlex.split(az_command(PLACE, HOSTILE).replace("\\\n", " "))
    assert words[words.index("--model-name") + 1] == HOSTILE
    assert words[words.index("--resource-group") + 1] == "team(a)"
    words = shlex.split(curl_command(PLACE, HOSTILE).replace("\\\n", " "))
    assert "team%28a%29" in words[3]
    assert any(word.startswith("Authorization: Bearer $(az account") for word in words)


def test_developer_deployments_use_the_version_that_has_them() -> None:
    assert PLACE.url.endswith("deployments/voice-1?api-version=2024-10-01")
    developer = replace(PLACE, sku="Developer")
    assert developer.url.endswith("2025-07-01-preview")
    assert developer.body("m")["sku"]["name"] == "developertier"
    assert "--sku-name Developer" in az_command(developer, "m")


def test_costs_and_ends_are_told_before() -> None:
    assert "$1.70 an hour ($1,224 a month)" in warnings("Standard", 1.7)[0]
    assert "15 days" in warnings("GlobalStandard", 1.7)[1]
    assert "24 hours" in warnings("Developer", 1.7)[0]


@pytest.mark.parametrize(("endpoint", "management", "account"), [
    ("https://hr-openai.openai.azure.com", "https://management.azure.com", "hr-openai"),
    ("https://hr.openai.azure.us", "https://management.usgovcloudapi.net", "hr"),
    ("https://gateway.example.com", "https://management.azure.com", ""),
    ("http://127.0.0.1:99", "http://127.0.0.1:99", ""),
])
def test_each_cloud_has_its_own_address(endpoint: str, management: str, account: str) -> None:
    connection = Connection("work", "azure", endpoint)
    assert (management_of(connection), account_of(connection)) == (management, account)


def test_the_model_and_its_last_checkpoints_can_be_deployed() -> None:
    checkpoints = tuple(Checkpoint(f"c{n}", f"m:ckpt-step-{n}", n) for n in (10, 20, 30, 40))
    job = Job(1, "service", "work", "succeeded", Order("gpt"), fine_tuned_model="m",
              checkpoints=checkpoints)
    assert [model for _, model in deployable(job)] == ["m", "m:ckpt-step-30", "m:ckpt-step-20"]
    assert deployable(replace(job, fine_tuned_model="")) == []
