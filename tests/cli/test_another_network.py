"""Weights of the other networks, given to commands of the digits' classifier: one sentence."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from appliance.cli.main import main
from appliance.network.recipes import RECIPES, Recipe
from appliance.network.weights import Weights, load, save, shipped_path
from tests.network.test_sweep import BARS, write_mnist

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in: a picture of a digit, and a small data set."""
    monkeypatch.chdir(tmp_path)
    cv2.imwrite("one.png", np.full((28, 28), 255, np.uint8))
    Path("bars.csv").write_text("\n".join(["1" + ",0" * 784] * 10))
    write_mnist(tmp_path, BARS)
    return tmp_path


def refused(command: str, *arguments: str) -> None:
    with pytest.raises(SystemExit) as done:
        main([*command.split(), *arguments])
    assert done.value.code == 1


@pytest.mark.parametrize("network", ["spotter", "recogniser", "transcriber"])
@pytest.mark.parametrize(
    "command",
    [
        "explain one.png --out out.png --weights",
        "backquery --digit 1 --out out.png --weights",
        "damage bars.csv --repeats 1 --out out.png --weights",
        "train --data . --recipe quick --epochs 1 --out out.npz --start",
    ],
)
def test_another_networks_weights_are_refused(
    folder: Path, command: str, network: str, capfd: Captured
) -> None:
    refused(command, str(shipped_path(f"{network}.npz")))
    [line] = capfd.readouterr().err.splitlines()
    assert "not the ten digits" in line
    assert not list(folder.glob("out.*"))


def test_a_start_that_knows_other_classes_than_the_recipe_is_refused(
    folder: Path, capfd: Captured
) -> None:
    """The shipped classifier knows what is no digit; `quick` learns ten digits alone."""
    refused("train --data . --recipe quick --epochs 1 --out out.npz --start", str(shipped_path()))
    assert "its layers aren't those of this recipe" in capfd.readouterr().err
    assert not list(folder.glob("out.*"))


def test_a_start_of_another_recipe_is_refused(folder: Path, capfd: Captured) -> None:
    """Both tell ten digits apart, and the file would have said `mlp` of sprint's layers."""
    sprint = RECIPES["sprint"]
    assert isinstance(sprint, Recipe)
    save(folder / "sprint.npz", Weights(sprint.network(1)))
    refused("train --data . --recipe mlp --epochs 1 --out out.npz --start sprint.npz")
    assert "sprint.npz: its layers aren't those of this recipe" in capfd.readouterr().err
    assert not list(folder.glob("out.*"))


def test_training_goes_on_from_what_a_recipe_gave(folder: Path) -> None:
    """As weights/README.md does; what is written has its BatchNorms folded."""
    first = "train --data . --recipe sprint --epochs 1 --out first.npz"
    for command in (first, first.replace("first", "second") + " --start first.npz"):
        with pytest.raises(SystemExit) as done:
            main(command.split())
        assert done.value.code == 0
    assert load(folder / "second.npz").about["start"] == "first.npz"


def test_the_shipped_weights_have_the_default_recipes_layers() -> None:
    default = RECIPES["default"]
    assert isinstance(default, Recipe)
    assert load().network.specs() == default.network(1).folded().specs()
