"""Lines of writing: the order in which people read, and the roll of the sheet."""

from __future__ import annotations

import numpy as np
import pytest

from appliance.vision.lines import find_lines, writing_angle
from appliance.vision.pieces import Piece
from tests.vision.drawing import DIGITS, bodies_of, paper, piece_at, rolled, write, write_text


def places(pieces: tuple[Piece, ...]) -> list[tuple[int, int]]:
    return [(piece.box.x, piece.box.y) for piece in pieces]


def shuffled(pieces: list[Piece], seed: int = 3) -> list[Piece]:
    return [pieces[i] for i in np.random.default_rng(seed).permutation(len(pieces))]


def test_lines_from_top_to_bottom_and_pieces_from_left_to_right() -> None:
    rows = [[(20, 30), (70, 34), (130, 28)], [(30, 120), (90, 118)], [(25, 200)]]
    pieces = [piece_at(x, y, 30, 50) for row in rows for x, y in row]
    for seed in range(5):
        found = find_lines(shuffled(pieces, seed))
        assert [places(line.pieces) for line in found] == rows
        assert [line.angle for line in found] == pytest.approx([0, 0, 0], abs=2)
        assert [line.height for line in found] == [50, 50, 50]
        assert [line.across for line in found] == sorted(line.across for line in found)


def test_no_pieces_make_no_lines() -> None:
    assert find_lines([]) == []


def test_one_digit_is_a_level_line() -> None:
    [line] = find_lines([piece_at(40, 40, 20, 60)])
    assert (line.angle, line.height) == (0, 60)


def test_a_much_thicker_pen_wrote_another_line() -> None:
    page = paper(240, 480)
    write(page, DIGITS["4"], 60, 60, 100, pen=4)
    write(page, DIGITS["7"], 180, 60, 100, pen=5)
    write(page, DIGITS["7"], 320, 60, 100, pen=18)
    assert sorted(len(line.pieces) for line in find_lines(bodies_of(page))) == [1, 2]


def page_of_text(degrees: float, *texts: str) -> list[Piece]:
    page = paper(480, 640)
    for number, text in enumerate(texts):
        write_text(page, text, 130, 170 + 90 * number, 60)
    return bodies_of(rolled(page, degrees))


@pytest.mark.parametrize("degrees", [-20, -13, -5, 0, 5, 13, 20])
def test_rolled_writing_is_levelled_within_three_degrees(degrees: float) -> None:
    pieces = page_of_text(degrees, "31754", "75143")
    assert len(pieces) >= 10
    assert writing_angle([piece.box for piece in pieces]) == pytest.approx(degrees, abs=3)


@pytest.mark.parametrize("degrees", [-20, -8, 8, 20])
def test_rolled_lines_are_told_apart_and_stay_in_order(degrees: float) -> None:
    lines = find_lines(page_of_text(degrees, "31744", "74143"))
    assert [len(line.pieces) for line in lines] == [5, 5]
    upper, lower = (np.mean([piece.centre[1] for piece in line.pieces]) for line in lines)
    assert upper < lower
    for line in lines:
        x = [piece.centre[0] for piece in line.pieces]
        assert x == sorted(x)


def test_a_row_of_different_digits_is_not_taken_for_rolled() -> None:
    assert abs(writing_angle([piece.box for piece in page_of_text(0, "34157")])) <= 2


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (piece_at(100, 45, 10, 15), "much smaller"),
        (piece_at(100, 40, 30, 50, strength=40.0), "another pen"),
        (piece_at(600, 40, 30, 50), "far off"),
        (piece_at(40, 140, 30, 50), "below"),
    ],
)
def test_what_is_on_another_line(other: Piece, why: str) -> None:
    assert len(find_lines([piece_at(40, 40, 30, 50), other])) == 2, why


def test_a_step_in_the_writing_stays_one_line() -> None:
    pieces = [piece_at(40 + 45 * i, 60 + 4 * (i % 3), 30, 50) for i in range(6)]
    assert len(find_lines(pieces)) == 1
