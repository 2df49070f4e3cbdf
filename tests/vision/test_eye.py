"""The eye: any frame becomes a view, and boxes return to the pixels of the frame."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.network.spotter import CELL, SQUARE
from appliance.values import Box, Frame
from appliance.vision import eye
from appliance.vision.ink import SMALL_SIDE
from tests.vision.drawing import noisy, paper


@pytest.mark.parametrize("size", [(480, 640), (960, 1280), (1920, 2560), (90, 120)])
def test_the_view_has_a_workable_size(size: tuple[int, int]) -> None:
    frame = np.full((*size, 3), 200, np.uint8)
    seen = eye.view(Frame(frame))
    assert seen.grey.dtype == np.uint8
    assert seen.grey.ndim == 2
    assert SMALL_SIDE <= max(seen.grey.shape) <= eye.LONGEST_SIDE
    assert seen.grey.shape[1] == pytest.approx(size[1] * seen.scale, abs=1)
    assert seen.grey.shape[0] == pytest.approx(size[0] * seen.scale, abs=1)


def test_noise_is_measured_and_heavy_noise_smoothed() -> None:
    still, heavy = (eye.view(Frame(noisy(paper(480, 640), d))) for d in (0.1, 12.0))
    assert still.noise < heavy.noise
    assert heavy.grey.std() < 6


def test_the_frame_is_not_touched() -> None:
    page = noisy(paper(480, 640), 12)
    before = page.copy()
    eye.view(Frame(page))
    assert np.array_equal(page, before)


def test_the_thinnest_box_of_the_frame_has_a_place_in_the_view() -> None:
    seen = eye.view(Frame(paper(2464, 3280)))
    box = eye.in_view(Box(3279, 2463, 1, 1), seen)
    assert (box.width, box.height) == (1, 1)


@pytest.mark.parametrize("size", [(960, 1280), (683, 1024), (333, 500), (1200, 400)])
def test_heat_lies_where_it_was_seen_whatever_the_size(size: tuple[int, int]) -> None:
    height, width = size
    seen = eye.view(Frame(paper(height, width)))
    cells = SQUARE // CELL

    def spot(picture: NDArray[np.float32]) -> NDArray[np.float32]:
        rows, columns, _ = picture.shape
        heat = np.zeros((cells * rows, cells * columns, 2), np.float32)
        longer = max(height, width)
        scale = 1024 / longer / CELL
        y, x = (int(share * side * scale) for share, side in zip((0.7, 0.4), size, strict=True))
        heat[y - 1 : y + 2, x - 1 : x + 2, 1] = 0.9
        return heat

    found = eye.spotted(seen, spot)
    assert found.heat is not None
    [[x, y, _, _]] = found.heat.peaks(0.5)
    off = np.array([x / found.scale - 0.4 * width, y / found.scale - 0.7 * height])
    assert np.abs(off).max() < 8 * max(size) / 1024


class DarkSquares:
    """A spotter that takes dark squares for middles of digits, and recalls the pictures' sizes."""

    def __init__(self) -> None:
        self.shapes: list[tuple[int, ...]] = []

    def spot(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        self.shapes.append(picture.shape[:2])
        dark = picture[..., -2] < -1  # a square's own brightness
        heat = np.kron(dark, np.ones((SQUARE // CELL, SQUARE // CELL))).astype(np.float32)
        return np.stack([heat, heat], axis=-1)


def test_a_part_is_seen_closer_and_its_heat_lies_where_it_was_seen() -> None:
    page, spotter = paper(960, 1280), DarkSquares()
    page[300:320, 500:540] = 0
    seen = eye.spotted(eye.view(Frame(page)), spotter.spot, Box(400, 200, 300, 250), 1.5)
    assert seen.heat is not None
    [(x, y, _, _)] = seen.heat.peaks(0.5)
    assert (x, y) == pytest.approx((520, 310), abs=SQUARE)
    [(rows, columns)] = spotter.shapes
    assert columns == pytest.approx(300 * 0.8 * 1.5 / SQUARE, abs=1)
    assert rows == pytest.approx(250 * 0.8 * 1.5 / SQUARE, abs=1)


def test_from_farther_away_all_is_seen_smaller_and_in_its_place() -> None:
    page, spotter = paper(960, 1280), DarkSquares()
    page[280:340, 460:580] = 0
    seen = eye.spotted(eye.view(Frame(page)), spotter.spot, times=0.6)
    assert seen.heat is not None
    [(x, y, _, _)] = seen.heat.peaks(0.5)
    assert (x, y) == pytest.approx((520, 310), abs=SQUARE)
    [(rows, columns)] = spotter.shapes
    assert (rows, columns) == pytest.approx((768 * 0.6 / SQUARE, 1024 * 0.6 / SQUARE), abs=1)
