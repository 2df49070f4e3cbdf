"""Brightness: half the light is the same picture, and faint strokes are as plain as strong ones."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.vision.brightness import STRONGEST, brightness, with_local_contrast
from tests.vision.drawing import paper


def test_half_the_light_gives_nearly_the_same_picture() -> None:
    bright = np.random.default_rng(2).integers(120, 256, (60, 80), np.uint8)
    full, half = brightness(bright), brightness((bright // 2).astype(np.uint8))
    assert full.dtype == np.float32
    assert np.abs(full.mean()) < 1e-5
    assert np.abs(full - half).max() < 0.1
    assert full.max() - full.min() > 0.9


def test_a_faint_stroke_is_locally_as_plain_as_a_strong_one() -> None:
    page = paper(120, 320)
    page[20:100, 80:84], page[20:100, 240:244] = 40, 195
    whole, local = np.moveaxis(with_local_contrast(brightness(page)), -1, 0)
    assert whole[60, 81] / whole[60, 241] > 5
    assert local[60, 81] / local[60, 241] == pytest.approx(1, abs=0.5)
    assert local[60, 160] == pytest.approx(0, abs=0.01)


def test_local_contrast_has_bounds() -> None:
    page = paper(100, 100)
    page[50, 50] = 0
    local = with_local_contrast(brightness(page))[..., 1]
    assert np.abs(local).max() <= STRONGEST / 4
    assert np.isfinite(local).all()
