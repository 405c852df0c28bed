"""How passages are found: the full-text schema, the words of a query, and the fusion.

The store builds its FTS5 table from the constants below, one row a chunk with the chunk's id
as rowid: `text` is the chunk, `heading` its headings, `title` the words of the document's name
(`chunking.title_of`). Rank with `-bm25(<table>, *BM25_WEIGHTS)`, so that higher is better.
"""

from __future__ import annotations

# English words are compared by their stems, letters without their accents.
FTS_TOKENIZE = "porter unicode61 remove_diacritics 2"
FTS_COLUMNS = ("text", "heading", "title")
BM25_WEIGHTS = (1.0, 0.3, 0.3)
