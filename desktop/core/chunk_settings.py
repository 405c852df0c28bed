"""How a workspace's documents are cut: what the user may choose, and its JSON.

The default cuts as documents were always cut: about 1,000 characters at the borders that the
text has, with its headings, and never more than the embedder reads.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

Splitter = Literal["structure", "sentences", "fixed"]
SPLITTERS: tuple[Splitter, ...] = get_args(Splitter)
FACT = "chunking"  # of the workspace
LIMIT = 256  # tokens of a chunk with its title and heading: what the built-in embedder reads
MOST_LIMIT = 2_048  # for embedders that read more: a passage is to be read by people, too
LEAST, MOST = 32, 240  # tokens of a chunk's own text; the rest of the limit is for its title
ABOVE = LIMIT - MOST  # tokens kept for title and heading
OVERLAP = 50  # per cent at most: beyond it most of the index is repetition


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """`size` counts tokens of the embedder; 0 means about 1,000 characters (~200 tokens).

    `overlap` is the share of a chunk, in per cent, that the next one may begin with again.
    `limit` is nobody's choice: what the workspace's embedder reads, in tokens as counted here.
    """

    size: int = 0
    overlap: int = 0
    splitter: Splitter = "structure"
    headings: bool = True  # embedded with every chunk that stands under them
    limit: int = field(default=LIMIT, compare=False)

    @property
    def most(self) -> int:
        """The largest size that can be chosen."""
        return max(LEAST, self.limit - ABOVE)

    def within(self, limit: int) -> ChunkSettings:
        """For an embedder that reads so many tokens."""
        return replace(self, limit=limit, size=min(self.size, max(LEAST, limit - ABOVE)))

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: object) -> ChunkSettings:
        """What is stored, as far as it makes sense: a workspace may come from a stranger."""
        found = value if isinstance(value, dict) else {}
        size, splitter = _whole(found.get("size")), found.get("splitter")
        limit = min(MOST_LIMIT, max(LEAST, _whole(found.get("limit")) or LIMIT))
        return cls(
            min(max(LEAST, limit - ABOVE), max(LEAST, size)) if size else 0,
            min(OVERLAP, max(0, _whole(found.get("overlap")))),
            splitter if splitter in SPLITTERS else "structure",
            found.get("headings") is not False, limit,
        )


DEFAULT = ChunkSettings()


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def words_of(settings: ChunkSettings) -> str:
    """The settings in a few words: `sentences, up to 120 tokens, overlap 20 %`."""
    size = f"up to {settings.size} tokens" if settings.size else "about 1,000 characters"
    how = {"structure": "by structure", "sentences": "whole sentences", "fixed": "fixed size"}
    parts = [how[settings.splitter], size]
    parts += [f"overlap {settings.overlap} %"] if settings.overlap else []
    parts += [] if settings.headings else ["without headings"]
    return ", ".join(parts)
