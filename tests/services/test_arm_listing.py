"""Deployments come with model and version from Azure Resource Manager."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from desktop.core.errors import DeploymentNotFound, Offline, PermissionDenied, ProviderError
from desktop.core.types import Connection, Deployment
from desktop.services.arm_listing import ArmListing

TOKEN = "canary-management-token"
HERE = Connection("Work", "azure", "https://hr-swc.openai.azure.com", entra=True)
ACCOUNTS = "/subscriptions/s2/providers/Microsoft.CognitiveServices/accounts"
ID = "/subscriptions/s2/resourceGroups/rg/providers/Microsoft.CognitiveServices/accounts/hr"
PAGES: dict[str, Any] = {
    "/subscriptions": [{"subscriptionId": "s1"}, {"subscriptionId": "s2"}],
    "/subscriptions/s1/providers/Microsoft.CognitiveServices/accounts": [],
    ACCOUNTS: [
        {"id": "/other", "properties": {"endpoint": "https://other.cognitiveservices.azure.com/"}},
        {"id": ID, "properties": {"endpoint": "https://hr-swc.cognitiveservices.azure.com/"}}],
    f"{ID}/deployments": [
        {"name": "mini", "properties": {"model": {"name": "gpt-4.1-mini",
                                                  "version": "2025-04-14"}}}],
    "/page2": [{"name": "voice", "properties": {"model": {
        "name": "gpt-4.1-mini-2025-04-14.ft-0123", "version": "1"}}}, {"name": "odd"}],
}


@contextmanager
def management(status: int = 200) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            allowed = self.headers["authorization"] == f"Bearer {TOKEN}"
            body: dict[str, Any] = {"value": PAGES[path]}
            if path.endswith("/deployments"):
                body["nextLink"] = f"http://{self.headers['host']}/page2"
            elif path == "/page2":
                body["nextLink"] = "https://elsewhere.example/page3"
            data = json.dumps(body).encode()
            self.send_response(status if allowed else 401)
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def listed(base: str, connection: Connection = HERE, token: str = TOKEN) -> list[Deployment]:
    async def give() -> str:
        return token

    return asyncio.run(ArmListing(give, base).deployments(connection))


def test_all_pages_with_model_and_version_and_no_other_server() -> None:
    with management() as base:
        assert listed(base) == [Deployment("mini", "gpt-4.1-mini-2025-04-14"),
                                Deployment("voice", "gpt-4.1-mini-2025-04-14.ft-0123")]


@pytest.mark.parametrize(("status", "token", "endpoint", "kind"), [
    (200, "wrong", HERE.endpoint, PermissionDenied), (403, TOKEN, HERE.endpoint, PermissionDenied),
    (500, TOKEN, HERE.endpoint, ProviderError),
    (200, TOKEN, "https://unknown.openai.azure.com", DeploymentNotFound)])
def test_what_fails_has_a_remedy(
    status: int, token: str, endpoint: str, kind: type[ProviderError]
) -> None:
    with management(status) as base, pytest.raises(kind) as caught:
        listed(base, Connection("Work", "azure", endpoint, entra=True), token)
    assert caught.value.remedy
    assert token not in caught.value.details


def test_without_a_network() -> None:
    with pytest.raises(Offline):
        listed("http://127.0.0.1:1")
