"""Warping of windows: the digit elsewhere, larger, turned or bent, and where it is then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.learning.windows import IN_SIDE, SIDE, Example
from appliance.network.deformation import elastic_field
from appliance.network.layers import Array
from appliance.network.recogniser import NARROWEST
from appliance.values import IN_WINDOW, WINDOW_SIZE

Image = NDArray[np.uint8]
Numbers = NDArray[np.float64]

ZOOM, OFF, FARTHEST = 0.45, 0.11, 0.3
"""Largest logarithm of a digit's height in IN_WINDOW; standard deviation of how far its middle lies
from the window's, and the largest, in IN_WINDOW."""

TURN, SHEAR, STRETCH = 9.0, 0.2, 0.2
"""Largest turn in degrees, shear, and logarithm of how much higher than wide a digit becomes."""

BENT, SMOOTH = 0.6, 5.0
"""Share of the windows that are bent, by a deviation of one pixel; how smoothly, in pixels."""

SLIGHT_ZOOM, SLIGHTLY_OFF, SLIGHTLY_FARTHEST = 0.3, 0.08, 0.25
"""The same as the first three for those that are judged: as the spotter errs."""

SHRUNK, BLUR = 1.3, 0.35
"""A window that is reduced more than this is blurred before, by so many of the new pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Warp:
    """How N windows are warped.

    zoom: logarithm of the digits' height in IN_WINDOW, (N,); right, down: of their middles, in
    IN_WINDOW, (N,); turn in radians, shear and stretch (N,); bend: where each pixel is taken from
    beside its own place, float32 (N, 2, WINDOW_SIZE, WINDOW_SIZE), in pixels.
    """

    zoom: Numbers
    right: Numbers
    down: Numbers
    turn: Numbers
    shear: Numbers
    stretch: Numbers
    bend: Array

    def __len__(self) -> int:
        return len(self.zoom)

    def offsets(self, widths: Numbers) -> Array:
        """Where digits of these widths, in heights, are then: float32 (N, 4), see OFFSETS."""
        height = self.zoom + self.stretch / 2
        width = np.log(np.maximum(widths, np.exp(NARROWEST))) - self.stretch
        return np.stack([self.right, self.down, height, width], axis=1).astype(np.float32)

    def apply(self, windows: Sequence[Image]) -> Image:
        """Warp windows of (SIDE, SIDE); uint8 (N, WINDOW_SIZE, WINDOW_SIZE)."""
        result = np.empty((len(windows), WINDOW_SIZE, WINDOW_SIZE), np.uint8)
        for index, window in enumerate(windows):
            result[index] = _warped(window, *self._sources(index))
        return result

    def _sources(self, index: int) -> tuple[float, Array]:
        """Pixels of a window for one of the warped one, and where each of these is taken from."""
        step = IN_SIDE / IN_WINDOW * float(np.exp(-self.zoom[index]))
        cos, sin = np.cos(self.turn[index]), np.sin(self.turn[index])
        stretch, shear = np.exp(self.stretch[index] / 2), self.shear[index]
        matrix = np.array([[cos, sin], [-sin, cos]]) @ [[stretch, shear], [0, 1 / stretch]]
        middle = np.array([self.right[index], self.down[index]]) * IN_WINDOW
        places = self.bend[index] + _GRID - middle[:, None, None]
        sources = np.einsum("ij,jyx->iyx", matrix * step, places) + (SIDE - 1) / 2
        return step, sources.astype(np.float32)


_STEPS = np.arange(WINDOW_SIZE) - (WINDOW_SIZE - 1) / 2
_GRID = np.stack(np.meshgrid(_STEPS, _STEPS))
"""x and y of each pixel, from the middle."""


def any_warp(count: int, random: Generator) -> Warp:
    """Warps that training shows: as people write, and farther than the spotter errs."""
    right, down = np.clip(random.normal(0, OFF, (2, count)), -FARTHEST, FARTHEST)
    bend = elastic_field(2 * count, SMOOTH, random, WINDOW_SIZE)
    bend = bend.reshape(count, 2, WINDOW_SIZE, WINDOW_SIZE)
    bend *= (random.random(count) < BENT)[:, None, None, None]
    return Warp(
        zoom=random.uniform(-ZOOM, ZOOM, count),
        right=right,
        down=down,
        turn=np.radians(random.uniform(-TURN, TURN, count)),
        shear=random.uniform(-SHEAR, SHEAR, count),
        stretch=random.uniform(-STRETCH, STRETCH, count),
        bend=bend,
    )


def slight_warp(count: int, random: Generator) -> Warp:
    """Warps by which the recogniser is judged: windows misplaced as the spotter misplaces them."""
    moved = random.normal(0, SLIGHTLY_OFF, (2, count))
    right, down = np.clip(moved, -SLIGHTLY_FARTHEST, SLIGHTLY_FARTHEST)
    none = np.zeros(count)
    bend = np.zeros((count, 2, 1, 1), np.float32)
    zoom = random.uniform(-SLIGHT_ZOOM, SLIGHT_ZOOM, count)
    return Warp(zoom, right, down, turn=none, shear=none, stretch=none, bend=bend)


def warped(examples: Sequence[Example], warp: Warp) -> tuple[Image, Array]:
    """Windows as the recogniser gets them, and where the digits are in them: see `Warp`."""
    widths = np.array([example.width for example in examples])
    return warp.apply([example.grey for example in examples]), warp.offsets(widths)


def _warped(window: Image, step: float, sources: Array) -> Image:
    if step >= SHRUNK:
        window = np.asarray(cv2.GaussianBlur(window, (0, 0), BLUR * step), np.uint8)
    result = cv2.remap(
        window, sources[0], sources[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(result, np.uint8)
