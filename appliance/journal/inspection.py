"""Looks at a journal without changing anything of it, also while the service writes into it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from appliance.errors import JournalError
from appliance.journal.tables import is_damage, open_unchanged, version_of


@dataclass(frozen=True, slots=True)
class Stock:
    """How much a journal holds.

    readings, corrections: how many of them.
    """

    readings: int
    corrections: int


def inspect(path: Path) -> Stock | None:
    """Return what a journal holds, after SQLite has found it whole; None when there is none yet.

    Raises JournalError: "what is wrong; what to do about it".
    """
    try:
        with path.open("rb"), closing(open_unchanged(path)) as connection:
            if version_of(connection) <= 0:
                return None  # an empty file: the service begins its journal in it
            return Stock(_count(connection, "readings"), _count(connection, "corrections"))
    except FileNotFoundError:
        return None
    except (sqlite3.Error, OSError) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise JournalError(f"{path}: {said}{_remedy(error)}") from error


def _count(connection: sqlite3.Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _remedy(error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "; run it with sudo, or as the service"
    if isinstance(error, sqlite3.Error) and is_damage(error):
        return "; the service will set it aside and begin a new one: restore a backup"
    return ""
