"""The loop: wait, look, read, show, record."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from appliance.correcting import Correcting
from appliance.errors import PictureError, ServiceError
from appliance.front import QUIET, Front
from appliance.keeping import Keeping
from appliance.lens import Lens
from appliance.lessons import Lessons
from appliance.ports import Camera, Clock, Display, Journal, Trigger
from appliance.service.troubles import closed
from appliance.values import Correction, Question, Reading, Signal, State
from appliance.watcher import Reader, Watcher

TICK = 1 / 15
"""Seconds between two looks through the camera while nobody asks for a reading."""

STARVED = 1.0
"""Seconds after which it looks through the camera though signals come without a pause."""

NOTICE = 3.0
"""Seconds for which the displays say that it shuts down, before it does."""


class Daemon:
    """Runs the appliance until it is stopped.

    A trouble of the camera, a display or the journal is said once and doesn't end the loop.

    open_camera: opens the camera, also anew after it was lost; raises CameraError.
    progress: called whenever the camera gave a frame, or can't be opened and that was said, for the
        watchdog. A call that never comes back starves it, and so does a camera that is opened and
        gives no frames: a new process frees what hangs in it. It would bring back no camera that
        was unplugged.
    power_off: switches the machine off on the signal SHUTDOWN, or raises ServiceError, and then the
        loop goes on; without it SHUTDOWN ends the loop and nothing else.
    lessons: learns from corrections; without it they are only kept.
    """

    def __init__(
        self,
        open_camera: Callable[[], Camera],
        trigger: Trigger,
        display: Display,
        reader: Reader,
        *,
        journal: Journal,
        clock: Clock,
        progress: Callable[[], None] = lambda: None,
        power_off: Callable[[], None] | None = None,
        lessons: Lessons | None = None,
    ) -> None:
        self._front = Front(display, clock)
        self._lens = Lens(open_camera, clock, progress, self._front.lose_camera, self._find_camera)
        self._trigger = trigger
        self._watcher = Watcher(reader)
        self._keeping = Keeping(journal)
        self._clock = clock
        self._power_off = power_off
        self._lessons = lessons or Lessons(None)
        self._handlers: dict[Signal, Callable[[], object]] = {
            Signal.READ: self.press,
            Signal.LOOK: self._look_up,
            Signal.REPEAT: self._look_again,
            Signal.CORRECT: self.correct,
            Signal.SHUTDOWN: self.shut_down,
            Signal.QUIT: self.stop,
        }
        self._log = logging.getLogger(__name__)
        self._stopping = False
        self._correcting: Correcting | None = None
        self._wanted: Signal | None = None  # LOOK or REPEAT: something is to be read by itself
        self._looked_at = self._quiet_until = -np.inf
        self.last: Reading | None = None
        self.unreadable = 0  # pictures that were asked for and couldn't be opened

    def run(self) -> None:
        """Go on until `stop` is called or a trigger asks to quit; then close everything."""
        try:
            self._front.state(State.STARTING)
            self._follow()
            self._look()
            if not self._lens.lost:
                self._front.state(State.READY)
            self._front.show_lost()
            while not self._stopping:
                self._tick()
        finally:
            self._close()

    def stop(self) -> None:
        """End the loop after the present step; may be called from a signal handler."""
        self._stopping = True

    def press(self) -> None:
        """Read; while somebody corrects, show the next higher digit instead."""
        if self._correcting is None:
            self.read()
        else:
            self._correcting.step()

    def correct(self) -> None:
        """Let somebody correct the last answer; when one does, the digit shown is right."""
        if self._correcting is not None:
            self._correcting.confirm()
        elif self.last is None or not self.last.digits:
            self._front.state(State.READY, "nothing to correct")
        else:
            self._correcting = Correcting(self.last, self._ask, self._keep, self._clock)

    def shut_down(self) -> None:
        """Say so, switch the machine off if that is allowed, and end the loop."""
        if self._correcting is not None:
            self._corrected(self._correcting)
        self._front.state(State.SHUTTING_DOWN)
        self._clock.sleep(NOTICE)
        try:
            if self._power_off is not None:
                self._power_off()
        except ServiceError as error:
            self._log.error("%s", error)  # for a user: no traceback
            self._front.state(State.READY, str(error))
            return
        self.stop()

    def read(self, *, hurry: bool = True, again: bool = False) -> Reading | None:
        """Take a picture now, read it, show it, keep it; None when the camera gave none.

        hurry: somebody waits, and one clear picture is enough; see `Watcher`.
        again: an answer that stands is neither shown nor kept once more.
        """
        if not again:
            self._front.state(State.LOOKING)
        try:
            frame = self._lens.capture()
        except PictureError as error:
            self.unreadable += 1
            self._log.warning("%s", error)
            self._front.state(State.READY, str(error))
            return None
        if frame is None:
            self._front.show_lost(now=True)
            return None
        self._wanted = None
        reading = self._watcher.read(self._lens.frames(frame), hurry=hurry)
        reading = replace(reading, time=frame.time, source=frame.source)
        standing = self._front.standing
        if again and standing is not None and not self._lens.one_shot and _alike(standing, reading):
            return self._still(standing)
        self._front.show(reading)
        self.last = self._keeping.record(reading)
        if hurry and reading.status == "read":
            getattr(self._trigger, "answered", _nobody)()
        return self.last

    def _tick(self) -> None:
        signal = self._trigger.wait(TICK)
        if signal is not None:
            self._handlers[signal]()
        if self._stopping:
            return
        if signal is None or self._clock.monotonic() - self._looked_at >= STARVED:
            self._follow()
            self._look()
        if self._correcting is not None and self._correcting.over:
            self._front.show(self._corrected(self._correcting))
            self._quiet_until = self._clock.monotonic() + QUIET
        if self._correcting is None:
            self._read_by_itself()
            self._lessons.learn()  # the first one takes a second: nobody waits for it now
        self._front.show_lost()

    def _read_by_itself(self) -> None:
        """Read what is wanted, once there is a camera and a corrected answer was seen."""
        ready = not self._lens.lost and self._clock.monotonic() >= self._quiet_until
        if self._wanted and ready:
            wanted, self._wanted = self._wanted, None
            reading = self.read(hurry=False, again=wanted is Signal.REPEAT)
            if reading is None and self._lens.lost:
                self._wanted = wanted

    def _corrected(self, correcting: Correcting) -> Reading:
        """What somebody has made of the last answer, which is kept."""
        self._correcting = None
        self.last = correcting.end()
        return self.last

    def _still(self, standing: Reading) -> Reading | None:
        """The answer that stands: shown where that failed, and kept if it couldn't be."""
        self._front.show_again(standing)
        if self.last is not None and self.last.id is None:
            self.last = self._keeping.record(self.last)
        return self.last

    def _look_up(self) -> None:
        """Let it read by itself, see `_read_by_itself`."""
        self._wanted = Signal.LOOK

    def _look_again(self) -> None:
        """The same; what is held up goes before."""
        self._wanted = self._wanted or Signal.REPEAT

    def _ask(self, question: Question) -> None:
        self._front.state(State.CORRECTING, str(question))

    def _keep(self, correction: Correction) -> None:
        self._lessons.hear(correction)
        self._keeping.correct(correction)

    def _follow(self) -> None:
        """Learn what the journal holds, at the start and when somebody has undone a correction."""
        kept = self._keeping.changed()
        if kept is not None:
            self._lessons.follow(kept)

    def _find_camera(self) -> None:
        if self._front.find_camera():
            if self._correcting is None:
                self._front.state(State.READY)
            else:
                self._correcting.remind()

    def _look(self) -> None:
        """Give the triggers a small frame to look at."""
        self._looked_at = self._clock.monotonic()
        try:
            frame = self._lens.watch()
        except PictureError:  # it is said when that picture is asked for
            return
        if frame is not None:
            self._trigger.see(frame)

    def _close(self) -> None:
        if self._correcting is not None:
            self._corrected(self._correcting)
        self._keeping.close()
        self._front.state(State.STOPPED)
        self._lens.close()
        closed("trigger", self._trigger.close, self._log)
        self._front.close()


def _alike(shown: Reading, reading: Reading) -> bool:
    """Whether a reading says what is shown, or doubts it only: somebody may have said that."""
    if shown.status == "read" and reading.status == "unsure":
        return shown.guess == reading.guess
    said = (reading.status, reading.guess, reading.reason)
    return (shown.status, shown.guess, shown.reason) == said


def _nobody() -> None:
    """Nobody wants to know."""
