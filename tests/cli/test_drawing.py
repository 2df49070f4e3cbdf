"""What is wrong is told before the commands that draw scenes begin to draw a hundred thousand."""

from __future__ import annotations

import os
import signal
from multiprocessing import active_children
from pathlib import Path

import pytest

from appliance.cli.drawing import each
from appliance.cli.main import main
from appliance.errors import TrainingError

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


def killed(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def endless_after_the_first(number: int) -> int:
    while number:
        signal.pause()
    return number


def test_a_process_that_is_killed_ends_it_with_a_sentence() -> None:
    with pytest.raises(TrainingError, match=r"a process that draws was killed.*memory is full"):
        list(each(killed, 9, 1))


def test_nobody_waits_for_what_was_begun_when_it_is_left() -> None:
    numbers = each(endless_after_the_first, 9, 1)
    assert next(numbers) == 0
    numbers.close()
    assert not active_children()


def test_what_is_drawn_comes_in_order() -> None:
    assert list(each(abs, 20, 2)) == list(range(20))
