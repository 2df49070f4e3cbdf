"""Readings and corrections in an SQLite file."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar, cast, get_args

import numpy as np
from numpy.typing import NDArray

from appliance.errors import JournalError
from appliance.ports import Clock
from appliance.values import (
    GLYPH_SIZE,
    Box,
    Correction,
    Glyph,
    Prediction,
    ReadDigit,
    Reading,
    Status,
)

VERSION = 1
"""Of the tables below; stands in the file as user_version."""

TABLES = """
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

BUSY_SECONDS = 1.0
"""How long another process may hold the file before it counts as a trouble."""

SECONDS_A_DAY = 86_400.0

Answer = TypeVar("Answer")


class SqliteJournal:
    """Keeps readings and corrections; what a call acknowledged is on disk.

    The file is opened when it is first needed, and anew after a trouble, so a full or read-only
    disk is a trouble of that moment. A damaged file is set aside under another name and a new one
    begun. May be used from several threads.

    path: the file; None keeps everything in memory.
    keep_readings: older readings than the newest so many are deleted. Corrections stay: the
        network learns from them.
    keep_days: readings older than that are deleted; 0 keeps them.
    """

    def __init__(
        self, path: Path | None, clock: Clock, keep_readings: int = 10_000, keep_days: float = 90
    ) -> None:
        self._path = path
        self._clock = clock
        self._keep_readings = keep_readings
        self._keep_days = keep_days
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._log = logging.getLogger(__name__)

    def record(self, reading: Reading) -> int:
        """Keep a reading with its glyphs; returns its id. On disk when this returns.

        Raises JournalError when it can't be kept.
        """
        return self._transact(lambda connection: self._insert(connection, reading))

    def correct(self, correction: Correction) -> int:
        """Keep a correction; returns its id. On disk when this returns.

        Raises JournalError when it can't be kept.
        """
        return self._transact(lambda connection: _insert_correction(connection, correction))

    def undo(self, number: int) -> bool:
        """Forget the correction of that id; False when there is none. On disk when this returns."""
        return self._transact(
            lambda connection: (
                connection.execute("DELETE FROM corrections WHERE id = ?", (number,)).rowcount > 0
            )
        )

    def readings(self, limit: int = 100, before: int | None = None) -> list[Reading]:
        """Return the newest readings, newest first; with `before`, those older than that id."""
        where = "" if before is None else "WHERE id < :before"
        return self._transact(
            lambda connection: [
                _reading(connection, row)
                for row in connection.execute(
                    f"SELECT * FROM readings {where} ORDER BY id DESC LIMIT :limit",
                    {"before": before, "limit": limit},
                )
            ]
        )

    def latest(self) -> Reading | None:
        """Return the newest reading, None when there is none."""
        return next(iter(self.readings(1)), None)

    def reading(self, number: int) -> Reading | None:
        """Return the reading of that id, None when there is none."""
        return next((r for r in self.readings(1, number + 1) if r.id == number), None)

    def corrections(self) -> list[Correction]:
        """Return the corrections that count, oldest first: of each glyph's the newest."""
        return self._transact(
            lambda connection: [
                Correction(_glyph(row), row["digit"], row["time"], row["reading_id"], row["id"])
                for row in connection.execute(
                    "SELECT * FROM corrections WHERE id IN (SELECT max(id) FROM corrections"
                    " GROUP BY glyph, x, y, width, height) ORDER BY id"
                )
            ]
        )

    def close(self) -> None:
        """Close the file; the next call would open it again."""
        with self._lock:
            self._disconnect()

    def _insert(self, connection: sqlite3.Connection, reading: Reading) -> int:
        number = connection.execute(
            "INSERT INTO readings (time, status, text, confidence, reason, milliseconds, source)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                reading.time,
                reading.status,
                reading.guess,
                reading.confidence,
                reading.reason,
                reading.milliseconds,
                reading.source,
            ),
        ).lastrowid
        assert number is not None
        connection.executemany(
            f"INSERT INTO digits VALUES ({', '.join('?' * 12)})",
            [
                (number, line, position, *_digit_columns(digit))
                for line, digits in enumerate(reading.lines)
                for position, digit in enumerate(digits)
            ],
        )
        self._forget_old(connection, number)
        return number

    def _forget_old(self, connection: sqlite3.Connection, newest: int) -> None:
        connection.execute("DELETE FROM readings WHERE id <= ?", (newest - self._keep_readings,))
        if self._keep_days:
            oldest = self._clock.time() - self._keep_days * SECONDS_A_DAY
            connection.execute("DELETE FROM readings WHERE time < ? AND id < ?", (oldest, newest))

    def _transact(self, work: Callable[[sqlite3.Connection], Answer]) -> Answer:
        """Do the work in one transaction; once more with a new file if this one is damaged."""
        with self._lock:
            try:
                try:
                    with self._transaction() as connection:
                        return work(connection)
                except sqlite3.DatabaseError as error:
                    if not _is_damage(error):
                        raise
                    self._set_aside(error)
                    with self._transaction() as connection:
                        return work(connection)
            except (sqlite3.Error, OSError) as error:
                self._disconnect()
                raise JournalError(
                    f"{self._path}: the journal can't be used: {error}; look whether the disk is "
                    "full, the folder is there and may be written"
                ) from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if self._connection is None:
            self._connection = _connect(self._path)
        with self._connection:  # commits, or rolls back
            yield self._connection

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        """Rename the damaged file and its companions: somebody may want to rescue them."""
        self._disconnect()
        if self._path is None:
            raise error
        suffix = f".damaged-{self._clock.time():.0f}"
        for tail in ("", "-wal", "-shm"):
            part = self._path.with_name(self._path.name + tail)
            if part.exists():
                part.replace(self._path.with_name(self._path.name + suffix + tail))
        self._log.warning(
            "%s: the journal is damaged (%s); it was set aside as %s and a new one begun",
            self._path,
            error,
            self._path.name + suffix,
        )

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _connect(path: Path | None) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path or ":memory:", timeout=BUSY_SECONDS, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # a commit waits for the disk
        connection.execute("PRAGMA foreign_keys = ON")
        _refuse_damage(connection)
        _make_tables(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _refuse_damage(connection: sqlite3.Connection) -> None:
    complaint = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if complaint != "ok":
        raise sqlite3.DatabaseError(f"malformed: {complaint}")


def _make_tables(connection: sqlite3.Connection) -> None:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise sqlite3.OperationalError(
            f"it was written by a newer version of the appliance (tables {version}, "
            f"this one knows {VERSION})"
        )
    if version == 0:
        connection.executescript(f"BEGIN; {TABLES} PRAGMA user_version = {VERSION}; COMMIT;")


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    text = str(error)
    return "malformed" in text or "not a database" in text


def _insert_correction(connection: sqlite3.Connection, correction: Correction) -> int:
    box = correction.glyph.box
    number = connection.execute(
        "INSERT INTO corrections (time, reading_id, digit, x, y, width, height, glyph)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            correction.time,
            correction.reading_id,
            correction.digit,
            *(box.x, box.y, box.width, box.height),
            _pack(correction.glyph.pixels),
        ),
    ).lastrowid
    assert number is not None
    return number


def _digit_columns(digit: ReadDigit) -> tuple[object, ...]:
    box, prediction = digit.box, digit.prediction
    return (
        digit.digit,
        digit.confidence,
        *(box.x, box.y, box.width, box.height),
        prediction.probabilities.astype("<f4").tobytes(),
        prediction.not_a_digit,
        _pack(digit.glyph.pixels),
    )


def _pack(pixels: NDArray[np.float32]) -> bytes:
    return np.rint(np.clip(pixels, 0, 1) * 255).astype(np.uint8).tobytes()


def _reading(connection: sqlite3.Connection, row: sqlite3.Row) -> Reading:
    assert row["status"] in get_args(Status)
    lines: dict[int, list[ReadDigit]] = {}
    for digit in connection.execute(
        "SELECT * FROM digits WHERE reading_id = ? ORDER BY line, position", (row["id"],)
    ):
        probabilities = np.frombuffer(digit["probabilities"], "<f4").astype(np.float32)
        prediction = Prediction(probabilities, digit["not_a_digit"])
        lines.setdefault(digit["line"], []).append(ReadDigit(_glyph(digit), prediction))
    return Reading(
        status=cast(Status, row["status"]),
        lines=tuple(tuple(line) for line in lines.values()),
        reason=row["reason"],
        milliseconds=row["milliseconds"],
        time=row["time"],
        source=row["source"],
        id=row["id"],
    )


def _glyph(row: sqlite3.Row) -> Glyph:
    pixels = np.frombuffer(row["glyph"], np.uint8).reshape(GLYPH_SIZE, GLYPH_SIZE)
    box = Box(row["x"], row["y"], row["width"], row["height"])
    return Glyph(pixels.astype(np.float32) / np.float32(255), box)
