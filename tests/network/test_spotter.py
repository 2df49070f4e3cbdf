"""The spotter answers for every cell of a picture, whatever its size and the light."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from appliance.errors import WeightsError
from appliance.network.context import DepthToSpace
from appliance.network.network import Network
from appliance.network.spotter import CELL, CLASSES, SQUARE, Spotter
from appliance.network.weights import shipped_path
from appliance.vision.brightness import brightness, in_squares


@pytest.fixture(scope="module")
def spotter() -> Spotter:
    return Spotter.load()


@pytest.mark.parametrize(
    ("height", "width"), [(480, 640), (64, 32), (33, 97), (1, 1), (101, 30), (479, 640)]
)
def test_sizes_are_rounded_up_to_whole_squares(spotter: Spotter, height: int, width: int) -> None:
    grey = np.random.default_rng(1).integers(0, 256, (height, width), np.uint8)
    says = spotter.spot(in_squares(brightness(grey)))
    cells = SQUARE // CELL
    assert says.shape == (cells * -(-height // SQUARE), cells * -(-width // SQUARE), len(CLASSES))
    assert says.dtype == np.float32
    assert says.min() >= 0
    assert says.max() <= 1


@pytest.mark.parametrize("level", [0, 128, 255])
def test_on_bare_paper_there_is_nothing(spotter: Spotter, level: int) -> None:
    paper = np.full((768, 1024), level, np.uint8)
    assert spotter.spot(in_squares(brightness(paper))).max() < 0.5


@pytest.mark.parametrize("name", ["default.npz", "recogniser.npz"])
def test_another_networks_weights_are_refused(name: str) -> None:
    with pytest.raises(WeightsError, match="train-spotter"):
        Spotter.load(shipped_path(name))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"none\.npz"):
        Spotter.load(tmp_path / "none.npz")


def test_weights_of_an_older_version_are_refused(spotter: Spotter) -> None:
    network = spotter.weights.network.copy()
    first = next(layer for layer in network.layers if layer.parameters)
    first.parameters = {**first.parameters, "weights": first.parameters["weights"][:, :, :16]}
    with pytest.raises(WeightsError, match="older version"):
        Spotter(replace(spotter.weights, network=network))


def test_weights_that_answer_for_other_cells_are_refused(spotter: Spotter) -> None:
    network = Network([*spotter.weights.network.layers[:-1], DepthToSpace(2)])
    with pytest.raises(WeightsError, match="older version"):
        Spotter(replace(spotter.weights, network=network))
