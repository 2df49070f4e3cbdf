"""Ruled lines are taken off, and the digits that cross them stay."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from appliance.vision.ink import Grey
from appliance.vision.ruling import without_rulings
from tests.vision.drawing import DIGITS, rolled, write

SHAPE = (480, 640)


def digits(pen: int = 9) -> Grey:
    """The mask of a 4 and a 7, 150 pixels high."""
    mask = np.zeros(SHAPE, np.uint8)
    write(mask, DIGITS["4"], 180, 150, 150, pen=pen, ink=255)
    write(mask, DIGITS["7"], 380, 150, 150, pen=pen, ink=255)
    return np.where(mask > 128, np.uint8(255), np.uint8(0))


def ruled(thickness: int, rows: tuple[int, ...] = (120, 200, 280, 360)) -> Grey:
    mask = np.zeros(SHAPE, np.uint8)
    for row in rows:
        cv2.line(mask, (20, row), (620, row), 255, thickness)
    return mask


def both(a: Grey, b: Grey) -> Grey:
    return np.asarray(np.maximum(a, b), np.uint8)


def pieces_in(mask: Grey) -> int:
    """Number of connected parts that are larger than crumbs."""
    _, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    return int(np.count_nonzero(stats[1:, cv2.CC_STAT_AREA] > 40))


@pytest.mark.parametrize("thickness", [1, 2, 3])
def test_lines_go_and_the_digits_that_cross_them_stay_whole(thickness: int) -> None:
    written, lines = digits(), ruled(thickness)
    left = without_rulings(both(written, lines))
    assert set(np.unique(left)) <= {0, 255}
    assert np.mean(left[(lines > 0) & (written == 0)] > 0) < 0.08
    assert np.mean(left[written > 0] > 0) > 0.93
    assert pieces_in(left) == 2


@pytest.mark.parametrize("degrees", [-8, 3, 8])
def test_lines_of_a_rolled_sheet_go_too(degrees: float) -> None:
    written, lines = rolled(digits(), degrees), rolled(ruled(3), degrees)
    mask = np.where(both(written, lines) > 128, np.uint8(255), np.uint8(0))
    left = without_rulings(mask)
    assert np.mean(left[(lines > 200) & (written == 0)] > 0) < 0.15
    assert np.mean(left[written > 200] > 0) > 0.9


def test_upright_lines_of_a_grid_go_where_no_digit_hides_them() -> None:
    written = digits()
    lines = ruled(2)
    for column in (60, 340, 600):
        cv2.line(lines, (column, 20), (column, 460), 255, 2)
    left = without_rulings(both(written, lines))
    assert np.mean(left[(lines > 0) & (written == 0)] > 0) < 0.15
    assert np.mean(left[written > 0] > 0) > 0.85


def test_an_underline_goes() -> None:
    written, line = digits(), np.zeros(SHAPE, np.uint8)
    cv2.line(line, (170, 325), (500, 322), 255, 5)
    left = without_rulings(both(written, line))
    assert pieces_in(left) == 2


def test_round_digits_in_a_row_are_no_ruled_line() -> None:
    written = np.zeros(SHAPE, np.uint8)
    for x in range(100, 560, 84):
        cv2.ellipse(written, (x, 240), (42, 60), 0, 0, 360, 255, 7)
    assert without_rulings(written) is written


def test_a_line_that_digits_stand_on_goes_though_they_hide_most_of_it() -> None:
    written, line = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    for x in (150, 300, 450):
        cv2.ellipse(written, (x, 240), (50, 80), 0, 0, 360, 255, 9)
    cv2.line(line, (40, 316), (600, 312), 255, 4)
    left = without_rulings(both(written, line))
    assert pieces_in(left) == 3
    assert np.mean(left[written > 0] > 0) > 0.9


def test_lines_on_a_small_card_go_when_the_digits_height_is_known() -> None:
    mask, line = np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, np.uint8)
    write(mask, DIGITS["4"], 200, 150, 40, pen=3, ink=255)
    cv2.line(line, (170, 185), (300, 185), 255, 2)
    assert without_rulings(both(mask, line)) is not None
    left = without_rulings(both(mask, line), digit=40)
    assert np.mean(left[(line > 0) & (mask == 0)] > 0) < 0.15


def test_without_lines_the_same_ink_comes_back() -> None:
    for mask in (digits(), np.zeros(SHAPE, np.uint8)):
        assert without_rulings(mask) is mask


def test_a_large_one_is_no_ruled_line() -> None:
    mask = np.zeros(SHAPE, np.uint8)
    cv2.line(mask, (320, 150), (316, 330), 255, 6)
    assert without_rulings(mask) is mask


def test_what_is_given_stays_as_it_is() -> None:
    mask = both(digits(), ruled(3))
    before = mask.copy()
    without_rulings(mask)
    assert np.array_equal(mask, before)


@pytest.mark.parametrize("shape", [(1, 1), (1, 320), (320, 1), (3, 200), (40, 40)])
@pytest.mark.parametrize("level", [0, 255])
def test_any_shape(shape: tuple[int, int], level: int) -> None:
    assert without_rulings(np.full(shape, level, np.uint8)).shape == shape
