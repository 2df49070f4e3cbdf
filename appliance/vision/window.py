"""A window: a square of the frame at any size, from the smallest copy that shows all there is."""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from appliance.values import WINDOW_SIZE
from appliance.vision.ink import Grey


def pyramid(grey: Grey) -> list[Grey]:
    """The frame, uint8 (height, width), halved again and again: large windows need less of it."""
    levels = [grey]
    while min(levels[-1].shape) >= 64 and len(levels) < 7:
        height, width = levels[-1].shape
        half = cv2.resize(levels[-1], (width // 2, height // 2), interpolation=cv2.INTER_AREA)
        levels.append(np.asarray(half, np.uint8))
    return levels


def resized(grey: Grey, factor: float, method: int | None = None) -> Grey:
    """A copy `factor` times as large, a pixel high and wide at least.

    method: OpenCV's; None takes means over areas, or cubic interpolation for a larger copy.
    """
    if factor == 1:
        return grey
    size = (max(1, round(grey.shape[1] * factor)), max(1, round(grey.shape[0] * factor)))
    if method is None:
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(grey, size, interpolation=method), np.uint8)


def cut_window(
    levels: Sequence[Grey], x: float, y: float, step: float, side: int = WINDOW_SIZE
) -> Grey:
    """The surroundings of a place, uint8 (side, side); outside the frame its border goes on.

    levels: see `pyramid`. x, y: in pixels of the first of them. step: how many of those are one
    pixel of the window.
    """
    level = min(max(0, math.floor(math.log2(step))), len(levels) - 1)
    step, x, y = (value / 2**level for value in (step, x, y))
    left, top = x - step * side / 2, y - step * side / 2
    matrix = np.array([[step, 0, left + step / 2 - 0.5], [0, step, top + step / 2 - 0.5]])
    window = cv2.warpAffine(
        levels[level],
        matrix,
        (side, side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(window, np.uint8)
