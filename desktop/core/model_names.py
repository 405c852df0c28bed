"""Model names as services and people write them, brought to the names of the tables.

Only for names of models. A deployment's name says nothing about its model.
"""

from __future__ import annotations

import re

_FINE_TUNED = re.compile(r"\.ft-[0-9a-f]{32}.*$")  # Azure: base, job, suffix
_FINE_TUNED_OPENAI = re.compile(r"^ft:([^:]+):.*$")
_DATE = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{4})$")


def candidates(model: str) -> list[str]:
    """Names to look a model up under, the most exact first.

    `gpt-4.1-2025-04-14.ft-<id>` -> itself, `gpt-4.1-2025-04-14`, `gpt-4.1`.
    """
    name = model.strip().lower()
    base = _FINE_TUNED_OPENAI.sub(r"\1", _FINE_TUNED.sub("", name))
    undated = _DATE.sub("", base)
    names = [name, base, undated, undated.replace("gpt-3.5-", "gpt-35-")]
    return list(dict.fromkeys(found for found in names if found))
