"""Settings as a file: no key and nothing of this machine goes out, nothing hostile comes in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import ConfigurationError
from desktop.core.settings import Settings
from desktop.core.settings_file import MARK, SCOPES, from_file, take, to_file
from desktop.core.types import Connection, Deployment

OFFICE = Connection("Office", "azure", "https://office.openai.azure.com", key_env="OFFICE_KEY",
                    deployments=(Deployment("mini", "gpt-4.1-mini"),))
FULL = Settings(
    theme="dark", text_size=150, recent_workspaces=("/home/me/secret plan.stratex",),
    last_workspace="/home/me/secret plan.stratex", connections=(OFFICE,), limit_month=40.0,
    databases_confirmed=("/home/me/a\n/home/me/b",), backups_folder="/home/me/safe",
    entra_scope=SCOPES[1], entra_tenant="contoso.com", backup_minutes=30,
)


def file_of(**settings: object) -> bytes:
    return json.dumps({MARK: 1, "settings": settings}).encode()


def test_what_goes_out_names_no_key_path_or_variable() -> None:
    text = to_file(FULL).decode()
    assert "/home/me" not in text and "OFFICE_KEY" not in text
    assert "office.openai.azure.com" in text and "contoso.com" in text


def test_there_and_back() -> None:
    offer = from_file(to_file(FULL), Settings())
    taken = take(Settings(), offer.changes)
    assert (taken.theme, taken.text_size, taken.limit_month, taken.backup_minutes,
            taken.entra_scope, taken.entra_tenant) == (
                "dark", 150, 40.0, 30, SCOPES[1], "contoso.com")
    assert offer.connections == (replace(OFFICE, key_env=""),)
    assert offer.left_out == ()
    assert from_file(to_file(FULL), FULL).changes == ()
    assert from_file(to_file(FULL), FULL).connections == ()


def test_changes_read_as_words() -> None:
    offer = from_file(file_of(limit_run=2, backup_minutes=0), replace(Settings(), limit_month=9))
    assert [(each.words, each.now, each.new) for each in offer.changes] == [
        ("Spending limit of a run", "no limit", "$2.00"), ("Backups", "every 10 minutes", "never")]


def test_a_strangers_connection_comes_without_variable_and_under_no_known_name() -> None:
    theirs = {"name": "Theirs", "kind": "openai", "endpoint": "https://theirs.example/v1",
              "key_env": "AWS_SECRET_ACCESS_KEY"}
    same_name = {**theirs, "name": "OFFICE"}
    offer = from_file(file_of(connections=[theirs, theirs, same_name, 7, {"kind": "builtin"}]),
                      FULL)
    assert [(each.name, each.key_env) for each in offer.connections] == [("Theirs", "")]
    assert len(offer.left_out) == 4


@pytest.mark.parametrize("values", [
    {"entra_scope": "https://management.azure.com/.default"}, {"entra_tenant": "a b"},
    {"text_size": 101}, {"theme": "pink"}, {"limit_run": -1}, {"backup_megabytes": 10**9},
])
def test_values_nobody_could_choose_are_left_out(values: dict[str, object]) -> None:
    offer = from_file(file_of(**values), Settings(text_size=125, theme="dark", limit_run=1.0,
                                                  backup_megabytes=500))
    assert offer.changes == () and len(offer.left_out) == 1


@pytest.mark.parametrize("content", [
    b"", b"[]", b"{}", b'{"settings": {}}', b"\xff", b"[" * 100_000, b" " * 2_000_000,
    json.dumps({MARK: "1", "settings": {}}).encode(), json.dumps({MARK: 1, "settings": 7}).encode(),
])
def test_other_files_are_refused_in_a_sentence(content: bytes) -> None:
    with pytest.raises(ConfigurationError, match="not a file of settings"):
        from_file(content, Settings())


@given(st.dictionaries(
    st.sampled_from([*Settings().as_dict()]),
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers())))
def test_any_values_give_an_offer_that_touches_nothing_else(values: dict[str, object]) -> None:
    taken = take(FULL, from_file(file_of(**values), FULL).changes)
    assert (taken.recent_workspaces, taken.databases_confirmed, taken.connections) == (
        FULL.recent_workspaces, FULL.databases_confirmed, FULL.connections)
