"""Dividing a line: digits that touch are parted, strokes of one digit are joined."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from appliance.values import Box, Glyph, Prediction
from appliance.vision.glyph import bounding_box
from appliance.vision.ink import Grey, find_ink
from appliance.vision.lines import Line, find_lines
from appliance.vision.pieces import find_pieces
from appliance.vision.segmentation import (
    CUT_COST,
    Atom,
    Candidate,
    best_path,
    find_atoms,
    find_candidates,
)
from tests.vision.drawing import DIGITS, paper, piece_at, write

EMPTY = Glyph(np.zeros((28, 28), np.float32))


def says(confidence: float, not_a_digit: float = 0.0) -> Prediction:
    rest = (1 - confidence - not_a_digit) / 9
    return Prediction(np.array([confidence, *[rest] * 9], np.float32), not_a_digit)


def atom(x: int, source: int, width: int = 30, height: int = 50) -> Atom:
    return Atom(piece_at(x, 20, width, height), source)


def candidate(first: int, last: int, cuts: int = 0) -> Candidate:
    return Candidate(first, last, cuts, (), EMPTY)


class TestBestPath:
    """Two atoms, or three, as high as the line; costs worked out by hand."""

    atoms = (atom(0, 0), atom(40, 1), atom(80, 2))

    def test_each_atom_a_digit(self) -> None:
        ways = [candidate(0, 0), candidate(1, 1)]
        path = best_path(self.atoms[:2], ways, [says(0.5), says(0.25)], 50)
        assert path.chosen == (0, 1)
        assert path.junk == ()
        assert path.cost == pytest.approx(np.log(2) + np.log(4), abs=1e-5)

    def test_two_joined_when_the_network_likes_that_better(self) -> None:
        ways = [candidate(0, 0), candidate(1, 1), candidate(0, 1)]
        apart, joined = [says(0.6), says(0.6)], says(0.5)
        path = best_path(self.atoms[:2], ways, [*apart, joined], 50)
        assert path.chosen == (2,)
        assert path.cost == pytest.approx(np.log(2), abs=1e-5)
        path = best_path(self.atoms[:2], ways, [says(0.9), says(0.9), joined], 50)
        assert path.chosen == (0, 1)

    def test_every_cut_has_its_price(self) -> None:
        ways = [candidate(0, 0, cuts=1), candidate(1, 1, cuts=2)]
        path = best_path(self.atoms[:2], ways, [says(1.0), says(1.0)], 50)
        assert path.cost == pytest.approx(3 * CUT_COST)

    def test_what_is_nothing_is_left_out_with_its_size(self) -> None:
        speck = atom(40, 1, 10, 10)
        path = best_path((self.atoms[0], speck), [candidate(0, 0)], [says(1.0)], 50)
        assert path.chosen == (0,)
        assert list(path.junk) == pytest.approx([0.2])
        assert 0 < path.cost < 1

    def test_a_whole_digit_is_dearer_to_leave_out_than_a_speck(self) -> None:
        speck, large = ([atom(0, 0, 10, 10)], [atom(0, 0, 30, 50)])
        assert best_path(large, [], [], 50).cost > 3 * best_path(speck, [], [], 50).cost

    def test_a_hopeless_digit_is_left_out(self) -> None:
        ways = [candidate(0, 0), candidate(1, 1), candidate(2, 2)]
        sure, never = says(0.99), says(0.0, 0.999)
        path = best_path(self.atoms, ways, [sure, never, sure], 50)
        assert path.chosen == (0, 2)
        assert path.junk == (1.0,)

    def test_no_atoms_cost_nothing(self) -> None:
        path = best_path([], [], [], 50)
        assert (path.chosen, path.junk, path.cost) == ((), (), 0.0)


def only_line(page: Grey) -> tuple[Line, Grey]:
    """The one line of a page, small parts included, and the contrast."""
    ink = find_ink(page, "dark", 0.0, 0.4)
    bodies, parts = find_pieces(ink)
    [line] = find_lines(bodies)
    near = parts.near([piece.box for piece in bodies], line.height, (3, 2 * line.height))
    pieces = (*line.pieces, *near)
    return Line(pieces, line.angle, line.height, line.across), ink.contrast


def divide(page: Grey, digits: list[Box]) -> list[Box]:
    """How a line is divided by a network that knows where the digits are."""
    line, contrast = only_line(page)
    atoms = find_atoms(line)
    ways = find_candidates(atoms, line, contrast)
    predictions = [says(0.98 if _is_one(way, digits) else 0.02, 0.0) for way in ways]
    path = best_path(atoms, ways, predictions, line.height)
    return [bounding_box(ways[index].pieces) for index in path.chosen]


def _is_one(way: Candidate, digits: list[Box]) -> bool:
    box = bounding_box(way.pieces)
    return any(
        abs(box.x - digit.x) < 16 and abs(box.x + box.width - digit.x - digit.width) < 16
        for digit in digits
    )


def test_digits_that_touch_are_divided() -> None:
    page = paper()
    write(page, DIGITS["4"], 60, 60, 100)
    write(page, DIGITS["4"], 128, 60, 100)
    line, _ = only_line(page)
    assert len(line.pieces) == 1, "they touch"
    digits = [Box(58, 58, 70, 104), Box(126, 58, 70, 104)]
    found = divide(page, digits)
    assert len(found) == 2
    for box, digit in zip(found, digits, strict=True):
        assert box.x == pytest.approx(digit.x, abs=16)
        assert box.width == pytest.approx(digit.width, abs=16)


def test_round_digits_that_touch_are_divided_where_they_meet() -> None:
    page = paper()
    for x in (90, 158, 226):
        cv2.ellipse(page, (x, 110), (36, 50), 0, 0, 360, 40, 7)
    line, _ = only_line(page)
    assert len(line.pieces) == 1, "they touch"
    digits = [Box(x - 36, 58, 72, 104) for x in (90, 158, 226)]
    assert len(divide(page, digits)) == 3


def test_the_bar_of_a_five_that_stands_apart_is_joined() -> None:
    page = paper()
    bar, bowl = DIGITS["5"]
    write(page, [bowl], 100, 70, 100)
    write(page, [bar], 106, 54, 100)
    write(page, DIGITS["7"], 190, 65, 100)
    line, contrast = only_line(page)
    assert len(line.pieces) == 3
    five, seven = Box(98, 52, 68, 120), Box(188, 63, 64, 104)
    found = divide(page, [five, seven])
    assert [box.x for box in found] == pytest.approx([five.x, seven.x], abs=5)
    assert found[0].height > 105, "bar and bowl together"
    [whole] = [
        way
        for way in find_candidates(find_atoms(line), line, contrast)
        if len(way.pieces) == 2 and bounding_box(way.pieces).width < 100
    ]
    assert whole.cuts == 0
    assert whole.glyph.pixels.max() > 0.9


def test_atoms_come_from_left_to_right_and_keep_their_ink() -> None:
    page = paper()
    for x in (40, 108, 200):
        write(page, DIGITS["4"], x, 60, 100)
    line, _ = only_line(page)
    atoms = find_atoms(line)
    middles = [atom.piece.centre[0] for atom in atoms]
    assert middles == sorted(middles)
    assert sum(atom.piece.area for atom in atoms) == sum(piece.area for piece in line.pieces)
    for part in atoms:
        assert part.piece.mask.shape == (part.piece.box.height, part.piece.box.width)
        assert part.piece.area == part.piece.mask.sum()


def test_a_candidate_is_writing_as_far_as_its_ink_is() -> None:
    certain, doubtful = piece_at(0, 0, 30, 50), replace(piece_at(40, 0, 30, 50), writing=0.4)
    way = Candidate(0, 1, 0, (certain, doubtful), EMPTY)
    assert way.writing == pytest.approx(0.7)
    assert Candidate(1, 1, 0, (doubtful,), EMPTY).writing == pytest.approx(0.4)


def test_far_neighbours_are_never_one_digit() -> None:
    page = paper()
    write(page, DIGITS["1"], 40, 60, 100)
    write(page, DIGITS["7"], 180, 60, 100)
    line, contrast = only_line(page)
    ways = find_candidates(find_atoms(line), line, contrast)
    assert [(way.first, way.last) for way in ways] == [(0, 0), (1, 1)]


def test_a_wide_stroke_without_thin_places_stays_whole() -> None:
    page = paper()
    cv2.ellipse(page, (160, 120), (70, 50), 0, 0, 360, 40, 6)
    write(page, DIGITS["1"], 240, 70, 100)
    line, _ = only_line(page)
    wide = max(find_atoms(line), key=lambda atom: atom.piece.area)
    assert wide.piece.area > 500
