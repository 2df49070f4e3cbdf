"""Brightness: half the light is the same picture, and faint strokes are as plain as strong ones."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.vision.brightness import (
    CHANNELS,
    SHARE,
    SQUARE,
    STRONGEST,
    brightness,
    in_squares,
    squares_of,
)
from tests.vision.drawing import paper


def test_half_the_light_gives_nearly_the_same_picture() -> None:
    bright = np.random.default_rng(2).integers(120, 256, (60, 80), np.uint8)
    full, half = (squares_of(grey) for grey in (bright, (bright // 2).astype(np.uint8)))
    assert full.dtype == np.float32
    assert np.abs(full[..., -2].mean()) < 1e-5
    assert np.abs(full - half).max() < 0.1
    assert full.max() - full.min() > 0.9


@pytest.mark.parametrize("shape", [(96, 128), (61, 83), (8, 3), (1, 1)])
def test_the_quick_way_gives_the_same(shape: tuple[int, int]) -> None:
    page = np.random.default_rng(5).integers(0, 256, shape, np.uint8)
    slow, quick = in_squares(brightness(page)), squares_of(np.repeat(page, 2, axis=1)[:, ::2])
    np.testing.assert_allclose(quick, slow, atol=1e-5)


def test_a_square_is_given_by_its_pixels_in_reading_order() -> None:
    page = np.random.default_rng(3).integers(100, 156, (48, 64), np.uint8)
    logarithm = brightness(page)
    squares = in_squares(logarithm)
    assert squares.shape == (6, 8, CHANNELS)
    assert squares.dtype == np.float32
    own = logarithm[16:24, 40:48]
    seen = squares[2, 5, :-2].reshape(SQUARE, SQUARE)
    assert np.corrcoef(own.ravel(), seen.ravel())[0, 1] > 0.9999
    assert np.isclose(squares[2, 5, -2], own.mean() - logarithm.mean(), atol=1e-5)


def test_a_faint_stroke_is_locally_as_plain_as_a_strong_one() -> None:
    page = paper(120, 320)
    page[20:100, 80:84], page[20:100, 240:244] = 40, 195
    squares = in_squares(brightness(page))
    strong, faint = squares[7, 10], squares[7, 30]
    darkest = strong[:-2].min(), faint[:-2].min()
    assert 0.5 < darkest[0] / darkest[1] < 2
    assert strong[-2] / faint[-2] > 5, "their own brightness tells them apart"
    assert strong[-1] - faint[-1] > 2, "and the contrast around them"
    assert np.abs(squares[7, 20, :-2]).max() < 0.01


def test_local_contrast_has_bounds() -> None:
    page = paper(100, 100)
    page[50, 50] = 0
    local = in_squares(brightness(page))[..., :-2]
    assert np.abs(local).max() <= STRONGEST * SHARE
    assert np.isfinite(local).all()


def test_the_picture_itself_stays_as_it_is() -> None:
    logarithm = brightness(np.random.default_rng(4).integers(0, 256, (32, SQUARE), np.uint8))
    before = logarithm.copy()
    in_squares(logarithm)
    np.testing.assert_array_equal(logarithm, before)


def test_what_lies_beyond_the_border_is_like_it() -> None:
    page = np.tile(np.arange(80, 121, dtype=np.uint8), (30, 1))
    squares = in_squares(brightness(page))
    assert squares.shape[:2] == (4, 6)
    last = squares[1, 5, :-2].reshape(SQUARE, SQUARE)
    assert np.ptp(last[0]) == 0
