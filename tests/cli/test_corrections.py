"""`corrections` on a journal, and with an appliance that runs as a process."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import cv2
import pytest

from appliance.cli.main import main
from appliance.journal.sqlite import SqliteJournal
from appliance.values import Correction
from tests.fakes import FakeClock, a_reading, read_digit
from tests.odd_hand import MISREAD, sheet

COMMAND = [sys.executable, "-c", "from appliance.cli import main; main()"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A journal in which 407 was read, and 907 said; and another glyph, of no reading."""
    path = tmp_path / "journal.sqlite3"
    with closing(SqliteJournal(path, FakeClock())) as journal:
        reading = replace(a_reading("407"), id=journal.record(a_reading("407")))
        for digit, said in zip(reading.digits, (9, 0, 7), strict=True):
            journal.correct(Correction(digit.glyph, said, 1.75e9, reading.id))
        journal.correct(Correction(read_digit(1, seed=9).glyph, 2, 1.75e9))
    return path


def ran(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["corrections", *arguments])
    return int(ended.value.code or 0)


def test_it_lists_what_was_said_and_what_was_read(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran("--journal", str(path)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[-1] for line in lines] == [
        "digit", "9, read as 4", "0, as read", "7, as read", "2",
    ]  # fmt: skip
    assert lines[1].split()[0] == "1"


def test_the_list_for_scripts(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran("--journal", str(path), "--json") == 0
    first, *_, last = json.loads(capsys.readouterr().out)
    assert first == {"number": 1, "time": 1.75e9, "digit": 9, "read_as": 4}
    assert last == {"number": 4, "time": 1.75e9, "digit": 2, "read_as": None}


def test_one_is_forgotten(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ran("--journal", str(path), "--undo", "3") == 0
    assert capsys.readouterr().out == f"{path}: correction 3 is forgotten; 3 left\n"
    with closing(SqliteJournal(path, FakeClock())) as journal:
        assert [one.id for one in journal.corrections()] == [1, 2, 4]


def test_a_script_that_forgets_one_hears_which_are_left(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran("--journal", str(path), "--undo", "3", "--json") == 0
    assert [one["number"] for one in json.loads(capsys.readouterr().out)] == [1, 2, 4]


def test_a_journal_in_the_home_folder_is_found(
    path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    config = tmp_path / "config.toml"
    config.write_text(f'[journal]\npath = "~/{path.name}"\n')
    assert ran("--config", str(config), "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 4


def test_the_settings_say_which_journal(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[journal]\npath = "{path}"\n')
    assert ran("--config", str(config), "--json") == 0
    assert len(json.loads(capsys.readouterr().out)) == 4


def test_a_picture_shows_them(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sheet.png"
    assert ran("--journal", str(path), "--json", "--out", str(out)) == 0
    assert len(json.loads(capsys.readouterr().out)) == 4
    picture = cv2.imread(str(out))
    assert picture is not None
    assert picture.shape[1] > 4 * 28 * 8  # side by side


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--undo", "99"], 1, "there is no correction 99"),
        (["--undo", "0"], 2, "0 is not in the range"),
        (["--undo", str(2**63)], 2, "is not in the range"),
        (["--undo", str(2**63 - 1)], 1, "there is no correction 9223372036854775807"),
        (["--out", "/nowhere/sheet.png"], 2, "there is no folder /nowhere"),
    ],
)
def test_what_cant_be_done_is_one_sentence(
    arguments: list[str], code: int, said: str, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ran("--journal", str(path), *arguments) == code
    assert said in capsys.readouterr().err


def test_the_picture_never_takes_the_journals_place(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = path.read_bytes()
    assert ran("--journal", str(path), "--out", str(path)) == 2
    assert path.name in capsys.readouterr().err
    assert path.read_bytes() == before


def test_settings_that_keep_nothing_name_the_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[journal]\npath = ""\n')
    assert ran("--config", str(config)) == 2
    assert "name a file with --journal" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("content", "said"), [(None, "there is no journal yet"), (b"x" * 9000, "not a database")]
)
def test_a_file_that_is_no_journal_is_left_as_it_is(
    content: bytes | None, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "other"
    if content:
        path.write_bytes(content)
    assert ran("--journal", str(path)) == 1
    assert said in capsys.readouterr().err
    assert (path.read_bytes() if content else path.exists()) == (content or False)


def test_an_empty_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "journal.sqlite3", tmp_path / "sheet.png"
    with closing(SqliteJournal(path, FakeClock())) as journal:
        journal.record(a_reading("1"))
    assert ran("--journal", str(path), "--out", str(out)) == 0
    assert "no corrections" in capsys.readouterr().out
    assert not out.exists()


def test_from_enter_to_undo_with_processes(tmp_path: Path) -> None:
    """Two sheets, the Enter key, a settings file, a restart: as somebody does it at a desk."""
    for number, seed in enumerate(MISREAD[:2]):
        cv2.imwrite(str(tmp_path / f"{number}.png"), sheet(seed))
    config = tmp_path / "config.toml"
    config.write_text(
        f'[camera]\nuse = "pictures"\n[camera.pictures]\npaths = ["{tmp_path}"]\n'
        f'[displays]\nuse = []\n[journal]\npath = "{tmp_path / "journal.sqlite3"}"\n'
    )

    def said(keys: str, *more: str) -> list[str]:
        done = subprocess.run(
            [*COMMAND, "run", "--config", str(more[0] if more else config)],
            input=keys, capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        return [word for word in done.stderr.splitlines() if "read " in word or "learned" in word]

    read, corrected, learned, again = said("\nc\n\n\n\nc\n\nq\n")
    assert "read 2" in read
    assert "read 5" in corrected
    assert "learned: this is a 5 (1 remembered)" in learned
    assert "read 5" in again
    assert ["read 5" in line for line in said("\n\nq\n")] == [True, True]
    off = tmp_path / "off.toml"
    off.write_text(config.read_text() + "[learning]\nuse = false\n")
    assert ["read 2" in line for line in said("\nq\n", str(off))] == [True]
    assert ran("--config", str(config), "--undo", "1") == 0
    assert ["read 2" in line for line in said("\n\nq\n")] == [True, True]
