"""Models of the hub: fetched when asked for, only what is needed, then found without it."""

from __future__ import annotations

import asyncio
import importlib.util
from pathlib import Path

import pytest

from desktop.core.errors import EmbedderUnavailable
from desktop.services import hub, model_folder
from tests.servers.hub import COMMIT, NAME, HubServer

FILES = {"config.json": b"{}", "model.safetensors": b"w" * 5_000, "pytorch_model.bin": b"pickle",
         "modeling.py": b"code", "onnx/model.safetensors": b"other"}
needs_library = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, model_folder.NEEDED)), reason="not installed")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_TOKEN", "canary-token")
    return tmp_path


@needs_library
def test_a_model_is_fetched_without_code_pickles_or_a_token(
    monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, int]] = []
    with HubServer(FILES) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        assert not hub.is_here(NAME)
        asyncio.run(hub.download(NAME, lambda done, total: told.append((done, total))))
        assert not [path for path in server.asked if path.endswith((".bin", ".py"))]
        assert server.tokens == []
        with pytest.raises(EmbedderUnavailable, match="no model maker/other"):
            asyncio.run(hub.download("maker/other", lambda done, total: None))
    assert told[-1] == (5_002, 5_002)
    folder = hub.snapshot(NAME)
    assert hub.is_here(NAME) and folder.name == COMMIT
    assert sorted(file.name for file in folder.iterdir()) == ["config.json", "model.safetensors"]


@needs_library
def test_without_a_network_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with HubServer({}) as server:
        url = server.url
    monkeypatch.setenv("HF_ENDPOINT", url)
    with pytest.raises(EmbedderUnavailable, match="could not be downloaded"):
        asyncio.run(hub.download(NAME, lambda done, total: None))


@pytest.mark.parametrize("name", ["", "..", "a/b/c", "../x", "a b", "https://x/y", "a/.b"])
def test_what_is_no_name_is_no_path(name: str) -> None:
    with pytest.raises(EmbedderUnavailable, match="no name"):
        hub.snapshot(name)


def test_a_cache_that_was_tampered_with_leads_nowhere(cache: Path) -> None:
    refs = cache / "models--maker--tiny" / "refs"
    refs.mkdir(parents=True)
    (refs / "main").write_text("../../..")
    with pytest.raises(EmbedderUnavailable, match="not on this machine"):
        hub.snapshot(NAME)
