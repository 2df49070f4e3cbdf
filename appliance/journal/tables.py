"""The journal's file: its tables, opened only when they are whole."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path

FIRST = """
CREATE TABLE readings (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time REAL NOT NULL,            -- seconds since the epoch
    status TEXT NOT NULL,          -- read, unsure, nothing
    text TEXT NOT NULL,            -- the digits; of an unsure reading the guess
    confidence REAL NOT NULL,
    reason TEXT,
    milliseconds REAL NOT NULL,
    source TEXT NOT NULL
);
CREATE INDEX readings_by_time ON readings (time);
CREATE TABLE digits (
    reading_id INTEGER NOT NULL REFERENCES readings ON DELETE CASCADE,
    line INTEGER NOT NULL,
    position INTEGER NOT NULL,     -- within the line
    digit INTEGER NOT NULL,
    confidence REAL NOT NULL,
    x INTEGER NOT NULL, y INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    probabilities BLOB NOT NULL,   -- ten little-endian float32
    not_a_digit REAL NOT NULL,
    glyph BLOB NOT NULL,           -- 28x28 bytes, ink bright, row by row
    PRIMARY KEY (reading_id, line, position)
) WITHOUT ROWID;
CREATE TABLE corrections (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    time REAL NOT NULL,
    reading_id INTEGER REFERENCES readings ON DELETE SET NULL,
    digit INTEGER NOT NULL,
    x INTEGER NOT NULL, y INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
    glyph BLOB NOT NULL
);
CREATE INDEX corrections_by_reading ON corrections (reading_id);
"""

STEPS = (FIRST,)
"""What makes version n + 1 of the tables from version n, at [n]; version 0 is an empty file. A step
that has been released is never changed: another one is added.
"""

PROBES = (
    "SELECT id, time, status, text, confidence, reason, milliseconds, source FROM readings",
    "SELECT reading_id, line, position, digit, confidence, x, y, width, height, probabilities,"
    " not_a_digit, glyph FROM digits",
    "SELECT id, time, reading_id, digit, x, y, width, height, glyph FROM corrections",
)
"""Queries that a file with our tables can answer."""

BUSY_SECONDS = 1.0
"""How long another process may hold the file before it counts as a trouble."""

INCREMENTAL = 2
"""Of SQLite's ways to give pages back the one that does it when told."""

LARGEST_LOG = 4 << 20
"""Bytes to which the write-ahead log is cut back once it was written into the file."""


class DamagedError(sqlite3.DatabaseError):
    """The file isn't a journal, or no longer."""


class NewerError(sqlite3.OperationalError):
    """The file was written by a newer version of the appliance."""


def connect(path: Path | None) -> sqlite3.Connection:
    """Open the journal's file, or begin it; None: in memory. Older tables are brought up to date.

    Raises DamagedError for what is to be set aside, NewerError for what must be left alone, another
    sqlite3.Error or an OSError for a trouble that may pass, such as a full disk.
    """
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path or ":memory:", timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.text_factory = _decoded
        refuse_damage(connection)
        refuse_foreign(connection)
        _let_it_shrink(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a commit waits for the disk
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {LARGEST_LOG}")
        make_tables(connection)
        probe(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file itself is broken, and not the disk or its rights."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the upper bits only refine it
    return (
        isinstance(error, DamagedError)
        or code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
        or "unsupported file format" in str(error)  # comes without a code of its own
    )


def refuse_damage(connection: sqlite3.Connection) -> None:
    """Raise DamagedError when SQLite doesn't find the file whole."""
    complaint = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if complaint != "ok":
        raise DamagedError(f"malformed: {complaint}")


def _decoded(text: bytes) -> str:
    """The text of a column, in which a bit may have flipped."""
    return text.decode(errors="replace")


def _let_it_shrink(connection: sqlite3.Connection) -> None:
    """Let deleted readings give their pages back; a file of old is written anew for that, once."""
    if connection.execute("PRAGMA auto_vacuum").fetchone()[0] == INCREMENTAL:
        return
    connection.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
    if connection.execute("PRAGMA page_count").fetchone()[0]:
        with suppress(sqlite3.OperationalError):  # no room for a second file: next time, perhaps
            connection.execute("VACUUM")


def version_of(connection: sqlite3.Connection) -> int:
    """Version of the tables; 0 of an empty file."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_foreign(connection: sqlite3.Connection) -> None:
    """Raise NewerError or DamagedError for a file that isn't ours to write into."""
    version = version_of(connection)
    if version > len(STEPS):
        raise NewerError(
            f"it was written by a newer version of the appliance (tables {version}, "
            f"this one knows {len(STEPS)}) and was left as it is; install that version, or set "
            "another path under [journal]"
        )
    if version <= 0 and connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise DamagedError("a database of something else")


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring older ones up to date: each step whole or not at all."""
    for version in range(max(version_of(connection), 0), len(STEPS)):
        connection.executescript(
            f"BEGIN IMMEDIATE; {STEPS[version]} PRAGMA user_version = {version + 1}; COMMIT;"
        )


def probe(connection: sqlite3.Connection) -> None:
    """Refuse a file whose tables lack a column: its description is damaged."""
    for query in PROBES:
        try:
            connection.execute(f"{query} LIMIT 0")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_ERROR:  # busy, full: not the file's fault
                raise
            raise DamagedError(f"malformed: {error}") from error
