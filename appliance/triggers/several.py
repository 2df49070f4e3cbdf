"""Several triggers as one."""

from __future__ import annotations

from collections.abc import Sequence

from appliance.ports import Trigger
from appliance.values import Frame, Signal


class Several:
    """Gives the signals of all its triggers.

    Each is waited for in turn for its part of the time, so a press is noticed after one wait at
    most (67 ms with the daemon's), and is never lost.
    """

    def __init__(self, triggers: Sequence[Trigger]) -> None:
        self._triggers = tuple(triggers)

    def wait(self, timeout: float) -> Signal | None:
        """Wait up to `timeout` seconds for a signal from any of them."""
        for trigger in self._triggers:
            signal = trigger.wait(timeout / len(self._triggers))
            if signal is not None:
                return signal
        return None

    def see(self, frame: Frame) -> None:
        """Let each look at a watch frame."""
        for trigger in self._triggers:
            trigger.see(frame)

    def close(self) -> None:
        """Close each."""
        for trigger in self._triggers:
            trigger.close()
