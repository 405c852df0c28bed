"""Pasted addresses: what is accepted, what it becomes, and what is refused."""

from __future__ import annotations

import pytest

from desktop.core.endpoints import Endpoint, endpoint_of, is_classic, parse_endpoint
from desktop.core.errors import ConfigurationError
from desktop.core.types import Connection

RES = "https://res.openai.azure.com"

FORMS = [
    (RES, RES, "azure", "", ""),
    (f"  {RES}/ ", RES, "azure", "", ""),
    ("res.openai.azure.com", RES, "azure", "", ""),
    (f"<{RES}>", RES, "azure", "", ""),
    ("HTTPS://Res.OpenAI.Azure.com:443/", RES, "azure", "", ""),
    ("https://res.openai.azure.com./", RES, "azure", "", ""),
    (f"{RES}/openai/v1/", RES, "azure", "", ""),
    (f"{RES}/openai/v1/chat/completions?api-version=preview", RES, "azure", "", ""),
    (f"{RES}/openai/deployments/my%20mini/chat/completions?api-version=2024-10-21",
     RES, "azure", "2024-10-21", "my mini"),
    (f"{RES}/openai/responses?api-version=2025-04-01-preview", RES, "azure",
     "2025-04-01-preview", ""),
    ("https://hub.services.ai.azure.com/api/projects/benefits",
     "https://hub.services.ai.azure.com", "azure", "", ""),
    ("https://hub.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
     "https://hub.services.ai.azure.com", "azure", "2024-05-01-preview", ""),
    ("https://res.cognitiveservices.azure.com/openai/v1",
     "https://res.cognitiveservices.azure.com", "azure", "", ""),
    ("https://res.openai.azure.us", "https://res.openai.azure.us", "azure", "", ""),
    ("https://gateway.example.com/ai/openai/deployments/mini/chat/completions",
     "https://gateway.example.com/ai", "azure", "", "mini"),
    ("https://api.openai.com", "https://api.openai.com/v1", "openai", "", ""),
    ("https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1", "openai", "", ""),
    ("https://models.example.com/api/v1/models", "https://models.example.com/api/v1", "openai",
     "", ""),
    ("localhost:11434", "http://localhost:11434/v1", "openai", "", ""),
    ("http://127.0.0.1:1234/v1/", "http://127.0.0.1:1234/v1", "openai", "", ""),
    ("http://[::1]:8080", "http://[::1]:8080/v1", "openai", "", ""),
    ("https://xn--bcher-kva.example:8443/v1", "https://xn--bcher-kva.example:8443/v1", "openai",
     "", ""),
]


@pytest.mark.parametrize(("pasted", "url", "kind", "version", "deployment"), FORMS)
def test_pasted_forms(pasted: str, url: str, kind: str, version: str, deployment: str) -> None:
    endpoint = parse_endpoint(pasted)
    assert (endpoint.url, endpoint.kind) == (url, kind)
    assert (endpoint.api_version, endpoint.deployment) == (version, deployment)
    assert parse_endpoint(endpoint.url, endpoint.kind).url == url, "normal form is stable"


HOSTILE = [
    "", "   ", "https://", "http:///v1",
    "ftp://res.openai.azure.com", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,x",
    "http://res.openai.azure.com",  # a key would travel in the open
    "http://8.8.8.8/v1",
    "https://user@res.openai.azure.com", "https://res.openai.azure.com@evil.example",
    "https://user:secret@evil.example/v1", "https://res.openai.azure.com%40evil.example",
    "https://res.openai.azure.com\\@evil.example", "https://res.openai.azure.com\t.evil.example",
    "https://res.openai.azure.com /v1", "https://res.openai.azure.com\u200b/",
    "https://res.openai.azure.com.evil.example", "https://openai.azure.com.evil.example/openai/v1",
    "https://res.оpenai.azure.com",  # a Cyrillic o
    "https://res。openai。azure。com",  # full stops that are none
    "https://ⓔxample.com",
    "https://res.openai.azure.com:0", "https://res.openai.azure.com:99999",
    "https://res.openai.azure.com:", "https://res.openai.azure.com:port",
    "https://a..b/v1", "https://-a.example", "https://exa_mple..com", f"https://{'a' * 64}.com",
    "http://0.0.0.0:8000", "http://169.254.169.254/latest/meta-data",  # a cloud's own secrets
    "http://2130706433/v1", "http://0x7f.1/v1", "http://127.1/v1", "http://0177.0.0.1/v1",
    "http://[fe80::1]/v1", "http://[::ffff:8.8.8.8]/v1", "http://[::1", "http://localhost.evil.example",
    "https://api.example.com/v1/../../admin", "https://api.example.com/%2e%2e/admin",
    "https://api.example.com/v1%00", "https://api.example.com/" + "a" * 2048,
]


@pytest.mark.parametrize("pasted", HOSTILE)
def test_hostile_addresses_are_refused_with_a_remedy(pasted: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_endpoint(pasted, confirmed=False)
    assert caught.value.remedy
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("pasted", [
    "http://10.1.2.3:8000/v1", "http://192.168.0.9", "http://gpu-box:8000",
    "http://models.internal/v1", "http://[fd00::1]:8000/v1",
])
def test_plain_http_to_a_private_address_needs_one_confirmation(pasted: str) -> None:
    with pytest.raises(ConfigurationError, match="Confirm"):
        parse_endpoint(pasted)
    endpoint = parse_endpoint(pasted, confirmed=True)
    assert endpoint.needs_confirmation
    assert not endpoint.key_allowed


@pytest.mark.parametrize("pasted", ["http://8.8.8.8/v1", "http://models.example.com",
                                    "http://169.254.169.254/"])
def test_confirming_does_not_open_the_internet(pasted: str) -> None:
    with pytest.raises(ConfigurationError):
        parse_endpoint(pasted, confirmed=True)


@pytest.mark.parametrize("pasted", ["http://127.0.0.1:80", "http://localhost", "http://[::1]",
                                    "http://127.8.9.1", "http://models.localhost:1",
                                    "http://[::ffff:127.0.0.1]:1"])
def test_loopback_needs_none(pasted: str) -> None:
    endpoint = parse_endpoint(pasted)
    assert endpoint.loopback
    assert endpoint.key_allowed
    assert not endpoint.needs_confirmation


@pytest.mark.parametrize(("one", "other", "same"), [
    (RES, "https://RES.openai.azure.com.:443/openai/v1", True),
    (RES, "https://other.openai.azure.com", False),
    ("https://llm.example.com", "https://llm.example.com:8443", False),
])
def test_hosts_that_keys_are_bound_to(one: str, other: str, same: bool) -> None:
    assert (parse_endpoint(one).host == parse_endpoint(other).host) is same


def test_what_is_azure() -> None:
    assert parse_endpoint(RES).is_azure_host
    gateway = parse_endpoint("https://gateway.example.com", "azure")
    assert not gateway.is_azure_host
    assert gateway.url == "https://gateway.example.com"


def test_the_kind_the_user_chose_wins() -> None:
    assert parse_endpoint("http://127.0.0.1:9", "azure").url == "http://127.0.0.1:9"
    assert parse_endpoint("http://127.0.0.1:9", "openai").url == "http://127.0.0.1:9/v1"


def test_a_stored_connection_was_confirmed() -> None:
    stored = Connection("office", "openai", "http://10.1.2.3:8000/v1")
    assert endpoint_of(stored) == Endpoint(
        "http://10.1.2.3:8000/v1", "10.1.2.3:8000", "openai", needs_confirmation=True)


@pytest.mark.parametrize(("version", "classic"), [
    ("2024-10-21", True), ("2025-03-01-preview", True), ("", False), ("v1", False),
    ("preview", False)])
def test_dated_versions_are_classic(version: str, classic: bool) -> None:
    assert is_classic(version) is classic
