"""Looking at a journal: it says what is in it and what is wrong with it, and leaves no trace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from appliance.errors import JournalError
from appliance.journal import tables
from appliance.journal.inspection import Stock, inspect
from appliance.journal.sqlite import SqliteJournal
from appliance.values import Correction
from tests.fakes import FakeClock, a_reading, read_digit


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a journal?"  # characters that an address would escape


@pytest.fixture
def journal(path: Path) -> Iterator[SqliteJournal]:
    with closing(SqliteJournal(path, FakeClock())) as journal:
        number = journal.record(a_reading("12"))
        journal.record(a_reading("3"))
        journal.correct(Correction(read_digit(7).glyph, 1, 5.0, number))
        yield journal


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_it_counts_and_leaves_no_trace(journal: SqliteJournal, path: Path) -> None:
    journal.close()
    before = contents(path.parent)
    assert inspect(path) == Stock(readings=2, corrections=1)
    assert contents(path.parent) == before


def test_it_sees_what_the_service_has_just_written(journal: SqliteJournal, path: Path) -> None:
    journal.record(a_reading("4"))  # in the write-ahead log only
    assert inspect(path) == Stock(readings=3, corrections=1)
    journal.record(a_reading("5"))
    assert len(journal.readings()) == 4


def test_what_the_service_has_just_written_is_never_passed_over(
    journal: SqliteJournal, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where the index of the write-ahead log can't be made: the old counts would be wrong."""
    read_only = tables._read_only

    def refuse(path: Path, *, immutable: bool) -> sqlite3.Connection:
        if immutable:
            return read_only(path, immutable=immutable)
        error = sqlite3.OperationalError("unable to open database file")
        error.sqlite_errorcode = sqlite3.SQLITE_CANTOPEN
        raise error

    monkeypatch.setattr(tables, "_read_only", refuse)
    with pytest.raises(JournalError, match="unable to open"):
        inspect(path)
    journal.close()
    path.with_name(f"{path.name}-wal").touch()  # an attempt to write on a full disk
    assert inspect(path) == Stock(readings=2, corrections=1)


def test_there_is_none_yet(path: Path) -> None:
    assert inspect(path) is None
    assert not path.exists()


@pytest.mark.parametrize("damage", ["other", "middle"])
def test_damage_is_said_and_nothing_set_aside(
    journal: SqliteJournal, path: Path, damage: str
) -> None:
    for _ in range(50):
        journal.record(a_reading("1234567"))
    journal.close()
    content = bytearray(path.read_bytes())
    content[8192:30_000] = b"\xaa" * (30_000 - 8192)
    path.write_bytes(b"Dear reader" * 99 if damage == "other" else content)
    with pytest.raises(JournalError, match="; the service will set it aside"):
        inspect(path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_newer_one_is_told_from_a_damaged_one(journal: SqliteJournal, path: Path) -> None:
    journal.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9")
    with pytest.raises(JournalError, match=r"newer version.*; install that version"):
        inspect(path)


def test_one_that_may_not_be_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(JournalError, match="Permission denied; run it with sudo"):
        inspect(path)


def test_an_empty_file_is_none_yet(path: Path) -> None:
    """As a full disk leaves it: the service will begin its journal in it."""
    path.touch()
    assert inspect(path) is None
    assert path.stat().st_size == 0


def test_one_without_a_table_is_damaged(journal: SqliteJournal, path: Path) -> None:
    journal.close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE digits")
        connection.commit()
    with pytest.raises(JournalError, match="begin a new one"):
        inspect(path)
