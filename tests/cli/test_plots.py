"""Plots: every line has a place in the legend, and looks like no other."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.cli.plots import (
    BOTTOM,
    COLOURS,
    GREY,
    HEIGHT,
    LEFT,
    LEGEND_STEP,
    RIGHT,
    TOP,
    WIDTH,
    Line,
    plot,
)
from appliance.cli.sheets import Picture


def drawn(count: int) -> Picture:
    return plot("", "", "", [Line("", [1, 2], [index, index + 1]) for index in range(count)])


def legend(page: Picture, index: int) -> Picture:
    """What stands before a line's name."""
    middle, start = TOP + 20 + LEGEND_STEP * index, WIDTH - RIGHT + 12
    return page[middle - 10 : middle + 11, start : start + 30]


def test_lines_of_one_colour_have_other_marks() -> None:
    page = drawn(5 * len(COLOURS))
    samples = [legend(page, index).tobytes() for index in range(5 * len(COLOURS))]
    assert len(set(samples)) == len(samples)


def test_the_page_is_as_high_as_the_legend() -> None:
    assert len(drawn(2)) == HEIGHT
    page = drawn(25)
    last = legend(page, 24)
    assert len(last) == 21
    assert (last < 200).any()
    np.testing.assert_array_equal(page[-5:], 255)


@pytest.mark.parametrize(("x", "between"), [([1, 2], 0), ([1, 2, 3], 1), ([1, 1.5, 2], 4)])
def test_there_is_no_grid_between_whole_numbers(x: list[float], between: int) -> None:
    page = plot("", "", "", [Line("", x, [0] * len(x))])
    row = page[(TOP + HEIGHT - BOTTOM) // 2 + 7, LEFT + 1 : WIDTH - RIGHT]
    assert (row == GREY).all(axis=1).sum() == between
