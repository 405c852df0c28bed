import pytest

from desktop.core.model_names import candidates

FT = "0123456789abcdef" * 2


@pytest.mark.parametrize(("model", "names"), [
    ("gpt-4.1", ["gpt-4.1"]),
    (" GPT-4o-2024-08-06 ", ["gpt-4o-2024-08-06", "gpt-4o"]),
    ("gpt-4-0613", ["gpt-4-0613", "gpt-4"]),
    (f"gpt-4.1-2025-04-14.ft-{FT}-hr", [f"gpt-4.1-2025-04-14.ft-{FT}-hr", "gpt-4.1-2025-04-14",
                                      "gpt-4.1"]),
    ("ft:gpt-4o-mini-2024-07-18:org::id", ["ft:gpt-4o-mini-2024-07-18:org::id",
                                          "gpt-4o-mini-2024-07-18", "gpt-4o-mini"]),
    ("gpt-3.5-turbo-0125", ["gpt-3.5-turbo-0125", "gpt-3.5-turbo", "gpt-35-turbo"]),
    ("", []),
])
def test_names_a_model_is_looked_up_under(model: str, names: list[str]) -> None:
    assert candidates(model) == names
