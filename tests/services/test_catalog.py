"""Prices and windows by model."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from desktop.core.types import BUILTIN_MODEL, Usage
from desktop.resource_files import resource
from desktop.services.catalog import FILE, Catalog

USAGE = Usage(1_000_000, 100_000)


@pytest.mark.parametrize(("model", "cost"), [
    ("gpt-4.1-mini", 0.4 + 0.16),
    ("gpt-4.1-mini-2025-04-14", 0.4 + 0.16),
    (f"gpt-4.1-mini-2025-04-14.ft-{'0' * 32}", 0.4 + 0.16),  # Azure bills tuned as base
    ("gpt-4o-2024-05-13", 5 + 1.5),  # an older version with a price of its own
    ("gpt-3.5-turbo", 0.5 + 0.15),
    (BUILTIN_MODEL, 0.0),
    ("my-deployment-gpt-4.1-mini", None),  # never guessed from a name that contains one
    ("", None),
])
def test_cost(model: str, cost: float | None) -> None:
    assert Catalog().cost(model, USAGE) == pytest.approx(cost)


@pytest.mark.parametrize(("model", "window"), [
    ("gpt-4.1", 1_047_576), (f"gpt-4.1-2025-04-14.ft-{'0' * 32}", 128_000), ("gpt-5", 272_000),
    ("nobody-knows", None)])
def test_window(model: str, window: int | None) -> None:
    assert Catalog().window(model) == window


def test_training_price_only_where_documented() -> None:
    assert Catalog().training("gpt-4.1-2025-04-14") == 2
    assert Catalog().training("gpt-4o-mini") is None
    assert Catalog().training("nobody-knows") is None


def test_the_shipped_table_is_sound() -> None:
    table = json.loads(resource(FILE).read_text(encoding="utf-8"))
    assert date.fromisoformat(table["as_of"])
    names = [row["model"] for row in table["models"]]
    assert len(names) == len(set(names))
    for row in table["models"]:
        assert row["context"] > 1000
        if "retires" in row:
            assert date.fromisoformat(row["retires"])


def users(tmp_path: Path, text: str) -> Catalog:
    path = tmp_path / "catalog.json"
    path.write_text(text, encoding="utf-8")
    return Catalog(path)


def test_the_users_rows_win_and_the_rest_stays(tmp_path: Path) -> None:
    catalog = users(tmp_path, json.dumps({"as_of": "2027-01-01", "models": [
        {"model": "GPT-4.1-mini", "input": 1, "output": 10}, {"model": "mine", "context": 9}]}))
    assert catalog.cost("gpt-4.1-mini", USAGE) == pytest.approx(2.0)
    assert catalog.window("mine") == 9
    assert catalog.cost("mine", USAGE) is None
    assert catalog.window("gpt-5") == 272_000
    assert (catalog.as_of, catalog.problem) == ("2027-01-01", "")


@pytest.mark.parametrize("text", [
    "", "{", "[]", "{}", '{"models": [{"model": "a", "price": 1}]}', '{"models": [1]}',
    '{"models": [{"model": "gpt-5", "input": "cheap"}]}', '{"models": [{"model": 5}]}',
    '{"models": [{"model": "gpt-5", "input": -1}]}'])
def test_a_broken_users_file_changes_nothing_and_is_said(
    tmp_path: Path, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    catalog = users(tmp_path, text)
    assert catalog.cost("gpt-5", USAGE) == pytest.approx(2.25)
    assert "could not be read" in catalog.problem
    assert "could not be read" in caplog.text


TODAY = "2026-11-21T10:00:00+00:00"


def test_the_table_tells_its_date_and_when_it_is_stale() -> None:
    table = Catalog().table()
    assert not table.stale(TODAY)
    assert f"are of {table.as_of} (the program's own)" in table.sentence(TODAY)
    assert table.stale("2027-06-01")
    assert "days ago: compare them with the price page" in table.sentence("2027-06-01")


def test_a_users_row_changes_what_it_says_and_survives(tmp_path: Path) -> None:
    catalog = Catalog(tmp_path / "catalog.json")
    assert not catalog.table().edited
    made = catalog.start_editing()
    assert made is not None
    assert not catalog.table().edited, "no row yet: nothing is changed"
    text = json.loads(made.read_text())
    text |= {"as_of": "2026-11-21", "models": [{"model": "gpt-4.1", "input": 3}]}
    made.write_text(json.dumps(text))
    assert catalog.start_editing() == made
    table = catalog.table()
    assert (table.edited, table.as_of) == (True, "2026-11-21")
    assert catalog.cost("gpt-4.1", USAGE) == pytest.approx(3.8)
    assert catalog.window("gpt-4.1") == 1_047_576, "the rest of the row stays"
    assert "with your changes" in table.sentence(TODAY)


def test_a_model_in_words() -> None:
    catalog = Catalog()
    words = catalog.words("gpt-4.1-mini-2025-04-14", TODAY)
    assert words.startswith("$0.40 in and $1.60 out for a million tokens; window 1,047,576 tokens")
    assert "retires 2027-04-14, by the table of" in words
    assert "retires 2027-10-14, as the resource says" in catalog.words(
        "gpt-4.1-mini", TODAY, "2027-10-14")
    assert "(in the past)" in catalog.words("o1", TODAY)
    assert "no row for this model" in catalog.words("my-gpt-4.1-mini", TODAY)
    assert catalog.words("", TODAY) == ""
    assert catalog.words("text-embedding-3-small", TODAY).startswith("$0.022 for a million")


@pytest.mark.parametrize(("model", "region", "says"), [
    ("gpt-4.1-mini-2025-04-14", "West Europe", "not in West Europe. Take the training type Global"),
    ("gpt-4.1-mini", "swedencentral", ""), ("gpt-4.1-mini", "", ""),
    ("nobody-knows", "West Europe", ""), ("gpt-4o", "East US 2", "")])
def test_a_region_that_does_not_train(model: str, region: str, says: str) -> None:
    warning = Catalog().region_warning(model, region)
    assert says in warning
    assert bool(warning) == bool(says)
