"""A daemon that hangs is started anew."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.virtual_pi.guest import service
from tests.virtual_pi.guest.pages import read_page
from tests.virtual_pi.guest.service import CONFIG
from tests.virtual_pi.guest.sheet import Sheet

SECONDS = 8
"""Of the watchdog here; the unit's own is longer, and so would be the test. On a busy
machine reading a page can take five.
"""


def test_a_hung_daemon_is_started_anew_by_the_watchdog(
    sheet: Sheet, record_property: Callable[[str, object], None]
) -> None:
    service.start(CONFIG, f"WatchdogSec={SECONDS}\nTimeoutAbortSec=1\nRestartSec=1")
    alone = time.monotonic() + 1.25 * SECONDS  # so long it is left alone, for frames arrive
    first = service.shown("MainPID")
    read_page(sheet, "5")
    time.sleep(max(0.0, alone - time.monotonic()))
    assert service.shown("NRestarts") == "0"
    begin = time.monotonic()
    service.systemctl("kill", "--kill-whom=main", "--signal=STOP", service.UNIT)
    service.eventually(
        lambda: service.shown("NRestarts") == "1" and service.shown("SubState") == "running",
        60,
        "a new start",
    )
    record_property("reading again after, s", round(time.monotonic() - begin, 1))
    assert service.shown("MainPID") != first
    read_page(sheet, "2")
