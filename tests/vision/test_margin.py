"""Tiny pictures get a margin; boxes come back to where the digits are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.values import Box, Frame
from appliance.vision.margin import SHARE, TINY, with_margin, without_margin

PAPER, INK = (200, 210, 220), (10, 20, 30)


@pytest.mark.parametrize("size", [(TINY + 1, 8), (8, TINY + 1), (960, 1280), (1, 1)])
def test_what_a_camera_gives_and_a_single_pixel_stay_as_they_are(size: tuple[int, int]) -> None:
    frame = Frame(np.zeros(size, np.uint8))
    assert with_margin(frame) == (frame, 0)


def test_a_margin_is_blank_as_most_of_the_picture_is() -> None:
    pixels = np.empty((28, 20, 3), np.uint8)
    pixels[...] = PAPER
    pixels[:, :8] = INK  # up to three of its edges
    frame = Frame(pixels, 3.0, "tiny.png")
    larger, margin = with_margin(frame)
    assert margin == round(SHARE * 28)
    assert larger.pixels.shape == (28 + 2 * margin, 20 + 2 * margin, 3)
    assert np.array_equal(larger.pixels[margin:-margin, margin:-margin], pixels)
    around = np.ones(larger.pixels.shape[:2], bool)
    around[margin:-margin, margin:-margin] = False
    assert (larger.pixels[around] == PAPER).all()
    assert (larger.time, larger.source) == (3.0, "tiny.png")


def test_a_grey_picture_gets_one_too() -> None:
    larger, margin = with_margin(Frame(np.full((10, 10), 7, np.uint8)))
    assert (larger.pixels == 7).all()
    assert larger.pixels.shape == (10 + 2 * margin, 10 + 2 * margin)


def test_a_box_comes_back_to_where_it_was() -> None:
    assert without_margin(Box(10, 11, 12, 9), 6, (28, 28)) == Box(4, 5, 12, 9)
    assert without_margin(Box(2, 3, 30, 33), 6, (28, 28)) == Box(0, 0, 26, 28), "cut off"


BOXES = st.builds(
    Box, st.integers(1, 80), st.integers(1, 80), st.integers(1, 60), st.integers(1, 60)
)


@given(BOXES, st.integers(0, 26), st.tuples(st.integers(1, TINY), st.integers(1, TINY)))
def test_any_box_comes_back_inside(larger: Box, margin: int, size: tuple[int, int]) -> None:
    box = without_margin(larger, margin, size)
    assert 0 <= box.x < box.x + box.width <= size[0]
    assert 0 <= box.y < box.y + box.height <= size[1]
