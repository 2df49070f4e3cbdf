"""Cutting: the glyph of a digit in its place, free of what stands around it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from appliance.vision.cutting import cut_out
from appliance.vision.ink import Grey, Polarity
from appliance.vision.window import pyramid
from tests.vision.drawing import DIGITS, paper, write, write_text

PLACE = np.array([150.0, 120.0, 60.0, 90.0])
"""Of a 4 that is 90 pixels high, in the middle of a page."""


def page_with_4(pen: int = 8) -> Grey:
    page = paper()
    write(page, DIGITS["4"], 120, 75, 90, pen=pen)
    return page


@pytest.mark.parametrize("polarity", ["dark", "light"])
def test_a_digit_is_cut_out_dark_or_light(polarity: Polarity) -> None:
    page = page_with_4()
    page = page if polarity == "dark" else (255 - page).astype(np.uint8)
    cut = cut_out(pyramid(page), PLACE, polarity, 0.0)
    assert cut.pixels.shape == (28, 28)
    assert cut.pixels.dtype == np.float32
    assert 0.06 < (cut.pixels > 0.5).mean() < 0.3
    assert cut.strength == pytest.approx(180, abs=20)
    assert cut.stroke == pytest.approx(8 / 90, rel=0.3)
    assert cut.whole == 1


def test_neighbours_are_not_cut_out_with_it() -> None:
    alone, among = paper(), paper()
    write(alone, DIGITS["4"], 130, 75, 80, pen=7)
    write_text(among, "343", 50, 75, 80, pen=7)
    place = np.array([156.0, 115.0, 52.0, 80.0])
    one, other = (cut_out(pyramid(page), place, "dark", 0.0) for page in (alone, among))
    assert np.abs(one.pixels - other.pixels).mean() < 0.02


def test_strokes_beside_a_digit_are_told_and_on_which_side() -> None:
    page = page_with_4()
    assert cut_out(pyramid(page), PLACE, "dark", 0.0).beside == (0, 0)
    write(page, DIGITS["1"], 180, 75, 90, pen=8)
    left, right = cut_out(pyramid(page), PLACE, "dark", 0.0).beside
    assert left == 0
    assert right > 0.05


@pytest.mark.parametrize("other", ["paler", "broader", "darker"])
def test_what_no_such_pen_wrote_is_no_stroke_beside_a_digit(other: str) -> None:
    page = page_with_4()
    if other == "darker":
        page = np.maximum(page, 110)
    level, width = {"paler": (150, 8), "broader": (40, 36), "darker": (0, 8)}[other]
    page[:, 195 : 195 + width] = level
    _, right = cut_out(pyramid(page), PLACE, "dark", 0.0).beside
    assert right < 0.02


@pytest.mark.parametrize("edge", ["left", "right"])
def test_beyond_the_edge_of_the_picture_there_are_no_strokes(edge: str) -> None:
    """A digit that is cut off there seemed to go on."""
    page = page_with_4()
    page[110:118] = 20
    start = 118 if edge == "left" else 0
    cropped = np.ascontiguousarray(page[:, start:] if edge == "left" else page[:, :175])
    place = PLACE - (start, 0, 0, 0)
    left, right = cut_out(pyramid(cropped), place, "dark", 0.0).beside
    assert (left if edge == "left" else right) < 0.02
    assert (right if edge == "left" else left) < 0.08


def test_a_line_through_the_digit_is_cut_off_at_its_box() -> None:
    ruled = page_with_4()
    ruled[150:153] = 60
    cut = cut_out(pyramid(ruled), PLACE, "dark", 0.0)
    columns = np.flatnonzero((cut.pixels > 0.3).any(axis=0))
    assert columns[-1] - columns[0] < 22


def test_bare_paper_has_no_ink() -> None:
    cut = cut_out(pyramid(paper()), PLACE, "dark", 0.0)
    assert cut.pixels.max() == 0
    assert (cut.strength, cut.stroke, cut.whole) == (0, 0, 0)


def test_what_is_broken_into_many_parts_is_known() -> None:
    dotted = paper()
    for row in range(8):
        for column in range(4):
            dotted[80 + 11 * row : 85 + 11 * row, 125 + 14 * column : 131 + 14 * column] = 40
    assert cut_out(pyramid(dotted), PLACE, "dark", 0.0).whole < 0.2


@pytest.mark.parametrize("x", [-300.0, -40.0, 150.0, 700.0])
def test_places_beyond_the_frame_are_harmless(x: float) -> None:
    cut = cut_out(pyramid(page_with_4()), np.array([x, 400.0, 300.0, 500.0]), "dark", 0.0)
    assert np.isfinite(cut.pixels).all()


@pytest.mark.parametrize("x", [-300.0, -40.0, 700.0])
def test_what_stands_beyond_the_frame_has_nothing_beside_it(x: float) -> None:
    """The border goes on there."""
    page = page_with_4()
    page[:, :9] = page[:, -9:] = 20
    assert cut_out(pyramid(page), np.array([x, 120, 60, 90]), "dark", 0.0).beside == (0, 0)


@pytest.mark.parametrize(("rows", "counts"), [((75, 165), True), ((40, 70), False)])
def test_only_strokes_on_its_level_are_beside_it(rows: tuple[int, int], counts: bool) -> None:
    page = page_with_4()
    page[slice(*rows), 195:203] = 20
    _, right = cut_out(pyramid(page), PLACE, "dark", 0.0).beside
    assert (right > 0.05) == counts


def test_a_column_of_small_digits_is_no_tall_stroke() -> None:
    """From afar it hangs together: two such columns were read as 11."""
    page = paper(720, 400)
    for row in range(20):
        cv2.rectangle(page, (150, 20 + 34 * row), (168, 46 + 34 * row), (40,), -1)
    column = np.array([159.0, 360.0, 60.0, 680.0])
    assert cut_out(pyramid(page), column, "dark", 0.0).whole < 0.2
    bare = paper(720, 400)
    cv2.line(bare, (150, 30), (170, 690), (40,), 14)
    assert cut_out(pyramid(bare), column, "dark", 0.0).whole == 1
