"""Why a fine-tuning job failed, in our words, and what to do about it.

Sources: the error codes of Azure OpenAI's authoring API, and the messages of its safety checks of
the training data and of the trained model.
"""

from __future__ import annotations

import re

from .tuning import Explained, Job

_HARMS = re.compile(r"harm types?:?\s*\[([^\]]*)\]|thresholds for \[([^\]]*)\]", re.I)
_LINES = re.compile(r"\blines?\s+(\d[\d,\s]*\d|\d)", re.I)
_SAFE_DATA = re.compile(r"RAI checks|training data failed.*(safety|harm)|moderation", re.I)
_SAFE_MODEL = re.compile(r"unable to be deployed|model evaluation identified", re.I)
_INVALID = re.compile(r"jsonl|invalid.*file|file.*invalid|format|missing messages", re.I)
_FEW = re.compile(r"at least (\d+)", re.I)
_QUOTA = re.compile(r"quota|capacity|limit", re.I)
_FREE = "The check is not billed."


def explain(job: Job) -> Explained | None:
    """The explanation of a job that failed or could not be submitted; None for any other."""
    if job.state.casefold() != "failed":
        return None
    if job.kind == "local":
        return Explained("The training on this machine failed", job.error, "Train again")
    told = job.error or next((event.message for event in reversed(job.events)
                              if event.level == "error"), "")
    return _explained(job.error_code, told)


def _explained(code: str, message: str) -> Explained:
    if _SAFE_MODEL.search(message):
        return Explained(
            f"The trained model did not pass the safety evaluation{_harms(message)}",
            f"It answers harmful questions more often than a deployed model may. {_FREE}",
            "Look for examples whose answers go along with such requests, take them out or add "
            "examples that refuse, and train again")
    if _SAFE_DATA.search(message) or code == "contentFilter":
        return Explained(
            f"The training data did not pass the safety check{_harms(message)}",
            f"Examples of these kinds were found in it, and nothing was trained. {_FREE}",
            "Find and remove those examples in the Fine-tuning pane, then submit again")
    if few := _FEW.search(message):
        return Explained("The file has too few examples", message,
                         f"Add examples until there are {few.group(1)} or more; 50 to 100 show a "
                         "change")
    if code == "jsonlValidationFailed" or _INVALID.search(message):
        return Explained(f"The service could not read the training file{_lines(message)}", message,
                         "Mend what the Fine-tuning pane lists for this line, then submit again")
    if code == "quotaExceeded" or _QUOTA.search(message):
        return Explained("The resource has no room for this job", message,
                         "Wait for other jobs, free quota on the resource, or use another one")
    return Explained("The service ended the job", message or "It gave no reason.",
                     "Submit it again; if it fails again, send the job's id to the service's "
                     "support")


def _harms(message: str) -> str:
    found = _HARMS.search(message)
    kinds = (found.group(1) or found.group(2) or "").strip() if found else ""
    return f": {kinds}" if kinds else ""


def _lines(message: str) -> str:
    found = _LINES.search(message)
    return f", line {found.group(1).strip()}" if found else ""
