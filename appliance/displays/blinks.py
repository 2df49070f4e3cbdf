"""The blink codes of the status LED: one for each state, answer and reason.

A code is written in flashes: `.` short, `-` long.
"""

from __future__ import annotations

from collections.abc import Iterator

from appliance.displays.player import Step
from appliance.values import Reading, State

SHORT, LONG, GAP, PAUSE = 0.15, 0.6, 0.2, 1.2
"""Seconds of a short and a long flash, of the dark between two, and between two codes."""

ROUNDS = 3
"""How often the code of an answer is blinked."""

ON, OFF = True, False

READ = "-"
"""The code of a reading without doubt."""

EITHER = "N or M"
"""The reason that names two digits."""

REASONS = {
    "no ink": ".",
    EITHER: "..",
    "not a digit": "...",
    "too small": "-.",
    "touches the edge": "-..",
    "too many digits": "--.",
    "blurred": ".-",
    "too dark": ".--",
    "too bright": "..-",
}
"""Reason of a reading -> its code."""

STATES = {
    State.STARTING: "-.-.",
    State.READY: "on",
    State.LOOKING: "off",
    State.CORRECTING: "--",
    State.CAMERA_LOST: "......",
    State.SHUTTING_DOWN: "---",
    State.STOPPED: "off",
}
"""State -> its code, again and again; `on` and `off` don't blink."""


def code_of(reading: Reading) -> str:
    """The code of a reading."""
    if reading.status == "read":
        return READ
    return REASONS.get(reading.reason or "", REASONS[EITHER])


def blink_state(state: State) -> Iterator[Step[bool]]:
    """Show a state for as long as it lasts."""
    code = STATES[state]
    if code in ("on", "off"):
        yield Step(ON if code == "on" else OFF)
        return
    while True:
        yield from _blink(code)


def blink_reading(reading: Reading) -> Iterator[Step[bool]]:
    """Blink the code of an answer a few times, then be ready again."""
    for _ in range(ROUNDS):
        yield from _blink(code_of(reading))
    yield from blink_state(State.READY)


def _blink(code: str) -> Iterator[Step[bool]]:
    for flash in code:
        yield Step(ON, SHORT if flash == "." else LONG)
        yield Step(OFF, GAP)
    yield Step(OFF, PAUSE)
