"""The scoring of the reader: every figure of the table worked out by hand."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.values import Frame, Reading, Status
from benchmarks import score
from benchmarks.score import Answer, Sample, distance, labels, opened, summary
from tests.fakes import a_reading

BLANK = np.full((60, 80, 3), 200, np.uint8)
CHECKOUT = Path(__file__).parent.parent


def answer(truth: str, status: Status, guess: str = "", group: str = "scan") -> Answer:
    return Answer(Sample("a.png", group, truth, BLANK), a_reading(guess, status))


class OneAnswer:
    """A reader that reads 47 everywhere."""

    def read(self, frame: Frame) -> Reading:
        assert frame.pixels.dtype == np.uint8
        return a_reading("47")


@pytest.mark.parametrize(
    ("a", "b", "edits"), [("", "", 0), ("407", "407", 0), ("407", "47", 1), ("123", "321", 2)]
)
def test_distance(a: str, b: str, edits: int) -> None:
    assert distance(a, b) == distance(b, a) == edits


@given(st.text("01", max_size=6), st.text("01", max_size=6), st.text("01", max_size=6))
def test_distance_is_one(a: str, b: str, c: str) -> None:
    assert (distance(a, b) == 0) == (a == b)
    assert distance(a, c) <= distance(a, b) + distance(b, c)
    assert abs(len(a) - len(b)) <= distance(a, b) <= max(len(a), len(b))


def test_the_table_by_hand() -> None:
    row = summary(
        [
            answer("47", "read", "47"),
            answer("47", "read", "4\n7"),  # lines run together
            answer("47", "read", "41"),  # wrong, shown as read: one digit of two
            answer("47", "unsure", "47"),  # right guess, two digits missing from the answer
            answer("", "nothing"),
            answer("", "unsure", "1"),
            answer("", "read", "1"),  # wrong: one digit too many
            answer("88", "nothing"),  # two digits missing
        ]
    )
    assert row["pictures"] == 8
    assert row["exact"] == 50.0
    assert row["guessed"] == 50.0
    assert row["digit errors"] == 60.0  # 1 + 2 + 1 + 2 of 10
    assert row["guess errors"] == 50.0  # 1 + 1 + 1 + 2
    assert row["wrong as read"] == 25.0
    assert row["right of read"] == 50.0
    assert row["ms median"] == row["ms max"] == 7.1


def test_without_digits_there_is_no_share_of_them() -> None:
    row = summary([answer("", "nothing")])
    assert (row["digit errors"], row["right of read"], row["exact"]) == (None, None, 100.0)


def test_the_table_tells_its_columns_and_has_no_share_of_nothing() -> None:
    answers = [answer("", "nothing", group="")]
    table = {"": summary(answers)}
    head, row, *legend = score.report(answers, table, "photos").splitlines()
    assert row.split()[:8] == ["photos", "1", "100.0", "100.0", "-", "-", "0.0", "-"]
    errors = ["digit errors", "guess errors"]
    shares = ["exact", "guessed", *errors, "wrong as read", "right of read", "-"]
    assert [line[2:17].strip() for line in legend] == shares
    assert all(share in head for share in shares[:-1])
    assert len(head) == len(row)


def test_ctrl_c_ends_it_with_a_word(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_: object) -> list[Answer]:
        raise KeyboardInterrupt

    monkeypatch.setattr(score, "ask", interrupted)
    with pytest.raises(SystemExit) as done:
        run(monkeypatch, str(folder))
    assert done.value.code == 130
    assert capsys.readouterr().err == "scripts/score: stopped; nothing is counted\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with (tmp_path / "labels.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "group", "digits", "note"])
        rows.writerows([["a.png", "scan", "47", ""], ["b.png", "photo", "4", ""]])
        rows.writerow(["c.png", "photo", "", "a desk"])
    for name in "abc":
        cv2.imwrite(str(tmp_path / f"{name}.png"), BLANK)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(score, "load_reader", lambda *_: OneAnswer())
    monkeypatch.setattr(sys, "argv", ["score", *arguments])
    score.main()


def test_json_of_a_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, str(folder), "--json")
    table = json.loads(capsys.readouterr().out)
    assert {group: row["pictures"] for group, row in table.items()} == {"scan": 1, "photo": 2}
    assert table["scan"]["exact"] == 100
    assert table["photo"]["wrong as read"] == 100


def test_the_table_lists_what_was_wrong(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, str(folder))
    said = capsys.readouterr()
    lines = said.out.replace(f"{score.MEANINGS}\n", "").splitlines()
    assert [line.split()[0] for line in lines] == ["group", "scan", "photo", "b.png:", "c.png:"]
    assert "'4', read '47'" in lines[3]
    assert not said.err  # no bar where there is no terminal


def test_only_some_groups(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, str(folder), "--json", "--group", "scan")
    assert list(json.loads(capsys.readouterr().out)) == ["scan"]


def test_without_groups_all_are_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "labels.csv").write_text("file,digits\na.png,47\nb.png\n")
    run(monkeypatch, str(folder), "--json")
    table = json.loads(capsys.readouterr().out)
    assert {group: row["pictures"] for group, row in table.items()} == {"": 2}


def test_missing_columns_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "labels.csv").write_text("group,name\nscan,a.png\n")
    with pytest.raises(SystemExit, match=r"labels\.csv: has no column digits, file; add it"):
        run(monkeypatch, str(folder))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1"])
def test_labels_from_a_spreadsheet(
    encoding: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A byte-order mark is passed over; what isn't UTF-8 is told in a sentence."""
    (folder / "labels.csv").write_text("file,digits,note\na.png,47,été\n", encoding=encoding)
    if encoding == "latin-1":
        with pytest.raises(SystemExit, match=r"labels\.csv: isn't text in UTF-8; save it again"):
            run(monkeypatch, str(folder))
    else:
        run(monkeypatch, str(folder), "--json")
        assert json.loads(capsys.readouterr().out)[""]["exact"] == 100


def test_pictures_are_opened_as_the_appliance_does(folder: Path) -> None:
    transparent = np.zeros((60, 80, 4), np.uint8)
    transparent[20:30, :, 3] = 255
    cv2.imwrite(str(folder / "a.png"), transparent)
    [row] = labels(folder, ["scan"])
    sample = opened(folder, row)
    np.testing.assert_array_equal(sample.pixels[:, 0, 0] < 128, transparent[:, 0, 3] > 0)


def test_a_picture_that_is_cut_off_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done, data = cv2.imencode(".jpg", BLANK)
    assert done
    (folder / "a.png").write_bytes(data.tobytes()[:-20])
    with pytest.raises(SystemExit, match=r"scripts/score: .*a\.png: the picture is cut off"):
        run(monkeypatch, str(folder))


def test_a_sheet_needs_no_ending(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(monkeypatch, str(folder), "--sheet", str(folder / "failures"))
    assert (folder / "failures").read_bytes().startswith(b"\x89PNG")


def test_a_sheet_that_cant_be_written_is_told_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match=r"--sheet .*: there is no folder .*nowhere"):
        run(monkeypatch, str(folder), "--sheet", str(folder / "nowhere" / "sheet.png"))
    assert not capsys.readouterr().out


def test_weights_that_cant_be_loaded_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["score", "--generated", "1", "--weights", "nofile"])
    with pytest.raises(SystemExit, match="scripts/score: nofile: can't be read"):
        score.main()


@pytest.mark.parametrize("shape", [(60, 80), (900, 30), (3, 2000), (2000, 1)])
def test_the_contact_sheet_shows_every_failure(shape: tuple[int, int]) -> None:
    picture = np.full((*shape, 3), 200, np.uint8)
    wrong = Answer(Sample("a.png", "scan", "1", picture), a_reading("47"))
    sheet = score.contact_sheet([wrong] * 7, columns=3, size=100)
    assert sheet.shape == (300, 300, 3)
    assert sheet[220:260, 0:3].any()
    assert not sheet[200:, 100:].any()
    assert score.contact_sheet([wrong], columns=3, size=100).shape == (100, 100, 3)
    assert score.contact_sheet([], columns=3, size=100).shape == (100, 300, 3)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["FOLDER", "--group", "nonsuch"],
        ["--generated", "2", "--group", "nonsuch"],
        ["nowhere"],
        ["--generated", "1", "--seed", "-1"],
        ["FOLDER", "--generated", "1", "--digits", "4a"],
        ["FOLDER", "--digits", "47"],
        ["--generated", "1", "--group", "negative", "--digits", "47"],
    ],
)
def test_what_cannot_be_scored_is_told_in_a_sentence(
    arguments: list[str],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as done:
        run(monkeypatch, *[a.replace("FOLDER", str(folder)) for a in arguments])
    assert done.value.code not in (0, None)
    assert "score" in str(done.value.code) + capsys.readouterr().err


def test_a_folder_and_drawn_scenes_of_its_groups(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A group that only the folder has leaves no scenes to draw."""
    run(monkeypatch, str(folder), "--json", "--generated", "2", "--group", "scan")
    assert list(json.loads(capsys.readouterr().out)) == ["scan"]


def test_drawn_scenes_show_the_digits_that_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """All but those without digits."""
    run(monkeypatch, "--json", "--generated", "8", "--digits", "47")
    table = json.loads(capsys.readouterr().out)
    assert {group: row["exact"] for group, row in table.items()} == {
        "drawn easy": 100,
        "drawn medium": 100,
        "drawn hard": 100,
        "drawn negative": 0,  # the fake reads 47 everywhere
    }


@pytest.mark.parametrize("unbuffered", ["", "1"], ids=["at its end", "at once"])
def test_who_stops_listening_sees_no_traceback(folder: Path, unbuffered: str) -> None:
    """As in `scripts/score FOLDER | head -1`, whenever what is printed gets written."""
    command = [sys.executable, "-m", "benchmarks.score", str(folder)]
    with subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout
        running.stdout.close()
        assert running.stderr
        told = running.stderr.read()
    assert running.returncode == 1
    assert not told


def test_the_script_knows_every_option() -> None:
    done = subprocess.run(
        [CHECKOUT / "scripts" / "score", "--help"], capture_output=True, text=True, check=True
    )
    assert "Example" in done.stdout
    assert score.MEANINGS in done.stdout
    assert all(kind in done.stdout for kind in score.KNOWN)
    source = (CHECKOUT / "benchmarks" / "score.py").read_text()
    options = set(re.findall(r'add_argument\("(--\w+)"', source))
    assert options
    assert options == set(re.findall(r"^  (--\w+)", done.stdout, re.MULTILINE))
