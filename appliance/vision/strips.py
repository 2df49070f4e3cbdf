"""Strips: a line of writing cut out of the view as a whole, level and of one height."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import AROUND, COLUMN, IN_STRIP, STRIP_HEIGHT
from appliance.vision.heat import Places
from appliance.vision.ink import Grey
from appliance.vision.lines import STEEPEST

REACH = 1.5
"""How far a line is followed beyond the middles of its first and last digit, in their heights."""


@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """Where a line lies in the view.

    start: x and y of the middle of the first column, (2,), in pixels of the view. along: one step
    from a column to the next there, (2,). columns: how many there are.
    """

    start: NDArray[np.float64]
    along: NDArray[np.float64]
    columns: int

    @property
    def step(self) -> float:
        """Pixels of the view in one of the strip."""
        return float(np.hypot(*self.along)) / COLUMN

    def at(self, column: float) -> NDArray[np.float64]:
        """Where the middle of a column is in the view, (2,)."""
        return np.asarray(self.start + column * self.along)

    def within(self, places: Places) -> NDArray[np.float64]:
        """The column in which each place of the view lies, and how far below the line's middle.

        (N, 2); the second in heights.
        """
        off, right = places[:, :2] - self.start, self.along / COLUMN / self.step
        across = off @ right / (COLUMN * self.step)
        down = off @ _down(right) / (IN_STRIP * self.step)
        return np.column_stack([across, down])

    def cut(self, levels: Sequence[Grey]) -> Grey:
        """The strip, uint8 (STRIP_HEIGHT, columns * COLUMN + 2 * AROUND).

        levels: of the view, see `pyramid`. Outside of it its border goes on.
        """
        level = min(max(0, math.floor(math.log2(self.step))), len(levels) - 1)
        width = self.columns * COLUMN + 2 * AROUND
        right = self.along / COLUMN / 2**level  # one pixel's step in the level
        down = _down(right)
        left = self.start / 2**level - (AROUND + COLUMN / 2 - 0.5) * right
        corner = left - (STRIP_HEIGHT / 2 - 0.5) * down - 0.5
        strip = cv2.warpAffine(
            levels[level],
            np.column_stack([right, down, corner]),
            (width, STRIP_HEIGHT),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return np.asarray(strip, np.uint8)


def strip_of(places: Places) -> Strip:
    """The strip of a line.

    places: middles, widths and heights of its digits, one at least, in pixels of the view.
    """
    height = max(1.0, float(median(places[:, 3])))
    middle, angle = places[:, :2].mean(axis=0), _angle(places[:, :2])
    right = np.array([math.cos(angle), math.sin(angle)])
    along = (places[:, :2] - middle) @ right
    first, last = float(along.min()), float(along.max())
    length = last - first + 2 * REACH * height
    column = COLUMN * height / IN_STRIP
    start = middle + right * (first - REACH * height + column / 2)
    return Strip(start, right * column, math.ceil(length / column))


def _angle(middles: NDArray[np.float64]) -> float:
    """Roll of a line in radians, by least squares; STEEPEST at most."""
    off = middles - middles.mean(axis=0)
    spread = float((off[:, 0] ** 2).sum())
    slope = float((off[:, 0] * off[:, 1]).sum()) / spread if spread > 0 else 0.0
    steepest = math.radians(STEEPEST)
    return float(np.clip(math.atan(slope), -steepest, steepest))


def _down(right: NDArray[np.float64]) -> NDArray[np.float64]:
    """A quarter turn on, as y grows downwards."""
    return np.array([-right[1], right[0]])
