"""The header's lines as the kernel's simulator holds them: pressed and read from outside."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

LINES = Path("/sys/devices/platform/gpio-sim/gpiochip0")
BUTTON, STATUS = 17, 27
LEDS = (5, 6, 12, 13, 16, 19, 20, 21, 25, 26)
SEGMENTS = (4, 22, 23, 24, 18, 14, 15)
"""BCM numbers; the segments a to g."""

SETTLED = 0.08
"""Seconds that the contact rests after a press or a change: four times what it must rest."""

SHORT = 0.25
"""Seconds of an unhurried short press: long enough for a machine that is busy with other things."""

BOUNCES = 4
"""How often a contact bounces at each change."""

Phase = tuple[int, float]
"""A level that a line had, and for how many seconds."""

RESTED = 0.015
"""Seconds of rest that the filter, 0.02 s, surely takes for a bounce."""


def pull(line: int, way: str) -> None:
    """Connect a line from outside: `down` to ground, `up` to 3.3 V."""
    (LINES / f"sim_gpio{line}" / "pull").write_text(f"pull-{way}")


def level(line: int) -> int:
    """The level of a line, 0 or 1."""
    return int((LINES / f"sim_gpio{line}" / "value").read_text())


def levels(lines: Sequence[int]) -> tuple[int, ...]:
    """The levels of several lines."""
    return tuple(level(line) for line in lines)


def press(seconds: float = SHORT) -> float:
    """Press the button cleanly, let it go, and let its contact rest.

    Returns the monotonic time of letting go. Without the rest a press that follows at once would be
    the same press to the filter, which takes a shorter gap for a bounce.
    """
    pull(BUTTON, "down")
    rest(seconds)
    pull(BUTTON, "up")
    let_go = time.monotonic()
    rest(SETTLED)
    return let_go


def rest(seconds: float) -> None:
    """Leave the contact alone for so long, in time that the virtual Pi sees pass.

    In ten naps: all of it stands still at times, on a machine that is busy elsewhere. After one
    sleep in which it did, the kernel would see this change of the contact and the next at once.
    """
    for _ in range(10):
        time.sleep(seconds / 10)


def press_bouncing() -> int:
    """Press the button, whose contact bounces when it closes and when it opens.

    Returns how often it rested within a bounce for so long that it was none: when the machine was
    busy elsewhere.
    """
    rests = 0
    for way, other in (("down", "up"), ("up", "down")):
        since = time.monotonic()
        for _ in range(BOUNCES):
            for side in (way, other):
                pull(BUTTON, side)
                rests += time.monotonic() - since > RESTED
                since = time.monotonic()
        pull(BUTTON, way)
        rests += time.monotonic() - since > RESTED
        rest(SETTLED)
    return rests


def flashes(
    line: int, seconds: float, enough: Callable[[list[Phase]], bool] = lambda phases: False
) -> list[Phase]:
    """Watch a line: its levels one after another, each with the seconds that it lasted.

    The first and the last were cut off by the beginning and the end of watching.

    enough: ends it earlier when what was seen, without the last, is.
    """
    begin = since = time.monotonic()
    now = level(line)
    seen: list[Phase] = []
    while time.monotonic() < begin + seconds and not enough(seen):
        time.sleep(0.01)
        if (new := level(line)) != now:
            seen.append((now, time.monotonic() - since))
            now, since = new, time.monotonic()
    return [*seen, (now, time.monotonic() - since)]
