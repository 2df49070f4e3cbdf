"""Ink: what stands out from the paper around it, darker or lighter, whatever the light.

The paper's brightness is estimated where the ink hides it by a morphological closing (for dark
ink; an opening for light ink) with a window wider than any stroke, on a small copy of the frame:
it follows gradients and shadows exactly as long as they rise or fall steadily over the window.
What is left after subtracting it is the ink's contrast. The threshold is local, a share of the
strongest contrast nearby (J. Bernsen, 1986), so that a ruled line or a crease beside strong ink
is dropped, while faint pencil on a blank sheet is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Polarity = Literal["dark", "light"]

SMALL_SIDE = 320
"""Longer side of the copy on which the paper's brightness is estimated, in pixels."""

FAINTEST = 7
"""Contrast below which nothing is ink, in grey levels."""

NOISE_FACTOR = 3.5
"""Ink stands out from the sensor's noise by this many standard deviations."""

NEARBY = ((0.034, 0.42), (0.15, 0.15))
"""Ink has this share of the strongest contrast within a window of this share of the frame."""

STRONG = 0.9
"""This share of a digit's ink has less contrast than what counts as the digit's."""


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """The ink of one polarity.

    contrast: uint8, (height, width): how far each pixel stands out from the paper.
    mask: uint8 0 or 255, same shape: what is ink.
    """

    contrast: Grey
    mask: Grey


def noise_level(grey: Grey) -> float:
    """Standard deviation of the sensor's noise in grey levels.

    From the median of the horizontal second difference in some 40 rows, which strokes and
    texture, being rare or smooth, leave alone. For normal noise of deviation s that difference has
    deviation s * sqrt(6) and its absolute value the median 0.6745 times that.
    """
    rows = grey[:: max(1, grey.shape[0] // 40)].astype(np.int16)
    if rows.shape[1] < 3:
        return 0.0
    second = np.abs(2 * rows[:, 1:-1] - rows[:, :-2] - rows[:, 2:])
    histogram = levels_of(np.minimum(second, 255).astype(np.uint8))
    below = np.cumsum(histogram)
    half = below[-1] / 2
    median = int(np.searchsorted(below, half))
    # the differences are whole numbers: interpolate within the step, or the noise jumps by 0.6
    inside = (half - (below[median] - histogram[median])) / max(1, histogram[median])
    return max(0.0, median - 0.5 + float(inside)) / (0.6745 * 6**0.5)


def levels_of(grey: Grey) -> NDArray[np.int64]:
    """How many pixels have each grey level, (256,); OpenCV counts in a quarter of numpy's time."""
    counts = cv2.calcHist([np.ascontiguousarray(grey)], [0], None, [256], [0, 256])
    return np.asarray(counts, np.int64).ravel()


def paper_brightness(grey: Grey, window: float, polarity: Polarity) -> Grey:
    """Brightness of the bare paper at every pixel, (height, width) uint8.

    window: its side as a share of the frame's longer side; strokes narrower than it vanish.
    """
    height, width = grey.shape
    scale = min(1.0, SMALL_SIDE / max(height, width))
    size = (max(3, round(width * scale)), max(3, round(height * scale)))
    small = cv2.medianBlur(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), 3)
    side = max(3, round(window * max(size))) | 1
    operation = cv2.MORPH_CLOSE if polarity == "dark" else cv2.MORPH_OPEN
    kernel = np.ones((side, side), np.uint8)
    paper = cv2.morphologyEx(small, operation, kernel, borderType=cv2.BORDER_REPLICATE)
    smooth = cv2.blur(paper, (5, 5))
    return np.asarray(cv2.resize(smooth, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)


def find_ink(grey: Grey, polarity: Polarity, noise: float, window: float) -> Ink:
    """The ink in a frame.

    noise: as `noise_level` says, in grey levels.
    window: see `paper_brightness`.
    """
    paper = paper_brightness(grey, window, polarity)
    darker, lighter = (grey, paper) if polarity == "dark" else (paper, grey)
    contrast = np.asarray(cv2.subtract(lighter, darker), np.uint8)
    floor = max(FAINTEST, NOISE_FACTOR * noise)
    threshold = np.maximum(_threshold(contrast), np.uint8(min(255, floor)))
    mask = np.asarray(cv2.compare(contrast, threshold, cv2.CMP_GT), np.uint8)
    return Ink(contrast, mask)


def strength_of(contrast: Grey) -> float:
    """What counts as the contrast of ink, whose pixels have these, in grey levels; 1 at least."""
    if not contrast.size:
        return 1.0
    place = int(STRONG * (contrast.size - 1))
    return max(1.0, float(np.partition(contrast, place, axis=None)[place]))


def _threshold(contrast: Grey) -> Grey:
    """The larger of both shares of the strongest contrast nearby, (height, width) uint8."""
    height, width = contrast.shape
    size = (max(3, width // 4), max(3, height // 4))
    small = np.asarray(cv2.resize(contrast, size, interpolation=cv2.INTER_AREA), np.uint8)
    threshold = np.zeros_like(small)
    for reach, share in NEARBY:
        side = max(3, round(reach * max(size))) | 1
        peak = cv2.blur(cv2.dilate(small, np.ones((side, side), np.uint8)), (5, 5))
        threshold = np.maximum(threshold, cv2.convertScaleAbs(peak, alpha=share))
    return np.asarray(
        cv2.resize(threshold, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8
    )
