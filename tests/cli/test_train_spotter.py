"""`train-spotter`: from drawn scenes to weights that load."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.cli.main import main
from appliance.network.spotter import CHANNELS, Spotter
from appliance.network.weights import shipped_path

Captured = pytest.CaptureFixture[str]
SMALL = ("--scenes", "8", "--seed", "3", "--epochs", "1")


def run(*arguments: str) -> int | str | None:
    with pytest.raises(SystemExit) as done:
        main(("train-spotter", *arguments))
    return done.value.code


def test_a_spotter_is_trained_that_loads(tmp_path: Path, capfd: Captured) -> None:
    out = tmp_path / "spotter.npz"
    assert run(*SMALL, "--out", str(out)) == 0, capfd.readouterr().err
    spotter = Spotter.load(out)
    assert spotter.spot(np.zeros((6, 8, CHANNELS), np.float32)).shape == (12, 16, 2)
    about = spotter.weights.about
    assert about["data"] == "8 drawn scenes"
    assert (about["seed"], about["epochs"], about["held_out"]) == (3, 1, 1)
    said = capfd.readouterr().out
    assert f"{out}: " in said
    assert "middles found: " in said


def test_a_shipped_spotter_is_trained_on(tmp_path: Path, capfd: Captured) -> None:
    out, shipped = tmp_path / "spotter.npz", shipped_path("spotter.npz")
    status = run(*SMALL, "--start", str(shipped), "--out", str(out))
    assert status == 0, capfd.readouterr().err
    before, after = Spotter.load(shipped).weights, Spotter.load(out).weights
    assert after.about["start"] == "spotter.npz"
    assert after.network.specs() == before.network.specs()


def test_help_has_an_example(capfd: Captured) -> None:
    assert run("--help") == 0
    assert "Example: digit-appliance train-spotter" in " ".join(capfd.readouterr().out.split())


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
    start, out = shipped_path("recogniser.npz"), tmp_path / "s.npz"
    assert run("--scenes", "100000", "--start", str(start), "--out", str(out)) == 1
    [line] = capfd.readouterr().err.splitlines()
    assert "spotter's weights" in line
