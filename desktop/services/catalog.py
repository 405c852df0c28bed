"""Prices, windows and retirement dates of models: a dated table the user can edit.

Rows are found by the model's name, which the user or the server states; a deployment's name
is never taken for one.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..core.errors import ConfigurationError
from ..core.model_names import candidates
from ..core.pricing import PriceTable, model_words, region_words
from ..core.types import BUILTIN_MODEL, Usage
from ..resource_files import resource

log = logging.getLogger(__name__)
FILE = "catalog.json"
MILLION = 1_000_000
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """One row. Prices in US dollars for a million tokens; windows in tokens."""

    model: str
    input: float | None = None
    output: float | None = None
    cached: float | None = None
    training: float | None = None
    context: int | None = None
    fine_tuned_context: int | None = None
    max_output: int | None = None
    retires: str = ""  # ISO date, "" when not announced
    knowledge: str = ""  # YYYY-MM up to which it was trained, "" when nobody says
    tune_regions: tuple[str, ...] = ()  # where fine-tuning of the type Standard is offered
    tune_global: bool = False  # also of the type GlobalStandard, elsewhere


class Catalog:
    """Implements core.ports.PriceCatalog over the shipped table and the user's copy of it."""

    def __init__(self, user_file: Path | None = None) -> None:
        """Reads both files at the first question. A user's file that cannot be read is said
        in `problem` and changes nothing."""
        self._user_file = user_file
        self._loaded: dict[str, ModelFacts] | None = None
        self._hosting = 0.0
        self.as_of = ""
        self.problem = ""
        self._edited = False

    def cost(self, model: str, usage: Usage) -> float | None:
        """US dollars, None when the model or its price is not in the table."""
        if model == BUILTIN_MODEL:
            return 0.0
        facts = self.facts(model)
        if facts is None or facts.input is None or facts.output is None:
            return None
        spent = usage.prompt_tokens * facts.input + usage.completion_tokens * facts.output
        return spent / MILLION

    def window(self, model: str) -> int | None:
        """The largest input in tokens, None when unknown."""
        facts = self.facts(model)
        if facts is None:
            return None
        tuned = ".ft-" in model or model.startswith("ft:")
        return (facts.fine_tuned_context if tuned else None) or facts.context

    def training(self, model: str) -> float | None:
        """US dollars for a million training tokens, None when unknown."""
        facts = self.facts(model)
        return facts.training if facts else None

    def tunable(self, model: str) -> bool:
        """Whether the table knows the model to be one that can be fine-tuned."""
        facts = self.facts(model)
        return facts is not None and bool(facts.training or facts.fine_tuned_context)

    def hosting(self) -> float:
        """US dollars an hour for one deployment of a fine-tuned model."""
        self._rows()
        return self._hosting

    def retires(self, model: str) -> str:
        """The day a model retires, an ISO date; "" when none is announced."""
        facts = self.facts(model)
        return facts.retires if facts else ""

    def knowledge(self, model: str) -> str:
        """The month up to which a model was trained, `YYYY-MM`; "" when nobody says."""
        facts = self.facts(model)
        return facts.knowledge if facts else ""

    def facts(self, model: str) -> ModelFacts | None:
        """The row of a model; a dated or fine-tuned name falls back to its base."""
        rows = self._rows()
        return next((rows[name] for name in candidates(model) if name in rows), None)

    def _rows(self) -> dict[str, ModelFacts]:
        if self._loaded is None:
            table = json.loads(resource(FILE).read_bytes())
            self.as_of = str(table["as_of"])
            self._hosting = float(table["hosting_per_hour"])
            shipped = _read(table)
            self._loaded = shipped | self._users(shipped)
        return self._loaded

    def models(self) -> list[str]:
        """The names that the table knows."""
        return [row.model for row in self._rows().values()]

    def table(self) -> PriceTable:
        """What the table says of itself; reads the user's file anew, which may have changed."""
        self._loaded, self.problem, self._edited = None, "", False
        self._rows()
        return PriceTable(self.as_of, str(self._user_file or ""), self._edited, self.problem)

    def words(self, model: str, today: str, retires: str = "") -> str:
        """Price, window and retirement of a model in words; `retires` is what the resource
        says. Only for a model that somebody named: "" for none."""
        return model_words(self.facts(model), self.as_of, today, retires=retires) if model else ""

    def region_warning(self, model: str, region: str) -> str:
        """Where a region does not train a model; "" where it does or nothing is known."""
        return region_words(model, self.facts(model), region)

    def start_editing(self) -> Path | None:
        """The user's file, made where it is missing: empty rows change nothing. Raises
        ConfigurationError where it cannot be written; None where there is no place for one."""
        if self._user_file is None or self._user_file.exists():
            return self._user_file
        row = {"model": "name-of-a-model", "input": 1.0, "output": 2.0, "context": 128000}
        text = json.dumps({
            "how_to_change": "Rows here go before the program's own, field by field. Set as_of to "
                             "the day you looked prices up (YYYY-MM-DD). US dollars for a million "
                             "tokens.",
            "example": row, "models": []}, indent=2)
        try:
            self._user_file.parent.mkdir(parents=True, exist_ok=True)
            self._user_file.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            raise ConfigurationError(
                f"The price table {self._user_file} could not be made",
                why=error.strerror or str(error), remedy="Choose another --data-dir") from error
        return self._user_file

    def _users(self, shipped: Mapping[str, ModelFacts]) -> dict[str, ModelFacts]:
        if self._user_file is None or not self._user_file.is_file():
            return {}
        try:
            table = json.loads(self._user_file.read_bytes())
            rows = _read(table, shipped)
            hosting = float(table.get("hosting_per_hour", self._hosting))
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            self.problem = (f"The price table {self._user_file} could not be read, so the "
                            f"program's own is used: {error}.")
            log.warning(self.problem)
            return {}
        self.as_of = str(table.get("as_of") or self.as_of)
        self._hosting = hosting
        self._edited = bool(rows)
        return rows


def _read(
    table: Mapping[str, Any], below: Mapping[str, ModelFacts] | None = None
) -> dict[str, ModelFacts]:
    """Each row over that of `below`, field by field. Raises TypeError or ValueError for a row
    with a wrong name or value."""
    rows = [_row(each, below or {}) for each in table["models"]]
    for row in rows:
        for name in ("input", "output", "cached", "training", "context", "max_output"):
            value = getattr(row, name)
            if value is not None and not (isinstance(value, int | float) and value >= 0):
                raise ValueError(f"{row.model}: {name} is not a number of 0 or more")
        if row.knowledge and not _MONTH.fullmatch(row.knowledge):
            raise ValueError(f"{row.model}: knowledge is not a month such as 2024-05")
    return {row.model.lower(): row for row in rows}


def _row(values: Mapping[str, Any], below: Mapping[str, ModelFacts]) -> ModelFacts:
    values = {**values, "tune_regions": tuple(values["tune_regions"])} if (
        "tune_regions" in values) else values
    known = below.get(str(values["model"]).lower())
    return replace(known, **values) if known else ModelFacts(**values)
