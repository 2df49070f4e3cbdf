"""Light and focus: what is wrong with a frame before anything is read in it."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import cv2
import numpy as np

from appliance.vision.ink import Grey, levels_of
from appliance.vision.window import resized

DARK = 40
"""Where nine tenths of the frame are darker than this grey level, it is too dark."""

BRIGHT_SHARE = 0.6
"""Where more than this share of the frame is saturated, it is too bright."""

BLURRED = 4.0
"""Steepest edges below this many grey levels a pixel are blurred."""

PLAIN, SHARE = 4.0, 0.01
"""Where no more than this share of a frame stands out from what is FAR from it by more grey levels,
nothing can be blurred: on an empty sheet or wall, or along a single stroke."""

COARSE, FAR = 80, 4
"""Longer side in pixels of the copy in which noise is lost and blurred things are not, and how far
apart these are in it."""

EDGES = 1e-4
"""Share of the frame that is edges when a single small digit is written on it."""

NOISY = 1.75
"""So many of its standard deviations does noise reach in as many places in a view that was freed of
noise; in one that wasn't 2.75, but there it is weak, see `eye.view`."""


@dataclass(frozen=True, slots=True)
class Light:
    """What the frame's light and focus are.

    brightness: grey level that nine tenths of the frame are below, 0..255.
    saturated: share of the frame that is fully white, 0..1.
    sharpness: the steepest edges, in grey levels a pixel; of those across and those down the frame,
        where there are such, the less steep ones, for motion blurs in its own direction alone.
    contrast: of edges however blurred, in grey levels.
    size: (width, height) of the frame in pixels.
    """

    brightness: float
    saturated: float
    sharpness: float
    contrast: float
    size: tuple[int, int]

    @property
    def trouble(self) -> str | None:
        """What keeps the frame from being read; None when nothing does."""
        if self.brightness < DARK:
            return "too dark"
        if self.saturated > BRIGHT_SHARE:
            return "too bright"
        if self.sharpness < BLURRED and self.contrast > PLAIN:
            return "blurred"
        return None


def measure_light(
    grey: Grey,
    size: tuple[int, int] | None = None,
    *,
    noise: float = 0.0,
    edges: float = EDGES,
) -> Light:
    """Measure a grey frame, uint8 (height, width).

    size: (width, height) of the frame that it was made from; its own when not given.
    noise: standard deviation in grey levels, of which the sharpness is freed. edges: share of the
        frame that is as sharp.
    """
    levels = levels_of(grey[::4, ::4])
    pixels = levels.sum()
    brightness = float(np.searchsorted(np.cumsum(levels), 0.9 * pixels))
    saturated = float(levels[253:].sum() / pixels)
    coarse = _coarse(grey)
    steepest = [_steepest(steps, noise, edges) for steps in (_across(grey), _down(grey))]
    contrasts = [_contrast(side) for side in (coarse, coarse.T)]
    seen = [steep for steep, contrast in zip(steepest, contrasts, strict=True) if contrast > PLAIN]
    sharpness, contrast = min(seen or steepest), max(contrasts)
    return Light(brightness, saturated, sharpness, contrast, size or (grey.shape[1], grey.shape[0]))


def _across(grey: Grey) -> Grey:
    """Differences of the two pixels beside one, in some 240 rows."""
    rows = np.ascontiguousarray(grey[:: max(1, grey.shape[0] // 240)])
    return _steps(rows[:, 2:], rows[:, :-2])


def _down(grey: Grey) -> Grey:
    """Differences of the two pixels above and below one, in some 240 columns."""
    columns = np.ascontiguousarray(grey[:, :: max(1, grey.shape[1] // 240)])
    return _steps(columns[2:], columns[:-2])


def _steps(some: Grey, others: Grey) -> Grey:
    """How far they differ; OpenCV gives nothing for nothing."""
    return np.asarray(cv2.absdiff(some, others), np.uint8) if some.size else some


def _steepest(steps: Grey, noise: float, edges: float) -> float:
    """Half the largest difference that this share of them reaches, less what noise reaches."""
    if not steps.size:
        return 255.0
    fewest = max(1, edges * steps.size)
    # eight looks at all of them take half as long as their histogram, in which most are in one bin
    steepest = bisect_left(
        range(1, 256), True, key=lambda level: int(np.count_nonzero(steps >= level)) < fewest
    )
    return max(0.0, steepest / 2 - NOISY * noise)


def _coarse(grey: Grey) -> Grey:
    """A copy of COARSE pixels, or less.

    Halved first, which takes a third of the time, while that hardly shows in the copy.
    """
    while max(grey.shape) > 4 * COARSE and min(grey.shape) > 1:
        grey = resized(grey, 0.5)
    return resized(grey, min(1.0, COARSE / max(grey.shape)))


def _contrast(coarse: Grey) -> float:
    """By how much SHARE of it stands out, at least, between what is FAR to the left and the right.

    Half of a second difference, which light that falls off evenly doesn't have.
    """
    grey = coarse.astype(np.float32)
    if grey.shape[1] <= 2 * FAR:
        return 0.0  # too narrow to tell
    out = np.abs(grey[:, FAR:-FAR] - (grey[:, 2 * FAR :] + grey[:, : -2 * FAR]) / 2)
    return float(np.quantile(out, 1 - SHARE))
