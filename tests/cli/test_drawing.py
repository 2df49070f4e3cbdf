"""What is wrong is told before the commands that draw scenes begin to draw a hundred thousand."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance.cli.main import main

Captured = pytest.CaptureFixture[str]

COMMANDS = ("harvest", "train-spotter", "train-recogniser")


def run(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as done:
        main((*arguments, "--scenes", "100000"))
    return done.value.code


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_without_mnist_is_told(command: str, tmp_path: Path, capfd: Captured) -> None:
    out = tmp_path / "out.npz"
    assert run(command, "--mnist", str(tmp_path), "--out", str(out)) == 1
    assert "there is no train-images" in capfd.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_a_missing_folder_is_told(command: str, tmp_path: Path, capfd: Captured) -> None:
    out = tmp_path / "none" / "out.npz"
    assert run(command, "--out", str(out)) == 2
    assert f"there is no folder {out.parent}" in capfd.readouterr().err
