"""When one answer counts as good, by metric: what a cell has to reach.

A use case's own least value goes first. The defaults are ours. They were set so that a correct
answer in other words passes: a paraphrase of a paragraph shares about half of its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .metrics import METRICS
from .types import UseCase

GOOD_AT: dict[str, float] = {
    "exact": 1.0, "contains": 1.0, "regex": 1.0, "json_valid": 1.0, "json_schema": 1.0,
    "sql_equivalence": 1.0, "token_f1": 0.4, "rouge_l": 0.35, "edit_similarity": 0.5,
    "similarity": 0.7, "hit": 1.0, "recall_at_k": 0.5, "mrr": 0.5, "ndcg": 0.5,
    "citation_validity": 1.0, "groundedness": 0.6, "context_recall": 0.5,
    "answer_relevance": 0.5, "judge": 0.5, "weighted": 0.5,
}
FORMAT_METRICS = ("json_valid", "json_schema", "regex")
# What ranks when nobody chose: the strictest metric that says anything about the cases.
PREFERRED = ("sql_equivalence", "json_schema", "token_f1", "similarity", "rouge_l", "contains",
             "exact", "groundedness", "answer_relevance")


def label_of(metric: str) -> str:
    """A metric's name within a sentence: "token F1", "ROUGE-L", "citation validity"."""
    label = METRICS[metric].label if metric in METRICS else metric.replace("_", " ")
    return label[0].lower() + label[1:] if label[1:2].islower() else label


def higher_is_better(metric: str) -> bool:
    """False for seconds, tokens and dollars."""
    return metric not in METRICS or METRICS[metric].higher_is_better


def is_share(metric: str) -> bool:
    """Whether a metric is bound to 0 to 1; seconds, tokens and dollars are not."""
    return metric not in METRICS or METRICS[metric].unit == "share"


def good_at(metric: str, use_case: UseCase | None = None) -> float | None:
    """What a cell must reach (or stay under), None when there is no bar for this metric."""
    if use_case and use_case.metric == metric and use_case.least is not None:
        return use_case.least
    return GOOD_AT.get(metric)


def is_good(metric: str, value: float, use_case: UseCase | None = None) -> bool | None:
    """Whether one score reaches its bar, None without one."""
    bar = good_at(metric, use_case)
    if bar is None:
        return None
    return value >= bar - 1e-9 if higher_is_better(metric) else value <= bar + 1e-9


def deciding_metric(names: Iterable[str], use_case: UseCase | None = None) -> str:
    """The use case's metric, else the first preferred one among `names`, else ""."""
    if use_case and use_case.metric:
        return use_case.metric
    present = set(names)
    return next((name for name in PREFERRED if name in present), "")


def scored(scores: Mapping[str, float | None]) -> dict[str, float]:
    """Without the metrics that do not apply."""
    return {name: value for name, value in scores.items() if value is not None}
