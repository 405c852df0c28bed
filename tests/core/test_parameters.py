"""What each generation parameter takes, and one sentence for what it does not."""

import math
from dataclasses import fields
from typing import Any

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.parameters import _TAKES, checked_parameters
from desktop.core.types import Parameters


def test_every_parameter_has_its_check() -> None:
    assert set(_TAKES) == {field.name for field in fields(Parameters)}


@pytest.mark.parametrize(("name", "value"), [
    ("temperature", 0), ("temperature", 0.7), ("top_p", 1), ("max_tokens", 300), ("seed", -7),
    ("stop", "END"), ("stop", ["a", "b"]), ("presence_penalty", -2), ("frequency_penalty", 0.5),
    ("response_format", "json_object"), ("reasoning_effort", "low"), ("verbosity", "high"),
])
def test_what_fits_is_taken(name: str, value: Any) -> None:
    kept = checked_parameters({name: value}).as_dict()[name]
    assert kept == (["END"] if value == "END" else value)


@pytest.mark.parametrize(("name", "value", "words"), [
    ("temperature", "abc", "a number from 0 to 2"),
    ("temperature", True, "a number from 0 to 2"),
    ("temperature", 2.1, "a number from 0 to 2"),
    ("temperature", math.nan, "a number from 0 to 2"),
    ("top_p", None, "a number from 0 to 1"),
    ("max_tokens", 1.5, "a whole number from 1"),
    ("max_tokens", 0, "a whole number from 1"),
    ("seed", 2**63, "a whole number"),
    ("stop", 3, "a list of at most 4"),
    ("stop", ["a", 1], "a list of at most 4"),
    ("stop", list("abcde"), "a list of at most 4"),
    ("response_format", "xml", "text, json_object or json_schema"),
    ("reasoning_effort", 3, "a word such as low"),
    ("verbosity", "", "low, medium or high"),
])
def test_what_does_not_fit_is_refused_in_a_sentence(name: str, value: Any, words: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as caught:
        checked_parameters({name: value})
    assert words in str(caught.value)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"temprature.*temperature, top_p"):
        checked_parameters({"temprature": 1})
