"""Altered photographs: the table, and what is said when there is nothing to alter."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.values import Box
from benchmarks import altered


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    page = np.full((240, 320, 3), 220, np.uint8)
    cv2.putText(page, "2", (120, 160), cv2.FONT_HERSHEY_SIMPLEX, 4, (40, 40, 40), 8, cv2.LINE_AA)
    cv2.imwrite(str(tmp_path / "a.png"), page)
    cv2.imwrite(str(tmp_path / "tiny.png"), page[::10, ::10])
    rows = "file,digits,group\na.png,2,right\na.png,3,misread\ntiny.png,2,tiny\n"
    (tmp_path / "labels.csv").write_text(rows)
    return tmp_path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["altered", *arguments])
    altered.main()


def test_what_is_read_rightly_is_altered_in_every_way(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, str(folder))
    _, *lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(altered.ALTERATIONS) + len(altered.BOLDER) + len(altered.HEIGHTS)
    rows = {line[:24].strip(): line[24:].split() for line in lines}
    assert {pictures for pictures, *_ in rows.values()} == {"1"}, "neither misread nor tiny ones"
    assert rows["turned by 5 degrees"] == ["1", "100.0", "100.0", "0.0", "0.0"]
    assert rows["bolder by 10%"] == ["1", "100.0", "100.0", "0.0", "0.0"]
    assert rows["48 pixels on a page"] == ["1", "100.0", "100.0", "0.0", "0.0"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["FOLDER/nowhere"], "nowhere/labels.csv: can't be read"),
        (["FOLDER", "--group", "nonsuch"], "check the labels.csv and the --group names"),
        (["FOLDER", "--group", "misread"], "no picture of 200 pixels or more is read rightly"),
        (["FOLDER", "--group", "tiny"], "no picture of 200 pixels or more is read rightly"),
    ],
)
def test_nothing_to_alter_is_told_in_a_sentence(
    arguments: list[str], said: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match=re.escape(said)):
        run(monkeypatch, *[a.replace("FOLDER", str(folder)) for a in arguments])


@pytest.mark.parametrize("light", [False, True])
def test_bolder_is_wider_whatever_the_ink(light: bool) -> None:
    page = np.random.default_rng(0).integers(200, 240, (900, 1200, 3), np.uint8)
    page[20:80, 45:55] = 30  # much less than a hundredth of the page
    given = 255 - page if light else page
    bold = altered.bolder(given, 6, [Box(45, 20, 10, 60)])
    assert np.sum((255 - bold if light else bold)[30] < 128) == 3 * (10 + 6)
