"""A push button: short reads, long corrects, held down it shuts down."""

from __future__ import annotations

import contextlib
import os
import queue
import select
from dataclasses import dataclass
from typing import Annotated

from appliance.keys import Key
from appliance.ports import Clock
from appliance.service.pins import Pins
from appliance.service.wires import LAST_GPIO, Wire
from appliance.values import Frame, Signal


class Button:
    """A button between a pin and ground.

    A press counts when the button is let go: READ, or CORRECT after `long` seconds. After `hold`
    seconds SHUTDOWN comes while it is still down, so that one knows when to let go. Presses that
    come while a reading is made are kept. A button that is down from the start, because it
    jams, does nothing until it was let go. How long a press lasted is the kernel's to say: on a
    machine that is busy the news of letting go may come seconds late, and mustn't switch it off.

    Raises PinError.
    """

    def __init__(
        self,
        clock: Clock,
        pins: Pins,
        *,
        number: Annotated[
            int, Key("BCM number of the button's pin.", minimum=0, maximum=LAST_GPIO)
        ] = 17,
        bounce: Annotated[
            float,
            Key("Seconds that its contact must rest to count.", minimum=0.001, maximum=0.5),
        ] = 0.02,
        long: Annotated[
            float,
            Key(
                "Seconds from which a press means: correct the last answer; from hold on: never.",
                minimum=0.1,
            ),
        ] = 1.0,
        hold: Annotated[
            float, Key("Seconds after which holding it down means: shut down.", minimum=0.5)
        ] = 5.0,
    ) -> None:
        from gpiozero import Button as Contact  # noqa: PLC0415

        self._clock = clock
        self._long, self._hold = long, hold
        # From gpiozero's thread to ours. The bell wakes who waits.
        self._changes: queue.SimpleQueue[_Change] = queue.SimpleQueue()
        self._went_down: _Change | None = None
        self._contact = pins.make(Contact, number, pull_up=True, bounce_time=bounce)
        self._bell = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._contact.when_pressed = lambda: self._changed(True)
        self._contact.when_released = lambda: self._changed(False)

    @staticmethod
    def wires(number: int, **others: object) -> list[Wire]:
        """The wires that it needs with these settings."""
        return [Wire(number, "button; its other side to GND")]

    def fileno(self) -> int:
        """The descriptor that can be read when the contact changed."""
        return self._bell

    def wait(self, timeout: float) -> Signal | None:
        """Wait up to `timeout` seconds for a press to be over, or to have lasted long enough."""
        ends = self._clock.monotonic() + timeout
        while (change := self._change(ends)) is not None:
            if (signal := self._meaning(change)) is not None:
                return signal
        return self._held()

    def see(self, frame: Frame) -> None:
        """It doesn't look."""

    def close(self) -> None:
        """Give the pin back."""
        self._contact.close()
        bell, self._bell = self._bell, -1
        if bell >= 0:
            os.close(bell)

    def _changed(self, down: bool) -> None:
        now = self._clock.monotonic()
        age = self._contact.active_time if down else self._contact.inactive_time
        self._changes.put(_Change(down, now, now - (age or 0.0)))
        os.eventfd_write(self._bell, 1)

    def _change(self, ends: float) -> _Change | None:
        """Wait for a change of the contact, but no longer than until it was held long enough."""
        now = self._clock.monotonic()
        if self._went_down is not None and self._contact.is_active:
            ends = min(ends, self._went_down.told + self._hold)
        if self._changes.empty():
            select.select([self._bell], [], [], max(0.0, ends - now))
        with contextlib.suppress(BlockingIOError):  # it didn't ring
            os.eventfd_read(self._bell)
        try:
            return self._changes.get_nowait()
        except queue.Empty:
            return None

    def _meaning(self, change: _Change) -> Signal | None:
        """What a change of the contact means."""
        before, self._went_down = self._went_down, change if change.down else None
        if change.down or before is None:
            return None
        seconds = change.after(before)
        if seconds >= self._hold:  # nobody was waiting meanwhile
            return Signal.SHUTDOWN
        return Signal.CORRECT if seconds >= self._long else Signal.READ

    def _held(self) -> Signal | None:
        """SHUTDOWN when the button is down for long enough; letting it go then means nothing.

        Its pin is asked, too: that it was let go may not have been told yet.
        """
        down = self._went_down
        if down is None or self._clock.monotonic() < down.told + self._hold:
            return None
        if not self._contact.is_active:
            return None
        self._went_down = None
        return Signal.SHUTDOWN


@dataclass(frozen=True, slots=True)
class _Change:
    """The contact went down or up: when that was told, and when it was, on a clock of its own."""

    down: bool
    told: float
    was: float

    def after(self, before: _Change) -> float:
        """Seconds since another change, to the millisecond, by the clock by which it was less.

        The news of this change may be late; and lgpio's clock is that of the day, which may be set.
        """
        told, was = self.told - before.told, self.was - before.was
        return round(told if was < 0 else min(told, was), 3)
