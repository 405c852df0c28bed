"""What is copied runs: curl and Python ask a real server, with the key from the environment."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from desktop.core.exchange import snippets
from desktop.core.types import (
    BUILTIN,
    Answer,
    AnswerState,
    Connection,
    Message,
    Parameters,
)
from tests.servers.azure import AzureEmulator
from tests.servers.behaviours import ANSWER

ASKED = Answer(
    "Prompt", "gpt-mini", "Covered?", AnswerState.DONE,
    messages=(Message("system", "It's \"brief\".\n$HOME `id` \\ {x}\nJSON"),
              Message("user", "Covered? 👓")),
    parameters=Parameters(temperature=0.0, stop=("END",), response_format="text"),
)
VARIABLE = "BENEFITS_TEAM_KEY"


@pytest.fixture
def server() -> Iterator[AzureEmulator]:
    with AzureEmulator() as running:
        yield running


def run(words: list[str], text: str, key: str) -> str:
    done = subprocess.run(words, input=text, capture_output=True, encoding="utf-8", timeout=60,
                          check=False, env={**os.environ, VARIABLE: key, "NO_PROXY": "*",
                                            "PYTHONIOENCODING": "utf-8"})
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("version", ["", "2024-10-21"])
def test_both_ask_what_was_asked(server: AzureEmulator, version: str) -> None:
    connection = Connection("work", "azure", server.url, version, VARIABLE)
    copied = snippets.python(ASKED, connection, "gpt-mini")
    assert server.key not in copied
    assert run([sys.executable, "-"], copied, server.key).strip() == ANSWER
    if shutil.which("curl"):
        copied = snippets.curl(ASKED, connection, "gpt-mini")
        got = json.loads(run(["sh"], copied, server.key))
        assert got["choices"][0]["message"]["content"] == ANSWER


def test_without_a_key_none_is_asked_for() -> None:
    local = Connection("here", "openai", "http://127.0.0.1:11434/v1")
    assert "KEY" not in snippets.curl(ASKED, local, "phi") + snippets.python(ASKED, local, "phi")
    entra = Connection("work", "azure", "https://a.openai.azure.com", entra=True)
    assert "get_bearer_token_provider" in snippets.python(ASKED, entra, "gpt")
    assert "az account get-access-token" in snippets.curl(ASKED, entra, "gpt")
    odd = Connection("x", "openai", "https://example.com/v1", key_env="A; rm -rf ~")
    assert "$OPENAI_API_KEY" in snippets.curl(ASKED, odd, "gpt")


def test_what_was_no_call_has_nothing_to_copy() -> None:
    assert not snippets.can_copy(BUILTIN)
    assert not snippets.can_copy(None)
    assert not snippets.can_copy(Connection("x", "azure", "javascript:alert(1)"))
