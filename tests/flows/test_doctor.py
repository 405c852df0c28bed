"""The doctor reads, reaches, tries the key and each deployment, and tells as it goes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from desktop.core.errors import AuthFailed, ConfigurationError, DeploymentNotFound, Offline
from desktop.core.probing import Accepts, Listed, Reached, Tried
from desktop.core.types import Connection, Deployment
from desktop.flows.doctor import Diagnosis, connection_of, diagnose

KEY = "canary-0123456789abcdef0123456789"
WORK = Connection("Work", "azure", "https://hr.openai.azure.com",
                  deployments=(Deployment("mini", "gpt-4.1-mini"), Deployment("embed")))
CURL = (f"curl https://hr.openai.azure.com/openai/v1/chat/completions -H 'api-key: {KEY}' "
        "-d '{\"model\": \"mini\"}'")


class FakeProber:
    """Every step can be made to fail; writes down what it was asked, and with which key."""

    def __init__(self, **fails: Exception) -> None:
        self.fails = fails
        self.asked: list[tuple[str, str | None]] = []
        self.model = "gpt-4.1-mini-2025-04-14"

    async def reach(self, connection: Connection) -> Reached:
        self.asked.append(("reach", None))
        self._fail("reach")
        return Reached(0.1, "http://proxy:8080")

    async def models(self, connection: Connection, key: str | None) -> Sequence[Listed]:
        self.asked.append(("models", key))
        self._fail("models")
        return [Listed("gpt-4.1-mini-2025-04-14", "2027-10-14")]

    async def parameters(self, connection: Connection, name: str, key: str | None) -> Tried:
        raise NotImplementedError

    async def deployment(self, connection: Connection, name: str, key: str | None) -> Accepts:
        self.asked.append((name, key))
        error = self.fails.get(name)
        if isinstance(error, DeploymentNotFound):
            return Accepts(name, error=error)
        self._fail(name)
        return Accepts(name, "chat", self.model, takes={"temperature": False})

    def _fail(self, step: str) -> None:
        if step in self.fails:
            raise self.fails[step]


def examine(
    text: str, prober: FakeProber, *connections: Connection, **more: Any
) -> tuple[Diagnosis, list[Diagnosis]]:
    told: list[Diagnosis] = []
    found = asyncio.run(diagnose(text, connections, prober, told.append, **more))
    return found, told


def test_a_curl_line_is_tried_with_its_own_key_which_is_not_told() -> None:
    prober = FakeProber()
    found, told = examine(CURL, prober, WORK)
    assert found.ok
    assert prober.asked == [("reach", None), ("models", KEY), ("mini", KEY)]
    assert KEY not in str(found.as_dict()) + str([repr(each) for each in told])
    assert [check.name for check in found.checks] == ["Reached", "Key", "mini"]
    assert "through http://proxy:8080" in found.checks[0].words
    assert "does not take: temperature" in found.checks[2].words
    assert [len(each.checks) for each in told] == sorted(len(each.checks) for each in told)
    assert list(found.as_dict()) == ["resource", "api", "deployment", "problems"]


def test_an_address_takes_the_stored_connection_of_its_host() -> None:
    prober = FakeProber()
    found, _ = examine("https://hr.openai.azure.com/", prober, WORK)
    assert found.connection is not None
    assert found.connection.name == "Work"
    assert [name for name, _ in prober.asked] == ["reach", "models", "mini", "embed"]
    assert all(key is None for _, key in prober.asked), "the stored one is the store's affair"


def test_a_key_never_goes_to_another_host_than_its_own() -> None:
    prober = FakeProber()
    other = replace(WORK, name="Other", endpoint="https://other.openai.azure.com")
    found, _ = examine(CURL, prober, chosen=other)
    assert "another server than Other" in found.problems[0].what
    assert KEY not in [key for _, key in prober.asked]


def test_what_fails_ends_what_depends_on_it() -> None:
    prober = FakeProber(reach=Offline("hr cannot be reached", why="No name", remedy="Look"))
    found, _ = examine("", prober, chosen=WORK)
    assert [problem.fix for problem in found.problems] == ["Look"]
    assert prober.asked == [("reach", None)]
    prober = FakeProber(models=AuthFailed("hr refused the key", remedy="Paste it again"))
    found, _ = examine("", prober, chosen=WORK)
    assert [name for name, _ in prober.asked] == ["reach", "models"]
    assert found.as_dict()["resource"] == "hr"


def test_each_deployment_has_its_own_outcome() -> None:
    gone = DeploymentNotFound("No embed", why="Other name", remedy="Compare")
    found, _ = examine("", FakeProber(embed=gone), chosen=WORK)
    assert [each.ok for each in found.deployments] == [True, False]
    assert [problem.what for problem in found.problems] == ["No embed"]
    found, _ = examine("", FakeProber(mini=ConfigurationError("No variable", remedy="Set it")),
                       chosen=WORK)
    assert "No variable" in found.problems[0].what


def test_a_model_that_was_typed_wrongly_is_noticed() -> None:
    prober = FakeProber()
    prober.model = "gpt-4o-2024-08-06"
    found, _ = examine("", prober, chosen=replace(WORK, deployments=WORK.deployments[:1]))
    assert "runs gpt-4o-2024-08-06, not gpt-4.1-mini" in found.problems[0].what


def test_a_pasted_error_is_explained_without_asking_anybody() -> None:
    prober = FakeProber()
    found, _ = examine('{"error":{"code":"content_filter","message":"filtered"}}', prober)
    assert "content filter" in found.problems[0].what
    assert prober.asked == []


def test_words_from_elsewhere_lose_the_key() -> None:
    text = CURL + ' -> {"error":{"code":"bad","message":"key ' + KEY + ' is odd","status":400}}'
    found, _ = examine(text, FakeProber())
    assert found.problems
    assert KEY not in str(found.problems) + str(found.checks)


def test_the_text_becomes_a_connection() -> None:
    found, _ = examine(CURL, FakeProber())
    made = connection_of(found.clue, "New")
    assert made == Connection("New", "azure", "https://hr.openai.azure.com",
                              deployments=(Deployment("mini"),))


def test_an_address_alone_is_reached_but_lacks_a_key_without_blame() -> None:
    prober = FakeProber(models=AuthFailed("hr wants a key", remedy="Add it"))
    found, _ = examine("https://other.openai.azure.com/", prober, WORK)
    assert found.ok
    assert found.verdict == "Nothing wrong was found in what could be tried."
    assert [(check.name, check.ok) for check in found.checks] == [("Reached", True), ("Key", None)]
