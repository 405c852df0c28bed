"""Deployments over Azure Resource Manager, against a real server."""

from __future__ import annotations

import asyncio

import pytest

from desktop.core.deploying import Place
from desktop.core.errors import (
    AuthFailed,
    DeploymentNotFound,
    Offline,
    PermissionDenied,
    ProviderError,
)
from desktop.services.arm import ArmDeployer
from tests.servers.arm import MANAGEMENT_TOKEN
from tests.servers.azure import AzureEmulator

SUBSCRIPTION = "00000000-1111-2222-3333-444444444444"
MODEL = "gpt-4.1-mini-2025-04-14.ft-1-voice"


def place(server: AzureEmulator, **more: object) -> Place:
    return Place(SUBSCRIPTION, "my-group", "acct", "voice",
                 **{"management": server.url, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(("sku", "sent"), [
    ("Standard", "Standard"), ("GlobalStandard", "GlobalStandard"),
    ("Developer", "developertier")])
def test_a_deployment_is_made_and_comes_to_be(sku: str, sent: str) -> None:
    async def story() -> list[str]:
        deployer, where = ArmDeployer(), place(server, sku=sku)
        with pytest.raises(DeploymentNotFound):
            await deployer.look(where, MANAGEMENT_TOKEN)
        made = await deployer.deploy(where, MODEL, f"Bearer {MANAGEMENT_TOKEN}\n")
        assert made.model == MODEL
        return [made.state, *[(await deployer.look(where, MANAGEMENT_TOKEN)).state
                              for _ in range(2)]]

    with AzureEmulator() as server:
        assert asyncio.run(story()) == ["Accepted", "Creating", "Succeeded"]
        [row] = server.authoring.deployments.rows.values()
        assert row["sku"] == {"name": sent, "capacity": 50}


def test_refusals_say_what_to_do_and_no_token() -> None:
    async def refused(kind: type[ProviderError], token: str) -> ProviderError:
        with pytest.raises(kind) as caught:
            await ArmDeployer().deploy(place(server), MODEL, token)
        assert MANAGEMENT_TOKEN not in f"{caught.value}{caught.value.details}"
        return caught.value

    with AzureEmulator() as server:
        assert "about an hour" in asyncio.run(refused(AuthFailed, "old-token-000")).remedy
        assert "az account get-access-token" in asyncio.run(refused(AuthFailed, "")).remedy
        server.authoring.deployments.forbidden = True
        assert "Owner" in asyncio.run(refused(PermissionDenied, MANAGEMENT_TOKEN)).remedy
        assert server.authoring.deployments.rows == {}
    assert asyncio.run(refused(Offline, MANAGEMENT_TOKEN)).remedy


def test_the_signed_in_token_goes_to_azure_only() -> None:
    async def token() -> str:
        raise AssertionError("a server on this machine must not get it")

    async def story() -> None:
        with pytest.raises(AuthFailed):
            await ArmDeployer(token).look(place(server))

    with AzureEmulator() as server:
        asyncio.run(story())
        assert server.requests == []
