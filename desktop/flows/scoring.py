"""One cell's scores. What needs vectors gets them in one call; texts are embedded once a run.

The pure functions are in `core/evaluation/metrics`; this decides which of them apply and
brings them what they need. It hands the event loop back between passages and claims.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from ..core.errors import ConfigurationError
from ..core.evaluation.chosen import FACT, Chosen
from ..core.evaluation.claims import Claim, claims_of
from ..core.evaluation.groundedness import Evidence, Passage, Window, worth_reading
from ..core.evaluation.metrics import METRICS, Metric, rag, retrieval, running, structure, text
from ..core.follow_ups import standalone
from ..core.ports import Embedder, FormChecker, SqlRunner, Store
from ..core.types import Answer, AnswerState, Case, Hit

if TYPE_CHECKING:
    from ..core.ports import Vectors

MOST_CLAIMS = 200  # of one text; what comes after is not judged
K = TypeVar("K")
V = TypeVar("V")
Scores = dict[str, float | None]


class Lru(Generic[K, V]):
    """A dictionary that forgets what was not asked for longest."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """None: not there (any more)."""
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def put(self, key: K, value: V) -> V:
        self._kept[key] = value
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return value


class Memory:
    """What the cells of a run share: vectors by text, and passages taken apart."""

    def __init__(self, vectors: int = 20_000, passages: int = 2_000) -> None:
        """At 384 dimensions 20,000 vectors take 31 MB."""
        self.vectors: Lru[tuple[str, str], Vectors] = Lru(vectors)
        self.passages: Lru[tuple[str, str], Passage] = Lru(passages)


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    """What metrics need besides the case. Keep one for all cells of a run: it remembers."""

    pattern: str = ""  # for `regex`; "": references written /like this/ are patterns
    schema: str = ""  # for `json_schema`; "": references that are objects with "$schema" are
    database: str = ""  # path of an SQLite file, for `sql_equivalence`
    memory: Memory = field(default_factory=Memory)


class ScorePorts(Protocol):
    """What scoring needs of `Ports`, so that answers are scored without a workspace."""

    @property
    def scorer(self) -> Embedder: ...
    @property
    def sql(self) -> SqlRunner | None: ...
    @property
    def forms(self) -> FormChecker | None: ...


async def load_chosen(store: Store) -> Chosen:
    """What the workspace says is to be computed, and with what."""
    return Chosen.from_fact(await store.fact(FACT))


def options_of(chosen: Chosen) -> ScoreOptions:
    """What the metrics need besides the case."""
    return ScoreOptions(chosen.pattern, chosen.schema, chosen.database)


async def save_chosen(chosen: Chosen, store: Store, forms: FormChecker) -> None:
    """Keep it with the workspace. Raises ConfigurationError for a pattern or schema that
    cannot be used, or an unknown metric."""
    check_names([*chosen.metrics, *chosen.weights])
    if chosen.pattern:
        await forms.matches(chosen.pattern, "")
    if chosen.schema:
        await forms.fits(chosen.schema, "{}")
    await store.set_fact(FACT, chosen.as_fact())


def check_names(names: Iterable[str]) -> list[str]:
    """Exactly the known names, each once. Raises ConfigurationError."""
    wanted = list(dict.fromkeys(names))
    for name in wanted:
        if name not in METRICS:
            raise ConfigurationError(
                f'There is no metric "{name}"', remedy="Choose from: " + ", ".join(METRICS)
            )
    return wanted


async def score(
    case: Case, answer: Answer, names: Sequence[str], ports: ScorePorts,
    options: ScoreOptions | None = None,
) -> Scores:
    """Each named metric of one answer; None: it does not apply.

    Raises ConfigurationError for an unknown name or unusable options, EmbedderUnavailable.
    """
    return await _Scoring(case, answer, ports, options or ScoreOptions()).scores(names)


class _Scoring:
    """The scores of one answer."""

    def __init__(
        self, case: Case, answer: Answer, ports: ScorePorts, options: ScoreOptions
    ) -> None:
        self._case = case
        self._answer = answer
        self._ports = ports
        self._options = options
        self._reference = text.without_marks(case.reference)

    async def scores(self, names: Sequence[str]) -> Scores:
        wanted = check_names(names)
        found: Scores = dict.fromkeys(wanted)
        for name in wanted:
            if name in _RUNNING:
                found[name] = _RUNNING[name](self._answer)
            elif self._answered and self._has(METRICS[name]):
                found[name] = await self._plain(name)
        by_meaning = [name for name in wanted if "embedder" in METRICS[name].needs
                      and self._answered and self._has(METRICS[name])]
        if by_meaning:
            found.update(await self._by_meaning(by_meaning))
        return found

    @property
    def _answered(self) -> bool:
        done = self._answer.state in (AnswerState.DONE, AnswerState.STOPPED)
        return done and self._answer.error is None

    def _has(self, metric: Metric) -> bool:
        there = {
            "reference": bool(self._reference), "contexts": bool(self._answer.context),
            "sources": bool(self._case.sources), "embedder": True, "schema": True,
            "sql": bool(self._options.database) and self._ports.sql is not None,
        }
        return all(there[need] for need in metric.needs)

    async def _plain(self, name: str) -> float | None:
        """The metrics that need no vectors; None for those that do."""
        if name in _WORDS:
            return _WORDS[name](self._answer.text, self._case.reference)
        if name in _FOUND:
            places = [(hit.document, hit.page) for hit in self._answer.context]
            return _FOUND[name](self._case.sources, places)
        if name == "json_valid":
            return structure.json_valid(self._answer.text)
        if name == "sql_equivalence":
            return await self._sql()
        if name in ("regex", "json_schema"):
            return await self._form(name)
        return None

    async def _form(self, name: str) -> float | None:
        """Pattern or schema, the run's or the case's own. A reference that only looks like one
        is no reason to stop; what the user set for the run is."""
        forms, given = self._ports.forms, self._answer.text
        said = self._options.pattern if name == "regex" else self._options.schema
        wanted = said or _own_form(name, self._case.reference.strip())
        if forms is None or not wanted:
            return None
        try:
            if name == "regex":
                return float(await forms.matches(wanted, given))
            return float(await forms.fits(wanted, given))
        except ConfigurationError:
            if said:
                raise
            return None

    async def _sql(self) -> float | None:
        assert self._ports.sql is not None
        query = structure.sql_of(self._answer.text)
        found = await self._ports.sql.compare(
            self._options.database, query, structure.sql_of(self._case.reference)
        )
        return None if found.equal is None else float(found.equal)

    async def _by_meaning(self, names: Sequence[str]) -> Scores:
        """The metrics that need vectors, all of them from one call of the embedder."""
        judged = _Judged(self._case, self._answer, names)
        if judged.needs_evidence:
            await judged.prepare(self._options.memory)
        plain = text.without_marks(self._answer.text)
        asked = standalone(self._case.question, self._case.history)
        whole = {"answer": plain, "question": asked, "reference": self._reference}
        alone = {"similarity": ("answer", "reference"), "answer_relevance": ("answer", "question")}
        texts = [whole[key] for name in names if name in alone for key in alone[name]]
        vectors = await self._vectors([*texts, *judged.texts])
        found = await judged.scores(vectors)
        if "similarity" in names:
            found["similarity"] = text.cosine(vectors[plain], vectors[self._reference])
        if "answer_relevance" in names:
            found["answer_relevance"] = rag.answer_relevance(
                vectors[asked], vectors[plain], declined=self._answer.declined
            )
        return found

    async def _vectors(self, texts: Sequence[str]) -> dict[str, Vectors]:
        embedder, memory = self._ports.scorer, self._options.memory.vectors
        known = {each: memory.get((embedder.id, each)) for each in texts}
        new = [each for each, vector in known.items() if vector is None]
        if new:
            # Like lengths together: a batch is padded to its longest text.
            new.sort(key=len)
            for each, row in zip(new, await embedder.embed(new), strict=True):
                known[each] = memory.put((embedder.id, each), row.copy())
        return {each: vector for each, vector in known.items() if vector is not None}


def _own_form(name: str, reference: str) -> str:
    """The pattern or schema that a reference is, "" when it is none."""
    if name == "json_schema":
        return reference if '"$schema"' in reference else ""
    slashed = len(reference) > 2 and reference[0] == reference[-1] == "/"
    return reference[1:-1] if slashed else ""


class _Judged:
    """The claims of an answer and of its reference, held against the passages."""

    def __init__(self, case: Case, answer: Answer, names: Sequence[str]) -> None:
        self._names = names
        self._case = case
        self._hits = answer.context
        of_answer = "groundedness" in names or "citation_validity" in names
        judged = of_answer and not answer.declined
        self._own = claims_of(answer.text)[:MOST_CLAIMS] if judged else []
        self._wanted = claims_of(case.reference)[:MOST_CLAIMS] if "context_recall" in names else []
        self._evidence: Evidence | None = None
        self._windows: list[Window] = []

    @property
    def needs_evidence(self) -> bool:
        return bool(self._own or self._wanted)

    @property
    def texts(self) -> list[str]:
        """What to embed."""
        claims = [*self._own, *self._wanted]
        return [*(claim.text for claim in claims), *(window.text for window in self._windows)]

    async def prepare(self, memory: Memory) -> None:
        passages = []
        for hit in self._hits:
            key = (hit.text, hit.document)
            known = memory.passages.get(key)
            if known is None:
                known = memory.passages.put(key, Passage(*key))
                await asyncio.sleep(0)
            passages.append(known)
        claims = [*self._own, *self._wanted]
        kept = worth_reading(passages, claims)
        for place in kept:
            _ = passages[place].windows  # taken apart now, one after another
            await asyncio.sleep(0)
        self._evidence = Evidence(
            passages, claims, standalone(self._case.question, self._case.history), kept)
        await asyncio.sleep(0)
        self._windows = self._evidence.worth_embedding()

    async def scores(self, vectors: dict[str, Vectors]) -> Scores:
        found: Scores = {}
        if "groundedness" in self._names:
            found["groundedness"] = rag.groundedness(await self._supports(self._own, vectors))
        if "context_recall" in self._names:
            found["context_recall"] = rag.context_recall(
                await self._supports(self._wanted, vectors))
        if "citation_validity" in self._names:
            found["citation_validity"] = rag.citation_validity(
                self._own, lambda mark: passages_of(mark, self._hits),
                lambda claim, only: self._support(claim, vectors, only),
            )
        return found

    async def _supports(
        self, claims: Sequence[Claim], vectors: dict[str, Vectors]
    ) -> list[float]:
        found = []
        for claim in claims:
            found.append(self._support(claim, vectors))
            await asyncio.sleep(0)
        return found

    def _support(
        self, claim: Claim, vectors: dict[str, Vectors], only: Collection[int] | None = None
    ) -> float:
        assert self._evidence is not None
        own = vectors[claim.text]
        near = [(window, float(vectors[window.text] @ own)) for window in self._windows]
        return self._evidence.support(claim, near, only)


def passages_of(mark: str, hits: Sequence[Hit]) -> list[int]:
    """Places, from 0, of the passages that a citation names: "2", "doc2", "file.pdf",
    "file.pdf#page=7"."""
    number = mark.lower().removeprefix("doc").strip()
    if number.isdecimal():
        return [place for place, hit in enumerate(hits) if hit.rank == int(number)]
    name, _, page = mark.partition("#page=")
    source = (name.strip(), int(page) if page.isdecimal() else None)
    return [
        place for place, hit in enumerate(hits)
        if retrieval.matches(source, (hit.document, hit.page))
        or (not hit.document and mark.casefold() in hit.text.casefold())
    ]


_RUNNING: dict[str, Callable[[Answer], float | None]] = {
    "latency": running.latency, "tokens": running.tokens, "cost": running.cost,
}
_WORDS: dict[str, Callable[[str, str], float]] = {
    "exact": text.exact, "contains": text.contains, "token_f1": text.token_f1,
    "rouge_l": text.rouge_l, "edit_similarity": text.edit_similarity,
}
_Places = Sequence[retrieval.Place]
_FOUND: dict[str, Callable[[_Places, _Places], float]] = {
    "hit": retrieval.hit, "recall_at_k": retrieval.recall_at_k,
    "mrr": retrieval.mrr, "ndcg": retrieval.ndcg,
}
