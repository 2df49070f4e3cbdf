"""The loop: wait, look, read, show, record."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from appliance.correcting import Correcting
from appliance.errors import CameraError, PictureError, ServiceError
from appliance.lessons import Lessons
from appliance.ports import Camera, Clock, Display, Journal, Trigger
from appliance.service.troubles import Troubles
from appliance.values import Correction, Frame, Question, Reading, Signal, State
from appliance.watcher import Reader, Watcher

TICK = 1 / 15
"""Seconds between two looks through the camera while nobody asks for a reading."""

STARVED = 1.0
"""Seconds after which it looks through the camera though signals come without a pause."""

QUIET = 2.0
"""Seconds for which an answer, or why there is none, stands before something else is read or shown
by itself."""

FIRST_RETRY, LAST_RETRY = 0.5, 30.0
"""Seconds until a lost camera is tried again; doubled each time, up to the last."""

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
        self._open_camera = open_camera
        self._trigger = trigger
        self._display = display
        self._watcher = Watcher(reader)
        self._journal = journal
        self._clock = clock
        self._progress = progress
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
        self._troubles = Troubles(self._log)
        self._camera: Camera | None = None
        self._retry_at = -np.inf
        self._retry_after = FIRST_RETRY
        self._missing = False
        self._stopping = False
        self._correcting: Correcting | None = None
        self._unkept: list[Correction] = []  # which the journal couldn't take yet
        self._wanted: Signal | None = None  # LOOK or REPEAT: something is to be read by itself
        self._looked_at = self._quiet_until = -np.inf
        self._lost_from = np.inf  # when to show that the camera is lost, unless it was shown
        self._standing: Reading | None = None  # the answer that the displays show
        self.last: Reading | None = None
        self.unreadable = 0  # pictures that were asked for and couldn't be opened

    def run(self) -> None:
        """Go on until `stop` is called or a trigger asks to quit; then close everything."""
        try:
            self._state(State.STARTING)
            self._follow()
            self._look()
            if "camera" not in self._troubles:
                self._state(State.READY)
            self._show_lost()
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
            self._state(State.READY, "nothing to correct")
        else:
            self._correcting = Correcting(self.last, self._ask, self._keep, self._clock)

    def shut_down(self) -> None:
        """Say so, switch the machine off if that is allowed, and end the loop."""
        if self._correcting is not None:
            self._corrected(self._correcting)
        self._state(State.SHUTTING_DOWN)
        self._clock.sleep(NOTICE)
        try:
            if self._power_off is not None:
                self._power_off()
        except ServiceError as error:
            self._log.error("%s", error)  # for a user: no traceback
            self._state(State.READY, str(error))
            return
        self.stop()

    def read(self, *, hurry: bool = True, again: bool = False) -> Reading | None:
        """Take a picture now, read it, show it, keep it; None when the camera gave none.

        hurry: somebody waits, and one clear picture is enough; see `Watcher`.
        again: an answer that stands is neither shown nor kept once more.
        """
        if not again:
            self._state(State.LOOKING)
        self._retry_at = -np.inf  # somebody is waiting: don't hold back
        try:
            frame = self._frame(lambda camera: camera.capture())
        except PictureError as error:
            self.unreadable += 1
            self._log.warning("%s", error)
            self._state(State.READY, str(error))
            return None
        if frame is None:
            self._lost_from = -np.inf
            self._show_lost()
            return None
        self._wanted = None
        reading = self._watcher.read(self._frames(frame), hurry=hurry)
        reading = replace(reading, time=frame.time, source=frame.source)
        if again and self._standing is not None and self._stands(self._standing, reading):
            return self._still(self._standing)
        self._show(reading)
        self.last = self._record(reading)
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
            self._show(self._corrected(self._correcting))
            self._quiet_until = self._clock.monotonic() + QUIET
        if self._correcting is None:
            self._read_by_itself()
            self._lessons.learn()  # the first one takes a second: nobody waits for it now
        self._show_lost()

    def _read_by_itself(self) -> None:
        """Read what is wanted, once there is a camera and a corrected answer was seen."""
        ready = "camera" not in self._troubles and self._clock.monotonic() >= self._quiet_until
        if self._wanted and ready:
            wanted, self._wanted = self._wanted, None
            reading = self.read(hurry=False, again=wanted is Signal.REPEAT)
            if reading is None and "camera" in self._troubles:
                self._wanted = wanted

    def _corrected(self, correcting: Correcting) -> Reading:
        """What somebody has made of the last answer, which is kept."""
        self._correcting = None
        self.last = correcting.end()
        return self.last

    def _show(self, reading: Reading) -> None:
        """Show an answer; after it, that the camera is lost, which lasts longer."""
        self._display.show(reading)
        self._standing = reading
        if "camera" in self._troubles:
            self._lost_from = self._clock.monotonic() + QUIET

    def _state(self, state: State, detail: str = "") -> None:
        """Show what it does: no answer stands any longer. A lost camera is shown again after it."""
        self._display.state(state, detail)
        self._standing = None
        if state is State.READY and "camera" in self._troubles:
            self._lost_from = self._clock.monotonic() + QUIET

    def _show_lost(self) -> None:
        """Show that the camera is lost, when it is time to."""
        if "camera" in self._troubles and self._clock.monotonic() >= self._lost_from:
            self._lost_from = np.inf
            self._state(State.CAMERA_LOST, self._troubles.text("camera"))

    def _still(self, standing: Reading) -> Reading | None:
        """The answer that stands: shown where that failed, and kept if it couldn't be."""
        getattr(self._display, "show_again", _nobody_sees)(standing)
        if self.last is not None and self.last.id is None:
            self.last = self._record(self.last)
        return self.last

    def _stands(self, standing: Reading, reading: Reading) -> bool:
        """Whether an answer is the one that the displays show, to another picture of the same."""
        return not getattr(self._camera, "one_shot", False) and _alike(standing, reading)

    def _look_up(self) -> None:
        """Let it read by itself, see `_read_by_itself`."""
        self._wanted = Signal.LOOK

    def _look_again(self) -> None:
        """The same; what is held up goes before."""
        self._wanted = self._wanted or Signal.REPEAT

    def _ask(self, question: Question) -> None:
        self._state(State.CORRECTING, str(question))

    def _keep(self, correction: Correction) -> None:
        self._lessons.hear(correction)
        self._unkept.append(correction)
        self._keep_corrections()

    def _keep_corrections(self) -> None:
        """Keep what people said; what can't be is kept when the journal works again."""
        while self._unkept:
            try:
                self._journal.correct(self._unkept[0])
            except Exception as error:
                self._troubles.met("journal", error)
                return
            del self._unkept[0]
        self._troubles.over("journal")

    def _follow(self) -> None:
        """Learn what the journal holds, at the start and when somebody has undone a correction.

        While it has a trouble it is let alone: each try may take a second.
        """
        if "journal" in self._troubles:
            return
        try:
            kept = self._journal.corrections() if self._journal.changed() else None
        except Exception as error:
            self._troubles.met("journal", error)
            return
        if kept is not None:
            self._lessons.follow(kept)

    def _look(self) -> None:
        """Give the triggers a small frame to look at."""
        self._looked_at = self._clock.monotonic()
        try:
            frame = self._frame(lambda camera: camera.watch())
        except PictureError:  # it is said when that picture is asked for
            return
        if frame is not None:
            self._trigger.see(frame)

    def _frames(self, first: Frame) -> Iterator[Frame]:
        """The first frame and, of a camera that goes on looking at the same, more as wanted."""
        yield first
        while not getattr(self._camera, "one_shot", False):
            try:
                frame = self._frame(lambda camera: camera.capture())
            except PictureError:
                return
            if frame is None:
                return
            yield frame

    def _frame(self, take: Callable[[Camera], Frame]) -> Frame | None:
        """Take a frame; None when the camera is lost, or not yet to be tried again.

        Whatever the camera raises counts as its trouble: it may be somebody else's code. Only a
        PictureError goes through: that picture is bad, the camera isn't.
        """
        if self._camera is None and self._clock.monotonic() < self._retry_at:
            self._wait_for_camera()
            return None
        try:
            self._missing = self._camera is None  # until it is open
            self._camera = self._camera or self._open_camera()
            self._missing = False
            frame = _checked(take(self._camera))
        except PictureError:
            self._progress()
            raise
        except Exception as error:
            self._lose_camera(error)
            return None
        self._found_camera()
        return frame

    def _lose_camera(self, error: Exception) -> None:
        if self._troubles.met("camera", error):
            self._lost_from = self._clock.monotonic()
        self._close_camera()
        self._retry_at = self._clock.monotonic() + self._retry_after
        self._retry_after = min(2 * self._retry_after, LAST_RETRY)
        self._wait_for_camera()

    def _wait_for_camera(self) -> None:
        if self._missing:
            self._progress()

    def _found_camera(self) -> None:
        was_shown, self._lost_from = self._lost_from == np.inf, np.inf
        if self._troubles.over("camera") and was_shown:
            if self._correcting is None:
                self._state(State.READY)
            else:
                self._correcting.remind()
        self._retry_after = FIRST_RETRY
        self._progress()

    def _record(self, reading: Reading) -> Reading:
        """Keep the reading; returns it with its number where that worked."""
        try:
            kept = replace(reading, id=self._journal.record(reading))
        except Exception as error:
            self._troubles.met("journal", error)
            return reading
        self._keep_corrections()
        return kept

    def _close_camera(self) -> None:
        camera, self._camera = self._camera, None
        if camera is not None:
            self._quietly("camera", camera.close)

    def _close(self) -> None:
        if self._correcting is not None:
            self._corrected(self._correcting)
        if self._unkept:
            self._keep_corrections()
        self._state(State.STOPPED)
        self._close_camera()
        self._quietly("trigger", self._trigger.close)
        self._quietly("journal", self._journal.close)
        self._display.close()

    def _quietly(self, name: str, close: Callable[[], None]) -> None:
        try:
            close()
        except Exception as error:
            self._log.warning("%s: didn't close: %s", name, error)


def _alike(shown: Reading, reading: Reading) -> bool:
    """Whether a reading says what is shown, or doubts it only: somebody may have said that."""
    if shown.status == "read" and reading.status == "unsure":
        return shown.guess == reading.guess
    said = (reading.status, reading.guess, reading.reason)
    return (shown.status, shown.guess, shown.reason) == said


def _nobody() -> None:
    """Nobody wants to know."""


def _nobody_sees(reading: Reading) -> None:
    """No display has failed."""


def _checked(frame: Frame) -> Frame:
    """Return the frame; raises CameraError when its pixels aren't a picture's."""
    pixels = frame.pixels
    colours = pixels.shape[2:]
    if pixels.dtype != np.uint8 or colours not in ((), (3,)) or pixels.ndim < 2 or not pixels.size:
        raise CameraError(
            f"the camera gave {pixels.dtype} pixels of shape {pixels.shape}; expected uint8 "
            "(height, width) or (height, width, 3); choose another camera under [camera]"
        )
    return frame
