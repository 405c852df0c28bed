from collections.abc import Collection

import numpy as np
import pytest

from desktop.core.evaluation.claims import Claim, claims_of
from desktop.core.evaluation.metrics import METRICS, rag, running
from desktop.core.types import Answer, AnswerState, Usage


def test_groundedness_is_the_mean_support_and_unknown_without_claims() -> None:
    assert rag.groundedness([1.0, 0.5]) == 0.75
    assert rag.groundedness([]) is None
    assert rag.context_recall([0.25, 0.75]) == 0.5


def passages_of(mark: str) -> list[int]:
    return [int(mark) - 1] if int(mark) <= 2 else []


@pytest.mark.parametrize(("answer", "value"), [
    ("Cats purr [1]. Dogs bark [2].", 1.0),
    ("Cats purr [2]. Dogs bark [2].", 0.5),
    ("Cats purr [3]. Dogs bark [2].", 0.5),  # there is no third passage
    ("Cats purr. Dogs bark. [2]", 1.0),  # one mark behind several sentences
    ("Cats purr [1]. It is nice. Dogs bark [1, 2].", 2 / 3),
    ("Cats purr.", None),
])
def test_a_citation_is_valid_when_its_passage_supports_what_it_stands_at(
    answer: str, value: float | None
) -> None:
    def support(claim: Claim, only: Collection[int]) -> float:
        return float(("Cats" in claim.text and 0 in only) or ("Dogs" in claim.text and 1 in only))

    found = rag.citation_validity(claims_of(answer), passages_of, support)
    assert found == (value if value is None else pytest.approx(value))


def test_a_decline_is_not_relevant() -> None:
    one = np.array([1.0, 0.0], np.float32)
    assert rag.answer_relevance(one, one, declined=False) == 1.0
    assert rag.answer_relevance(one, one, declined=True) == 0.0


def test_what_an_answer_took() -> None:
    answer = Answer("s", "m", "q", AnswerState.DONE, usage=Usage(70, 30), seconds=1.5, cost=0.25)
    found = running.latency(answer), running.tokens(answer), running.cost(answer)
    assert found == (1.5, 100.0, 0.25)
    bare = Answer("s", "m", "q", AnswerState.DONE)
    assert running.tokens(bare) is None and running.cost(bare) is None


def test_every_metric_is_explained_in_one_sentence_and_names_its_source() -> None:
    for name, metric in METRICS.items():
        assert metric.name == name and metric.label and metric.source
        assert metric.explanation.endswith(".") and ". " not in metric.explanation
        assert metric.higher_is_better is (metric.unit == "share")
