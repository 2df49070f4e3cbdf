"""A place that takes no result is told before the work."""

from __future__ import annotations

import os
from pathlib import Path

import click
import pytest

from appliance.cli.main import main
from appliance.cli.places import check_place


def test_a_link_is_followed_to_its_folder(tmp_path: Path) -> None:
    link = tmp_path / "w.npz"
    link.symlink_to(tmp_path / "far" / "w.npz")
    with pytest.raises(click.UsageError, match=f"there is no folder {tmp_path}/far"):
        check_place(link)
    (tmp_path / "far").mkdir()
    check_place(link)


def test_a_device_needs_no_folder_that_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    monkeypatch.setattr("appliance.cli.places.TemporaryFile", refused)
    check_place(pipe)
    monkeypatch.setattr("os.access", lambda *_: False)
    with pytest.raises(click.UsageError, match="can't be written to"):
        check_place(pipe)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(click.UsageError, match="name another file"):
        check_place(tmp_path)


@pytest.mark.parametrize(
    "command",
    ["damage none.csv", "backquery", "explain {one}", "sweep --data {folder}"],
)
def test_what_writes_at_the_end_looks_first(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.png").touch()
    monkeypatch.setattr("appliance.cli.places.TemporaryFile", refused)
    given = command.format(one=tmp_path / "one.png", folder=tmp_path).split()
    with pytest.raises(SystemExit) as done:
        main([*given, "--out", str(tmp_path / "out")])
    assert done.value.code == 2
    assert "Read-only file system" in capfd.readouterr().err


def refused(**_: object) -> None:
    raise OSError(30, "Read-only file system")


@pytest.mark.parametrize(
    "command",
    [
        "damage one.csv --out one.png",
        "damage one.csv --out one.csv.png",
        "damage none.csv --weights one.csv --out one.png",
        "explain one.png --out ./one.png",
        "backquery --weights one.png --out one.png",
        "damage folder --out one.png",
        "damage folder --out folder/labels.png",
    ],
)
def test_nothing_is_written_over_what_is_read(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("one.csv", "one.png", "one.csv.csv"):
        (tmp_path / name).write_text("mine")
    if "damage folder" in command:
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "labels.csv").write_text("file,digits\n../one.png,7\n")
    if "csv.png" in command:
        (tmp_path / "one.csv").unlink()
        (tmp_path / "one.csv").symlink_to("one.csv.csv")
    with pytest.raises(SystemExit) as done:
        main(command.split())
    assert done.value.code == 2
    assert "is what is read; name another file with --out" in capfd.readouterr().err
    assert {file.read_text() for file in tmp_path.glob("one*")} == {"mine"}
    assert all(file.read_text().startswith("file") for file in tmp_path.glob("folder/*"))
