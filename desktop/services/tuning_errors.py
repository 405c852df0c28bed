"""What a refusal of a fine-tuning service means, in the words of `core/errors`.

The codes are those of the authoring API; where the code says little the message decides.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..core.errors import (
    DeploymentNotFound,
    PermissionDenied,
    ProviderError,
    Refused,
)
from .chat_errors import Target, Wire, translate, wire_of

if TYPE_CHECKING:
    import openai

_QUOTA = re.compile(r"maximum number|quota|limit (of|reached)|too many (jobs|files)", re.I)
_REGION = re.compile(r"\bregion\b|\blocation\b", re.I)
_NOT_TUNABLE = re.compile(
    r"(does not|doesn't|not) support(ed)? (for )?fine.?tun|cannot be fine.?tuned|not fine.?tunable"
    r"|not available for fine.?tuning|base model.*(not found|invalid)", re.I)
_LARGE = re.compile(r"too large|larger than|exceeds the (maximum )?(file )?size", re.I)
_ROLE = ("Ask its administrator for a role that may train, such as Azure AI User or Cognitive "
         "Services OpenAI Contributor, and about network rules")


def tuning_error(error: openai.APIError, target: Target, model: str = "") -> ProviderError:
    """The ProviderError for an SDK error; `model` is the one that was to be trained."""
    wire = wire_of(error)
    if not wire.status or wire.status == 401 or wire.status >= 500:
        return translate(error, target)
    if wire.status == 403 or wire.code in ("forbidden", "AuthorizationFailed"):
        return PermissionDenied(f"{target.host} forbids this", why=wire.words, remedy=_ROLE,
                                details=wire.details)
    if wire.code == "quotaExceeded" or (wire.status in (400, 403) and _QUOTA.search(wire.message)):
        return _no_quota(wire, target)
    if wire.status == 429:
        return translate(error, target)
    if wire.status == 404:
        return _not_there(wire, target)
    return _refused(wire, target, model)


def _no_quota(wire: Wire, target: Target) -> Refused:
    return Refused(
        f"The fine-tuning quota of {target.connection} is used up", why=wire.words,
        remedy="Wait for running jobs or cancel one, delete files and models that are no longer "
               "needed on the resource, or ask for more quota; then go on here",
        details=wire.details)


def _not_there(wire: Wire, target: Target) -> DeploymentNotFound:
    if wire.code in ("404", "") or "resource not found" in wire.message.lower():
        return DeploymentNotFound(
            f"{target.host} does not know this call",
            why="The API version of the connection has no such call, or the address is wrong",
            remedy="Leave the API version empty under Connections, for the v1 API",
            details=wire.details)
    return DeploymentNotFound(
        f"{target.host} no longer has what this is about", why=wire.words,
        remedy="It was deleted there, or belongs to another resource: compare the connection",
        details=wire.details)


def _refused(wire: Wire, target: Target, model: str) -> Refused:
    named = model or "This model"
    if _REGION.search(wire.message):
        return Refused(
            f"{named} is not trained in the region of {target.connection}", why=wire.words,
            remedy="Take the training type GlobalStandard, a resource in another region, or "
                   "another model", details=wire.details)
    if _NOT_TUNABLE.search(wire.message):
        return Refused(
            f"{named} cannot be fine-tuned here", why=wire.words,
            remedy="Choose a model from the list, with its date, such as gpt-4.1-mini-2025-04-14",
            details=wire.details)
    if wire.code in ("jsonlValidationFailed", "invalid_file_format"):
        return Refused("The training file was refused", why=wire.words,
                       remedy="Mend the line it names in the Fine-tuning pane and submit again",
                       details=wire.details)
    if wire.status == 413 or _LARGE.search(wire.message):
        return Refused("The training file is larger than the service takes", why=wire.words,
                       remedy="Leave out examples, or split the dataset", details=wire.details)
    if wire.code == "unexpectedEntityState" or wire.status == 409:
        return Refused(f"{target.host} cannot do this at the moment", why=wire.words,
                       remedy="Look at the job's state and try again a little later",
                       details=wire.details)
    return Refused(f"{target.host} did not accept this", why=wire.words,
                   remedy="Change what it names and submit again", details=wire.details)
