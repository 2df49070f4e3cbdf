"""Reads by itself when a sheet is held still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.keys import Key
from appliance.ports import Clock
from appliance.values import Frame, Signal
from appliance.vision.light import measure_light

SIZE = (40, 30)
"""Width and height in which views are compared: a hand's trembling is less than a pixel there."""

BESIDE = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
"""A pixel and those beside it, above and below."""

DIFFERENT = 16
"""Grey levels by which a pixel differs between two views."""

APPEARED, GONE = 0.04, 0.02
"""Shares of the view from which something is held up, and below which it is taken away again.

The gap between them keeps a sheet at the limit from being read again and again.
"""

SWAPPED, SWAPPED_LEAST = 0.45, 0.12
"""Share of what a sheet covers, and of the view, that changes when another takes its place."""

EDGES = 1e-3
"""Share of the view that the edges of a sheet and its writing are at least."""

STALE = 60.0
"""Seconds after which what is still belongs to the room: nobody holds a sheet that long."""

SAME = 0.001
"""Share of the view below which a room is the one from before: one pixel of SIZE may differ.

Other writing on a sheet changes more when its digits are dark and a twelfth of the view's height or
larger. Of smaller or pale ones the next sheet may be taken for one that was there from the start.
"""

View = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Look:
    """What a watch frame tells, as numbers.

    motion: share of the view that moved since it was still, 0..1, see `moved`.
    presence: share of the view that isn't as the room alone, 0..1.
    sharpness: the steepest edges, in grey levels a pixel. brightness: grey level, 0..255.
    """

    motion: float
    presence: float
    sharpness: float
    brightness: float


class Stillness:
    """Signals LOOK once for each sheet that is held still long enough, in enough light.

    The room without a sheet is what it sees first; later, whatever stays still for a minute. If
    that was a sheet that lay there, the room before is the room again when it comes to light, as
    far as SAME tells it.
    Once a sheet was read it waits until that was taken away, or another is in its place; a small
    one, or one as bright as the wall, has to be taken away before the next.

    latest: the numbers of the last frame; None before the first.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        seconds: Annotated[float, Key("How long it must be still.", minimum=0.1, maximum=30)] = 0.6,
        motion: Annotated[
            float,
            Key("Share of the view that may change meanwhile.", minimum=0.001, maximum=0.5),
        ] = 0.05,
        sharpness: Annotated[
            float, Key("Grey levels a pixel that edges must have at least.", minimum=0)
        ] = 4.0,
        brightness: Annotated[
            float, Key("Grey level that the view must have.", minimum=0, maximum=255)
        ] = 24.0,
    ) -> None:
        self._clock = clock
        self._seconds, self._motion = seconds, motion
        self._sharpness, self._brightness = sharpness, brightness
        self._room: View | None = None
        self._hidden: View | None = None  # the room before, which what is the room now has hidden
        self._anchor: View | None = None  # as it was when it became still
        self._still_since = 0.0
        self._view: View | None = None  # as it was last
        self._read: View | None = None  # the sheet that was read; None: the next may be read
        self._present = False
        self._covered = 0.0  # what share of the view that sheet covers
        self._pending = False
        self.latest: Look | None = None

    def wait(self, timeout: float) -> Signal | None:
        """Signal at once what was seen, or wait `timeout` seconds."""
        if self._pending:
            self._pending = False
            return Signal.LOOK
        self._clock.sleep(timeout)
        return None

    def see(self, frame: Frame) -> None:
        """Judge a watch frame, about 320x240."""
        now, view = self._clock.monotonic(), view_of(frame)
        self._view = view
        if self._room is None or self._anchor is None:
            self._room = self._anchor = view
            self._still_since = now
        if self._hidden is not None and changed(view, self._hidden) < SAME:
            self._room, self._hidden = self._hidden, None
        self.latest = self._measure(frame, view, self._anchor, self._room)
        if self.latest.motion > self._motion or self._has_appeared(self.latest.presence):
            self._anchor, self._still_since = view, now
        self._rearm(view)
        still = now - self._still_since
        if still > STALE:
            self._settle(view)
        elif still >= self._seconds and self._is_sheet(self.latest):
            self._read, self._covered, self._pending = view, self.latest.presence, True

    def answered(self) -> None:
        """Somebody asked, and the sheet that is held up was read: it need not be read again."""
        if self.latest is not None and self.latest.presence >= APPEARED:
            self._read, self._covered, self._pending = self._view, self.latest.presence, False

    def close(self) -> None:
        """Nothing to give back."""

    def _measure(self, frame: Frame, view: View, anchor: View, room: View) -> Look:
        pixels = frame.pixels
        grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        # Noise counts, too: a faint sheet in little light must not be passed over.
        light = measure_light(np.asarray(grey, np.uint8), edges=EDGES)
        return Look(moved(view, anchor), changed(view, room), light.sharpness, light.brightness)

    def _rearm(self, view: View) -> None:
        """Forget the sheet that was read when it was taken away, or another took its place."""
        if self._read is None or self.latest is None:
            return
        other = max(SWAPPED * self._covered, SWAPPED_LEAST)
        if self.latest.presence < GONE or changed(view, self._read) > other:
            self._read = None

    def _has_appeared(self, presence: float) -> bool:
        """Whether something is held up that wasn't before; it is to be still from now on."""
        before = self._present
        self._present = presence >= (GONE if before else APPEARED)
        return self._present and not before

    def _settle(self, view: View) -> None:
        """Take the view for the room, and remember the room that something in it hides."""
        if self._present:
            self._hidden = self._room
            self._present = False  # what comes with the next frame has to appear, to be read
        self._room = view

    def _is_sheet(self, look: Look) -> bool:
        return (
            self._read is None
            and look.presence >= APPEARED
            and look.sharpness >= self._sharpness
            and look.brightness >= self._brightness
        )


def view_of(frame: Frame) -> View:
    """The view in grey, float32 (30, 40)."""
    pixels = frame.pixels
    grey = pixels if pixels.ndim == 2 else cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
    return cv2.resize(grey, SIZE, interpolation=cv2.INTER_AREA).astype(np.float32)


def changed(view: View, other: View) -> float:
    """Share of two views that differs, 0..1, but for the light that all of it has."""
    apart = view - other
    return float((np.abs(apart - _light(apart)) > DIFFERENT).mean())


def moved(view: View, other: View) -> float:
    """The same, where what moved by less than half a pixel of SIZE doesn't count.

    By so much a pixel's neighbours may have come into it (Birchfield and Tomasi, "A Pixel
    Dissimilarity Measure That Is Insensitive to Image Sampling", 1998): the edge of a bright sheet
    in the dark shows the least trembling of a hand.
    """
    lit = view - _light(view - other)
    highest = (other + cv2.dilate(other, BESIDE)) / 2
    lowest = (other + cv2.erode(other, BESIDE)) / 2
    return float((np.maximum(lit - highest, lowest - lit) > DIFFERENT).mean())


def _light(apart: View) -> np.float32:
    """What most of two views differ by alike, in grey levels: the light that all of it has.

    apart: whole grey levels. The median of the fullest range of 2 * DIFFERENT levels: where a sheet
    covers half of a view that of all would lie between the sheet's and the room's.
    """
    counts = np.bincount(apart.astype(np.int64).ravel() + 255, minlength=511)
    below = np.concatenate([[0], np.cumsum(counts)])
    first = int(np.argmax(below[2 * DIFFERENT + 1 :] - below[: -2 * DIFFERENT - 1]))
    half = (below[first] + below[first + 2 * DIFFERENT + 1]) / 2
    return np.float32(np.searchsorted(below, half) - 1 - 255)
