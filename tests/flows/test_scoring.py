import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from desktop.core.errors import ConfigurationError
from desktop.core.evaluation.chosen import Chosen
from desktop.core.evaluation.metrics import METRICS
from desktop.core.ports import SqlComparison
from desktop.core.types import Answer, AnswerState, Case, Hit, Message, Usage
from desktop.flows.scoring import (
    Lru,
    ScoreOptions,
    Scores,
    load_chosen,
    passages_of,
    save_chosen,
    score,
)
from desktop.services.forms import check
from tests.contracts.word_embedder import WordEmbedder


class FixedSql:
    """Says what it was told to, and remembers what it was asked."""

    def __init__(self, equal: bool | None) -> None:
        self.equal = equal
        self.asked: list[tuple[str, str, str]] = []

    async def compare(self, database: str, query: str, accepted: str) -> SqlComparison:
        self.asked.append((database, query, accepted))
        return SqlComparison(self.equal)

    async def aclose(self) -> None:
        """Nothing to end."""


class DirectForms:
    """Patterns and schemas in this process."""

    async def matches(self, pattern: str, text: str) -> bool:
        return check({"pattern": pattern, "text": text}) == 1.0

    async def fits(self, schema: str, text: str) -> bool:
        return check({"schema": schema, "text": text}) == 1.0

    async def aclose(self) -> None:
        """Nothing to end."""


@dataclass
class Few:
    """The ports that scoring needs."""

    embedder: WordEmbedder = field(default_factory=WordEmbedder)
    sql: FixedSql | None = None
    forms: DirectForms | None = field(default_factory=DirectForms)

    @property
    def scorer(self) -> WordEmbedder:
        return self.embedder


def hit(rank: int, document: str, page: int | None, text: str) -> Hit:
    return Hit(rank, 1.0, rank, 1, document, page, 0, 0, len(text), text)


CASE = Case(1, "What does a visit cost?", "A visit costs $20.[plan.pdf#page=7]",
            (("Plan.pdf", 7),))
ANSWER = Answer(
    "Prompt + documents", "m", CASE.question, AnswerState.DONE,
    "A visit costs $20 [2]. Glasses are free [1].",
    context=(hit(1, "guide.pdf", 2, "Dental care needs a referral."),
             hit(2, "plan.pdf", 7, "For members a visit costs $20.")),
    usage=Usage(90, 10), seconds=2.0, cost=0.01,
)


def scores(
    *names: str, case: Case = CASE, answer: Answer = ANSWER, ports: Few | None = None,
    options: ScoreOptions | None = None,
) -> Scores:
    return asyncio.run(score(case, answer, names or list(METRICS), ports or Few(), options))


def test_every_metric_of_an_answer_with_passages() -> None:
    found = scores()
    assert list(found) == list(METRICS)
    assert [name for name, value in found.items() if value is None] == [
        "regex", "json_schema", "sql_equivalence",  # nothing was set for them
        "judge",  # flows/judging asks for it
        "weighted",  # flows/weighing adds it up
    ]
    by_hand = {"exact": 0, "json_valid": 0, "hit": 1, "recall_at_k": 1, "mrr": 0.5,
               "citation_validity": 0.5, "latency": 2.0, "tokens": 100, "cost": 0.01}
    assert {name: found[name] for name in by_hand} == by_hand
    grounded, recall = found["groundedness"], found["context_recall"]
    assert grounded is not None and recall is not None
    assert 0.3 < grounded < 0.7 < recall  # one of two sentences


def test_all_texts_of_a_cell_are_embedded_at_once_and_once_a_run() -> None:
    class Counting(WordEmbedder):
        calls = 0

        async def embed(self, texts: Sequence[str], *, urgent: bool = False) -> Any:
            self.calls += 1
            return await super().embed(texts, urgent=urgent)

    embedder, options = Counting(), ScoreOptions()
    ports = Few(embedder)
    first = scores(ports=ports, options=options)
    assert embedder.calls == 1
    assert len(embedder.embedded) == len(set(embedder.embedded))
    assert scores(ports=ports, options=options) == first
    assert embedder.calls == 1
    scores(answer=replace(ANSWER, text="Glasses cost nothing."), ports=ports, options=options)
    assert embedder.calls == 2 and embedder.embedded[-1] == "Glasses cost nothing."


def test_metrics_without_what_they_need_do_not_apply() -> None:
    bare = replace(ANSWER, context=(), usage=None, seconds=None, cost=None)
    found = scores(case=Case(2, CASE.question), answer=bare)
    assert {name for name, value in found.items() if value is not None} == {
        "json_valid", "answer_relevance"}


def test_a_follow_up_is_held_against_the_question_it_stands_for() -> None:
    before = Message("user", "Are glasses covered?")
    alone = scores("answer_relevance", case=Case(3, "Why?"))["answer_relevance"]
    whole = scores("answer_relevance", case=Case(3, "Why?", history=(before,)))
    assert alone is not None and whole["answer_relevance"] is not None
    assert whole["answer_relevance"] > alone


def test_a_decline_claims_nothing() -> None:
    decline = replace(ANSWER, text="I do not know.", declined=True)
    found = scores("groundedness", "citation_validity", "answer_relevance", "token_f1",
                   answer=decline)
    assert found["groundedness"] is None and found["citation_validity"] is None
    assert found["answer_relevance"] == 0.0 and found["token_f1"] == 0.0


@pytest.mark.parametrize("state", [
    AnswerState.FAILED, AnswerState.FILTERED, AnswerState.INTERRUPTED
])
def test_what_was_never_answered_has_no_quality(state: AnswerState) -> None:
    found = scores(answer=replace(ANSWER, state=state, text=""))
    assert {name for name, value in found.items() if value is not None} == {
        "latency", "tokens", "cost"}


def test_nothing_is_embedded_for_words_alone() -> None:
    ports = Few()
    scores("token_f1", "hit", "latency", ports=ports)
    assert ports.embedder.embedded == []


def test_an_unknown_metric_is_told() -> None:
    with pytest.raises(ConfigurationError, match='no metric "bleu"'):
        scores("bleu")


def test_a_pattern_of_the_run_or_of_the_case() -> None:
    assert scores("regex", options=ScoreOptions(pattern=r"\$\d+"))["regex"] == 1.0
    assert scores("regex", case=replace(CASE, reference="/euro/"))["regex"] == 0.0
    assert scores("regex", case=replace(CASE, reference="/(/"))["regex"] is None
    with pytest.raises(ConfigurationError, match="The pattern cannot be used"):
        scores("regex", options=ScoreOptions(pattern="("))


def test_a_schema_of_the_run_or_of_the_case() -> None:
    answer = replace(ANSWER, text='{"n": 1}')
    own = replace(CASE, reference='{"$schema": "https://json-schema.org/draft/2020-12/schema", '
                                  '"required": ["m"]}')
    options = ScoreOptions(schema='{"type": "object"}')
    assert scores("json_schema", answer=answer, options=options)["json_schema"] == 1.0
    assert scores("json_schema", answer=answer, case=own)["json_schema"] == 0.0
    assert scores("json_schema", answer=answer)["json_schema"] is None
    for unusable in ("[]", "{", '{"type": "nothing"}'):
        with pytest.raises(ConfigurationError, match="The JSON schema cannot be used"):
            scores("json_schema", answer=answer, options=ScoreOptions(schema=unusable))


@pytest.mark.parametrize(("equal", "value"), [(True, 1.0), (False, 0.0), (None, None)])
def test_queries_are_run_where_a_database_is_attached(
    equal: bool | None, value: float | None
) -> None:
    sql = FixedSql(equal)
    case = replace(CASE, reference="SELECT 1; SELECT 2")
    answer = replace(ANSWER, text="```sql\nSELECT 2\n```")
    found = scores("sql_equivalence", case=case, answer=answer, ports=Few(sql=sql),
                   options=ScoreOptions(database="shop.db"))
    assert found["sql_equivalence"] == value
    assert sql.asked == [("shop.db", "SELECT 2", "SELECT 1; SELECT 2")]


def test_without_a_database_no_query_is_run() -> None:
    sql = FixedSql(True)
    assert scores("sql_equivalence", ports=Few(sql=sql))["sql_equivalence"] is None
    assert sql.asked == []


def test_a_citation_names_passages_by_number_or_by_file_and_page() -> None:
    hits = [*ANSWER.context, hit(3, "", None, "notes.txt#page=4: a line")]
    assert passages_of("2", hits) == [1]
    assert passages_of("4", hits) == [] and passages_of("0", hits) == []
    assert passages_of("PLAN.pdf#page=7", hits) == [1]
    assert passages_of("plan.pdf#page=8", hits) == [] and passages_of("plan.pdf", hits) == [1]
    assert passages_of("doc 1", hits) == [0]
    assert passages_of("notes.txt#page=4", hits) == [2]


def test_options_are_kept_with_the_workspace() -> None:
    class Facts:
        def __init__(self) -> None:
            self.kept: dict[str, Any] = {}

        async def fact(self, key: str) -> Any:
            return self.kept.get(key)

        async def set_fact(self, key: str, value: Any) -> None:
            self.kept[key] = value

    async def work() -> None:
        store: Any = Facts()
        assert await load_chosen(store) == Chosen()
        wanted = Chosen(("exact",), r"\d", '{"type": "object"}', "shop.db", {"exact": 2.0})
        await save_chosen(wanted, store, DirectForms())
        assert await load_chosen(store) == wanted
        for bad in (Chosen(pattern="("), Chosen(("nonsense",))):
            with pytest.raises(ConfigurationError):
                await save_chosen(bad, store, DirectForms())
        assert await load_chosen(store) == wanted, "what cannot be used changes nothing"

    asyncio.run(work())


def test_what_a_stranger_wrote_into_the_workspace_is_held_to_its_kind() -> None:
    said = {"metrics": ["exact", 3, "nonsense", "judge"], "pattern": 4, "database": ["x"],
            "weights": {"exact": "1", "token_f1": 2, "weighted": 3, "mrr": -1, "hit": 1e9}}
    assert Chosen.from_fact(said) == Chosen(("exact",), weights={"token_f1": 2.0})
    assert Chosen.from_fact([1]) == Chosen()


def test_the_oldest_is_forgotten_first() -> None:
    kept: Lru[str, int] = Lru(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert (kept.get("a"), kept.get("b"), kept.get("c")) == (1, None, 3)


def test_the_event_loop_is_handed_back_between_passages_and_claims() -> None:
    async def work() -> int:
        turns = 0

        async def others() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        async with asyncio.TaskGroup() as group:
            watching = group.create_task(others())
            await score(CASE, ANSWER, ["groundedness"], Few())
            watching.cancel()
        return turns

    assert asyncio.run(work()) >= 6
