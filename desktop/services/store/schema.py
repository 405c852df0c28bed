"""The tables of a workspace file, as numbered steps that are only ever appended.

A change of the tables is a new entry at the end of `MIGRATIONS`; entries that were released
stay as they are, to the letter: `opening.check_objects` compares a file with what they make.
The full-text table is not among them: it is a cache made by `search.ensure`.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence

from .values import transaction

APPLICATION_ID = 0x53545258  # "STRX", at byte 68 of every workspace file

Migration = tuple[str, ...]  # statements

VERSION_1: Migration = (
    # Small facts, as JSON: use case, question being typed, dismissed hints.
    "CREATE TABLE facts (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    # --- documents
    "CREATE TABLE contents (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL)",
    """CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        path TEXT NOT NULL,
        sha256 TEXT NOT NULL REFERENCES contents (sha256),
        size INTEGER NOT NULL,
        state TEXT NOT NULL,
        pages INTEGER NOT NULL DEFAULT 0,
        characters INTEGER NOT NULL DEFAULT 0,
        chunks INTEGER NOT NULL DEFAULT 0,
        embedded INTEGER NOT NULL DEFAULT 0,
        empty_pages INTEGER NOT NULL DEFAULT 0,
        seconds REAL NOT NULL DEFAULT 0,
        error TEXT NOT NULL DEFAULT '',
        remedy TEXT NOT NULL DEFAULT '',
        warning TEXT NOT NULL DEFAULT '',
        removed INTEGER NOT NULL DEFAULT 0)""",
    "CREATE INDEX documents_sha256 ON documents (sha256)",
    """CREATE TABLE pages (
        id INTEGER PRIMARY KEY,
        document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        number INTEGER,
        text TEXT NOT NULL,
        UNIQUE (document_id, position))""",
    # Ids are never used twice: vector indexes outside this file know chunks by them.
    """CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id INTEGER NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        page_index INTEGER NOT NULL,
        page INTEGER,
        "start" INTEGER NOT NULL,
        "end" INTEGER NOT NULL,
        text TEXT NOT NULL,
        heading TEXT NOT NULL,
        embedding_key BLOB NOT NULL)""",
    "CREATE INDEX chunks_document ON chunks (document_id)",
    "CREATE INDEX chunks_embedding_key ON chunks (embedding_key)",
    """CREATE TABLE embedders (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        dimension INTEGER NOT NULL,
        normalised INTEGER NOT NULL)""",
    # `key` is the sha256 of the embedded text, so equal chunks share one vector (float32, LE).
    """CREATE TABLE vectors (
        id INTEGER PRIMARY KEY,
        embedder_id INTEGER NOT NULL REFERENCES embedders (id) ON DELETE CASCADE,
        key BLOB NOT NULL,
        vector BLOB NOT NULL,
        UNIQUE (key, embedder_id))""",
    # --- prompts and strategies
    """CREATE TABLE prompt_versions (
        number INTEGER PRIMARY KEY,
        prompt TEXT NOT NULL,
        name TEXT NOT NULL,
        note TEXT NOT NULL,
        starred INTEGER NOT NULL,
        created_at TEXT NOT NULL)""",
    "CREATE TABLE draft (id INTEGER PRIMARY KEY CHECK (id = 1), prompt TEXT NOT NULL)",
    # `derived_from` is not a reference: undoing a removal must find it as it was.
    """CREATE TABLE strategies (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        connection TEXT NOT NULL,
        deployment TEXT NOT NULL,
        prompt TEXT,
        retrieval TEXT,
        parameters TEXT NOT NULL,
        derived_from INTEGER,
        hidden INTEGER NOT NULL,
        position INTEGER NOT NULL,
        fine_tuned INTEGER NOT NULL)""",
    # --- cases, runs and cells; a cell without a run was asked by hand
    """CREATE TABLE cases (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        question TEXT NOT NULL,
        reference TEXT NOT NULL,
        sources TEXT NOT NULL,
        tags TEXT NOT NULL,
        split TEXT NOT NULL)""",
    """CREATE TABLE runs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        plan TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT)""",
    """CREATE TABLE cells (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        run_id INTEGER REFERENCES runs (id) ON DELETE CASCADE,
        case_id INTEGER REFERENCES cases (id) ON DELETE SET NULL,
        strategy_id INTEGER NOT NULL,
        question TEXT NOT NULL,
        strategy TEXT NOT NULL,
        model TEXT NOT NULL,
        state TEXT NOT NULL,
        text TEXT NOT NULL,
        details TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT)""",
    "CREATE INDEX cells_question ON cells (question) WHERE run_id IS NULL",
    "CREATE INDEX cells_run ON cells (run_id) WHERE run_id IS NOT NULL",
    "CREATE INDEX cells_running ON cells (state) WHERE state = 'running'",
    """CREATE TABLE scores (
        cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
        metric TEXT NOT NULL,
        value REAL,
        details TEXT NOT NULL,
        PRIMARY KEY (cell_id, metric)) WITHOUT ROWID""",
    """CREATE TABLE ratings (
        id INTEGER PRIMARY KEY,
        cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
        rating INTEGER,
        comment TEXT NOT NULL,
        rater TEXT NOT NULL,
        created_at TEXT NOT NULL)""",
    # --- fine-tuning
    """CREATE TABLE datasets (
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        role TEXT NOT NULL)""",
    "INSERT INTO datasets (id, name, role) VALUES (1, 'Training', 'training')",
    """CREATE TABLE examples (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        dataset_id INTEGER NOT NULL DEFAULT 1 REFERENCES datasets (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        line INTEGER NOT NULL,
        row TEXT NOT NULL,
        raw TEXT NOT NULL,
        origin TEXT NOT NULL,
        removed INTEGER NOT NULL DEFAULT 0)""",
    "CREATE INDEX examples_position ON examples (dataset_id, position)",
    """CREATE TABLE jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        connection TEXT NOT NULL,
        remote_id TEXT NOT NULL,
        state TEXT NOT NULL,
        details TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL)""",
)

# Evaluate: what a cell of a run knows, and the answers that need not be paid for twice.
VERSION_2: Migration = (
    "ALTER TABLE cases ADD COLUMN history TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE cases ADD COLUMN removed INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE cells ADD COLUMN repeat INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE cells ADD COLUMN recorded INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE cells ADD COLUMN cause TEXT",
    "ALTER TABLE cells ADD COLUMN rule TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE cells ADD COLUMN by_hand INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE cells ADD COLUMN scores TEXT NOT NULL DEFAULT '{}'",
    # What was sent is large, much the same in many cells, and read only when a cell is opened:
    # kept apart, once, by the sha256 of its JSON. Deflated.
    "ALTER TABLE cells ADD COLUMN context BLOB",
    "ALTER TABLE cells ADD COLUMN messages BLOB",
    "CREATE INDEX cells_case ON cells (case_id) WHERE case_id IS NOT NULL",
    "CREATE TABLE bodies (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, data BLOB NOT NULL)",
    # `key` is the sha256 of the exact request.
    """CREATE TABLE cached (
        key TEXT PRIMARY KEY,
        answer TEXT NOT NULL,
        created_at TEXT NOT NULL)""",
    # Scores are always read with their cells, all of them; nothing was ever put into these two.
    "DROP TABLE scores",
    "DROP TABLE ratings",
    """CREATE TABLE ratings (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
        value REAL,
        comment TEXT NOT NULL,
        correction TEXT NOT NULL,
        other_cell_id INTEGER REFERENCES cells (id) ON DELETE CASCADE,
        rater TEXT NOT NULL,
        created_at TEXT NOT NULL)""",
    "CREATE INDEX ratings_cell ON ratings (cell_id)",
    "CREATE INDEX ratings_other ON ratings (other_cell_id) WHERE other_cell_id IS NOT NULL",
)

# Judges, recordings, where cases and examples come from, and datasets that grow.
VERSION_3: Migration = (
    "ALTER TABLE cases ADD COLUMN origin TEXT NOT NULL DEFAULT ''",
    # When each piece of a streamed answer came: `[[seconds, characters], ...]` as JSON, deflated.
    "ALTER TABLE cells ADD COLUMN timings BLOB",
    "ALTER TABLE examples ADD COLUMN tags TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE examples ADD COLUMN accepted TEXT NOT NULL DEFAULT '[]'",
    "ALTER TABLE examples ADD COLUMN split TEXT NOT NULL DEFAULT 'training'",
    "ALTER TABLE examples ADD COLUMN state TEXT NOT NULL DEFAULT 'kept'",
    "ALTER TABLE examples ADD COLUMN lineage TEXT NOT NULL DEFAULT '{}'",
    """CREATE TABLE judgements (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        judge TEXT NOT NULL,
        cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
        other_cell_id INTEGER REFERENCES cells (id) ON DELETE CASCADE,
        value REAL,
        reason TEXT NOT NULL,
        details TEXT NOT NULL,
        created_at TEXT NOT NULL)""",
    "CREATE INDEX judgements_cell ON judgements (cell_id)",
    "CREATE INDEX judgements_other ON judgements (other_cell_id)"
    " WHERE other_cell_id IS NOT NULL",
)

# Chunks that the user excluded or edited, and more columns of the ledger.
VERSION_4: Migration = (
    # Few rows in a table of their own: a column at the end of `chunks` would make every count
    # read all texts. An edited chunk is a row of its own that `replaces` the original, which
    # stays behind it: ids are never used for another text, see `chunks`.
    """CREATE TABLE chunk_changes (
        chunk_id INTEGER PRIMARY KEY REFERENCES chunks (id) ON DELETE CASCADE,
        hidden INTEGER NOT NULL,
        replaces INTEGER)""",
    "ALTER TABLE documents ADD COLUMN language TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE documents ADD COLUMN tables INTEGER",
    "ALTER TABLE documents ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE documents ADD COLUMN edited INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE documents ADD COLUMN gone INTEGER NOT NULL DEFAULT 0",
)

# What a case says beside its question, for the variables of a prompt: `{name: text}`.
VERSION_5: Migration = (
    "ALTER TABLE cases ADD COLUMN variables TEXT NOT NULL DEFAULT '{}'",
)

# Which version of a prompt another one was branched from.
VERSION_6: Migration = (
    "ALTER TABLE prompt_versions ADD COLUMN parent INTEGER",
)

MIGRATIONS: tuple[Migration, ...] = (
    VERSION_1, VERSION_2, VERSION_3, VERSION_4, VERSION_5, VERSION_6,
)


def version(db: sqlite3.Connection) -> int:
    """The number of the last migration this file has seen."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring the tables up to date, all or nothing.

    Raises sqlite3.Error when a step fails; the file is then as it was before.
    """
    with transaction(db):
        for step in migrations[version(db):]:
            for statement in step:
                db.execute(statement)
        db.execute(f"PRAGMA user_version = {len(migrations)}")


def objects(db: sqlite3.Connection) -> dict[str, tuple[str, str, str | None]]:
    """Everything the schema names: `{name: (type, table, sql)}`."""
    rows = db.execute("SELECT name, type, tbl_name, sql FROM sqlite_master")
    return {name: (kind, table, sql) for name, kind, table, sql in rows}


def expected_objects(
    number: int, migrations: Sequence[Migration] = MIGRATIONS
) -> dict[str, tuple[str, str, str | None]]:
    """What a file of that version holds, learnt by making one in memory."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        migrate(db, migrations[:number])
        return objects(db)
