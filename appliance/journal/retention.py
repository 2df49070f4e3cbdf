"""Which readings are forgotten: by count, by days, by megabytes; their space is given back."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

SECONDS_A_DAY = 86_400.0

CLOCK_IS_SET = 1_577_836_800.0
"""2020-01-01. A Pi without a clock chip may count from 1970 until it reaches the network; what was
read before that has no known age."""

PAGES_TO_SPARE = 256
"""Free pages that stay in the file: the next readings fill them."""

PAGES_AT_ONCE = 1024
"""Pages given back with one reading, so that none of them waits long."""


@dataclass(frozen=True, slots=True)
class Retention:
    """How much is kept; the newest reading always is. Corrections stay: they are what was learnt.

    readings: older ones than the newest so many go.
    days: older ones than that go; 0: none does.
    megabytes: the oldest go while the file is larger, of 1,000,000 bytes each; 0: none does.
    """

    readings: int
    days: float
    megabytes: float

    def apply(self, connection: sqlite3.Connection, newest: int, now: float) -> None:
        """Forget, in the present transaction, what is too old or too much.

        newest: id of the newest reading. now: seconds since the epoch.
        """
        _forget(connection, newest - self.readings)
        if self.days:
            _forget(connection, min(_outdated(connection, now, self.days), newest - 1))
        if self.megabytes:
            _forget(connection, min(_too_much(connection, self.megabytes * 1e6), newest - 1))
        _give_back(connection)


def _forget(connection: sqlite3.Connection, last: int) -> None:
    """Delete the readings up to an id."""
    connection.execute("DELETE FROM readings WHERE id <= ?", (last,))


def _outdated(connection: sqlite3.Connection, now: float, days: float) -> int:
    """Id of the last reading that is older than that; 0 when none is.

    Ids count on when the clock jumps, so a reading is never taken for older than the one before
    it, and one without a known age goes with the next that has one: one of the future has none,
    either the clock was ahead when it was read or it is behind now.
    """
    oldest = now - days * SECONDS_A_DAY
    (last,) = connection.execute(
        "SELECT max(id) FROM readings WHERE time BETWEEN :set AND :now AND id < coalesce("
        "(SELECT id FROM readings WHERE time BETWEEN max(:set, :oldest) AND :now"
        " ORDER BY id LIMIT 1), (SELECT max(id) + 1 FROM readings))",
        {"oldest": oldest, "set": CLOCK_IS_SET, "now": now},
    ).fetchone()
    return last or 0


def _too_much(connection: sqlite3.Connection, most: float) -> int:
    """Id up to which readings must go so that the rest takes `most` bytes; 0 when all fit."""
    used = _pragma(connection, "page_count") - _pragma(connection, "freelist_count")
    share = 1 - most / (used * _pragma(connection, "page_size"))
    if share <= 0:
        return 0
    first, last = connection.execute("SELECT min(id), max(id) FROM readings").fetchone()
    return int(first + share * (last - first))  # all of about the same size; the next call mends


def _give_back(connection: sqlite3.Connection) -> None:
    free = _pragma(connection, "freelist_count") - PAGES_TO_SPARE
    for _ in range(min(free, PAGES_AT_ONCE)):  # Python steps it once, which frees one page
        connection.execute("PRAGMA incremental_vacuum(1)")


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])
