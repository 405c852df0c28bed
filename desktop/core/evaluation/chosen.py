"""What the user chose to be computed for every answer, as the workspace keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .metrics import METRICS
from .weights import METRIC as WEIGHTED
from .weights import normalised

FACT = "scoring"  # where the workspace keeps it
BY_OTHERS = frozenset({"judge", WEIGHTED})  # not computed from the answer alone
DEFAULT_METRICS = (
    "token_f1", "rouge_l", "similarity", "contains", "regex", "json_schema", "sql_equivalence",
    "hit", "recall_at_k", "mrr", "ndcg", "citation_validity", "groundedness", "context_recall",
    "answer_relevance", "latency", "tokens", "cost",
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Metrics by name, what some of them need, and what each one weighs."""

    metrics: tuple[str, ...] = DEFAULT_METRICS
    pattern: str = ""  # for `regex`
    schema: str = ""  # for `json_schema`
    database: str = ""  # the path of an SQLite file, for `sql_equivalence`
    weights: Mapping[str, float] = field(default_factory=dict)  # of the weighted score

    def computed(self, *more: str) -> tuple[str, ...]:
        """The metrics of the next run: the chosen ones, those that weigh something, and `more`
        (the goal's), each once."""
        names = dict.fromkeys([*self.metrics, *normalised(self.weights), *more])
        return tuple(name for name in names if name)

    def scores_as(self, other: Chosen) -> bool:
        """Whether an answer gets the same scores as by another choice; weights aside."""
        return (set(self.computed()), self.pattern, self.schema, self.database) == (
            set(other.computed()), other.pattern, other.schema, other.database)

    def as_fact(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "metrics": list(self.metrics), "pattern": self.pattern, "schema": self.schema,
            "database": self.database, "weights": dict(self.weights),
        }

    @classmethod
    def from_fact(cls, said: Any) -> Chosen:
        """From JSON that may come from a stranger: what is not of its kind gets its default."""
        if not isinstance(said, Mapping):
            return cls()
        names, weights = said.get("metrics"), said.get("weights")
        pattern, schema, database = (
            value if isinstance(value := said.get(key), str) else ""
            for key in ("pattern", "schema", "database"))
        good = DEFAULT_METRICS if not isinstance(names, list) else tuple(
            dict.fromkeys(name for name in names
                          if isinstance(name, str) and name in METRICS and name not in BY_OTHERS))
        return cls(good, pattern, schema, database, {
            name: float(value)
            for name, value in (weights.items() if isinstance(weights, Mapping) else ())
            if name in METRICS and name != WEIGHTED and isinstance(value, int | float)
            and 0 < value <= 1000})
