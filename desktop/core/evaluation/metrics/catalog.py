"""Every metric with what a person needs to know before trusting it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["share", "seconds", "dollars", "tokens"]
Need = Literal["reference", "contexts", "sources", "embedder", "sql", "schema"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One way to score a cell.

    `needs` is what must be there: a case's reference or gold sources, the answer's passages,
    vectors, an attached database, a schema. Without it the metric does not apply (None).
    """

    name: str
    label: str  # on screen
    explanation: str  # one plain sentence
    source: str  # who described it first
    needs: frozenset[Need] = frozenset()
    higher_is_better: bool = True
    unit: Unit = "share"


def _of(
    name: str, label: str, explanation: str, source: str, *needs: Need,
    unit: Unit = "share",
) -> Metric:
    return Metric(name, label, explanation, source, frozenset(needs), unit == "share", unit)


_ALL = (
    _of("exact", "Exact match",
        "The answer has the same words as the reference, apart from case, punctuation and "
        "articles.", "SQuAD, Rajpurkar et al. 2016", "reference"),
    _of("contains", "Contains",
        "The reference stands in the answer, word for word.", "OpenAI Evals, Includes, 2023",
        "reference"),
    _of("regex", "Pattern",
        "The answer matches the pattern set for the run, or a reference written /like this/.",
        "Python, re.search", "schema"),
    _of("json_valid", "JSON valid",
        "The whole answer is JSON that a program can read.", "RFC 8259"),
    _of("json_schema", "JSON schema",
        "The answer is JSON of the shape that the run's schema asks for.",
        "JSON Schema, draft 2020-12", "schema"),
    _of("sql_equivalence", "SQL equivalence",
        "On your database, the answer's query returns the same rows as an accepted one.",
        "Execution accuracy, Spider, Yu et al. 2018", "reference", "sql"),
    _of("token_f1", "Token F1",
        "How many words the answer and the reference share, in both directions.",
        "SQuAD, Rajpurkar et al. 2016", "reference"),
    _of("rouge_l", "ROUGE-L",
        "How much of the reference's word order the answer keeps.", "Lin 2004", "reference"),
    _of("edit_similarity", "Edit similarity",
        "How few characters have to change to turn the answer into the reference.",
        "Levenshtein 1966", "reference"),
    _of("similarity", "Similarity",
        "How close in meaning the answer is to the reference, by the local embedding model.",
        "Sentence-BERT, Reimers and Gurevych 2019", "reference", "embedder"),
    _of("hit", "Hit@k",
        "At least one gold source is among the passages given.",
        "Manning, Raghavan and Schütze 2008", "sources", "contexts"),
    _of("recall_at_k", "Recall@k",
        "Share of the gold sources that are among the passages given.",
        "Manning, Raghavan and Schütze 2008", "sources", "contexts"),
    _of("mrr", "MRR",
        "How far up the first gold source stands: 1 for the first passage, 0.5 for the second.",
        "Voorhees 1999", "sources", "contexts"),
    _of("ndcg", "nDCG@k",
        "How far up all gold sources stand, against the best possible order.",
        "Järvelin and Kekäläinen 2002", "sources", "contexts"),
    _of("citation_validity", "Citation validity",
        "Share of the answer's citations that name a passage which was given and supports the "
        "sentence they stand at.", "Citation precision, ALCE, Gao et al. 2023",
        "contexts", "embedder"),
    _of("groundedness", "Groundedness",
        "Share of the answer's sentences that the passages support, judged on this machine by "
        "meaning, words, numbers and names.", "Faithfulness, RAGAS, Es et al. 2023",
        "contexts", "embedder"),
    _of("context_recall", "Context recall",
        "Share of the reference's sentences that the passages support.",
        "RAGAS, Es et al. 2023", "reference", "contexts", "embedder"),
    _of("answer_relevance", "Answer relevance",
        "How close in meaning the answer is to the question, by the local embedding model; an "
        "answer that declines counts 0.", "After RAGAS, Es et al. 2023", "embedder"),
    _of("judge", "Judge",
        "What a model of your choice says of the answer, from 1 to 5 on each criterion of the "
        "rubric; it counts only once it was seen to agree with people's labels.",
        "G-Eval, Liu et al. 2023; MT-Bench, Zheng et al. 2023"),
    _of("weighted", "Weighted score",
        "The scores you gave a weight, each on 0 to 1, times their weights; without a value "
        "where one of them does not apply.",
        "Simple additive weighting, Hwang and Yoon 1981"),
    _of("latency", "Latency", "Seconds from the request to the last word.", "Our clock",
        unit="seconds"),
    _of("tokens", "Tokens", "Tokens of the request and the answer together.",
        "The service's count", unit="tokens"),
    _of("cost", "Cost", "US dollars for this call by the price table; 0 on this machine.",
        "The price table", unit="dollars"),
)
METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
