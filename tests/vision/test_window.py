"""Windows show what is in their place, pixel for pixel where they have its size."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.vision.window import cut_window, pyramid

GREY = np.random.default_rng(6).integers(0, 256, (80, 120), np.uint8)


@pytest.mark.parametrize(("x", "y"), [(50, 40), (8, 8), (112, 72)])
def test_a_window_of_the_same_size_is_the_place_itself(x: int, y: int) -> None:
    window = cut_window(pyramid(GREY), x, y, 1.0, 16)
    np.testing.assert_array_equal(window, GREY[y - 8 : y + 8, x - 8 : x + 8])


def test_a_window_of_half_the_size_is_that_of_the_next_level() -> None:
    levels = pyramid(GREY)
    window = cut_window(levels, 48, 40, 2.0, 16)
    np.testing.assert_array_equal(window, levels[1][12:28, 16:32])


def test_outside_the_frame_its_border_goes_on() -> None:
    window = cut_window(pyramid(GREY), 0, 40, 1.0, 16)
    np.testing.assert_array_equal(window[:, :8], np.repeat(GREY[32:48, :1], 8, axis=1))
