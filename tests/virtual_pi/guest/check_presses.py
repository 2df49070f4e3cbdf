"""One button, three presses: a short one reads, a long one corrects, five seconds switch off."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Callable
from functools import partial

import pytest

from appliance.displays.segments import SEGMENTS
from tests.virtual_pi.guest import header, service
from tests.virtual_pi.guest.pages import read_page
from tests.virtual_pi.guest.sheet import Sheet

LONG = 1.3
"""Seconds of a long press; one counts from the first second on."""


def on_the_segments(digit: int) -> bool:
    """Whether the seven segments show it."""
    lit = SEGMENTS[str(digit)]
    return header.levels(header.SEGMENTS) == tuple(int(name in lit) for name in "abcdefg")


def corrections() -> list[tuple[int, int]]:
    """What was corrected: the reading's number and the digit."""
    with sqlite3.connect(f"file:{service.JOURNAL}?mode=ro", uri=True) as file:
        return file.execute("SELECT reading_id, digit FROM corrections ORDER BY id").fetchall()


def take_back() -> None:
    """Forget the newest correction, lest later pages be read as it says."""
    with sqlite3.connect(f"file:{service.JOURNAL}?mode=ro", uri=True) as file:
        (newest,) = file.execute("SELECT max(id) FROM corrections").fetchone()
    subprocess.run([service.PROGRAM, "corrections", "--undo", str(newest)], check=True)


def test_a_long_press_corrects_by_stepping_and_another_keeps_it(appliance: Sheet) -> None:
    reading = read_page(appliance, "4")
    readings, before = service.count_readings(), corrections()
    header.press(LONG)
    service.eventually(lambda: on_the_segments(4), 20, "the digit that is asked about")
    for step in range(1, 11):  # once around
        header.press()
        service.eventually(partial(on_the_segments, (4 + step) % 10), 20, "the next digit")
    header.press()
    service.eventually(lambda: on_the_segments(5), 20, "the right digit")
    header.press(LONG)
    service.eventually(lambda: len(corrections()) > len(before), 20, "the correction")
    assert corrections()[len(before) :] == [(reading.id, 5)]
    assert on_the_segments(5)
    assert header.level(header.LEDS[5]) == 1
    assert service.count_readings() == readings, "a step isn't a reading"
    take_back()
    assert corrections() == before
    read_page(appliance, "1")


@pytest.mark.last
def test_held_for_five_seconds_it_switches_the_machine_off(
    appliance: Sheet, record_property: Callable[[str, object], None]
) -> None:
    read_page(appliance, "6")
    header.pull(header.BUTTON, "down")
    begin = time.monotonic()
    time.sleep(4.5)
    assert not switching_off()
    service.eventually(switching_off, 10, "switching off")
    record_property("after, s", round(time.monotonic() - begin, 1))
    header.pull(header.BUTTON, "up")
    service.eventually(
        lambda: service.shown("ActiveState") == "inactive", 10, "the appliance's clean end"
    )
    assert service.shown("Result") == "success"
    assert header.levels((*header.LEDS, *header.SEGMENTS, header.STATUS)) == (0,) * 18
    with sqlite3.connect(f"file:{service.JOURNAL}?mode=ro", uri=True) as file:
        assert file.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def switching_off() -> bool:
    """Whether systemd has begun to switch the machine off."""
    return "poweroff.target" in service.systemctl("list-jobs", "--no-legend")
