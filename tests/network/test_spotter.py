"""The spotter answers for every cell of a picture, whatever its size and the light."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from appliance.errors import WeightsError
from appliance.network.spotter import CELL, CLASSES, Spotter, brightness
from appliance.network.weights import shipped_path


@pytest.fixture(scope="module")
def spotter() -> Spotter:
    return Spotter.load()


@pytest.mark.parametrize(
    ("height", "width"), [(480, 640), (64, 32), (33, 97), (1, 1), (101, 30), (479, 640)]
)
def test_sizes_are_rounded_up_to_whole_cells(spotter: Spotter, height: int, width: int) -> None:
    grey = np.random.default_rng(1).integers(0, 256, (height, width), np.uint8)
    says = spotter.spot(grey)
    assert says.shape == (-(-height // CELL), -(-width // CELL), len(CLASSES))
    assert says.dtype == np.float32
    assert says.min() >= 0
    assert says.max() <= 1


@pytest.mark.parametrize("level", [0, 128, 255])
def test_on_bare_paper_there_is_nothing(spotter: Spotter, level: int) -> None:
    assert spotter.spot(np.full((480, 640), level, np.uint8)).max() < 0.5


def test_half_the_light_gives_nearly_the_same_picture() -> None:
    bright = np.random.default_rng(2).integers(120, 256, (1, 60, 80), np.uint8)
    full, half = brightness(bright), brightness(bright // 2)
    assert full.shape == (1, 60, 80, 1)
    assert full.dtype == np.float32
    assert np.abs(full.mean()) < 1e-5
    assert np.abs(full - half).max() < 0.1
    assert full.max() - full.min() > 0.9


def test_each_picture_is_given_less_its_own_mean() -> None:
    pictures = np.stack([np.full((4, 4), level, np.uint8) for level in (10, 250)])
    np.testing.assert_allclose(brightness(pictures), 0, atol=1e-6)


@pytest.mark.parametrize("name", ["default.npz", "detector.npz"])
def test_another_networks_weights_are_refused(name: str) -> None:
    with pytest.raises(WeightsError, match="train-spotter"):
        Spotter.load(shipped_path(name))


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"none\.npz"):
        Spotter.load(tmp_path / "none.npz")
