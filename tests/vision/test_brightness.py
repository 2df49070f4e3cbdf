"""Brightness is the same in any light, and local contrast the same for any strength of ink."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.vision.brightness import SHARE, STRONGEST, brightness, with_local_contrast


def test_half_the_light_gives_nearly_the_same_picture() -> None:
    bright = np.random.default_rng(2).integers(120, 256, (60, 80), np.uint8)
    full, half = brightness(bright), brightness(bright // 2)
    assert full.shape == (60, 80)
    assert full.dtype == np.float32
    assert np.abs(full.mean()) < 1e-5
    assert np.abs(full - half).max() < 0.1
    assert full.max() - full.min() > 0.9


@pytest.mark.parametrize("level", [0, 128, 255])
def test_bare_paper_is_zero(level: int) -> None:
    paper = np.full((60, 80), level, np.uint8)
    np.testing.assert_allclose(with_local_contrast(brightness(paper)), 0, atol=1e-5)


def test_a_faint_stroke_has_the_local_contrast_of_a_strong_one() -> None:
    stroke = np.zeros((80, 120), np.float32)
    stroke[20:60, 58:62] = -2
    faint, strong = (with_local_contrast(depth * stroke)[..., 1] for depth in (0.25, 1))
    assert faint.shape == stroke.shape
    assert faint.min() == pytest.approx(strong.min(), rel=0.2)
    assert np.abs(strong).max() <= STRONGEST * SHARE
