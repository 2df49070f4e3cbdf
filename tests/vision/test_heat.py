"""Heat: squares of the spotter's become places in a view of any size."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.values import Box
from appliance.vision.heat import Heat
from appliance.vision.pieces import Piece


def heat(cell: float = 8.0, *, ink: Box | None = None, core: Box | None = None) -> Heat:
    """20 x 30 squares, certain within a box of squares and nothing elsewhere."""
    maps = np.zeros((2, 20, 30), np.float32)
    for number, box in enumerate((ink, core)):
        if box:
            rows, columns = slice(box.y, box.y + box.height), slice(box.x, box.x + box.width)
            maps[number, rows, columns] = 1
    return Heat(maps[0], maps[1], cell)


@pytest.mark.parametrize("cell", [2.0, 3.7, 8.0])
def test_ink_is_warm_where_the_spotter_sees_it_and_a_square_around(cell: float) -> None:
    shape = (round(20 * cell), round(30 * cell))
    warm = heat(cell, ink=Box(10, 5, 4, 3)).warm(shape)
    assert warm.shape == shape
    assert warm.dtype == np.uint8
    assert warm[round(6.5 * cell), round(12 * cell)] == 255
    assert warm[round(4.5 * cell), round(9.5 * cell)] == 255
    assert warm[round(2.5 * cell), round(12 * cell)] == 0


def test_warmth_covers_a_view_that_is_larger_than_the_squares() -> None:
    warm = heat(8.0, ink=Box(0, 18, 30, 2)).warm((165, 250))
    assert warm.shape == (165, 250)
    assert (warm[-1] == 255).all()


def test_the_middles_of_digits_are_boxes_of_the_view() -> None:
    assert heat(8.0, core=Box(3, 4, 2, 5)).cores() == [Box(24, 32, 16, 40)]
    assert heat().cores() == []


def test_a_view_without_any_middle_is_blank() -> None:
    assert heat(ink=Box(3, 4, 2, 5)).blank
    assert not heat(core=Box(3, 4, 1, 1)).blank


def test_a_middle_counts_where_it_is_sure() -> None:
    doubtful = heat(core=Box(3, 4, 2, 5))
    doubtful.core[...] *= 0.6
    assert doubtful.cores() == []
    doubtful.core[6, 3] = 0.9
    assert doubtful.cores() == [Box(24, 32, 16, 40)]


def test_a_piece_is_as_warm_as_its_pixels_are_on_average() -> None:
    half = heat(8.0, ink=Box(10, 0, 20, 20))
    piece = Piece(Box(64, 40, 32, 16), np.ones((16, 32), np.bool_), 512, 100.0)
    assert half.on(piece) == pytest.approx(0.5, abs=0.05)
    one = Piece(Box(200, 50, 1, 1), np.ones((1, 1), np.bool_), 1, 100.0)
    assert half.on(one) == 1


def test_only_the_middle_of_a_box_is_asked_for_a_core() -> None:
    seen = heat(8.0, core=Box(10, 10, 2, 2))
    assert seen.core_in(Box(64, 64, 48, 48)) == 1
    assert seen.core_in(Box(95, 64, 48, 48)) == 0
