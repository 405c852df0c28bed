"""Settings: nothing the file may hold stops the program, and nothing of it is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import ConfigurationError
from desktop.core.settings import Settings
from desktop.core.types import Connection, Deployment
from desktop.services.settings_file import DATA_DIR_VARIABLE, SettingsFile, cache_dir, data_dir

FULL = Settings(
    theme="dark",
    text_size=125,
    recent_workspaces=("/a/one.stratex", "/b/zwei.stratex"),
    last_workspace="/a/one.stratex",
    connections=(
        Connection(
            "Office", "azure", "https://office.openai.azure.com", "2024-10-21", "OFFICE_KEY",
            deployments=(Deployment("benefits-mini", "gpt-4.1-mini"), Deployment("other")),
        ),
        Connection("Work", "azure", "https://work.openai.azure.com", entra=True),
    ),
    private_http_confirmed=("10.0.0.7:8000",),
    window_state="AAAA/wAAAAD9",
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def change_to(settings: Settings) -> Settings:
    return replace(settings, theme="light")


def test_first_start_has_defaults_and_no_file(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "new")
    assert (file.current, file.problem) == (Settings(), "")
    assert not file.path.exists()


def test_everything_comes_back(tmp_path: Path) -> None:
    SettingsFile(tmp_path).update(lambda _: FULL)
    file = SettingsFile(tmp_path)
    assert (file.current, file.problem) == (FULL, "")
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]


def test_unknown_names_stay_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "dark", "invented_later": {"a": 1}}))
    SettingsFile(tmp_path).update(change_to)
    values = json.loads(path.read_text())
    assert values["theme"] == "light"
    assert values["invented_later"] == {"a": 1}


def test_two_processes_keep_each_others_changes(tmp_path: Path) -> None:
    window, command = SettingsFile(tmp_path), SettingsFile(tmp_path)
    command.update(lambda old: replace(old, connections=FULL.connections))
    window.update(change_to)
    assert SettingsFile(tmp_path).current == replace(
        Settings(), theme="light", connections=FULL.connections
    )


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe\x00", b'{"theme": "dark"'])
def test_a_damaged_file_is_kept_aside_and_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "settings.json").write_bytes(content)
    file = SettingsFile(tmp_path)
    assert file.current == Settings()
    assert "damaged" in file.problem
    assert (tmp_path / "settings.json.damaged").read_bytes() == content
    assert not file.path.exists()
    assert SettingsFile(tmp_path).problem == ""


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = SettingsFile(tmp_path)
    file.update(lambda _: FULL)

    def full_disk(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(ConfigurationError, match="No space left"):
        file.update(change_to)
    assert SettingsFile(tmp_path).current == FULL
    assert [each.name for each in tmp_path.iterdir()] == ["settings.json"]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    file = SettingsFile(tmp_path / "file" / "data")
    with pytest.raises(ConfigurationError, match="could not be saved"):
        file.update(change_to)


@given(st.dictionaries(st.sampled_from(sorted(Settings().as_dict())) | st.text(), json_values))
def test_any_json_object_gives_settings(values: dict[str, object]) -> None:
    settings = Settings.from_dict(values)
    assert Settings.from_dict(json.loads(json.dumps(settings.as_dict()))) == settings


def test_a_strange_connection_costs_only_itself() -> None:
    values = FULL.as_dict()
    values["connections"] = [
        *values["connections"], {"name": "", "kind": "azure"}, {"name": "x", "kind": "magic"}, 7,
    ]
    values["text_size"] = 101
    settings = Settings.from_dict(values)
    assert settings.connections == FULL.connections
    assert settings.text_size == 100


def test_a_key_in_the_file_is_never_taken_along(tmp_path: Path) -> None:
    values = FULL.as_dict()
    values["connections"][0]["key"] = "sk-not-here"
    (tmp_path / "settings.json").write_text(json.dumps(values))
    file = SettingsFile(tmp_path)
    file.update(change_to)
    assert "sk-not-here" not in file.path.read_text()


def test_recent_workspaces_are_newest_first_and_few() -> None:
    settings = Settings()
    for number in (*range(12), 5):
        settings = settings.opened(f"/{number}")
    assert settings.recent_workspaces[:3] == ("/5", "/11", "/10")
    assert len(settings.recent_workspaces) == 10
    assert settings.last_workspace == "/5"
    forgotten = settings.forgot("/5")
    assert forgotten.last_workspace == ""
    assert "/5" not in forgotten.recent_workspaces


def test_folders_follow_the_choice_then_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "named"))
    assert data_dir() == tmp_path / "named"
    assert cache_dir() == tmp_path / "named" / "cache"
    assert data_dir(tmp_path / "chosen") == tmp_path / "chosen"
    monkeypatch.delenv(DATA_DIR_VARIABLE)
    assert "strategy-explorer" in str(data_dir())
    assert "strategy-explorer" in str(cache_dir())
