"""The header's lines as the kernel's simulator holds them: pressed and read from outside."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

LINES = Path("/sys/devices/platform/gpio-sim/gpiochip0")
BUTTON, STATUS = 17, 27
LEDS = (5, 6, 12, 13, 16, 19, 20, 21, 25, 26)
SEGMENTS = (4, 22, 23, 24, 18, 14, 15)
"""BCM numbers; the segments a to g."""

SETTLED = 0.06
"""Seconds after which a press counts: twice what the button's contact must rest."""

BOUNCES, BOUNCE = 4, 0.002
"""How often a contact bounces at each change, and the seconds that it stays in between."""


def pull(line: int, way: str) -> None:
    """Connect a line from outside: `down` to ground, `up` to 3.3 V."""
    (LINES / f"sim_gpio{line}" / "pull").write_text(f"pull-{way}")


def level(line: int) -> int:
    """The level of a line, 0 or 1."""
    return int((LINES / f"sim_gpio{line}" / "value").read_text())


def levels(lines: Sequence[int]) -> tuple[int, ...]:
    """The levels of several lines."""
    return tuple(level(line) for line in lines)


def press(seconds: float = SETTLED) -> float:
    """Press the button cleanly and let it go; returns the monotonic time of letting go."""
    pull(BUTTON, "down")
    time.sleep(seconds)
    pull(BUTTON, "up")
    return time.monotonic()


def press_bouncing() -> None:
    """Press the button, whose contact bounces when it closes and when it opens."""
    for way, other in (("down", "up"), ("up", "down")):
        for _ in range(BOUNCES):
            pull(BUTTON, way)
            time.sleep(BOUNCE)
            pull(BUTTON, other)
            time.sleep(BOUNCE)
        pull(BUTTON, way)
        time.sleep(SETTLED)


def flashes(line: int, seconds: float) -> list[tuple[int, float]]:
    """Watch a line: its levels one after another, each with the seconds that it lasted.

    The first and the last were cut off by the beginning and the end of watching.
    """
    begin = since = time.monotonic()
    now, seen = level(line), []
    while time.monotonic() < begin + seconds:
        time.sleep(0.01)
        if (new := level(line)) != now:
            seen.append((now, time.monotonic() - since))
            now, since = new, time.monotonic()
    return [*seen, (now, time.monotonic() - since)]
