"""A press on the line, digits before the camera: the right answer on lines and buses."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

import numpy as np

from appliance.displays.screen import draw_reading
from appliance.displays.segments import SEGMENTS
from tests.virtual_pi.guest import header
from tests.virtual_pi.guest.bus import Buses
from tests.virtual_pi.guest.pages import read_page
from tests.virtual_pi.guest.service import CONFIG, eventually, start
from tests.virtual_pi.guest.sheet import Sheet

NAMES = "abcdefg"


def lamps(digit: str) -> tuple[int, ...]:
    """Levels of the ten LEDs' lines."""
    return tuple(int(number == int(digit)) for number in range(10))


def shows(lines: Sequence[int], expected: tuple[int, ...]) -> bool:
    """Whether lines have these levels."""
    return header.levels(lines) == expected


def segments(character: str) -> tuple[int, ...]:
    """Levels of the seven segments' lines."""
    return tuple(int(name in SEGMENTS[character]) for name in NAMES)


def test_each_digit_lights_its_led_and_its_segments_and_stands_on_the_oled(
    appliance: Sheet, buses: Buses
) -> None:
    for digit in "0123456789":
        reading = read_page(appliance, digit)
        # Eventually: the lines change one after another, the segments' in a thread of their own.
        eventually(partial(shows, header.LEDS, lamps(digit)), 20, f"the lamp of {digit}")
        eventually(partial(shows, header.SEGMENTS, segments(digit)), 20, f"the segments of {digit}")
        buses.take()
        drawn = np.asarray(draw_reading(reading, 128, 64), np.uint8)
        np.testing.assert_array_equal(buses.oled.picture, drawn)
        assert buses.oled.picture.sum() > 100


def test_several_digits_follow_each_other_on_the_segments(appliance: Sheet) -> None:
    read_page(appliance, "407")
    seen: list[tuple[int, ...]] = [()]
    ends = time.monotonic() + 8
    expected = [segments(digit) for digit in "4074"]
    while seen[-4:] != expected:
        assert time.monotonic() < ends, f"seen: {seen}"
        before = header.levels(header.SEGMENTS)
        time.sleep(0.03)
        # Twice the same: the lines change one after another, and what is seen between is no digit.
        if any(before) and before == header.levels(header.SEGMENTS) != seen[-1]:
            seen.append(before)


def test_a_digit_stands_on_the_led_matrix(appliance: Sheet, buses: Buses) -> None:
    pictures = {}
    for digit in "17":
        read_page(appliance, digit)
        buses.take()
        pictures[digit] = buses.matrix.rows
    assert pictures == {digit: glyph_columns(digit) for digit in "17"}


def test_four_leds_show_a_digit_in_binary(sheet: Sheet) -> None:
    four = header.LEDS[:4]
    start(f"{CONFIG}[displays.leds]\nnumbers = {list(four)}\n")  # the last test of this file
    for digit, expected in (("6", (0, 1, 1, 0)), ("9", (1, 0, 0, 1)), ("0", (0, 1, 0, 1))):
        read_page(sheet, digit)
        eventually(partial(shows, four, expected), 20, f"{digit} in binary")


def glyph_columns(digit: str) -> tuple[int, ...]:
    """A character of the font, as the matrix's registers hold it."""
    from luma.core.legacy.font import CP437_FONT

    return tuple(CP437_FONT[ord(digit)])
