"""Loops: whatever the pen, a digit encloses what its middle lines enclose."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.scenes.loops import kept_open
from appliance.scenes.screens import on_screen
from appliance.scenes.strokes import Stroke, bounds, rasterise
from appliance.scenes.writer import new_writer, write_sign
from appliance.scenes.writing import write_lines

BROAD, FINE = 0.33, 0.06


def ring(width: float, across: float = 0.7) -> list[Stroke]:
    """An upright ellipse, one unit high."""
    angle = np.linspace(0, 2 * np.pi, 40)
    line = np.column_stack([across * (0.5 + 0.5 * np.cos(angle)), 0.5 + 0.5 * np.sin(angle)])
    return [np.column_stack([line, np.full(len(line), width)])]


def painted(strokes: list[Stroke]) -> NDArray[np.bool_]:
    """Where the ink is, 100 pixels for a unit."""
    left, top, right, bottom = bounds(strokes)
    moved = [(stroke - (left, top, 0)) * 100 for stroke in strokes]
    cover, _, _ = rasterise(moved, int(100 * (bottom - top)) + 1, int(100 * (right - left)) + 1)
    return np.pad(cover >= 128, 1)


def holes(strokes: list[Stroke], least: float = 0.004) -> int:
    """How many parts of the paper the ink encloses; least: area that counts."""
    bare = (~painted(strokes)).astype(np.uint8)
    _, _, found, _ = cv2.connectedComponentsWithStats(bare, connectivity=4)
    return int(np.sum(found[2:, cv2.CC_STAT_AREA] >= least * 100**2))


@pytest.mark.parametrize("pen", [0.05, 0.12, 0.2, BROAD])
def test_a_pen_that_fills_nothing_is_left_as_it_is(pen: float) -> None:
    strokes = ring(pen)
    for kept, given in zip(kept_open(strokes, "0", pen), strokes, strict=True):
        np.testing.assert_array_equal(kept, given)


def test_a_narrow_0_is_written_with_a_lighter_hand() -> None:
    filled = ring(BROAD, across=0.3)
    assert not holes(filled)
    kept = kept_open(filled, "0", BROAD)
    assert holes(kept) == 1
    np.testing.assert_array_equal(kept[0][:, :2], filled[0][:, :2])
    assert 0.1 < kept[0][0, 2] < BROAD


def test_what_is_only_an_ornament_may_be_filled() -> None:
    curl = ring(BROAD, across=0.3)
    assert kept_open(curl, "2", BROAD)[0][0, 2] == BROAD


def test_bays_stay_open() -> None:
    """The ends of a C that meet would make it a 0."""
    angle = np.radians(np.linspace(25, 335, 40))
    line = np.column_stack([0.5 + 0.4 * np.cos(angle), 0.5 + 0.5 * np.sin(angle)])
    strokes = [np.column_stack([line, np.full(len(line), 0.45)])]
    assert holes(strokes) == 1
    assert holes(kept_open(strokes, "5", 0.45)) == 0


@pytest.mark.parametrize("digit", "0123456789")
def test_digits_are_written_as_they_are_meant(digit: str) -> None:
    """With the broadest pen as with a fine one, by many hands; one of 40 may be careless."""

    def written(seed: int, pen: float) -> list[Stroke]:
        writer = new_writer(np.random.default_rng(seed))
        return write_sign(np.random.default_rng(seed), writer, digit, pen)

    usual = {"0": 1, "4": 1, "6": 1, "8": 2, "9": 1}.get(digit, 0)  # an open 0 may close
    careless = 0
    for seed in range(40):
        broad, fine = written(seed, BROAD), written(seed, FINE)
        more = holes(broad, 0.006) > max(holes(fine, 0.003), usual)
        fewer = holes(broad, 0.003) < holes(fine, 0.006) and usual
        careless += bool(more or fewer)
    assert careless <= 1


@pytest.mark.parametrize("digit", "689")
def test_even_lines_on_a_screen_keep_loops_open_too(digit: str) -> None:
    filled = 0
    for seed in range(20):
        random = np.random.default_rng(seed)
        marks = write_lines(random, new_writer(random), [digit], 1.0, BROAD)
        plan = on_screen(random, (400, 400), marks, BROAD)
        size = float(plan.description["height"])
        strokes = [stroke / size for mark in plan.digits for stroke in mark.strokes]
        assert all(np.ptp(stroke[:, 2]) < 0.01 for stroke in strokes)
        fine = [np.column_stack([s[:, :2], np.full(len(s), FINE)]) for s in strokes]
        filled += holes(strokes, 0.003) < holes(fine, 0.006)
    assert filled <= 1
