"""Several triggers as one."""

from __future__ import annotations

import select
from collections.abc import Sequence

from appliance.ports import Clock, Trigger
from appliance.values import Frame, Signal


class Several:
    """Gives the signals of all its triggers, at once when one comes.

    A trigger with a `fileno()` ends the waiting as soon as that file descriptor can be read: a
    press of a button, a key. The others look at frames or count time; they are asked once in each
    wait (every 67 ms by the daemon). One that has `ended` is left out from then on; it asks to quit
    for itself alone, unless it is the last.
    """

    def __init__(self, triggers: Sequence[Trigger], clock: Clock) -> None:
        self._triggers = list(triggers)
        self._clock = clock

    def wait(self, timeout: float) -> Signal | None:
        """Wait up to `timeout` seconds for a signal; None may come earlier, too.

        It does where something woke it that is no signal yet: a button that went down.
        """
        signal = self._asked()
        if signal is not None:
            return signal
        waking = [int(trigger.fileno()) for trigger in self._triggers if hasattr(trigger, "fileno")]
        if waking:
            select.select(waking, [], [], timeout)
        else:
            self._clock.sleep(timeout)
        return self._asked()

    def see(self, frame: Frame) -> None:
        """Let each look at a watch frame."""
        for trigger in self._triggers:
            trigger.see(frame)

    def answered(self) -> None:
        """Tell those that look by themselves that what they see was read."""
        for trigger in self._triggers:
            if hasattr(trigger, "answered"):
                trigger.answered()

    def close(self) -> None:
        """Close each."""
        for trigger in self._triggers:
            trigger.close()

    def _asked(self) -> Signal | None:
        """The signal of the first that has one; it comes last in the next round."""
        for trigger in list(self._triggers):
            signal = trigger.wait(0)
            if signal is Signal.QUIT and self._left_out(trigger):
                continue
            if signal is not None:
                self._triggers.remove(trigger)
                self._triggers.append(trigger)
                return signal
        return None

    def _left_out(self, trigger: Trigger) -> bool:
        """Leave a trigger out that has ended, if there are others; whether it was."""
        if not getattr(trigger, "ended", False) or len(self._triggers) == 1:
            return False
        self._triggers.remove(trigger)
        trigger.close()
        return True
