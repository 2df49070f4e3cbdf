"""The journal: what it keeps comes back, old readings go, a damaged file doesn't stop it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.errors import JournalError
from appliance.journal import tables
from appliance.journal.retention import SECONDS_A_DAY
from appliance.journal.sqlite import SqliteJournal
from appliance.values import Correction, Reading
from tests.fakes import FakeClock, a_reading, read_digit


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(1.75e9)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "journal.sqlite3"


class Open(Protocol):
    """Opens a journal on the test's file and clock; it is closed when the test ends."""

    def __call__(self, path: Path | None = ..., **options: float) -> SqliteJournal: ...


@pytest.fixture
def opened(path: Path, clock: FakeClock) -> Iterator[Open]:
    with ExitStack() as stack:

        def open_journal(path: Path | None = path, **options: float) -> SqliteJournal:
            journal = SqliteJournal(path, clock, **options)  # type: ignore[arg-type]
            stack.callback(journal.close)
            return journal

        yield open_journal


@pytest.fixture
def journal(opened: Open) -> SqliteJournal:
    return opened()


def execute(path: Path, statement: str) -> list[tuple[int, ...]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        return connection.execute(statement).fetchall()


def test_a_reading_comes_back_as_it_was(journal: SqliteJournal, opened: Open) -> None:
    reading = a_reading("12\n345", "unsure", "1 or 7")
    number = journal.record(reading)
    journal.close()
    again = opened().reading(number)
    assert again is not None
    assert (again.id, again.status, again.guess) == (number, "unsure", "12\n345")
    assert (again.reason, again.time, again.source) == ("1 or 7", reading.time, "a camera")
    assert again.milliseconds == 7.1
    for kept, was in zip(again.digits, reading.digits, strict=True):
        assert kept.box == was.box
        assert np.array_equal(kept.prediction.probabilities, was.prediction.probabilities)
        assert np.allclose(kept.glyph.pixels, was.glyph.pixels, atol=0.5 / 255)


def test_a_reading_of_nothing_is_kept_too(journal: SqliteJournal) -> None:
    journal.record(Reading("nothing", reason="too dark"))
    (kept,) = journal.readings()
    assert (kept.status, kept.reason, kept.digits) == ("nothing", "too dark", ())


def test_a_source_whose_name_is_no_text_is_kept_too(journal: SqliteJournal) -> None:
    journal.record(replace(a_reading("4"), source="caf\udce9.jpg"))
    assert [r.source for r in journal.readings()] == ["caf\\udce9.jpg"]


def test_readings_come_newest_first_and_in_pages(journal: SqliteJournal) -> None:
    for digit in "12345":
        journal.record(a_reading(digit))
    assert [r.text for r in journal.readings(limit=2)] == ["5", "4"]
    assert [r.text for r in journal.readings(limit=2, before=4)] == ["3", "2"]
    assert journal.reading(99) is None


def test_corrections_come_back_and_outlive_their_reading(clock: FakeClock, opened: Open) -> None:
    journal = opened(keep_readings=1)
    first = journal.record(a_reading("7"))
    glyph = read_digit(7).glyph
    journal.correct(Correction(glyph, 1, clock.now, first))
    (kept,) = journal.corrections()
    assert (kept.digit, kept.time, kept.reading_id) == (1, clock.now, first)
    assert np.allclose(kept.glyph.pixels, glyph.pixels, atol=0.5 / 255)
    journal.record(a_reading("8"))
    (kept,) = journal.corrections()
    assert (kept.digit, kept.reading_id) == (1, None)


def test_a_correction_is_kept_though_its_reading_is_gone(path: Path, opened: Open) -> None:
    journal = opened()
    number = journal.record(a_reading("7"))
    journal.close()
    path.unlink()
    journal.correct(Correction(read_digit(7).glyph, 1, 0.0, number))
    assert [(c.digit, c.reading_id) for c in journal.corrections()] == [(1, None)]


def test_a_correction_joins_no_other_reading_of_its_id(path: Path, opened: Open) -> None:
    journal = opened()
    number = journal.record(a_reading("7"))
    journal.close()
    path.unlink()
    other = replace(a_reading("4"), lines=((read_digit(4, seed=1),),))
    assert opened().record(other) == number
    journal.correct(Correction(read_digit(7).glyph, 1, 0.0, number))
    assert [(c.digit, c.reading_id) for c in journal.corrections()] == [(1, None)]


def test_the_newest_correction_of_a_glyph_counts_until_it_is_undone(
    journal: SqliteJournal,
) -> None:
    glyph, other = read_digit(7, seed=1).glyph, read_digit(4, seed=2).glyph
    first = journal.correct(Correction(glyph, 1))
    journal.correct(Correction(other, 9))
    second = journal.correct(Correction(glyph, 2))
    assert [c.digit for c in journal.corrections()] == [9, 2]
    assert journal.undo(second)
    assert [(c.id, c.digit) for c in journal.corrections()] == [(first, 1), (2, 9)]
    assert not journal.undo(second)


@pytest.mark.parametrize("time", ["1e300", "9e999", "-1e12", "'noon'"])
def test_what_was_said_at_no_time_is_passed_over(time: str, path: Path, opened: Open) -> None:
    journal = opened()
    for digit in 7, 1:
        journal.correct(Correction(read_digit(digit, seed=digit).glyph, digit, 1.75e9))
    execute(path, f"UPDATE corrections SET time = {time} WHERE digit = 7")
    assert [one.digit for one in journal.corrections()] == [1]


def test_what_another_process_writes_is_noticed_once(opened: Open, path: Path) -> None:
    journal, other = opened(), opened()
    assert journal.changed()  # it hasn't been asked before
    number = journal.correct(Correction(read_digit(7).glyph, 1))
    assert not journal.changed()  # its own writing is no news
    assert other.undo(number)
    assert journal.changed()
    assert not journal.changed()
    journal.close()
    path.unlink()
    assert journal.changed()  # another file


def test_what_another_process_wrote_while_it_was_closed_is_noticed(opened: Open) -> None:
    journal, other = opened(), opened()
    number = journal.correct(Correction(read_digit(7).glyph, 1))
    journal.close()
    assert journal.changed()
    journal.close()  # as after a trouble
    assert other.undo(number)
    assert journal.changed()
    assert not journal.changed()


def test_the_latest_reading(journal: SqliteJournal) -> None:
    assert journal.latest() is None
    journal.record(a_reading("1"))
    number = journal.record(a_reading("2"))
    latest = journal.latest()
    assert latest is not None
    assert (latest.id, latest.text) == (number, "2")


def test_only_the_newest_are_kept(path: Path, opened: Open) -> None:
    journal = opened(keep_readings=3)
    for digit in "12345":
        journal.record(a_reading(digit))
    assert [r.text for r in journal.readings()] == ["5", "4", "3"]
    assert execute(path, "SELECT count(*) FROM digits") == [(3,)]


def test_what_was_just_read_is_kept_though_it_be_too_large_or_too_old(
    clock: FakeClock, opened: Open, tmp_path: Path
) -> None:
    small = opened(keep_megabytes=0.001)
    small.record(a_reading("1"))
    assert [r.text for r in small.readings()] == ["1"]
    with closing(SqliteJournal(tmp_path / "old", clock, keep_days=90)) as old:
        for digit, days in (("2", 400), ("3", 399)):
            old.record(a_reading(digit, time=clock.now - days * SECONDS_A_DAY))
        assert [r.text for r in old.readings()] == ["3"]


def test_readings_older_than_the_days_go(clock: FakeClock, opened: Open) -> None:
    journal = opened(keep_days=2)
    journal.record(a_reading("1", time=clock.now))
    clock.now += 1.5 * SECONDS_A_DAY
    journal.record(a_reading("2", time=clock.now))
    assert len(journal.readings()) == 2
    clock.now += 1 * SECONDS_A_DAY
    journal.record(a_reading("3", time=clock.now))
    assert [r.text for r in journal.readings()] == ["3", "2"]


@pytest.mark.parametrize("before", [["5"], []])
def test_what_was_read_while_the_clock_stood_at_1970_is_as_old_as_its_neighbours(
    before: list[str], clock: FakeClock, opened: Open
) -> None:
    journal = opened(keep_days=2)
    today = clock.now
    for digit in before:
        journal.record(a_reading(digit, time=today))
    for digit in "67":
        clock.now = 3.0
        journal.record(a_reading(digit, time=clock.now))
    clock.now = today + SECONDS_A_DAY
    journal.record(a_reading("8", time=clock.now))
    assert [r.text for r in journal.readings()] == ["8", "7", "6", *before]
    clock.now += 2.5 * SECONDS_A_DAY
    journal.record(a_reading("9", time=clock.now))
    assert [r.text for r in journal.readings()] == ["9"]


def test_a_reading_of_the_future_doesnt_keep_the_old_ones(clock: FakeClock, opened: Open) -> None:
    journal = opened(keep_days=2)
    today = clock.now
    ahead_then_right = {"1": 3650, "2": 0, "3": 1, "4": 4}
    for digit, days in ahead_then_right.items():
        clock.now = today + days * SECONDS_A_DAY
        journal.record(a_reading(digit, time=clock.now))
    assert [r.text for r in journal.readings()] == ["4"]


def test_a_clock_that_is_behind_deletes_nothing(clock: FakeClock, opened: Open) -> None:
    journal = opened(keep_days=2)
    for digit in "12":
        journal.record(a_reading(digit, time=clock.now))
    clock.now -= 100 * SECONDS_A_DAY
    for digit in "34":
        journal.record(a_reading(digit, time=clock.now + 1))  # set back while it was read
    assert [r.text for r in journal.readings()] == ["4", "3", "2", "1"]


def test_the_file_stays_below_its_megabytes(path: Path, opened: Open) -> None:
    journal = opened(keep_megabytes=0.2)
    for _ in range(60):
        journal.record(a_reading("12345678"))
    assert len(journal.readings()) > 10
    journal.close()
    assert path.stat().st_size < 0.25e6
    assert journal.latest() is not None


def test_space_is_given_back(path: Path, opened: Open) -> None:
    journal = opened()
    for _ in range(400):
        journal.record(a_reading("12345678"))
    journal.close()
    large = path.stat().st_size
    strict = opened(keep_readings=2)
    strict.record(a_reading("1"))
    strict.record(a_reading("2"))
    strict.close()
    assert path.stat().st_size < large / 2
    assert [r.text for r in strict.readings()] == ["2", "1"]


@pytest.mark.parametrize("damage", ["garbage", "middle", "empty pages", "its format"])
def test_a_damaged_file_is_set_aside_and_a_new_one_begun(
    path: Path, damage: str, caplog: pytest.LogCaptureFixture, opened: Open
) -> None:
    journal = opened()
    for _ in range(50):
        journal.record(a_reading("1234567"))
    journal.close()
    content = bytearray(path.read_bytes())
    if damage == "garbage":
        content[:] = b"this is no database" * 1000
    elif damage == "middle":
        content[len(content) // 3 : len(content) // 3 + 9000] = b"\xaa" * 9000
    elif damage == "its format":
        content[44:48] = b"\0\0\0\x0c"
    else:
        content[4096:] = bytes(len(content) - 4096)
    path.write_bytes(content)
    with caplog.at_level(logging.WARNING):
        number = opened().record(a_reading("8"))
    assert number == 1
    (aside,) = path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == bytes(content)
    assert "is damaged" in caplog.text
    assert aside.name in caplog.text


@pytest.fixture
def damaged(path: Path, opened: Open) -> bytes:
    """Damages a file that another process has open, of which a part is in the write-ahead log.

    It is the log's content.
    """
    journal = opened()
    for _ in range(50):
        journal.record(a_reading("1234567"))
    journal.close()
    journal.record(a_reading("8"))
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 3)
        file.write(b"\xaa" * 9000)
    return log_of(path).read_bytes()


def log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")


def test_what_belongs_to_a_damaged_file_is_set_aside_with_it(
    damaged: bytes, path: Path, opened: Open
) -> None:
    assert opened().record(a_reading("9")) == 1
    (aside,) = path.parent.glob("*.damaged-*-wal")
    assert aside.read_bytes() == damaged


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_setting_a_file_aside_may_be_interrupted_and_nothing_of_it_is_lost(
    moved: int, damaged: bytes, path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a power cut: a log that is left without its file is deleted with the next opening."""
    left, replace_file = moved, Path.replace

    def cut(self: Path, target: Path) -> Path:
        nonlocal left
        if not left:
            raise OSError("cut")
        left -= 1
        return replace_file(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", cut)
        with pytest.raises(JournalError, match="cut"):
            opened().record(a_reading("9"))
    assert opened().record(a_reading("9")) == 1
    logs = [file.read_bytes() for file in path.parent.glob("*.damaged-*-wal")]
    assert damaged in logs


def test_a_file_that_could_not_shrink_is_made_to_and_nothing_is_lost(
    path: Path, opened: Open
) -> None:
    journal = opened()
    journal.record(a_reading("12"))
    journal.close()
    execute(path, "PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA auto_vacuum = NONE")
        connection.execute("VACUUM")
    assert execute(path, "PRAGMA auto_vacuum") == [(0,)]
    assert [r.text for r in journal.readings()] == ["12"]
    journal.close()
    assert execute(path, "PRAGMA auto_vacuum") == [(2,)]


def test_each_damaged_file_is_set_aside_under_its_own_name(path: Path, opened: Open) -> None:
    path.parent.mkdir()
    for _ in range(3):  # the clock stands still
        path.write_bytes(b"this is no database" * 100)
        journal = opened()
        journal.record(a_reading("1"))
        journal.close()
    names = sorted(file.name for file in path.parent.glob("*.damaged-*"))
    stem = "journal.sqlite3.damaged-2025-06-15-150640"
    assert names == [stem, f"{stem}-2", f"{stem}-3"]


def test_deleted_or_replaced_while_it_runs_it_is_begun_anew(
    path: Path, opened: Open, caplog: pytest.LogCaptureFixture
) -> None:
    journal = opened()
    journal.record(a_reading("1"))
    for digit in "23":
        for file in path.parent.iterdir():
            file.unlink()
        journal.record(a_reading(digit))
        assert [r.text for r in opened().readings()] == [digit]
    assert [r.getMessage() for r in caplog.records] == [
        f"{path}: the journal was deleted or replaced; opened anew"
    ] * 2


@pytest.fixture
def backup(opened: Open, tmp_path: Path) -> Path:
    """A journal of two readings."""
    with closing(opened(tmp_path / "backup")) as journal:
        for digit in "45":
            journal.record(a_reading(digit))
    return tmp_path / "backup"


def test_a_backup_that_takes_its_place_while_it_runs_is_gone_on_with(
    path: Path, opened: Open, backup: Path
) -> None:
    journal = opened()
    journal.record(a_reading("1"))
    for file in path.parent.iterdir():
        file.unlink()
    backup.replace(path)
    assert journal.record(a_reading("6")) == 3
    assert [r.text for r in journal.readings()] == ["6", "5", "4"]
    assert [r.text for r in opened().readings()] == ["6", "5", "4"]


@pytest.mark.parametrize("notices", ["record", "close"])
def test_a_backup_moved_over_it_while_it_runs_is_gone_on_with(
    notices: str, path: Path, opened: Open, backup: Path
) -> None:
    """Its write-ahead log stayed, and was played into the backup."""
    journal = opened()
    journal.record(a_reading("1"))
    backup.replace(path)
    if notices == "close":
        journal.close()
    assert journal.record(a_reading("6")) == 3
    assert [r.text for r in journal.readings()] == ["6", "5", "4"]


def test_moved_away_it_takes_along_what_was_acknowledged(
    path: Path, journal: SqliteJournal, opened: Open, tmp_path: Path
) -> None:
    journal.record(a_reading("1"))
    path.replace(tmp_path / "moved")
    journal.record(a_reading("2"))
    assert [r.text for r in opened().readings()] == ["2"]
    assert [r.text for r in opened(tmp_path / "moved").readings()] == ["1"]


def test_moved_away_while_somebody_reads_it_its_log_is_kept(
    path: Path, opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a log in the file, and the other half deleted, would leave it malformed."""
    monkeypatch.setattr(tables, "BUSY_SECONDS", 0.01)
    journal = opened()
    for _ in range(20):
        journal.record(a_reading("12345678"))
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM readings").fetchone()
        for _ in range(20):
            journal.record(a_reading("12345678"))
        path.replace(tmp_path / "moved")
        journal.record(a_reading("2"))
    (log,) = path.parent.glob("*.moved-*-wal")
    log.replace(tmp_path / "moved-wal")
    assert [r.text for r in opened().readings()] == ["2"]
    assert len(opened(tmp_path / "moved").readings()) == 40


def test_a_database_of_something_else_is_set_aside(path: Path, opened: Open) -> None:
    path.parent.mkdir()
    execute(path, "CREATE TABLE readings (id INTEGER PRIMARY KEY)")
    journal = opened()
    assert journal.record(a_reading("1")) == 1
    assert len(list(path.parent.glob("*.damaged-*"))) == 1


@settings(max_examples=60, deadline=None, derandomize=True)
@given(flips=st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 7)), min_size=1))
def test_bits_that_flip_never_stop_it(
    flips: list[tuple[float, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("flips") / "journal"
    path.write_bytes(whole_journal())
    content = bytearray(path.read_bytes())
    for where, bit in flips:
        content[int(where * len(content))] ^= 1 << bit
    path.write_bytes(content)
    with closing(SqliteJournal(path, FakeClock())) as journal:
        try:
            number = journal.record(a_reading("8"))
        except JournalError as error:
            assert "newer version" in str(error)
            return
        kept = journal.reading(number)
        assert kept is not None
        assert kept.text == "8"
        journal.readings()
        assert all(0 <= correction.digit <= 9 for correction in journal.corrections())


@cache
def whole_journal() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal"
        with closing(SqliteJournal(path, FakeClock())) as journal:
            for _ in range(4):
                number = journal.record(a_reading("12"))
                journal.correct(Correction(read_digit(7).glyph, 1, 5.0, number))
        return path.read_bytes()


def test_a_file_of_a_newer_version_is_left_alone(path: Path, opened: Open) -> None:
    journal = opened()
    journal.record(a_reading("1"))
    journal.close()
    execute(path, "PRAGMA user_version = 7")
    with pytest.raises(JournalError, match="newer version"):
        opened().record(a_reading("2"))
    assert not list(path.parent.glob("*.damaged-*"))


def test_it_works_again_once_the_folder_can_be_had(tmp_path: Path, opened: Open) -> None:
    (tmp_path / "folder").write_text("a file in the way")
    journal = opened(tmp_path / "folder" / "journal")
    with pytest.raises(JournalError, match="folder/journal"):
        journal.record(a_reading("1"))
    (tmp_path / "folder").unlink()
    assert journal.record(a_reading("1")) == 1


def failing(code: int, words: str = "no room") -> Callable[..., None]:
    """What fails as SQLite does, with this code."""

    def fail(*_: object) -> None:
        error = sqlite3.OperationalError(words)
        error.sqlite_errorcode = code
        raise error

    return fail


@pytest.mark.parametrize(
    "code",
    [
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR_SHMSIZE,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    ],
)
def test_where_nothing_can_be_written_it_tells_what_it_holds(
    code: int, path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(opened()) as journal:
        journal.record(a_reading("12"))
        journal.correct(Correction(read_digit(7).glyph, 1))

    with monkeypatch.context() as patch:
        patch.setattr(tables, "_made_ready", failing(code))
        journal = opened()
        assert [correction.digit for correction in journal.corrections()] == [1]
        assert journal.latest() is not None
        with pytest.raises(JournalError, match="look whether the disk is full"):
            journal.record(a_reading("3"))
        assert journal.latest() is not None
    assert journal.record(a_reading("4")) == 2  # there is room again: nothing is lost


def test_what_was_opened_to_be_read_is_never_set_aside(
    path: Path, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else may write into the file meanwhile, and it would look damaged."""
    with closing(opened()) as journal:
        journal.record(a_reading("12"))

    journal = opened()
    with monkeypatch.context() as patch:
        patch.setattr(tables, "_made_ready", failing(sqlite3.SQLITE_FULL))
        patch.setattr(
            "appliance.journal.rows.reading", failing(sqlite3.SQLITE_CORRUPT, "malformed")
        )
        with pytest.raises(JournalError, match="malformed"):
            journal.latest()
    assert journal.latest() is not None
    assert [file.name for file in path.parent.iterdir() if "damaged" in file.name] == []


def test_a_commit_waits_for_the_disk(journal: SqliteJournal) -> None:
    journal.record(a_reading("1"))
    assert journal._connection is not None
    assert journal._connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert journal._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_its_log_is_cut_back_once_it_was_written_into_the_file(
    path: Path, journal: SqliteJournal, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who reads it for long, as a backup does, makes the log grow."""
    monkeypatch.setattr(tables, "LARGEST_LOG", 1 << 14)
    for _ in range(30):
        journal.record(a_reading("12345678"))
    assert log_of(path).stat().st_size > 1 << 17
    execute(path, "PRAGMA wal_checkpoint")
    journal.correct(Correction(read_digit(7).glyph, 1))
    assert log_of(path).stat().st_size < 1 << 16


def test_closing_twice_does_no_harm(journal: SqliteJournal, opened: Open) -> None:
    number = journal.record(a_reading("1"))
    journal.close()
    journal.close()
    assert opened().reading(number) is not None
