"""The appliance as systemd runs it: its settings, its unit, what it wrote down."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from appliance.journal.sqlite import SqliteJournal
from appliance.service.clock import SystemClock
from appliance.values import Reading
from tests.virtual_pi.guest import header

UNIT = "digit-appliance.service"
PROGRAM = "/opt/digit-appliance/current/venv/bin/digit-appliance"
CONFIG_FILE = Path("/etc/digit-appliance/config.toml")
JOURNAL = Path("/var/lib/digit-appliance/journal.sqlite3")
DROP_IN = Path(f"/run/systemd/system/{UNIT}.d/test.conf")

CONFIG = f"""
[camera]
use = "webcam"
[camera.webcam]
device = "sheet"
[triggers]
use = ["button"]
[displays]
use = ["status_led", "leds", "seven_segment", "oled", "max7219"]
[displays.seven_segment]
numbers = {list(header.SEGMENTS)}
"""
"""All displays but the buzzer; the segments have pins of their own."""


def systemctl(*words: str) -> str:
    """Run systemctl; returns what it prints. Raises CalledProcessError."""
    done = subprocess.run(["systemctl", *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


def shown(name: str) -> str:
    """A property of the unit, as `systemctl show` gives it."""
    return systemctl("show", "--property", name, "--value", UNIT)


def start(config: str, extra: str = "") -> None:
    """Start the appliance with these settings, unless it runs with them already.

    It has said that it is ready when this returns.

    extra: lines for the unit's [Service] section.
    """
    wanted = {CONFIG_FILE: config, DROP_IN: f"[Service]\n{extra}\n"}
    if shown("ActiveState") == "active" and all(
        file.exists() and file.read_text() == text for file, text in wanted.items()
    ):
        return
    for file, text in wanted.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    systemctl("daemon-reload")
    # Forget the starts so far, which would soon be too many; it can't be told of a unit never used.
    subprocess.run(["systemctl", "reset-failed", UNIT], capture_output=True, check=False)
    systemctl("restart", UNIT)


def stop() -> None:
    """Stop the appliance; when the machine ends, which refuses that, wait until it has stopped."""
    subprocess.run(["systemctl", "stop", UNIT], capture_output=True, check=False)
    eventually(lambda: shown("ActiveState") in ("inactive", "failed"), 30, "the appliance's end")


def doctor() -> tuple[int, str]:
    """What `digit-appliance doctor` says: its exit status and its lines."""
    done = subprocess.run([PROGRAM, "doctor"], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def log(since: str) -> str:
    """What the appliance logged since a monotonic time that `now` gave."""
    done = subprocess.run(
        ["journalctl", "-q", "-o", "cat", "--no-pager", "-u", UNIT, "--since", since],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def now() -> str:
    """The time, for `log`."""
    return f"@{time.time():.3f}"


def count_readings() -> int:
    """How many readings were written down.

    A journal that can't be read at the moment isn't an empty one: taken for that, an old reading
    would count as the answer to the next press.
    """
    ends = time.monotonic() + 5
    while True:
        try:
            with sqlite3.connect(f"file:{JOURNAL}?mode=ro", uri=True) as file:
                return int(file.execute("SELECT count(*) FROM readings").fetchone()[0])
        except sqlite3.OperationalError as error:
            if not JOURNAL.exists() or "no such table" in str(error):  # it is only being made
                return 0
            if time.monotonic() > ends:
                raise
        time.sleep(0.02)


def last_reading() -> Reading:
    """The newest reading that was written down."""
    journal = SqliteJournal(JOURNAL, SystemClock())
    try:
        (reading,) = journal.readings(1)
    finally:
        journal.close()
    return reading


def eventually(true: Callable[[], object], seconds: float, what: str) -> None:
    """Wait until something is true, at most so many seconds. Raises AssertionError."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, f"{what}: not within {seconds:g} s"
        time.sleep(0.02)


def reading_after(act: Callable[[], object], seconds: float = 30) -> Reading:
    """Do something, and return the reading that comes of it."""
    before = count_readings()
    act()
    eventually(lambda: count_readings() > before, seconds, "a reading")
    return last_reading()
