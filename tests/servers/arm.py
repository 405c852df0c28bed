"""Deployments as Azure Resource Manager takes them: accepted at once, there a little later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .behaviours import Deployed, Refusal, Reply, Scenario, refused
from .forms import Answer
from .tuning_schemas import Deployment

MANAGEMENT_TOKEN = "canary-management-token-0123456789"


class Deployments:
    """What was deployed; one that is there answers chat messages."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.rows: dict[str, dict[str, Any]] = {}
        self.forbidden = False

    def answer(
        self, method: str, name: str, query: Mapping[str, str], headers: Mapping[str, str],
        raw: bytes,
    ) -> Answer | Refusal:
        if headers.get("authorization") != f"Bearer {MANAGEMENT_TOKEN}":
            return refused(401, "InvalidAuthenticationToken", "The access token is invalid.")
        if not re.fullmatch(r"20\d\d-\d\d-\d\d(-preview)?", query.get("api-version", "")):
            return refused(400, "MissingApiVersionParameter", "api-version is required.")
        if method == "GET":
            return self._deployed(name)
        if self.forbidden:
            return refused(403, "AuthorizationFailed", "The client does not have authorization to "
                           "perform action 'Microsoft.CognitiveServices/accounts/deployments/"
                           "write'.")
        body = Deployment.model_validate_json(raw).model_dump(exclude_none=True)
        body["properties"]["provisioningState"] = "Accepted"
        self.rows[name] = {"name": name, "states": ["Creating", "Succeeded"], **body}
        return Answer(201, self._arm(name))

    def _deployed(self, name: str) -> Answer | Refusal:
        row = self.rows.get(name)
        if row is None:
            return refused(404, "ResourceNotFound", f"The deployment '{name}' was not found.")
        states = row["states"]
        row["properties"]["provisioningState"] = states.pop(0) if len(states) > 1 else states[0]
        if row["properties"]["provisioningState"] == "Succeeded":
            model = row["properties"]["model"]["name"]
            self.scenario.deployments = {
                **self.scenario.deployments,
                name: Deployed(model, (Reply(text="Tuned: yes, once every two years."),))}
        return Answer(200, self._arm(name))

    def _arm(self, name: str) -> dict[str, Any]:
        return {key: value for key, value in self.rows[name].items() if key != "states"} | {
            "type": "Microsoft.CognitiveServices/accounts/deployments"}
