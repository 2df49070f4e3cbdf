"""The camera's plug is pulled and put in again while the appliance runs."""

from __future__ import annotations

import time
from collections.abc import Callable

from appliance.displays.blinks import GAP, PAUSE, SHORT, STATES
from appliance.values import State
from tests.virtual_pi.guest import header, service
from tests.virtual_pi.guest.pages import read_page
from tests.virtual_pi.guest.sheet import Sheet

NOTICED = 30
"""Seconds in which the appliance must have noticed."""

PATIENCE = "Environment=OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT=3"
"""Seconds that OpenCV waits for a frame: ten otherwise. The driver of a camera that is pulled out
says so at once; this one goes on without frames, and leaves OpenCV to wait.
"""


def test_an_unplugged_camera_is_told_and_comes_back(
    sheet: Sheet, record_property: Callable[[str, object], None]
) -> None:
    service.start(service.CONFIG, PATIENCE)
    read_page(sheet, "3")
    assert header.level(header.STATUS) == 1
    begin, since = time.monotonic(), service.now()
    try:
        sheet.unplug(NOTICED)
        record_property("noticed after, s", round(time.monotonic() - begin, 1))
        status, told = service.doctor()
        assert status == 1
        assert any(line.startswith("BAD") and "camera" in line for line in told.splitlines()), told
        assert "plug it in" in told
        code, phases = blinked(header.STATUS)
        assert code == STATES[State.CAMERA_LOST], f"seen: {phases}; the log: {service.log(since)}"
        assert service.shown("ActiveState") == "active"
    finally:
        sheet.plug_in()
    back = time.monotonic()
    service.eventually(
        lambda: [level for level, _ in header.flashes(header.STATUS, 1.5)] == [1],
        40,
        "the status LED shines again",
    )
    record_property("back after, s", round(time.monotonic() - back, 1))
    read_page(sheet, "8")
    status, told = service.doctor()
    assert status == 0, told
    assert service.shown("NRestarts") == "0"
    log = service.log(since)
    assert log.count("sheet") + log.count("/dev/video20") <= 2, log


def blinked(line: int) -> tuple[str, list[header.Phase]]:
    """The code that a lamp blinks, between two pauses: `.` short, `-` long; and what was seen."""
    phases = header.flashes(line, 12, lambda phases: len(pauses(phases)) > 1)
    between = pauses(phases)
    assert len(between) > 1, f"no code seen in {phases}"
    lit = [seconds for level, seconds in phases[between[0] : between[1]] if level]
    return "".join("." if seconds < 2 * SHORT else "-" for seconds in lit), phases


def pauses(phases: list[header.Phase]) -> list[int]:
    """Which phases are the pauses between two codes."""
    long = (GAP + PAUSE) / 2
    return [n for n, (level, seconds) in enumerate(phases) if not level and seconds > long]
