"""Views vary, and their targets go with them."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.learning.variation import changed, moved
from appliance.network.spotter import CELL

GREY = np.full((480, 640), 200, np.uint8)
GREY[160:320, 240:400] = 20
TARGETS = np.zeros((480 // CELL, 640 // CELL, 2), np.uint8)
TARGETS[160 // CELL : 320 // CELL, 240 // CELL : 400 // CELL] = 255


def middle(mask: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> tuple[float, float]:
    rows, columns = np.nonzero(mask)
    return float(rows.mean()), float(columns.mean())


def test_targets_move_with_the_view() -> None:
    random, apart = np.random.default_rng(1), []
    for _ in range(40):
        grey, targets = moved(GREY, TARGETS, random)
        assert grey.shape == GREY.shape
        assert targets.shape == TARGETS.shape
        assert grey.dtype == targets.dtype == np.uint8
        cells = targets > 127
        np.testing.assert_array_equal(cells[..., 0], cells[..., 1])
        assert (grey < 110).sum() == pytest.approx(CELL**2 * cells[..., 0].sum(), rel=0.15)
        found = CELL * np.array(middle(cells[..., 0])) + (CELL - 1) / 2
        apart.append(np.subtract(middle(grey < 110), found))
    assert np.abs(apart).max() < CELL / 2
    assert np.abs(np.mean(apart, axis=0)).max() < 0.3


def test_views_are_moved_in_every_way() -> None:
    random = np.random.default_rng(3)
    views = [moved(GREY, TARGETS, random)[0] for _ in range(40)]
    middles = np.array([middle(grey < 110) for grey in views])
    sizes = np.sqrt([(grey < 110).sum() / (160 * 160) for grey in views])
    assert sizes.min() < 0.8
    assert sizes.max() > 1.2
    assert (middles.std(axis=0) > 20).all()


def test_brightness_is_changed_in_every_way() -> None:
    random = np.random.default_rng(4)
    picture = (GREY / np.float32(100) - 1).astype(np.float32)
    before = picture.copy()
    results = [changed(picture, random) for _ in range(60)]
    np.testing.assert_array_equal(picture, before)
    assert all(r.shape == picture.shape and r.dtype == np.float32 for r in results)
    depths = np.array([r[:, :100].mean() - r[210:250, 290:310].mean() for r in results])
    assert (depths < 0).any(), "some are inverted"
    assert (np.abs(depths).max() / np.abs(depths).min()) > 2
    noises = np.array([(r[::2] - r[1::2]).std() for r in results])
    assert noises.min() < 0.1 < noises.max()
    sides = np.array([r[:, :20].mean() - r[:, -20:].mean() for r in results])
    assert 0.3 < np.mean(np.abs(sides) > 0.02) < 0.5, "some are shaded"
