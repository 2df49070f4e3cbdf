"""Lines of writing: the order in which people read, and the roll of the sheet."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.values import Box
from appliance.vision.lines import arranged, writing_angle

SIZES = ((40, 60), (36, 60), (12, 58), (42, 61), (38, 62))
"""Widths and heights of digits, among them a 1."""


def rows_of(boxes: list[Box]) -> list[list[tuple[int, int]]]:
    return [[(boxes[i].x, boxes[i].y) for i in row] for row in arranged(boxes)]


def written(degrees: float, lines: int = 2, count: int = 5) -> list[Box]:
    """Lines of digits on a sheet that is rolled, in reading order."""
    turn, boxes = np.deg2rad(degrees), []
    for line, place in np.ndindex(lines, count):
        right, down = 70 * place - 140, 90 * line - 45 + 4 * (place % 2)
        x = 320 + right * np.cos(turn) - down * np.sin(turn)
        y = 240 + right * np.sin(turn) + down * np.cos(turn)
        width, height = SIZES[(place + line) % len(SIZES)]
        boxes.append(Box(round(x - width / 2), round(y - height / 2), width, height))
    return boxes


def test_lines_from_top_to_bottom_and_digits_from_left_to_right() -> None:
    rows = [[(20, 30), (70, 34), (130, 28)], [(30, 120), (90, 118)], [(25, 200)]]
    boxes = [Box(x, y, 30, 50) for row in rows for x, y in row]
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(boxes))
        assert rows_of([boxes[i] for i in order]) == rows


@pytest.mark.parametrize("lower", [-6, -2, 2, 6])
def test_of_two_groups_on_one_level_the_left_one_comes_first(lower: int) -> None:
    """Which one lay a pixel higher decided, as far apart as they were."""
    left, right = [(100, 400), (150, 400)], [(800, 400 + lower), (850, 400 + lower)]
    assert rows_of([Box(x, y, 40, 60) for x, y in [*right, *left]]) == [left, right]


def test_columns_of_lines_are_read_across() -> None:
    rows = [[(x, y), (x + 50, y)] for y in (100, 200, 300) for x in (100, 800)]
    assert rows_of([Box(x, y, 40, 60) for row in reversed(rows) for x, y in row]) == rows


def test_a_large_digit_that_reaches_into_a_small_one_stands_beside_it() -> None:
    assert rows_of([Box(58, 40, 30, 50), Box(0, 0, 60, 150)]) == [[(0, 0)], [(58, 40)]]


def test_a_table_in_perspective_is_read_row_by_row() -> None:
    """Its upper rows lie lower and lower to the right, its lower ones higher and higher."""
    rows = [[(x, y + dy) for x, dy in ((100, 0), (500, fall), (900, 2 * fall))]
            for y, fall in ((100, 20), (200, 10), (300, 0), (400, -10), (500, -20))]  # fmt: skip
    boxes = [Box(x, y, 30, 50) for row in rows for x, y in row]
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(boxes))
        read = [place for row in rows_of([boxes[i] for i in order]) for place in row]
        assert read == [place for row in rows for place in row]


@pytest.mark.parametrize("columns", [2, 3])
@pytest.mark.parametrize("narrower", [0.8, 1.2])
def test_columns_of_as_many_rows_are_a_table_however_they_lean(
    columns: int, narrower: float
) -> None:
    """Far apart, and tilted, the nearest row of the other column was the next one."""
    middle, spaces = 400, [30 * narrower**column for column in range(columns)]
    rows = [
        [(150 + 420 * c, round(middle + (row - 7) * space)) for c, space in enumerate(spaces)]
        for row in range(15)
    ]
    boxes = [Box(x, y, 14, 22) for row in rows for x, y in row]
    order = np.random.default_rng(1).permutation(len(boxes))
    read = [place for row in rows_of([boxes[i] for i in order]) for place in row]
    assert read == [place for row in rows for place in row]


def test_columns_far_off_each_others_level_are_none() -> None:
    left, right = [(100, y) for y in (100, 160, 220)], [(700, y) for y in (520, 580, 640)]
    read = rows_of([Box(x, y, 20, 30) for x, y in [*left, *right]])
    assert read == [[(100, 100)], [(100, 160)], [(100, 220)], *([place] for place in right)]


def test_no_digits_make_no_lines() -> None:
    assert arranged([]) == []


def test_one_digit_is_a_level_line() -> None:
    assert writing_angle([Box(40, 40, 20, 60)]) == 0
    assert arranged([Box(40, 40, 20, 60)]) == [[0]]


def test_level_writing_is_not_turned_at_all() -> None:
    assert writing_angle([Box(40 * place, 40, 20, 60) for place in range(8)]) == 0


@pytest.mark.parametrize("degrees", [-20, -13, -5, 0, 5, 13, 20])
def test_rolled_writing_is_levelled_within_three_degrees(degrees: float) -> None:
    assert writing_angle(written(degrees)) == pytest.approx(degrees, abs=3)


@pytest.mark.parametrize("degrees", [-20, -8, 0, 8, 20])
def test_rolled_lines_are_told_apart_and_stay_in_order(degrees: float) -> None:
    boxes = written(degrees)
    order = np.random.default_rng(1).permutation(len(boxes))
    found = arranged([boxes[i] for i in order])
    assert [[int(order[i]) for i in row] for row in found] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (Box(100, 45, 10, 15), "much smaller"),
        (Box(600, 40, 30, 50), "far off"),
        (Box(40, 140, 30, 50), "below"),
    ],
)
def test_what_is_on_another_line(other: Box, why: str) -> None:
    assert len(arranged([Box(40, 40, 30, 50), other])) == 2, why


@pytest.mark.parametrize(
    ("above", "below"),
    [
        ([(264, 468, 115), (402, 484, 116), (496, 502, 125), (615, 526, 137)], [(170, 618, 113)]),
        ([(225, 320, 133), (384, 320, 137), (533, 340, 147)], [(136, 494, 155)]),
        ([(708, 456, 177), (873, 476, 145)], [(494, 660, 152)]),
        ([(329, 238, 75)], [(379, 312, 73), (453, 297, 72)]),
    ],
)
def test_a_short_line_is_not_taken_into_a_longer_one(
    above: list[tuple[int, int, int]], below: list[tuple[int, int, int]]
) -> None:
    """A sheet turned the other way would have all middles nearly on one level."""
    boxes = [Box(x - 30, y - height // 2, 60, height) for x, y, height in above + below]
    count = len(above)
    assert arranged(boxes) == [list(range(count)), list(range(count, len(boxes)))]


def test_specks_among_the_digits_leave_their_lines_as_they_are() -> None:
    boxes = written(12)
    specks = [Box(x, y, 5, 9) for x, y in ((150, 60), (300, 400), (480, 130), (60, 300))]
    rows = [[i for i in row if i < len(boxes)] for row in arranged(boxes + specks)]
    assert [row for row in rows if row] == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_a_step_in_the_writing_stays_one_line() -> None:
    assert len(arranged([Box(40 + 45 * i, 60 + 4 * (i % 3), 30, 50) for i in range(6)])) == 1
