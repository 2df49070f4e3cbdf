"""Readings and corrections in an SQLite file."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TypeVar

from appliance.errors import JournalError
from appliance.journal import rows
from appliance.journal.retention import Retention
from appliance.journal.tables import NewerError, connect, is_damage, is_read_only
from appliance.ports import Clock
from appliance.values import Correction, Reading

Answer = TypeVar("Answer")


class SqliteJournal:
    """Keeps readings and corrections; what a call acknowledged is on disk.

    The file is opened when it is first needed, and anew after a trouble or when it was taken away,
    so a full or read-only disk is a trouble of that moment. A damaged file is set aside under
    another name and a new one begun. May be used from several threads.

    path: the file; None keeps everything in memory.
    keep_readings, keep_days, keep_megabytes: see Retention.
    """

    def __init__(
        self,
        path: Path | None,
        clock: Clock,
        keep_readings: int = 10_000,
        keep_days: float = 90,
        keep_megabytes: float = 200,
    ) -> None:
        self._path = path
        self._clock = clock
        self._keep = Retention(keep_readings, keep_days, keep_megabytes)
        self._connection: sqlite3.Connection | None = None
        self._opened: tuple[int, int] | None = None  # the file that the connection leads to
        self._log_opened: tuple[int, int] | None = None  # its write-ahead log
        self._known: tuple[sqlite3.Connection, int] | None = None  # see `changed`
        self._lock = threading.Lock()
        self._log = logging.getLogger(__name__)

    def record(self, reading: Reading) -> int:
        """Keep a reading with its glyphs; returns its id. On disk when this returns.

        Raises JournalError when it can't be kept.
        """

        def work(connection: sqlite3.Connection) -> int:
            number = rows.insert_reading(connection, reading)
            self._keep.apply(connection, number, self._clock.time())
            return number

        return self._transact(work, write=True)

    def readings(self, limit: int = 100, before: int | None = None) -> list[Reading]:
        """Return the newest readings, newest first; with `before`, those older than that id."""
        where = "" if before is None else "WHERE id < :before"
        query = f"SELECT * FROM readings {where} ORDER BY id DESC LIMIT :limit"

        def work(connection: sqlite3.Connection) -> list[Reading]:
            found = connection.execute(query, {"before": before, "limit": limit})
            return self._legible(found, lambda row: rows.reading(connection, row))

        return self._transact(work)

    def latest(self) -> Reading | None:
        """Return the newest reading, None when there is none."""
        return next(iter(self.readings(1)), None)

    def reading(self, number: int) -> Reading | None:
        """Return the reading of that id, None when there is none."""
        return next((r for r in self.readings(1, number + 1) if r.id == number), None)

    def correct(self, correction: Correction) -> int:
        """Keep a correction; returns its id. On disk when this returns.

        Raises JournalError when it can't be kept.
        """
        return self._transact(
            lambda connection: rows.insert_correction(connection, correction), write=True
        )

    def corrections(self) -> list[Correction]:
        """Return the corrections that count, oldest first: of each glyph's the newest."""
        query = (
            "SELECT * FROM corrections WHERE id IN (SELECT max(id) FROM corrections"
            " GROUP BY glyph, x, y, width, height) ORDER BY id"
        )
        return self._transact(
            lambda connection: self._legible(connection.execute(query), rows.correction)
        )

    def undo(self, number: int) -> bool:
        """Forget the correction of that id; False when there is none. On disk when this returns."""
        delete = "DELETE FROM corrections WHERE id = ?"
        return self._transact(
            lambda connection: connection.execute(delete, (number,)).rowcount > 0, write=True
        )

    def changed(self) -> bool:
        """Whether another process has written into the file since this was asked before.

        At first, and when the file was opened anew, too. Raises JournalError as all others do.
        """

        def work(connection: sqlite3.Connection) -> bool:
            now = connection, int(connection.execute("PRAGMA data_version").fetchone()[0])
            before, self._known = self._known, now
            return before != now

        return self._transact(work)

    def close(self) -> None:
        """Close the file; the next call would open it again."""
        with self._lock:
            self._disconnect()

    def _legible(
        self, found: Iterable[sqlite3.Row], make: Callable[[sqlite3.Row], Answer]
    ) -> list[Answer]:
        """What the rows hold; a row that a flipped bit made meaningless is passed over."""
        answers = []
        for row in found:
            try:
                answers.append(make(row))
            except (ValueError, TypeError) as error:
                self._log.debug("%s: row %s is passed over: %s", self._path, row["id"], error)
        return answers

    def _transact(
        self, work: Callable[[sqlite3.Connection], Answer], *, write: bool = False
    ) -> Answer:
        """Do the work in one transaction; once more with a new file if this one is damaged.

        write: the work writes; otherwise a file that can't be written will do.
        """
        with self._lock:
            try:
                try:
                    with self._transaction(write) as connection:
                        return work(connection)
                except sqlite3.DatabaseError as error:
                    if not is_damage(error) or self._path is None or self._is_read_only:
                        raise
                    self._set_aside(self._path, error)
                    with self._transaction(write) as connection:
                        return work(connection)
            except NewerError as error:
                self._disconnect()
                raise JournalError(f"{self._path}: the journal can't be used: {error}") from error
            except (sqlite3.Error, OSError) as error:
                self._disconnect()
                raise JournalError(
                    f"{self._path}: the journal can't be used: {error}; look whether the disk is "
                    "full; where this user may not write, set another path under [journal] or "
                    "run it with sudo"
                ) from error

    @property
    def _is_read_only(self) -> bool:
        """Whether the file is open, but can't be written."""
        return self._connection is not None and is_read_only(self._connection)

    @contextmanager
    def _transaction(self, write: bool) -> Iterator[sqlite3.Connection]:
        if self._connection is not None and _identity(self._path) != self._opened:
            self._log.warning("%s: the journal was deleted or replaced; opened anew", self._path)
            self._disconnect()
        if write and self._is_read_only:  # perhaps it can be written now
            self._disconnect()
        if self._connection is None:
            self._connection = connect(self._path, write=write)
            self._opened = _identity(self._path)
            self._log_opened = _identity(self._path and _part(self._path, "-wal"))
        with self._connection:  # commits, or rolls back
            yield self._connection

    def _set_aside(self, path: Path, error: sqlite3.DatabaseError) -> None:
        """Rename the damaged file and its companions: somebody may want to rescue them.

        The companions go first: a write-ahead log that is left behind would be played into the
        new file.
        """
        self._disconnect()
        aside = self._unused(path, "damaged")
        for tail in ("-wal", "-shm", ""):
            part = _part(path, tail)
            if part.exists():
                part.replace(_part(aside, tail))
        self._log.warning(
            "%s: the journal is damaged (%s); it was set aside as %s and a new one begun",
            path,
            error,
            aside.name,
        )

    def _disconnect(self) -> None:
        """Close the file; of one that was moved away, leave nothing to the one in its place.

        SQLite would leave its log there, and play it into the other at the next opening.
        """
        connection, self._connection = self._connection, None
        if connection is None:
            return
        with closing(connection):
            if self._path is not None and _identity(self._path) != self._opened:
                self._empty_log(connection, self._path)

    def _empty_log(self, connection: sqlite3.Connection, path: Path) -> None:
        """Take what is in the log into the file, wherever that is now; where that can't be done,
        since somebody else reads it, keep the log under another name."""
        try:
            is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            is_busy = True
        log = _part(path, "-wal")
        if is_busy and _identity(log) == self._log_opened:
            aside = _part(self._unused(path, "moved"), "-wal")
            log.replace(aside)
            self._log.warning(
                "%s: of the file that was moved away a part is in %s; it must lie beside it, "
                "by its name and -wal, when that is opened",
                path,
                aside.name,
            )

    def _unused(self, path: Path, what: str) -> Path:
        """A name with the date that nothing in the folder has: the clock may have jumped back."""
        now = datetime.fromtimestamp(self._clock.time(), UTC)
        stem = _part(path, f".{what}-{now:%Y-%m-%d-%H%M%S}")
        names = (stem if number == 1 else _part(stem, f"-{number}") for number in count(1))
        return next(
            name
            for name in names
            if not any(_part(name, tail).exists() for tail in ("", "-wal", "-shm"))
        )


def _part(path: Path, tail: str) -> Path:
    """The file beside it whose name goes on so."""
    return path.with_name(path.name + tail)


def _identity(path: Path | None) -> tuple[int, int] | None:
    """What tells a file from others that had its name, or will; None when there is none."""
    try:
        status = path.stat() if path else None
    except OSError:
        return None
    return status and (status.st_dev, status.st_ino)
