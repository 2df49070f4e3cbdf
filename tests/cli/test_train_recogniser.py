"""`train-recogniser`: from drawn scenes to weights that load."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.cli.main import main
from appliance.network.recogniser import Recogniser
from appliance.network.weights import shipped_path

Captured = pytest.CaptureFixture[str]
SMALL = ("--scenes", "8", "--seed", "3", "--epochs", "1")


def run(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as done:
        main(("train-recogniser", *arguments))
    return done.value.code


def test_a_recogniser_is_trained_that_loads(tmp_path: Path, capfd: Captured) -> None:
    out = tmp_path / "recogniser.npz"
    assert run(*SMALL, "--out", str(out)) == 0, capfd.readouterr().err
    recogniser = Recogniser.load(out)
    says, where = recogniser.recognise(np.zeros((3, 48, 48), np.uint8))
    assert says.shape == (3, 11)
    assert where.shape == (3, 4)
    about = recogniser.weights.about
    assert about["data"] == "8 drawn scenes"
    assert (about["seed"], about["epochs"]) == (3, 1)
    assert about["held_out"] > 0
    said = capfd.readouterr().out
    assert f"{out}: " in said
    assert "windows told: " in said


def test_a_shipped_recogniser_is_trained_on(tmp_path: Path, capfd: Captured) -> None:
    out, shipped = tmp_path / "recogniser.npz", shipped_path("recogniser.npz")
    status = run(*SMALL, "--start", str(shipped), "--out", str(out))
    assert status == 0, capfd.readouterr().err
    before, after = Recogniser.load(shipped).weights, Recogniser.load(out).weights
    assert after.about["start"] == "recogniser.npz"
    assert after.network.specs() == before.network.specs()


def test_help_has_an_example(capfd: Captured) -> None:
    assert run("--help") == 0
    assert "Example: digit-appliance train-recogniser" in " ".join(capfd.readouterr().out.split())


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
    start, out = shipped_path("spotter.npz"), tmp_path / "r.npz"
    assert run("--scenes", "100000", "--start", str(start), "--out", str(out)) == 1
    [line] = capfd.readouterr().err.splitlines()
    assert "recogniser's weights" in line
