"""A journal of another version: an older one is brought up to date, a newer one left alone."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from appliance.errors import JournalError
from appliance.journal import tables
from appliance.journal.sqlite import SqliteJournal
from appliance.values import Correction
from tests.fakes import FakeClock, a_reading, read_digit

NEXT = "ALTER TABLE readings ADD COLUMN camera TEXT NOT NULL DEFAULT 'unknown';"
"""What a next version may do."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal of the present version with two readings and a correction."""
    path = tmp_path / "journal.sqlite3"
    with closing(SqliteJournal(path, FakeClock())) as journal:
        number = journal.record(a_reading("12"))
        journal.record(a_reading("3"))
        journal.correct(Correction(read_digit(7).glyph, 1, 5.0, number))
    return path


def kept(path: Path) -> tuple[list[str], list[int]]:
    """Texts of the readings and digits of the corrections, as the appliance tells them."""
    with closing(SqliteJournal(path, FakeClock())) as journal:
        return [r.text for r in journal.readings()], [c.digit for c in journal.corrections()]


def asked(path: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def files(path: Path) -> list[str]:
    return sorted(file.name for file in path.parent.iterdir())


def test_an_older_one_is_brought_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "STEPS", (*tables.STEPS, NEXT, "CREATE TABLE more (x);"))
    assert kept(path) == (["3", "12"], [1])
    assert asked(path, "PRAGMA user_version") == [(3,)]
    assert asked(path, "SELECT DISTINCT camera FROM readings") == [("unknown",)]
    assert files(path) == ["journal.sqlite3"]


def test_a_new_one_has_all_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "STEPS", (*tables.STEPS, NEXT))
    assert kept(tmp_path / "new") == ([], [])
    assert asked(tmp_path / "new", "PRAGMA user_version") == [(2,)]
    assert asked(tmp_path / "new", "SELECT camera FROM readings") == []


def test_an_older_one_that_lacks_a_column_is_set_aside(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE digits DROP COLUMN not_a_digit")
    monkeypatch.setattr(tables, "STEPS", (*tables.STEPS, NEXT))
    assert kept(path) == ([], [])
    assert len(list(path.parent.glob("*.damaged-*"))) == 1


def test_a_step_that_fails_changes_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(tables, "STEPS", (*tables.STEPS, f"{NEXT} DROP TABLE nowhere;"))
        with pytest.raises(JournalError):
            kept(path)
    assert asked(path, "PRAGMA user_version") == [(1,)]
    assert kept(path) == (["3", "12"], [1])
    assert files(path) == ["journal.sqlite3"]


DYING = """
import os, signal, sqlite3, sys
from appliance.journal import tables
tables.STEPS = (*tables.STEPS, sys.argv[2] + "SELECT die();")
connection = sqlite3.connect(sys.argv[1])
connection.create_function("die", 0, lambda: os.kill(os.getpid(), signal.SIGKILL))
tables.make_tables(connection)
"""


def test_a_kill_in_the_midst_of_a_step_changes_nothing(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", DYING, path, NEXT], check=False)
    assert done.returncode == -signal.SIGKILL
    assert asked(path, "PRAGMA user_version") == [(1,)]
    assert kept(path) == (["3", "12"], [1])


def test_a_newer_one_is_left_as_it_is(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Restored from a backup, or met after going back to an older release."""
    with monkeypatch.context() as patch:
        patch.setattr(tables, "STEPS", (*tables.STEPS, NEXT))
        kept(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
    before = path.read_bytes()
    with pytest.raises(JournalError, match=r"tables 2, this one knows 1.*install that version"):
        kept(path)
    assert path.read_bytes() == before
    assert files(path) == ["journal.sqlite3"]


def test_another_process_may_begin_it_at_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.sqlite3"
    asked = tables.version_of

    def meanwhile(connection: sqlite3.Connection) -> int:
        version = asked(connection)
        with monkeypatch.context() as patch:
            patch.setattr(tables, "version_of", asked)
            if not connection.in_transaction and version == 0:
                with closing(sqlite3.connect(path)) as other:
                    tables.make_tables(other)
        return version

    monkeypatch.setattr(tables, "version_of", meanwhile)
    assert kept(path) == ([], [])
    assert asked(tables.connect(path)) == len(tables.STEPS)
    assert not list(tmp_path.glob("*.damaged-*"))


@pytest.mark.parametrize("version", [0, 1, -1])
def test_a_foreign_one_is_set_aside_as_it_is(tmp_path: Path, version: int) -> None:
    path = tmp_path / "journal.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE stamps (country TEXT)")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.commit()
    before = path.read_bytes()
    assert kept(path) == ([], [])
    (aside,) = tmp_path.glob("*.damaged-*")
    assert aside.read_bytes() == before
