"""`train-transcriber`: from drawn scenes to weights that load."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.cli.main import main
from appliance.network.transcriber import Transcriber
from appliance.network.weights import shipped_path

Captured = pytest.CaptureFixture[str]
SMALL = ("--scenes", "8", "--seed", "3", "--epochs", "1")


def run(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as done:
        main(("train-transcriber", *arguments))
    return done.value.code


def test_a_transcriber_is_trained_that_loads(tmp_path: Path, capfd: Captured) -> None:
    out = tmp_path / "transcriber.npz"
    assert run(*SMALL, "--out", str(out)) == 0, capfd.readouterr().err
    transcriber = Transcriber.load(out)
    assert transcriber.transcribe(np.zeros((36, 132), np.uint8)).shape == (25, 11)
    about = transcriber.weights.about
    assert about["data"] == "8 drawn scenes"
    assert (about["seed"], about["epochs"]) == (3, 1)
    assert about["held_out"] > 0
    said = capfd.readouterr().out
    assert f"{out}: " in said
    assert "lines read: " in said


def test_a_shipped_transcriber_is_trained_on(tmp_path: Path, capfd: Captured) -> None:
    out, shipped = tmp_path / "transcriber.npz", shipped_path("transcriber.npz")
    status = run(*SMALL, "--start", str(shipped), "--out", str(out))
    assert status == 0, capfd.readouterr().err
    before, after = Transcriber.load(shipped).weights, Transcriber.load(out).weights
    assert after.about["start"] == "transcriber.npz"
    assert after.network.specs() == before.network.specs()


def test_help_has_an_example(capfd: Captured) -> None:
    assert run("--help") == 0
    assert "Example: digit-appliance train-transcriber" in " ".join(capfd.readouterr().out.split())


@pytest.mark.parametrize(
    "arguments",
    [(), ("--out", "x.npz", "--scenes", "1"), ("--out", "x.npz", "--threads", "0")],
)
def test_wrong_usage(arguments: tuple[str, ...], capfd: Captured) -> None:
    assert run(*arguments) == 2
    assert "Error: " in capfd.readouterr().err


def test_another_networks_weights_are_told_before_anything_is_drawn(
    tmp_path: Path, capfd: Captured
) -> None:
    start, out = shipped_path("spotter.npz"), tmp_path / "t.npz"
    assert run("--scenes", "100000", "--start", str(start), "--out", str(out)) == 1
    [line] = capfd.readouterr().err.splitlines()
    assert "transcriber's weights" in line
