"""Spots: each digit once, where it stands, whatever window it was first seen in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from appliance.values import IN_WINDOW, WINDOW_SIZE, Box
from appliance.vision.heat import Heat
from appliance.vision.spots import (
    AGAIN,
    MOST,
    MOST_AGAIN,
    MOST_BESIDE,
    MOST_BESIDE_AGAIN,
    NO_SPOTS,
    Spots,
    find_spots,
    look_at,
    places_of,
    together,
)
from appliance.vision.window import cut_window, pyramid
from tests.vision.drawing import paper

Answer = tuple[NDArray[np.float32], NDArray[np.float64]]


def says(digit: int, sure: float = 1.0) -> NDArray[np.float32]:
    row = np.zeros(11, np.float32)
    row[digit], row[10] = sure, 1 - sure
    return row


def spots(*places: tuple[float, float, float, float], sure: float = 1.0) -> Spots:
    return Spots(np.array(places, float), np.stack([says(7, sure) for _ in places]))


class SeesSquares:
    """Recognises a 7 wherever a window shows a dark square: it is as high as the square."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, windows: NDArray[np.uint8]) -> Answer:
        self.asked += len(windows)
        answers = [self._one(window) for window in windows]
        return np.stack([a for a, _ in answers]), np.stack([b for _, b in answers])

    def _one(self, window: NDArray[np.uint8]) -> Answer:
        rows, columns = np.nonzero(window < 128)
        if not rows.size:
            return says(7, 0.0), np.array([0, 0, 1, 0.7])
        middle = (WINDOW_SIZE - 1) / 2
        height = (rows.max() - rows.min() + 1) / IN_WINDOW
        moved = np.array([columns.mean() - middle, rows.mean() - middle]) / IN_WINDOW
        return says(7), np.array([*moved, height, 1.0])


class Restless(SeesSquares):
    """Sees a digit everywhere, and always a little beside the window's middle."""

    def _one(self, window: NDArray[np.uint8]) -> Answer:
        return says(7, 0.95), np.array([0.15, 0, 1, 1])


def with_square(box: Box) -> NDArray[np.uint8]:
    page = paper(240, 320)
    page[box.y : box.y + box.height, box.x : box.x + box.width] = 20
    return page


def heat_at(x: float, y: float, high: int = 4) -> Heat:
    """Sure of one middle, in squares of 4 pixels."""
    core = np.zeros((60, 80), np.float32)
    row, column = round(y / 4), round(x / 4)
    core[row - high // 2 : row + high // 2, column - 1 : column + 1] = 0.9
    return Heat(np.zeros_like(core), core, 4.0)


@pytest.mark.parametrize("off", [(0, 0), (6, -5), (-7, 8)])
def test_a_badly_placed_window_is_placed_better(off: tuple[int, int]) -> None:
    box = Box(140, 100, 30, 30)
    seen, asked = heat_at(155 + off[0], 115 + off[1]), SeesSquares()
    found = find_spots(pyramid(with_square(box)), seen, asked)
    [place] = found.places
    assert place == pytest.approx([155, 115, 30, 30], abs=1.5)
    assert found.sure[0] == 1


def test_where_there_is_no_heat_nobody_is_asked() -> None:
    nothing, asked = np.zeros((60, 80), np.float32), SeesSquares()
    cold = Heat(nothing, nothing, 4.0)
    assert len(find_spots(pyramid(paper()), cold, asked)) == 0
    assert asked.asked == 0


def test_where_the_recogniser_sees_nothing_there_is_no_spot() -> None:
    assert len(find_spots(pyramid(paper()), heat_at(150, 100), SeesSquares())) == 0


def test_two_peaks_in_one_digit_are_one_spot() -> None:
    seen = heat_at(150, 110)
    seen.core[27:29, 40:42] = 0.95
    page = with_square(Box(140, 100, 30, 30))
    assert len(find_spots(pyramid(page), seen, SeesSquares())) == 1


def test_boxes_are_looked_at_where_they_stand() -> None:
    page = with_square(Box(140, 100, 30, 30))
    places = places_of([Box(135, 95, 40, 40), Box(10, 10, 20, 20)])
    found = look_at(pyramid(page), places, SeesSquares())
    assert found.places[0] == pytest.approx([155, 115, 30, 30], abs=1.5)
    assert found.sure.tolist() == [1]  # what is none is left out
    assert len(look_at(pyramid(page), places_of([]), SeesSquares())) == 0


@given(x=st.floats(-50, 400), y=st.floats(-50, 300), step=st.floats(0.05, 60))
def test_windows_go_on_beyond_the_frame(x: float, y: float, step: float) -> None:
    window = cut_window(pyramid(paper(level=200)), x, y, step)
    assert window.shape == (WINDOW_SIZE, WINDOW_SIZE)
    assert (window == 200).all()


def test_places_beside_digits_are_seen_better_placed_but_few_of_them() -> None:
    page = with_square(Box(140, 100, 30, 30))
    [found] = look_at(pyramid(page), np.array([[148.0, 115, 30, 30]]), SeesSquares()).places
    assert found == pytest.approx([155, 115, 30, 30], abs=1.5)

    many, asked = np.array([[20.0 * i, 115, 12, 12] for i in range(15)]), Restless()
    look_at(pyramid(page), many, asked)
    assert asked.asked == 15 + MOST_BESIDE_AGAIN


def test_what_is_unlikely_beside_digits_is_left_out() -> None:
    class Doubtful(SeesSquares):
        def _one(self, window: NDArray[np.uint8]) -> Answer:
            return says(7, 0.1), np.array([0, 0, 1, 1])

    asked = Doubtful()
    assert len(look_at(pyramid(paper()), np.array([[155.0, 115, 30, 30]]), asked)) == 0
    assert len(find_spots(pyramid(paper()), heat_at(150, 115), asked)) == 1


@pytest.mark.parametrize(("height", "counts"), [(20, True), (40, True), (160, True), (400, False)])
def test_what_else_is_a_digit_may_be_of_another_size(height: int, counts: bool) -> None:
    """A line of digits 2.5 times as high as those below was read, and these passed over."""
    other = spots((300, 300, height // 2, height))
    assert len(other.others([Box(80, 70, 40, 60)], 0.3)) == counts


def test_likeness_is_of_place_and_size() -> None:
    one = spots((100, 100, 40, 60))
    assert one.alike(Box(80, 70, 40, 60)) == pytest.approx([1.0])
    assert 0 < one.alike(Box(90, 70, 40, 60))[0] < 1
    assert one.alike(Box(200, 70, 40, 60)) == pytest.approx([0.0])
    assert len(NO_SPOTS.alike(Box(0, 0, 1, 1))) == 0


def test_bare_strokes_are_compared_as_if_they_were_wider() -> None:
    stroke = spots((100, 100, 4, 60))
    assert stroke.alike(Box(99, 70, 2, 60))[0] == pytest.approx(1, abs=0.1)


def test_boxes_lie_in_the_frame() -> None:
    [box] = spots((2, 3, 40, 60)).boxes((30, 20))
    assert (box.x, box.y) == (0, 0)
    assert (box.x + box.width, box.y + box.height) == (22, 20)


def test_doubtful_spots_can_be_left_out() -> None:
    assert len(spots((1, 1, 1, 1), sure=0.4).surer_than(0.5)) == 0
    assert len(spots((1, 1, 1, 1), sure=0.6).surer_than(0.5)) == 1


def test_digits_that_lie_outside_the_frame_are_no_spots() -> None:
    class Upwards(SeesSquares):
        def __call__(self, windows: NDArray[np.uint8]) -> Answer:
            row = [0, -0.5, 1, 1]
            return np.stack([says(7) for _ in windows]), np.array([row for _ in windows])

    assert len(find_spots(pyramid(paper()), heat_at(150, 12), Upwards())) == 0


def test_together_each_digit_has_one_spot() -> None:
    some, same = spots((100, 100, 40, 60), sure=0.6), spots((104, 98, 40, 60), sure=0.9)
    both = together(some, same)
    assert both.sure.tolist() == pytest.approx([0.9])
    assert len(together(some, spots((200, 100, 40, 60)))) == 2
    assert together(some, NO_SPOTS) is some


@pytest.mark.parametrize(("apart", "count"), [(18, 1), (24, 2)])
def test_a_wide_digit_is_one_and_two_that_overlap_are_two(apart: int, count: int) -> None:
    """A wide 2 was read as two of them, whose middles were 0.4 of its width apart."""
    some, beside = spots((100, 100, 40, 60)), spots((100 + apart, 100, 40, 60))
    assert len(together(some, beside)) == count


def test_spots_are_enlarged_with_their_picture() -> None:
    [place] = spots((100, 50, 40, 60)).enlarged(0.5).places
    assert place.tolist() == [50, 25, 20, 30]


def test_a_window_is_placed_better_several_times_but_not_for_ever() -> None:
    class Fleeing(SeesSquares):
        """Sees the digit farther to the right, in whatever window."""

        def _one(self, window: NDArray[np.uint8]) -> Answer:
            return says(7), np.array([0.4, 0, 1, 1])

    page, asked = with_square(Box(140, 100, 30, 30)), Fleeing()
    [place] = find_spots(pyramid(page), heat_at(100, 115), asked).places
    assert asked.asked == 1 + AGAIN
    assert place[0] > 130


def test_a_frame_full_of_writing_takes_no_longer_than_it_may() -> None:
    core = np.zeros((120, 160), np.float32)
    core[2::6, 2::6] = 0.9
    asked = Restless()
    find_spots(pyramid(paper(480, 640)), Heat(np.ones_like(core), core, 4.0), asked)
    assert asked.asked == MOST + MOST_BESIDE + MOST_AGAIN + MOST_BESIDE_AGAIN


@pytest.mark.parametrize("heated", [True, False])
def test_a_neighbour_that_the_spotter_missed_is_found_where_there_is_heat(heated: bool) -> None:
    page = with_square(Box(140, 100, 30, 30))
    page[100:130, 175:205] = 20
    seen = heat_at(155, 115)
    seen.ink[25:33, 35:43] = 0.9  # of the known digit
    if heated:
        seen.ink[25:33, 44:52] = 0.9

    class Closely(SeesSquares):
        """Sees the square in the middle of the window alone."""

        def _one(self, window: NDArray[np.uint8]) -> Answer:
            return super()._one(np.pad(window[8:40, 8:40], 8, constant_values=220))

    asked = Closely()
    places = find_spots(pyramid(page), seen, asked).places
    assert (places[:, 0] > 180).any() == heated
    assert (asked.asked > 1) == heated, "the known digit's own heat is no reason"
