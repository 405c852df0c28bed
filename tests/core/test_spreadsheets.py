"""Nothing that a user, a model or a document wrote runs as a formula, and nothing is lost."""

import pytest

from desktop.core.spreadsheets import original_text, safe_text


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", "＝1"])
def test_formulas_become_text_and_come_back(text: str) -> None:
    assert safe_text(text) == "'" + text
    assert original_text(safe_text(text)) == text


@pytest.mark.parametrize("text", ["", "a=1", "'quoted'", "'", "it's"])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert safe_text(text) == text == original_text(text)
