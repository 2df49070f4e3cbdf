"""A strip shows a line of writing, level and of one height."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from appliance.values import AROUND, COLUMN, IN_STRIP, STRIP_HEIGHT, Box
from appliance.vision.heat import Places
from appliance.vision.spots import places_of
from appliance.vision.strips import REACH, strip_of
from appliance.vision.window import pyramid


def line(angle: float = 0.0, height: float = 60.0, count: int = 4, gap: float = 1.1) -> Places:
    """Places on a line through the middle of a page of 1280 x 960."""
    turn = np.deg2rad(angle)
    along = (np.arange(count) - (count - 1) / 2) * gap * height
    middles = np.array([640, 480]) + along[:, None] * [np.cos(turn), np.sin(turn)]
    size = np.full((count, 2), (0.6 * height, height))
    return np.column_stack([middles, size])


def page(places: Places) -> NDArray[np.uint8]:
    """White paper with a black disc in each place, a third of its height across."""
    grey = np.full((960, 1280), 255, np.uint8)
    for x, y, _, height in places:
        middle = round((x - 0.5) * 256), round((y - 0.5) * 256)
        cv2.circle(grey, middle, round(height / 6 * 256), 0, -1, cv2.LINE_AA, 8)
    return grey


@pytest.mark.parametrize("height", [15.0, 60.0, 170.0])
@pytest.mark.parametrize("angle", [0.0, 12.0, -20.0])
def test_each_digit_is_where_the_strip_says(height: float, angle: float) -> None:
    places = line(angle, height)
    strip = strip_of(places)
    cut = strip.cut(pyramid(page(places)))
    assert cut.shape == (STRIP_HEIGHT, strip.columns * COLUMN + 2 * AROUND)
    _, _, stats, middles = cv2.connectedComponentsWithStats((cut < 128).astype(np.uint8))
    found = middles[1:][np.argsort(middles[1:, 0])] + 0.5
    told = strip.within(places)
    expected = np.column_stack(
        [AROUND + (told[:, 0] + 0.5) * COLUMN, STRIP_HEIGHT / 2 + told[:, 1] * IN_STRIP]
    )
    np.testing.assert_allclose(found, expected, atol=0.6)
    assert stats[1:, cv2.CC_STAT_HEIGHT] == pytest.approx([IN_STRIP / 3] * 4, abs=2)


def test_it_reaches_beyond_the_first_and_the_last() -> None:
    places = line()
    across = strip_of(places).within(places)[:, 0] * COLUMN / IN_STRIP
    assert across[0] == pytest.approx(REACH, abs=COLUMN / IN_STRIP)
    after = strip_of(places).columns * COLUMN / IN_STRIP - across[-1]
    assert REACH <= after <= REACH + 2 * COLUMN / IN_STRIP


def test_a_digit_alone_is_level() -> None:
    strip = strip_of(places_of([Box(620, 450, 30, 60)]))
    assert strip.within(np.array([[635.0, 480.0, 30, 60], [695, 510, 30, 60]])) == pytest.approx(
        np.array([[REACH * 6 - 0.5, 0], [REACH * 6 + 5.5, 0.5]])
    )


def test_uneven_heights_are_levelled_to_the_middle_one() -> None:
    places = line()
    places[0, 3] = 200
    assert strip_of(places).step == pytest.approx(60 / IN_STRIP)


def test_beyond_the_border_it_goes_on() -> None:
    grey = np.full((100, 100), 90, np.uint8)
    cut = strip_of(places_of([Box(0, 0, 30, 50)])).cut(pyramid(grey))
    assert (cut == 90).all()
