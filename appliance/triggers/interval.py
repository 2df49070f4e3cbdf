"""Reads by itself, again and again."""

from __future__ import annotations

from typing import Annotated

from appliance.keys import Key
from appliance.ports import Clock
from appliance.values import Frame, Signal


class Interval:
    """Reads every so many seconds, the first time at once; what changes is shown.

    times: after so many readings it asks to quit; 0 means never.
    """

    def __init__(
        self,
        clock: Clock,
        seconds: Annotated[float, Key("Time from one reading to the next.", minimum=0)] = 2.0,
        times: Annotated[int, Key("Readings before it ends; 0: it goes on.", minimum=0)] = 0,
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._left = times or None
        self._due = clock.monotonic()

    def wait(self, timeout: float) -> Signal | None:
        """Wait up to `timeout` seconds for the next time to read."""
        if self._left == 0:
            return Signal.QUIT
        remaining = self._due - self._clock.monotonic()
        if remaining > timeout:
            self._clock.sleep(timeout)
            return None
        if remaining > 0:
            self._clock.sleep(remaining)
        self._due = self._clock.monotonic() + self._seconds
        if self._left is not None:
            self._left -= 1
        return Signal.REPEAT

    def see(self, frame: Frame) -> None:
        """It doesn't look."""

    def close(self) -> None:
        """Nothing to give back."""
