"""The front: what the displays show, an answer, what the box does, or that it has no camera."""

from __future__ import annotations

import numpy as np

from appliance.ports import Clock, Display
from appliance.values import Reading, State

QUIET = 2.0
"""Seconds for which an answer, or why there is none, stands before something else is read or shown
by itself."""


class Front:
    """Shows on a display, and knows what it shows. A lost camera is shown while nothing else is.

    standing: the answer that is shown; None while something else is.
    """

    def __init__(self, display: Display, clock: Clock) -> None:
        self._display, self._clock = display, clock
        self._lost: str | None = None  # why there is no camera
        self._lost_from = np.inf  # when to show that, unless it is shown
        self.standing: Reading | None = None

    def show(self, reading: Reading) -> None:
        """Show an answer; after it, that the camera is lost, which lasts longer."""
        self._display.show(reading)
        self.standing = reading
        self._lost_later()

    def show_again(self, standing: Reading) -> None:
        """Show the answer that stands where that failed."""
        getattr(self._display, "show_again", _nobody_failed)(standing)

    def state(self, state: State, detail: str = "") -> None:
        """Show what the box does: no answer stands any longer. A lost camera is shown after it."""
        self._display.state(state, detail)
        self.standing = None
        if state is State.READY:
            self._lost_later()

    def lose_camera(self, why: str) -> None:
        """There is no camera; why: in words. `show_lost` shows it."""
        self._lost, self._lost_from = why, self._clock.monotonic()

    def find_camera(self) -> bool:
        """There is a camera; True when the displays still show that there is none."""
        is_shown = self._lost is not None and self._lost_from == np.inf
        self._lost, self._lost_from = None, np.inf
        return is_shown

    def show_lost(self, *, now: bool = False) -> None:
        """Show that the camera is lost, when it is time to; now: somebody waits for a picture."""
        if self._lost is not None and (now or self._clock.monotonic() >= self._lost_from):
            self._lost_from = np.inf
            self.state(State.CAMERA_LOST, self._lost)

    def close(self) -> None:
        """Go dark."""
        self._display.close()

    def _lost_later(self) -> None:
        if self._lost is not None:
            self._lost_from = self._clock.monotonic() + QUIET


def _nobody_failed(reading: Reading) -> None:
    """The display doesn't know where it failed."""
