"""Keeps what was shown, for tests and for programs that embed the appliance."""

from __future__ import annotations

from collections import deque

from appliance.values import Reading, State

KEPT = 1000
"""Readings and states that are kept; older ones go."""


class Memory:
    """Shows nothing: `readings` and `states` hold what a display would have shown."""

    def __init__(self) -> None:
        self.readings: deque[Reading] = deque(maxlen=KEPT)
        self.states: deque[tuple[State, str]] = deque(maxlen=KEPT)
        self.closed = False

    def show(self, reading: Reading) -> None:
        """Keep the reading."""
        self.readings.append(reading)

    def state(self, state: State, detail: str = "") -> None:
        """Keep the state."""
        self.states.append((state, detail))

    def close(self) -> None:
        """Note that it was closed; what was kept stays."""
        self.closed = True
