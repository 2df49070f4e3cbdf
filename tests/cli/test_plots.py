"""Plots: every line has a place in the legend, and looks like no other."""

from __future__ import annotations

import numpy as np

from appliance.cli.plots import COLOURS, HEIGHT, LEGEND_STEP, RIGHT, TOP, WIDTH, Line, plot
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
