"""Surroundings: another digit beside those that were found is noticed, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from appliance.values import Box, Frame
from appliance.vision import eye, surroundings
from appliance.vision.heat import Heat
from appliance.vision.ink import Grey, Ink, Polarity, find_ink
from appliance.vision.spots import boxes_of
from appliance.vision.surroundings import (
    LEAST_HEIGHT,
    MOST,
    MOST_PIXELS,
    SMALLER,
    places_beside,
    unread,
)
from appliance.vision.window import pyramid
from tests.vision.drawing import DIGITS, paper, write, write_text

FOUND = [Box(200, 180, 52, 80), Box(280, 180, 52, 80)]
"""A 3 and a 4 of 80 pixels."""


def page_with(*more: tuple[str, int, int]) -> Grey:
    page = paper(480, 640)
    write_text(page, "34", 200, 180, 80, pen=7)
    for digit, x, y in more:
        write(page, DIGITS[digit], x, y, 80, pen=7)
    return page


def more_on(
    page: Grey, polarity: Polarity = "dark", boxes: Sequence[Box] = tuple(FOUND)
) -> list[Box]:
    """Where there is more ink like the digits', as an eye sees that knows nothing of heat."""
    seen = eye.View(pyramid(page), 1.0, 0.0, (page.shape[1], page.shape[0]))
    return boxes_of(places_beside(seen, boxes, polarity, 180.0), seen.size)


def test_digits_alone_have_no_others_around_them() -> None:
    assert not more_on(page_with())


@pytest.mark.parametrize("place", [("7", 370, 180), ("5", 110, 190), ("1", 240, 290)])
def test_another_digit_is_noticed(place: tuple[str, int, int]) -> None:
    [found] = more_on(page_with(place))
    assert abs(found.y - place[2]) < 14
    assert -14 < found.x - place[1] < 40, "a 1 may stand to the right in its place"
    assert found.height == pytest.approx(80, abs=14)
    light = (255 - page_with(place)).astype(np.uint8)
    assert more_on(light, "light")


@pytest.mark.parametrize("pen", [5, 9, 13])
def test_a_ring_of_any_pen_is_noticed(pen: int) -> None:
    """A plain 0 was taken for a blot: its stroke is longer than twice its height."""
    page = page_with()
    cv2.ellipse(page, (400, 220), (30, 37), 0, 0, 360, (40,), pen)
    [found] = more_on(page)
    assert found.height == pytest.approx(74 + pen, abs=14)


def test_the_next_of_several_lines_is_noticed() -> None:
    """The first line of a page of small digits far apart was left out."""
    page = paper(480, 640)
    for top in (40, 180, 320):
        write_text(page, "34", 200, top, 50, pen=5)
    boxes = [Box(200 + x, top, 33, 50) for x in (0, 50) for top in (180, 320)]
    found = more_on(page, boxes=boxes)
    assert len(found) == 2
    assert max(box.y for box in found) < 60
    assert not more_on(page, boxes=boxes[::2])


def test_a_middle_that_is_hardly_seen_is_looked_at_as_high_as_the_digits_are() -> None:
    """A 9 between words was left out: by the size of its middle it would have been half as high."""
    page = page_with()
    seen = eye.View(pyramid(page), 1.0, 0.0, (page.shape[1], page.shape[0]))
    core = np.zeros((120, 160), np.float32)
    core[100:102, 140] = 0.35
    warm = replace(seen, heat=Heat(np.zeros_like(core), core, 4.0))
    [place] = places_beside(warm, FOUND, "dark", 180.0)
    assert place[:2] == pytest.approx((562, 404), abs=3)
    assert place[3] == pytest.approx(SMALLER * 80)


def test_a_faint_middle_in_a_digit_that_is_known_is_its_own() -> None:
    """By its own size it would be far enough from the digit's middle to be another one's."""
    page = page_with()
    seen = eye.View(pyramid(page), 1.0, 0.0, (page.shape[1], page.shape[0]))
    core = np.zeros((120, 160), np.float32)
    core[50:52, 55:57] = 0.35  # 16 pixels above that of the 3
    warm = replace(seen, heat=Heat(np.zeros_like(core), core, 4.0))
    assert not len(places_beside(warm, FOUND, "dark", 180.0))


def test_what_stands_far_away_is_not_theirs() -> None:
    assert not more_on(page_with(("7", 590, 400)))


def test_specks_and_long_lines_are_no_digits() -> None:
    page = page_with()
    page[300:303, 20:620] = 60
    page[150:156, 350:356] = 40
    assert not more_on(page)


def test_faint_strokes_are_another_pens() -> None:
    page = page_with()
    write(page, DIGITS["7"], 370, 180, 80, pen=7, ink=180)
    assert not more_on(page)


def test_digits_at_the_border_are_harmless() -> None:
    boxes = [Box(0, 0, 30, 60), Box(610, 430, 30, 50)]
    assert not more_on(paper(480, 640), boxes=boxes)


def seen_with(page: Grey, *hot: tuple[slice, slice]) -> eye.View:
    """A view whose heat, in cells of 4 pixels, is sure of ink in some places."""
    ink = np.zeros((120, 160), np.float32)
    for place in hot:
        ink[place] = 0.9
    return replace(eye.view(Frame(page)), heat=Heat(ink, np.zeros_like(ink), 4.0))


def test_heat_and_ink_beside_the_digits_are_looked_at() -> None:
    hot = slice(47, 63), slice(120, 130)
    seen = seen_with(page_with(("7", 370, 180)), hot)
    middles = places_beside(seen, FOUND, "dark", 180.0)[:, 0]
    assert sorted(middles.tolist()) == pytest.approx([394, 500], abs=20)
    little = seen_with(page_with(), (slice(50, 52), slice(120, 121)))
    assert len(places_beside(little, FOUND, "dark", 180.0)) == 0


def test_of_many_places_the_warmest_are_looked_at() -> None:
    page = paper(480, 640)
    write_text(page, "34", 200, 20, 24, pen=3)
    boxes = [Box(200, 20, 16, 24), Box(224, 20, 16, 24)]
    for row in range(4):
        write_text(page, "7" * 12, 100, 60 + 40 * row, 24, pen=3)
    hot = slice(15, 22), slice(0, 160)  # the row below them
    places = places_beside(seen_with(page, hot), [*boxes, Box(200, 180, 16, 24)], "dark", 180.0)
    assert len(places) == MOST
    assert np.count_nonzero(np.abs(places[:, 1] - 72) < 30) >= 9


@pytest.mark.parametrize(("height", "copied"), [(40, 20), (24, 16), (80, 24)])
def test_a_large_region_is_seen_coarser_but_not_too_coarse(
    height: int, copied: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """copied: how high the digits are in the copy that is looked at."""
    page, copies = paper(960, 1280), []

    def counting(grey: Grey, polarity: Polarity, noise: float, window: float) -> Ink:
        copies.append(grey)
        return find_ink(grey, polarity, noise, window)

    monkeypatch.setattr(surroundings, "find_ink", counting)
    right = 1240 - height * 2 // 3
    corners = (40, 40), (right, 840), (40, 840), (right, 40)
    for x, y in (*corners, (600, 400)):
        write_text(page, "7", x, y, height, pen=max(2, height // 10))
    boxes = [Box(x, y, height * 2 // 3, height) for x, y in corners]
    [found] = more_on(page, boxes=boxes)
    [copy] = copies
    assert copy.shape[1] / 1280 * height == pytest.approx(copied, abs=0.5)
    assert copied == LEAST_HEIGHT or copy.size <= 1.01 * MOST_PIXELS
    assert found.x + found.width / 2 == pytest.approx(600 + height / 3, abs=height / 8)
    assert found.y + found.height / 2 == pytest.approx(400 + height / 2, abs=height / 8)


def test_digits_ink_that_is_part_of_none_is_measured() -> None:
    own = [(slice(45, 65), slice(50, 63)), (slice(45, 65), slice(70, 83))]
    assert unread(seen_with(page_with(), *own), FOUND) == 0
    beside = slice(45, 65), slice(100, 110)  # 80 pixels high, 40 wide
    assert unread(seen_with(page_with(), *own, beside), FOUND) == pytest.approx(0.5, abs=0.01)
    far = slice(100, 119), slice(150, 160)
    assert unread(seen_with(page_with(), *own, far), FOUND) == 0
