"""The journal's file: its tables, opened only when they are whole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
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

UNWRITABLE = {
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
"""What SQLite says where the disk is full, or mustn't be written."""

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


def connect(path: Path | None, *, write: bool = True) -> sqlite3.Connection:
    """Open the journal's file, or begin it; None: in memory. Older tables are brought up to date.

    write: without it a file on a disk that takes nothing is opened for what it holds, see
    `is_read_only`.
    Raises DamagedError for what is to be set aside, NewerError for what must be left alone, another
    sqlite3.Error or an OSError for a trouble that may pass, such as a full disk.
    """
    if path is None:
        return _made_ready(":memory:")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _made_ready(path)
    except sqlite3.OperationalError as error:
        legible = _as_it_is(path) if not write and _code(error) in UNWRITABLE else None
        if legible is None:
            raise
        return legible


def _made_ready(place: Path | str) -> sqlite3.Connection:
    """Open or begin a file that can be written."""
    connection = _checked(sqlite3.connect(place, timeout=BUSY_SECONDS, check_same_thread=False))
    try:
        _let_it_shrink(connection)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a commit waits for the disk
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {LARGEST_LOG}")
        make_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _as_it_is(path: Path) -> sqlite3.Connection | None:
    """Open a file that can't be written, for what it holds; None: that can't be told."""
    with suppress(sqlite3.DatabaseError):  # what others write meanwhile may look like damage
        connection = open_unchanged(path)
        if version_of(connection) == len(STEPS):
            return connection
        connection.close()
    return None


def _checked(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, whose file is whole and ours; otherwise it is closed."""
    try:
        connection.row_factory = sqlite3.Row
        connection.text_factory = _decoded
        refuse_damage(connection)
        refuse_foreign(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def open_unchanged(path: Path) -> sqlite3.Connection:
    """Open a whole journal so that nothing of it is changed; raises as `connect` does.

    Beside a write-ahead log SQLite may make the log's index. Without one nobody has it open: then
    SQLite is told that it won't change, lest it make such a log. On a full disk an empty log is
    what is left of an attempt to write.
    """
    log = path.with_name(path.name + "-wal")
    try:
        return _read_only(path, immutable=not log.exists())
    except sqlite3.OperationalError as error:
        if _code(error) not in UNWRITABLE or not log.exists() or log.stat().st_size:
            raise
        return _read_only(path, immutable=True)


def _read_only(path: Path, *, immutable: bool) -> sqlite3.Connection:
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' * immutable}"
    connection = sqlite3.connect(address, BUSY_SECONDS, uri=True, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    return _checked(connection)


def is_read_only(connection: sqlite3.Connection) -> bool:
    """Whether it was opened only to be read: what others write it may not see, or see in part."""
    return bool(connection.execute("PRAGMA query_only").fetchone()[0])


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that the file itself is broken, and not the disk or its rights."""
    return (
        isinstance(error, DamagedError)
        or _code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT}
        or "unsupported file format" in str(error)  # comes without a code of its own
    )


def _code(error: sqlite3.Error) -> int:
    """SQLite's code; 0 for an error of our own. The upper bits only refine it."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def refuse_damage(connection: sqlite3.Connection) -> None:
    """Raise DamagedError when SQLite doesn't find the file whole."""
    complaint = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if complaint != "ok":
        raise DamagedError(f"malformed: {' '.join(complaint.split())}")  # it may have two lines


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
    with connection:
        connection.execute("BEGIN")  # another process may begin the journal meanwhile
        version = version_of(connection)
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if version > len(STEPS):
        raise NewerError(
            f"it was written by a newer version of the appliance (tables {version}, "
            f"this one knows {len(STEPS)}) and was left as it is; install that version, or set "
            "another path under [journal]"
        )
    if version <= 0 and tables:
        raise DamagedError("a database of something else")
    if version == len(STEPS):  # an older one may lack columns until it is brought up to date
        probe(connection)


def make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables, or bring older ones up to date: all steps or none.

    Another process may do so at the same time: which steps are left is asked after waiting for it.
    Raises DamagedError for older tables that lack a column.
    """
    if version_of(connection) == len(STEPS):
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for version in range(max(version_of(connection), 0), len(STEPS)):
            for statement in _statements(STEPS[version]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
        probe(connection)  # older ones may lack a column still


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: Python runs a whole one in no transaction of ours."""
    statement = ""
    *parts, rest = script.split(";")
    assert not rest.strip(), "a statement without an end"
    for part in parts:
        statement += f"{part};"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def probe(connection: sqlite3.Connection) -> None:
    """Refuse a file whose tables lack a column: its description is damaged."""
    for query in PROBES:
        try:
            connection.execute(f"{query} LIMIT 0")
        except sqlite3.OperationalError as error:
            if _code(error) != sqlite3.SQLITE_ERROR:  # busy, full: not the file's fault
                raise
            raise DamagedError(f"malformed: {error}") from error
