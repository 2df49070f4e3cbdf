"""The camera: opened when a picture is wanted, and again after it was lost."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import numpy as np

from appliance.errors import CameraError, PictureError
from appliance.ports import Camera, Clock
from appliance.service.troubles import Troubles, closed
from appliance.values import Frame

FIRST_RETRY, LAST_RETRY = 0.5, 30.0
"""Seconds until a lost camera is tried again; doubled each time, up to the last."""


class Lens:
    """Gives frames while there is a camera; tells when it is lost, and when it is found again.

    open_camera, progress: see `Daemon`.
    lost: called with the words of its trouble, once for each time that it is lost.
    found: called when it works again.
    """

    def __init__(
        self,
        open_camera: Callable[[], Camera],
        clock: Clock,
        progress: Callable[[], None],
        lost: Callable[[str], None],
        found: Callable[[], None],
    ) -> None:
        self._open, self._clock, self._progress = open_camera, clock, progress
        self._tell_lost, self._tell_found = lost, found
        self._log = logging.getLogger(__name__)
        self._troubles = Troubles(self._log)
        self._camera: Camera | None = None
        self._retry_at = -np.inf
        self._retry_after = FIRST_RETRY
        self._missing = False

    @property
    def lost(self) -> bool:
        """Whether there was no frame when one was wanted last."""
        return "camera" in self._troubles

    @property
    def one_shot(self) -> bool:
        """Whether each picture shows something else, see `Camera`."""
        return bool(getattr(self._camera, "one_shot", False))

    def watch(self) -> Frame | None:
        """A small frame; None when the camera is lost, or not yet to be tried again.

        Raises PictureError: that picture is bad, the camera isn't.
        """
        return self._take(lambda camera: camera.watch())

    def capture(self) -> Frame | None:
        """A picture, for somebody who waits: a lost camera is tried again at once. As `watch`."""
        self._retry_at = -np.inf
        return self._take(lambda camera: camera.capture())

    def frames(self, first: Frame) -> Iterator[Frame]:
        """The first frame and, of a camera that goes on looking at the same, more as wanted."""
        yield first
        while not self.one_shot:
            try:
                frame = self._take(lambda camera: camera.capture())
            except PictureError:
                return
            if frame is None:
                return
            yield frame

    def close(self) -> None:
        """Give the camera back."""
        camera, self._camera = self._camera, None
        if camera is not None:
            closed("camera", camera.close, self._log)

    def _take(self, take: Callable[[Camera], Frame]) -> Frame | None:
        """Take a frame. Whatever the camera raises is its trouble: it may be somebody else's."""
        if self._camera is None and self._clock.monotonic() < self._retry_at:
            self._wait()
            return None
        try:
            self._missing = self._camera is None  # until it is open
            self._camera = self._camera or self._open()
            self._missing = False
            frame = _checked(take(self._camera))
        except PictureError:
            self._progress()
            raise
        except Exception as error:
            self._lose(error)
            return None
        self._find()
        return frame

    def _lose(self, error: Exception) -> None:
        if self._troubles.met("camera", error):
            self._tell_lost(self._troubles.text("camera"))
        self.close()
        self._retry_at = self._clock.monotonic() + self._retry_after
        self._retry_after = min(2 * self._retry_after, LAST_RETRY)
        self._wait()

    def _find(self) -> None:
        if self._troubles.over("camera"):
            self._tell_found()
        self._retry_after = FIRST_RETRY
        self._progress()

    def _wait(self) -> None:
        if self._missing:
            self._progress()


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
