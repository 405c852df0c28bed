"""The nouns of the program, as plain values.

Everything here is immutable and free of Qt, files and networks, so that a value made in a
worker, stored in the workspace or shown in a widget is always the same kind of thing.
Words follow the product's glossary: workspace, case, strategy, rung, connection, deployment,
prompt version, few-shot example, retrieval profile, document, page, chunk, hit, citation.

Longer than other files on purpose: one vocabulary, in one place, that every layer imports.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

# --- documents ---------------------------------------------------------------------------


class DocumentState(enum.StrEnum):
    """Where a document stands on its way into the index.

    `EMBEDDING` documents are already searchable by words.
    """

    QUEUED = "queued"
    READING = "reading"
    EMBEDDING = "embedding"
    READY = "ready"
    FAILED = "failed"
    SKIPPED = "skipped"  # could not be read, and the user said to leave it at that


@dataclass(frozen=True, slots=True)
class Page:
    """The text of one page; `number` counts from 1, or is None where a format has no pages."""

    number: int | None
    text: str


@dataclass(frozen=True, slots=True)
class NewChunk:
    """A piece of one page, before it is stored: `page_text[start:end] == text`."""

    page_index: int  # position of the page in the document's list of pages, from 0
    page: int | None
    start: int
    end: int
    text: str
    heading: str = ""  # the headings above it, outermost first, joined with " > "


@dataclass(frozen=True, slots=True)
class Chunk:
    """A stored chunk. `start` and `end` are character offsets in its page's text."""

    id: int
    document_id: int
    document: str  # the file's name
    page_index: int
    page: int | None
    start: int
    end: int
    text: str
    heading: str = ""
    edited: bool = False  # `text` was changed by hand: the page says something else there


@dataclass(frozen=True, slots=True)
class Document:
    """One row of the ingest ledger."""

    id: int
    name: str
    path: str  # where it came from; shown, never opened without asking
    sha256: str
    size: int  # bytes
    state: DocumentState
    pages: int = 0
    characters: int = 0
    chunks: int = 0
    embedded: int = 0  # chunks that have a vector
    empty_pages: int = 0  # pages without any text (pictures)
    seconds: float = 0.0
    error: str = ""  # what happened and why, one sentence
    remedy: str = ""  # what to do next
    warning: str = ""
    language: str = ""  # that most of its text is in; "" where it cannot be told
    tables: int | None = None  # None: read by a version that did not count them
    excluded: int = 0  # chunks that the user keeps out of searches
    edited: int = 0  # chunks whose text the user changed
    gone: bool = False  # its file is no longer in the folder that is watched


IndexStatus = Literal["ready", "failed", "duplicate", "unchanged"]


@dataclass(frozen=True, slots=True)
class IndexOutcome:
    """What became of one path given to `index`; the row of the command line's answer."""

    path: str
    name: str
    status: IndexStatus
    pages: int = 0
    characters: int = 0
    chunks: int = 0
    seconds: float = 0.0
    error: str | None = None


# --- retrieval ---------------------------------------------------------------------------

SearchMode = Literal["hybrid", "dense", "lexical"]
FollowUps = Literal["terms", "model", "typed"]  # how a follow-up question is searched for


@dataclass(frozen=True, slots=True)
class RetrievalProfile:
    """How passages are found for a question; `core/profiles` gives it the name that says so.

    `whole` pastes all text that fits instead of searching (the "Whole documents" rung);
    `gold` gives the pages a case names as its sources (the "Ceiling" rung, in runs only).
    """

    name: str
    mode: SearchMode = "hybrid"
    top: int = 5
    whole: bool = False
    gold: bool = False
    least: float | None = None  # hits with a lower score are left out
    diverse: bool = False  # passages that say the same give way to others
    joined: bool = True  # short chunks come with their neighbours
    second_pass: bool = False  # the first 50 are scored again, sentence by sentence
    cross_encoder: bool = False  # or by the cross-encoder that this machine's user chose
    follow_ups: FollowUps = "terms"  # core/follow_ups, core/rewriting, or as it was typed


HYBRID = RetrievalProfile("Hybrid, top 5")
DENSE = RetrievalProfile("Meaning only, top 5", mode="dense")
LEXICAL = RetrievalProfile("Words only, top 5", mode="lexical")
WHOLE_DOCUMENTS = RetrievalProfile("Whole documents", whole=True)
GOLD = RetrievalProfile("Gold passage", gold=True)
DEFAULT_PROFILES = (HYBRID, DENSE, LEXICAL, WHOLE_DOCUMENTS, GOLD)


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved chunk with its provenance. Ranks count from 1; None: not in that list."""

    rank: int
    score: float  # the fused score that decided the order; higher is better
    chunk_id: int
    document_id: int
    document: str
    page: int | None
    page_index: int
    start: int
    end: int
    text: str
    heading: str = ""
    dense_rank: int | None = None
    dense_score: float | None = None  # cosine, -1 to 1
    lexical_rank: int | None = None
    lexical_score: float | None = None  # BM25, higher is better
    edited: bool = False  # the user changed this text: its page says something else there


@dataclass(frozen=True, slots=True)
class Citation:
    """`[number]` in an answer points at the passage with that rank."""

    number: int
    document: str
    page: int | None


# --- prompts and strategies --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message as it is sent."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str


@dataclass(frozen=True, slots=True)
class Parameters:
    """Generation parameters; None leaves the model's own default."""

    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    seed: int | None = None
    stop: tuple[str, ...] = ()
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    response_format: Literal["text", "json_object", "json_schema"] | None = None
    reasoning_effort: str | None = None
    verbosity: str | None = None
    schema: str | None = None  # JSON, for the response format json_schema

    def as_dict(self) -> dict[str, Any]:
        """Only what is set, JSON-ready."""
        return {k: list(v) if isinstance(v, tuple) else v
                for k, v in asdict(self).items() if v not in (None, ())}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Parameters:
        """Raises TypeError for an unknown name."""
        known = dict(values)
        if "stop" in known:
            stop = known["stop"]
            known["stop"] = (stop,) if isinstance(stop, str) else tuple(stop)
        return cls(**known)

    def over(self, below: Parameters) -> Parameters:
        """These parameters, and `below`'s where these say nothing."""
        return Parameters.from_dict({**below.as_dict(), **self.as_dict()})


@dataclass(frozen=True, slots=True)
class FewShotExample:
    """A question and its model answer, shown to the model before the real question."""

    question: str
    answer: str
    on: bool = True
    origin: str = "typed"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the Prompt pane edits. `system` and `template` are Jinja2 with `question`, `context`
    and variables of the user's own; `variables` are the values of those where a case has none.
    """

    system: str = ""
    examples: tuple[FewShotExample, ...] = ()
    template: str = "{{ question }}"
    parameters: Parameters = field(default_factory=Parameters)
    chosen: int = 0  # so many training examples, those most like the question, are added to it
    variables: tuple[tuple[str, str], ...] = ()  # name, value; by name


@dataclass(frozen=True, slots=True)
class PromptVersion:
    """A saved prompt; `number` counts from 1 in its workspace. Never changed afterwards."""

    number: int
    prompt: Prompt
    name: str = ""
    note: str = ""
    starred: bool = False
    created_at: str = ""  # ISO 8601, UTC
    parent: int | None = None  # the version it was branched from


class Rung(enum.StrEnum):
    """A step of the strategy ladder; the value is the name shown on screen."""

    BASELINE = "Baseline"
    PROMPT = "Prompt"
    WHOLE_DOCUMENTS = "Whole documents"
    DOCUMENTS = "Prompt + documents"
    FINE_TUNED = "Fine-tuned"
    FINE_TUNED_DOCUMENTS = "Fine-tuned + documents"
    CEILING = "Ceiling"
    ELSEWHERE = "Made elsewhere"  # no rung to stand on: answers of another program


BUILTIN_CONNECTION = "Built-in (offline)"
BUILTIN_MODEL = "Built-in extractive (offline)"
ELSEWHERE = "Made elsewhere"  # the connection of a column that cannot be asked
CURRENT_PROMPT = "current"  # a strategy that follows the newest prompt version


@dataclass(frozen=True, slots=True)
class Strategy:
    """A named recipe: model + prompt version + retrieval profile + parameters. One column."""

    id: int  # 0 before it is stored
    name: str
    connection: str = BUILTIN_CONNECTION
    deployment: str = BUILTIN_MODEL
    prompt: str | None = None  # "current", a version number as text, or None: question only
    retrieval: str | None = None  # a profile's name, or None
    parameters: Parameters = field(default_factory=Parameters)
    derived_from: int | None = None  # id of the column it is compared with
    hidden: bool = False
    position: int = 0
    fine_tuned: bool = False  # the user's word that this deployment is a fine-tuned model


@dataclass(frozen=True, slots=True)
class Deployment:
    """A model under the name its connection gives it. `model` is "" where nobody said."""

    name: str
    model: str = ""


ConnectionKind = Literal["azure", "openai", "local", "builtin"]


@dataclass(frozen=True, slots=True)
class Connection:
    """Where chat models live. Never holds a key: `key_env` names a variable, keys are secrets.

    `api_version` "" means the v1 API for Azure.
    """

    name: str
    kind: ConnectionKind
    endpoint: str = ""
    api_version: str = ""
    key_env: str = ""
    entra: bool = False
    deployments: tuple[Deployment, ...] = ()


BUILTIN = Connection(
    BUILTIN_CONNECTION, "builtin", deployments=(Deployment(BUILTIN_MODEL, BUILTIN_MODEL),)
)

# --- answers -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call; `estimated` when the server did not count them."""

    prompt_tokens: int
    completion_tokens: int
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class TextPiece:
    """Some more text of a streaming answer."""

    text: str


@dataclass(frozen=True, slots=True)
class RateLimits:
    """What a deployment says it still takes in this minute, and takes in any; None: not said."""

    requests: int | None = None
    tokens: int | None = None
    remaining_requests: int | None = None
    remaining_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """The end of a stream: why it ended, what it used and which model says it answered."""

    reason: str  # stop, length, content_filter, ...
    usage: Usage | None = None
    model: str = ""
    limits: RateLimits | None = None
    recorded: Answer | None = None  # what was recorded, where this is a replay of it


Piece = TextPiece | Finished


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A follow-up question as it was searched for: by its terms carried over, or by a model.

    `messages`, `usage` and `seconds` are those of the extra call, where there was one; the
    answer's own figures have them in.
    """

    question: str
    by: Literal["terms", "model"]
    messages: tuple[Message, ...] = ()
    usage: Usage | None = None
    seconds: float = 0.0
    note: str = ""


class AnswerState(enum.StrEnum):
    """RUNNING rows that are found at start-up were cut by a crash: INTERRUPTED."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    FILTERED = "filtered"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Answer:
    """One column's answer to one question, with everything needed to explain it."""

    strategy: str
    model: str  # as shown: deployment (model), or "Built-in extractive (offline)"
    question: str
    state: AnswerState
    text: str = ""
    citations: tuple[Citation, ...] = ()
    declined: bool = False
    context: tuple[Hit, ...] = ()
    messages: tuple[Message, ...] = ()
    parameters: Parameters = field(default_factory=Parameters)
    prompt_version: int | None = None
    usage: Usage | None = None
    first_token_seconds: float | None = None
    seconds: float | None = None
    finish_reason: str | None = None
    cost: float | None = None  # in US dollars; 0.0 for local models; None: price unknown
    error: str | None = None
    remedy: str | None = None
    note: str = ""  # what the reader must know, e.g. which pages did not fit
    timings: tuple[tuple[float, int], ...] = ()  # seconds since the request, characters
    recorded: bool = False  # replayed, or taken from the cache: not asked now
    history: tuple[Message, ...] = ()  # the turns before it, as they were sent, oldest first
    earlier: tuple[int, ...] = ()  # under Ask: the ids of the answers in them
    rewriting: Rewriting | None = None  # None: the question was searched for as typed
    id: int = field(default=0, compare=False)  # of the cell it is stored in; 0: not yet


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its reference answer; gold sources are `(document, page)` pairs."""

    id: int
    question: str
    reference: str = ""
    sources: tuple[tuple[str, int | None], ...] = ()
    tags: tuple[str, ...] = ()
    split: Literal["tune", "holdout"] = "tune"
    history: tuple[Message, ...] = ()  # earlier turns of a conversation, oldest first
    origin: str = ""  # in words, e.g. "corrected answer of cell 12"; "": typed or imported
    variables: tuple[tuple[str, str], ...] = ()  # name, value: further fields for templates


# --- dataset -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lineage:
    """What an example was made from; None and "": not from such a thing.

    `sha256` is that of the document's file at the time: another one now means the example may
    teach what is no longer so.
    """

    cell_id: int | None = None
    case_id: int | None = None
    chunk_id: int | None = None
    document: str = ""
    page: int | None = None
    sha256: str = ""


ExampleState = Literal["kept", "proposed", "off"]  # proposed: generated, waits for a yes or no
ExampleSplit = Literal["training", "validation"]


@dataclass(frozen=True, slots=True)
class Example:
    """One training example: `row` is the JSON object of its line, as imported or edited.

    `raw` keeps a line that is not a JSON object, so that nothing of an import is lost.
    `accepted` holds all answers that count as right, where there are more than the row's target.
    """

    id: int
    line: int  # from 1, in the file it came from
    row: Mapping[str, Any]
    raw: str = ""
    origin: str = "import"  # shown: import, typed, corrected answer of cell X, ...
    tags: tuple[str, ...] = ()
    accepted: tuple[str, ...] = ()
    split: ExampleSplit = "training"
    state: ExampleState = "kept"
    lineage: Lineage = field(default_factory=Lineage)


@dataclass(frozen=True, slots=True)
class DatasetIssue:
    """What is wrong with one line of a dataset and how to mend it."""

    line: int
    severity: Literal["error", "warning"]
    code: str
    message: str
