"""Pieces: what hangs together, how thick its strokes are, and what can't be a digit."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from appliance.values import Box
from appliance.vision.ink import Grey, Ink
from appliance.vision.pieces import Parts, Piece, find_pieces, left_over
from tests.vision.drawing import DIGITS, bodies_of, paper, write


def ink_of(mask: Grey, strength: int = 120) -> Ink:
    contrast = (mask // 255 * np.uint8(strength)).astype(np.uint8)
    return Ink(contrast, mask, "dark", widest=60)


def drawn(*digits: tuple[str, float, float, float], pen: int = 5) -> Grey:
    """The mask of digits: which, x, y, height."""
    mask = np.zeros((300, 400), np.uint8)
    for digit, x, y, height in digits:
        write(mask, DIGITS[digit], x, y, height, pen=pen, ink=255)
    return np.where(mask > 128, np.uint8(255), np.uint8(0))


def found(mask: Grey) -> tuple[list[Piece], Parts]:
    return find_pieces(ink_of(mask))


def test_each_digit_is_a_piece_with_its_box_mask_and_contrast() -> None:
    mask = drawn(("3", 40, 50, 90), ("7", 200, 120, 60))
    pieces, _ = found(mask)
    again = np.zeros_like(mask)
    for piece in pieces:
        box = piece.box
        assert piece.mask.shape == (box.height, box.width)
        assert piece.mask.any(axis=0).all()
        assert piece.mask.any(axis=1).all()
        assert piece.area == piece.mask.sum()
        assert piece.strength == 120
        window = again[box.y : box.y + box.height, box.x : box.x + box.width]
        window[piece.mask] = 255
    assert len(pieces) == 2
    assert np.array_equal(again, mask)


@pytest.mark.parametrize("pen", [3, 5, 9, 14])
@pytest.mark.parametrize("digit", ["1", "3", "4", "7"])
def test_the_strokes_are_about_as_wide_as_they_were_drawn(digit: str, pen: int) -> None:
    [piece], _ = found(drawn((digit, 60, 60, 160), pen=pen))
    steps = [np.linalg.norm(np.diff(np.array(stroke), axis=0), axis=1) for stroke in DIGITS[digit]]
    length = 160 * sum(float(step.sum()) for step in steps)
    assert piece.stroke_width == pytest.approx(piece.area / length, rel=0.3)


def test_the_stroke_width_of_a_dot_is_no_nonsense() -> None:
    dot = Piece(Box(0, 0, 6, 6), np.ones((6, 6), np.bool_), 36, 100.0)
    assert 2 < dot.stroke_width < 8


def test_the_middle_is_the_boxs() -> None:
    assert Piece(Box(10, 20, 30, 50), np.ones((50, 30), np.bool_), 1500, 9.0).centre == (25, 45)


def test_blots_specks_rims_and_long_rules_are_no_digits() -> None:
    mask = drawn(("4", 300, 180, 60))
    cv2.rectangle(mask, (40, 40), (100, 110), 255, -1)  # a blot
    cv2.circle(mask, (200, 60), 3, 255, -1)  # a speck
    cv2.line(mask, (30, 200), (230, 200), 255, 3)  # a rule
    cv2.rectangle(mask, (0, 0), (399, 299), 255, 2)  # the picture's rim
    pieces, _ = found(mask)
    assert [piece.box.x for piece in pieces] == [pytest.approx(300, abs=4)]


def test_strokes_in_a_thicket_are_clutter() -> None:
    mask = drawn(("4", 150, 110, 70))
    assert len(found(mask)[0]) == 1
    rows, columns = np.mgrid[0:300, 0:400]
    free = cv2.dilate(mask, np.ones((5, 5), np.uint8)) == 0
    mask[free & (rows % 5 > 0) & (columns % 60 > 0)] = 255
    assert not found(mask)[0]


def test_parts_are_given_where_they_are_asked_for() -> None:
    mask = drawn(("3", 40, 50, 90))
    cv2.line(mask, (110, 50), (120, 50), 255, 5)  # near
    cv2.line(mask, (300, 250), (312, 250), 255, 5)  # far
    pieces, parts = found(mask)
    boxes = [piece.box for piece in pieces]
    [near] = parts.near(boxes, 25, (8, 90))
    assert near.box.x == pytest.approx(107, abs=4)
    assert not parts.near(boxes, 25, (30, 90)), "too small a part"
    assert not parts.near(boxes, 1, (8, 90)), "too far a part"
    assert len(parts.near(boxes, 500, (8, 90))) == 2
    assert not parts.near([], 25, (8, 90))


def test_blank_paper_has_no_pieces() -> None:
    pieces, parts = found(np.zeros((300, 400), np.uint8))
    assert not pieces
    assert not parts.near([Box(0, 0, 400, 300)], 500, (0, 999))


def test_nothing_but_ink_has_no_pieces() -> None:
    assert not found(np.full((300, 400), 255, np.uint8))[0]


def test_a_page_of_specks_stays_bounded() -> None:
    rows, columns = np.mgrid[0:300, 0:400]
    mask = np.where((rows % 20 < 15) & (columns % 9 < 4), np.uint8(255), np.uint8(0))
    pieces, parts = found(mask)
    assert len(pieces) <= 200
    assert len(parts.near([Box(0, 0, 400, 300)], 0, (0, 999))) <= 200


def test_are_found_in_a_grey_page() -> None:
    page = paper()
    write(page, DIGITS["4"], 60, 60, 80)
    [four] = bodies_of(page)
    assert four.box.height == pytest.approx(85, abs=4)


LINE = [Box(100, 100, 30, 50), Box(150, 100, 30, 50)]
"""Two digits."""


@pytest.mark.parametrize(
    ("box", "ink", "answer"),
    [
        (Box(0, 120, 400, 10), Box(50, 120, 180, 10), True),  # a ruled line
        (Box(0, 60, 400, 200), Box(225, 85, 5, 80), True),  # the sheet's edge passes by
        (Box(195, 105, 25, 45), Box(195, 105, 25, 45), True),  # a digit
        (Box(195, 130, 5, 5), Box(195, 130, 5, 5), False),  # a speck
    ],
)
def test_what_is_left_over_beside_a_line(box: Box, ink: Box, answer: bool) -> None:
    table = np.array([(box.x, box.y, box.width, box.height)])
    assert left_over(table, LINE, lambda _: ink) == answer


def test_of_thousands_of_specks_the_ink_is_not_looked_at() -> None:
    """It took two seconds of a photograph of rough paper."""
    specks = np.tile(np.array([195, 130, 5, 5]), (5000, 1))
    asked: list[int] = []

    def inked(index: int) -> Box:
        asked.append(index)
        return LINE[0]

    assert not left_over(specks, LINE, inked)
    assert not asked
