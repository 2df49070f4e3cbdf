"""Where a digit is said to be in a warped window, there it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from appliance.learning.crops import NONE
from appliance.learning.warping import Warp, any_warp, slight_warp, warped
from appliance.learning.windows import IN_SIDE, SIDE, Example
from appliance.values import IN_WINDOW, WINDOW_SIZE

COUNT = 24


def bar(width: float) -> Example:
    """A dark upright rectangle in the middle."""
    grey = np.full((SIDE, SIDE), 200, np.uint8)
    top, left = (SIDE - IN_SIDE) // 2, (SIDE - round(width * IN_SIDE)) // 2
    grey[top : SIDE - top, left : SIDE - left] = 0
    return Example(grey, 1, width)


def upright(seed: int) -> Warp:
    """What training shows, unturned and unbent."""
    warp = any_warp(COUNT, np.random.default_rng(seed))
    return replace(warp, turn=0 * warp.turn, shear=0 * warp.shear, bend=np.zeros_like(warp.bend))


@pytest.mark.parametrize("width", [0.25, 0.5, 0.75])
@pytest.mark.parametrize("warp", [upright(1), slight_warp(COUNT, np.random.default_rng(2))])
def test_the_offsets_tell_where_the_digit_is(warp: Warp, width: float) -> None:
    windows, offsets = warped([bar(width)] * COUNT, warp)
    assert windows.shape == (COUNT, WINDOW_SIZE, WINDOW_SIZE)
    assert windows.dtype == np.uint8
    assert offsets.dtype == np.float32
    darkness = (200 - windows.astype(float)) / 200
    across, down = darkness.sum(axis=1), darkness.sum(axis=2)
    steps = np.arange(WINDOW_SIZE) - (WINDOW_SIZE - 1) / 2
    total = darkness.sum(axis=(1, 2))
    np.testing.assert_allclose(across @ steps / total / IN_WINDOW, offsets[:, 0], atol=0.02)
    np.testing.assert_allclose(down @ steps / total / IN_WINDOW, offsets[:, 1], atol=0.02)
    high = across.max(axis=1)
    np.testing.assert_allclose(np.log(high / IN_WINDOW), offsets[:, 2], atol=0.1)
    wide = total / high
    np.testing.assert_allclose(np.log(wide / high), offsets[:, 3], atol=0.15)


def test_training_shows_turned_and_bent_digits() -> None:
    warp = any_warp(COUNT, np.random.default_rng(3))
    windows, _ = warped([bar(0.5)] * COUNT, warp)
    plain, _ = warped([bar(0.5)] * COUNT, replace(warp, bend=np.zeros_like(warp.bend)))
    bent = (windows != plain).any(axis=(1, 2))
    assert 0.3 < bent.mean() < 0.9
    unturned, _ = warped([bar(0.5)] * COUNT, replace(warp, turn=0 * warp.turn))
    assert (unturned != windows).any(axis=(1, 2)).all()


def test_a_window_without_a_digit_has_finite_offsets() -> None:
    none = Example(np.zeros((SIDE, SIDE), np.uint8), NONE, 0.0)
    _, offsets = warped([none], slight_warp(1, np.random.default_rng(4)))
    assert np.isfinite(offsets).all()


def test_no_windows_are_none() -> None:
    windows, offsets = warped([], slight_warp(0, np.random.default_rng(5)))
    assert windows.shape == (0, WINDOW_SIZE, WINDOW_SIZE)
    assert offsets.shape == (0, 4)
