"""Pins connected to nothing, and an alarm moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from appliance.service.pins import Pins


class FakeAlarm:
    """Calls what is due when `advance` moves the time."""

    def __init__(self) -> None:
        self.now = 0.0
        self.closed = False
        self._due: tuple[float, Callable[[], None]] | None = None

    def set(self, seconds: float, action: Callable[[], None]) -> None:
        self._due = self.now + seconds, action

    def close(self) -> None:
        self.closed, self._due = True, None

    def advance(self, seconds: float) -> None:
        """Let so many seconds pass."""
        ends = self.now + seconds
        while self._due is not None and self._due[0] <= ends + 1e-9:
            (self.now, action), self._due = self._due, None
            action()
        self.now = ends


def levels(pins: Pins, numbers: Sequence[int]) -> list[float]:
    """What the pins are driven to, 0..1."""
    return [float(pins.factory.pin(number).state) for number in numbers]


def pin(pins: Pins, number: int) -> Any:
    return pins.factory.pin(number)
