"""The eye: from a frame to where digits seem to be in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import Box, Frame
from appliance.vision.brightness import SQUARE, squares_of
from appliance.vision.heat import Heat
from appliance.vision.ink import SMALL_SIDE, Grey, noise_level
from appliance.vision.spots import NO_SPOTS, Recognise, Spots, find_spots
from appliance.vision.window import pyramid, resized

Spot = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""See `Spotter.spot`."""

LONGEST_SIDE = 1280
"""Larger frames are reduced to this: nothing that a person writes needs more."""

SPOTTED_SIDE = 1024
"""Longer side of the copy that the spotter sees, in pixels, whatever the frame's."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A frame as the eye works on it.

    levels: the frame in grey, uint8 (height, width), at most LONGEST_SIDE long, then halved again
        and again: see `pyramid`.
    scale: pixels of the first of them per pixel of the frame.
    noise: standard deviation in grey levels.
    size: (width, height) of the frame in pixels.
    heat: where digits are written; None before the spotter is asked.
    spots: where digits seem to stand; none before the recogniser is asked.
    """

    levels: list[Grey]
    scale: float
    noise: float
    size: tuple[int, int]
    heat: Heat | None = None
    spots: Spots = NO_SPOTS

    @property
    def grey(self) -> Grey:
        """The largest of its levels."""
        return self.levels[0]

    @property
    def all(self) -> Box:
        """All of it, in its pixels."""
        height, width = self.grey.shape
        return Box(0, 0, width, height)


def view(frame: Frame) -> View:
    """The frame in grey, brought to a workable size, freed of heavy noise."""
    grey = _grey(frame.pixels)
    height, width = grey.shape
    longer = max(grey.shape)
    scale = min(1.0, LONGEST_SIDE / longer) if longer > SMALL_SIDE else SMALL_SIDE / longer
    grey = resized(grey, scale)
    noise = noise_level(grey)
    if noise > 2:
        grey = np.asarray(cv2.GaussianBlur(grey, (5, 5), 1.2), np.uint8)
        noise *= 0.3
    return View(pyramid(grey), scale, noise, (width, height))


def spotted(seen: View, spot: Spot, part: Box | None = None, times: float = 1.0) -> View:
    """The view with where digits are written.

    part: all that is looked at, in pixels of the view; None is all of it. times: how many times as
    large it is seen as all of it is in the first look.
    """
    x, y, width, height = astuple(part or seen.all)
    factor = SPOTTED_SIDE / max(seen.grey.shape) * times
    squares = squares_of(_interpolated(seen.grey[y : y + height, x : x + width], factor))
    ink, core = np.ascontiguousarray(np.moveaxis(spot(squares), -1, 0))  # each read many times
    return replace(seen, heat=Heat(ink, core, SQUARE * len(squares) / len(ink) / factor, x, y))


def sized(grey: Grey, side: int) -> Grey:
    """A copy whose longer side has so many pixels, be it larger or smaller."""
    return _interpolated(grey, side / max(grey.shape))


def recognised(seen: View, recognise: Recognise) -> View:
    """The view with the digits that seem to stand in it."""
    if seen.heat is None:
        return seen
    spots = find_spots(seen.levels, seen.heat, recognise)
    return replace(seen, spots=spots.enlarged(1 / seen.scale))


def in_view(box: Box, seen: View) -> Box:
    """A box of the frame in pixels of the view."""
    x, y = round(box.x * seen.scale), round(box.y * seen.scale)
    width, height = round(box.width * seen.scale), round(box.height * seen.scale)
    return Box(x, y, max(1, width), max(1, height))


def _interpolated(grey: Grey, factor: float) -> Grey:
    """A copy `factor` times as large: halved, as long as it is to be smaller, then interpolated.

    Nearly the same as means over areas, which take twelve times as long at 0.8.
    """
    while factor <= 0.5 and min(grey.shape) > 1:
        grey, factor = resized(grey, 0.5), factor * 2
    return resized(grey, factor, cv2.INTER_LINEAR)


def _grey(pixels: NDArray[np.uint8]) -> Grey:
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)
