"""Which embedding model a workspace searches with: the choice, its limits, its words.

A workspace keeps its choice as a fact and its vectors under the id of the model that made them,
so that two models' vectors never meet. A choice that came with somebody else's workspace is only
words until the user of this machine confirms it: see `Settings.may_embed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import PurePath
from typing import Any, Literal, cast, get_args

from .chunk_settings import LIMIT, MOST_LIMIT
from .errors import ConfigurationError

Kind = Literal["builtin", "tuned", "folder", "hub", "service"]
KINDS: tuple[Kind, ...] = get_args(Kind)
FACT = "embedder"  # of the workspace: the choice that is searched with
WANTED = "embedder wanted"  # the choice whose vectors are being made beside it

BUILTIN_LABEL = "all-MiniLM-L6-v2 (built in)"
HUB_HOST = "huggingface.co"
MOST_TEXT = 2_000  # characters of a name or path
MOST_DIMENSION = 8_192
MOST_TOKENS = 1_000_000

# What embedding services take in one request; beyond it they refuse.
MOST_INPUTS, INPUT_TOKENS, REQUEST_TOKENS = 2_048, 8_191, 300_000
OPENAI_MODELS = ("text-embedding-3-small", "text-embedding-3-large", "text-embedding-ada-002")
LEAST_LIMIT = 96  # below it a title and a heading leave no room for text
_OTHER_TOKENS = 0.8  # tokens of the reader for one of another model's, at the safe end


@dataclass(frozen=True, slots=True)
class EmbedderChoice:
    """`id`, `dimension` and `max_tokens` are known once the model was looked at.

    `path` of a folder, `name` on the hub or of a model tuned here, `connection` and `deployment`
    of a service with the `dimensions` it is asked for (0: its own).
    """

    kind: Kind = "builtin"
    path: str = ""
    name: str = ""
    connection: str = ""
    deployment: str = ""
    dimensions: int = 0
    id: str = ""
    dimension: int = 0
    max_tokens: int = 0

    @property
    def key(self) -> str:
        """What the user chose, without what was found out about it."""
        chosen = replace(self, id="", dimension=0, max_tokens=0)
        return "\t".join(str(value) for value in asdict(chosen).values())

    @property
    def label(self) -> str:
        """For the screen."""
        if self.kind == "folder":
            return f"{PurePath(self.path.replace(chr(92), '/')).name} (folder)"
        if self.kind == "service":
            size = f", {self.dimensions:,} dimensions" if self.dimensions else ""
            return f"{self.deployment} at {self.connection}{size}"
        if self.kind == "tuned":
            return f"Built-in, fine-tuned here ({self.name[:8]})"
        return self.name if self.kind == "hub" else BUILTIN_LABEL

    @property
    def known(self) -> bool:
        """Whether it was looked at; the built-in one needs no looking."""
        return self.kind == "builtin" or bool(self.id and self.dimension)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready, without what is empty."""
        return {name: value for name, value in asdict(self).items() if value}

    @classmethod
    def from_json(cls, value: object) -> EmbedderChoice:
        """What is stored, as far as it makes sense: a workspace may come from a stranger. The
        built-in one for what says nothing."""
        found = value if isinstance(value, dict) else {}
        kind = found.get("kind")
        if kind == "builtin" or kind not in KINDS:
            return BUILTIN
        texts = {name: _text(found.get(name))
                 for name in ("path", "name", "connection", "deployment", "id")}
        return cls(
            cast("Kind", kind), dimensions=_whole(found.get("dimensions"), MOST_DIMENSION),
            dimension=_whole(found.get("dimension"), MOST_DIMENSION),
            max_tokens=_whole(found.get("max_tokens"), MOST_TOKENS), **texts,
        )


BUILTIN = EmbedderChoice()


def service_id(model: str, address: str, dimension: int) -> str:
    """Names a service's model exactly. OpenAI's own models give the same vectors wherever they
    are deployed, so that a colleague's resource serves the same workspace; of any other server
    only the address says what answers, as a digest: a workspace need not tell it."""
    import hashlib

    if model in OPENAI_MODELS:
        return f"{model}:{dimension}"
    digest = hashlib.sha256(address.encode()).hexdigest()[:12]
    return f"{model or 'model'}@{digest}:{dimension}"


def reader_limit(max_tokens: int) -> int:
    """Tokens of a chunk with its title and heading, as the reader counts them, that a model
    with such a window reads whole. 0 tokens: the built-in one's."""
    if not max_tokens or max_tokens == LIMIT:
        return LIMIT
    return max(LEAST_LIMIT, min(MOST_LIMIT, int(max_tokens * _OTHER_TOKENS)))


def parse_choice(text: str, dimensions: int = 0) -> EmbedderChoice:
    """What a command line names: `builtin`, `hub:OWNER/NAME`, `tuned:SHA256`, `folder:PATH` or
    `CONNECTION/DEPLOYMENT`; a path that begins with / ~ or . is a folder too. Raises
    ConfigurationError."""
    kind, colon, rest = text.partition(":")
    if text == "builtin":
        return BUILTIN
    if colon and rest and kind in ("hub", "tuned"):
        return EmbedderChoice("hub" if kind == "hub" else "tuned", name=rest)
    if colon and rest and kind == "folder":
        return EmbedderChoice("folder", path=rest)
    if text.startswith(("/", "~", ".")) or (len(kind) == 1 and colon):
        return EmbedderChoice("folder", path=text)
    connection, slash, deployment = text.partition("/")
    if slash and connection and deployment:
        return EmbedderChoice("service", connection=connection, deployment=deployment,
                              dimensions=dimensions)
    raise ConfigurationError(
        f"“{text}” names no embedding model",
        remedy="Write builtin, a folder's path, hub:OWNER/NAME, or CONNECTION/DEPLOYMENT")


def request_batches(
    tokens: Sequence[int], inputs: int = MOST_INPUTS, total: int = REQUEST_TOKENS
) -> list[range]:
    """Places of texts for one request each, in order, within a service's limits."""
    batches: list[range] = []
    start = held = 0
    for place, size in enumerate(tokens):
        if place > start and (place - start == inputs or held + size > total):
            batches.append(range(start, place))
            start, held = place, 0
        held += size
    if start < len(tokens):
        batches.append(range(start, len(tokens)))
    return batches


def _text(value: object) -> str:
    return value if isinstance(value, str) and len(value) <= MOST_TEXT else ""


def _whole(value: object, most: int) -> int:
    good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most
    return value if good else 0  # type: ignore[return-value]
