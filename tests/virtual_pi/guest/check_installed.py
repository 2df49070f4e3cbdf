"""What `scripts/install` left: a service with few rights, and with all its devices."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.virtual_pi.guest import header, service
from tests.virtual_pi.guest.bus import Buses
from tests.virtual_pi.guest.pages import read_page
from tests.virtual_pi.guest.sheet import Sheet

EXPOSURE = 2.0
"""The most that `systemd-analyze security` may find, of 10."""


def test_with_few_rights_it_has_its_camera_its_pins_and_its_buses(
    appliance: Sheet, buses: Buses, record_property: Callable[[str, object], None]
) -> None:
    assert service.systemctl("is-enabled", service.UNIT) == "enabled"
    process = rights(int(service.shown("MainPID")))
    assert process["Uid"].split()[0] != "0"
    assert process["CapEff"] == process["CapBnd"] == "0" * 16
    assert process["NoNewPrivs"] == "1"
    assert process["Seccomp"] == "2", "system calls aren't filtered"
    exposure = shown_exposure()
    record_property("exposure", exposure)
    assert exposure <= EXPOSURE

    buses.take()
    read_page(appliance, "7")
    # Eventually: a late press of the test before may be read in between, in the dark.
    service.eventually(lambda: header.level(header.LEDS[7]), 20, "the lamp of the 7")
    assert all(buses.take()), "no bytes for one of the two displays"
    status, told = service.doctor()
    assert status == 0, told


def rights(process: int) -> dict[str, str]:
    """What the kernel says about a process."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def shown_exposure() -> float:
    """The overall exposure of the unit, 0 to 10, as systemd sees it."""
    done = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", service.UNIT],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = re.search(r"Overall exposure level.*: ([0-9.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])
