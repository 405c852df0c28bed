"""Deploying a trained model on Azure: the call, the command to copy, and what it costs.

Sources: Azure Resource Manager, Microsoft.CognitiveServices/accounts/deployments (2024-10-01;
2025-07-01-preview for the Developer tier), and Azure OpenAI's pages on deploying fine-tuned models:
hosting by the hour, 24 hours for Developer deployments, and deletion after 15 idle days.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import quote

from .endpoints import endpoint_of
from .tuning import Job
from .types import Connection

Sku = Literal["Standard", "GlobalStandard", "Developer"]
SKUS: tuple[Sku, ...] = ("Standard", "GlobalStandard", "Developer")
CAPACITY = 50  # thousand tokens a minute
IDLE_DAYS = 15
DEVELOPER_HOURS = 24
DONE = "succeeded"
ENDED = frozenset({"failed", "canceled", "cancelled", "disabled", "deleting"})
MANAGEMENT = "https://management.azure.com"
_CLOUDS = {".azure.us": "https://management.usgovcloudapi.net",
           ".azure.cn": "https://management.chinacloudapi.cn"}
_SUBSCRIPTION = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_GROUP = re.compile(r"[\w.()-]{0,89}[\w()-]")
_ACCOUNT = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,63}")
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,62}[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model is deployed, and how. `capacity` in thousand tokens a minute."""

    subscription: str
    resource_group: str
    account: str
    deployment: str
    sku: Sku = "Standard"
    capacity: int = CAPACITY
    management: str = MANAGEMENT

    @property
    def url(self) -> str:
        """Of the deployment, with the version of the API."""
        parts = [quote(each, safe="") for each in (
            self.subscription, self.resource_group, self.account, self.deployment)]
        version = "2025-07-01-preview" if self.sku == "Developer" else "2024-10-01"
        return (f"{self.management}/subscriptions/{parts[0]}/resourceGroups/{parts[1]}/providers"
                f"/Microsoft.CognitiveServices/accounts/{parts[2]}/deployments/{parts[3]}"
                f"?api-version={version}")

    def body(self, model: str) -> dict[str, Any]:
        """What is sent to make the deployment."""
        sku = "developertier" if self.sku == "Developer" else self.sku
        return {"sku": {"name": sku, "capacity": self.capacity}, "properties": {
            "model": {"format": "OpenAI", "name": model, "version": "1"}}}


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment as Azure has it; `state` is its own word."""

    state: str
    model: str = ""


class Deployer(Protocol):
    """Azure Resource Manager. `token` "" takes the sign-in's; one that is pasted is not kept."""

    async def deploy(self, place: Place, model: str, token: str = "") -> Deployed:
        """Ask for the deployment. Hosting costs money from here on.

        Raises ProviderError.
        """

    async def look(self, place: Place, token: str = "") -> Deployed:
        """Raises ProviderError; DeploymentNotFound where there is none of this name."""


def problem_with(place: Place) -> str:
    """What is wrong with a place as one sentence, "" for nothing."""
    for pattern, value, words in (
        (_SUBSCRIPTION, place.subscription, "The subscription is an id like "
         "00000000-1111-2222-3333-444444444444. The portal shows it on the resource's page."),
        (_GROUP, place.resource_group, "The resource group is missing. The portal shows it on the "
         "resource's page."),
        (_ACCOUNT, place.account, "The resource's name has letters, digits and - only."),
        (_NAME, place.deployment, "The deployment needs a name of 2 to 64 letters, digits, -, _ "
         "and full stops."),
    ):
        if not pattern.fullmatch(value):
            return words
    return "" if 1 <= place.capacity <= 100_000 else "The capacity must be 1 or more."


def management_of(connection: Connection) -> str:
    """Azure's management address for a connection's cloud. A server on this machine, such as a
    test server, is asked itself."""
    endpoint = endpoint_of(connection)
    if endpoint.loopback:
        return endpoint.url
    host = endpoint.host.partition(":")[0]
    return next((url for end, url in _CLOUDS.items() if host.endswith(end)), MANAGEMENT)


def account_of(connection: Connection) -> str:
    """The resource's name, as far as its address tells it."""
    endpoint = endpoint_of(connection)
    return endpoint.host.partition(".")[0] if endpoint.is_azure_host else ""


def deployable(job: Job) -> list[tuple[str, str]]:
    """`(words, model)`: the trained model and its last checkpoints, the newest first."""
    if not job.fine_tuned_model:
        return []
    earlier = [each for each in job.checkpoints if each.model != job.fine_tuned_model][-3:-1]
    return [("The trained model", job.fine_tuned_model), *(
        (f"Checkpoint at step {each.step:,}", each.model) for each in reversed(earlier))]


def warnings(sku: Sku, hosting: float) -> list[str]:
    """What a deployment costs and when it ends, in sentences."""
    if sku == "Developer":
        return [f"A Developer deployment is hosted free, and deleted after {DEVELOPER_HOURS} hours "
                "whether it is used or not."]
    cost = f"about ${hosting:.2f} an hour (${hosting * 720:,.0f} a month)" if hosting else "by hour"
    return [
        f"Hosting is billed {cost} from now on, used or not, until the deployment is deleted.",
        f"Azure deletes a deployment that is not called for {IDLE_DAYS} days. The model is kept."]


def az_command(place: Place, model: str) -> str:
    """The same as a command of the Azure CLI. Quoted: names come from files and services."""
    words = [
        "az", "cognitiveservices", "account", "deployment", "create",
        "--subscription", place.subscription, "--resource-group", place.resource_group,
        "--name", place.account, "--deployment-name", place.deployment,
        "--model-name", model, "--model-version", "1", "--model-format", "OpenAI",
        "--sku-name", place.sku, "--sku-capacity", str(place.capacity)]
    return _lines(words, ("--resource-group", "--deployment-name", "--model-name", "--sku-name"))


def curl_command(place: Place, model: str) -> str:
    """The same as a call, with a token that the Azure CLI gives at that moment."""
    words = ["curl", "-X", "PUT", place.url, "-H", "Content-Type: application/json",
             "-d", json.dumps(place.body(model))]
    token = ('-H "Authorization: Bearer $(az account get-access-token --resource '
             f'{shlex.quote(place.management)} --query accessToken -o tsv)"')
    return _lines(words, ("-H", "-d")) + f" \\\n  {token}"


def _lines(words: Sequence[str], breaks: Sequence[str]) -> str:
    """Shell words, with a line break before some of them."""
    text = shlex.quote(words[0])
    for word in words[1:]:
        text += (" \\\n  " if word in breaks else " ") + shlex.quote(word)
    return text
