"""Light and focus: what is wrong with a frame before anything is read in it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from appliance.vision.ink import Grey

DARK = 40
"""Where nine tenths of the frame are darker than this grey level, it is too dark."""

BRIGHT_SHARE = 0.6
"""Where more than this share of the frame is saturated, it is too bright."""

BLURRED = 4.0
"""Steepest edges below this many grey levels a pixel are blurred."""


@dataclass(frozen=True, slots=True)
class Light:
    """What the frame's light and focus are.

    brightness: grey level that nine tenths of the frame are below, 0..255.
    saturated: share of the frame that is fully white, 0..1.
    sharpness: the steepest edges, in grey levels a pixel.
    size: (width, height) of the frame in pixels.
    """

    brightness: float
    saturated: float
    sharpness: float
    size: tuple[int, int]

    @property
    def trouble(self) -> str | None:
        """What keeps the frame from being read; None when nothing does."""
        if self.brightness < DARK:
            return "too dark"
        if self.saturated > BRIGHT_SHARE:
            return "too bright"
        if self.sharpness < BLURRED:
            return "blurred"
        return None


def measure_light(grey: Grey, size: tuple[int, int] | None = None) -> Light:
    """Measure a grey frame, uint8 (height, width).

    size: (width, height) of the frame that it was made from; its own when not given.
    """
    sample = grey[::4, ::4]
    levels = np.bincount(sample.ravel(), minlength=256)
    brightness = float(np.searchsorted(np.cumsum(levels), 0.9 * sample.size))
    saturated = float(levels[253:].sum() / sample.size)
    return Light(brightness, saturated, _sharpness(grey), size or (grey.shape[1], grey.shape[0]))


def _sharpness(grey: Grey) -> float:
    """The difference between neighbours, in some 240 rows, that one in a thousand exceeds."""
    rows = grey[:: max(1, grey.shape[0] // 240)]
    if rows.shape[1] < 3:
        return 255.0
    steps = cv2.absdiff(rows[:, 2:], rows[:, :-2])
    counts = np.bincount(steps.ravel(), minlength=256)[::-1]
    steepest = int(np.searchsorted(np.cumsum(counts), max(1, steps.size // 1000)))
    return (255 - steepest) / 2
