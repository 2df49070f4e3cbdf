"""A contact that bounces, a hundred times."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import numpy as np

from appliance.scenes import generate
from tests.virtual_pi.guest import header
from tests.virtual_pi.guest.service import count_readings, eventually
from tests.virtual_pi.guest.sheet import Sheet

PRESSES = 100


def test_a_hundred_presses_that_bounce_are_a_hundred_readings(
    appliance: Sheet, record_property: Callable[[str, object], None]
) -> None:
    appliance.show(generate(np.random.default_rng(0), "easy", digits="7").frame)
    before, begin, rests = count_readings(), time.monotonic(), 0
    for _ in range(PRESSES):
        rests += header.press_bouncing()
    with contextlib.suppress(AssertionError):  # how many there were is told below
        eventually(lambda: count_readings() - before >= PRESSES, 60, "a hundred readings")
    took = time.monotonic() - begin
    readings = settled_count() - before
    record_property("readings in a second", round(PRESSES / took, 1))
    record_property("bounces that this busy machine made presses", rests)
    assert PRESSES <= readings <= PRESSES + rests


def settled_count() -> int:
    """How many readings there are once none has come for a second: one too many would."""
    before, count = -1, count_readings()
    while count != before:
        time.sleep(1)
        before, count = count, count_readings()
    return count
