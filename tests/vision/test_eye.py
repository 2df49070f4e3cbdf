"""The eye: any frame becomes a view, and boxes return to the pixels of the frame."""

from __future__ import annotations

import numpy as np
import pytest

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
