"""Brightness as the spotter sees it: by powers of two, over the whole picture and nearby."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.vision.ink import Grey

DARKEST = 8.0
"""Added to grey levels before their logarithm is taken: below it they are noise."""

NEARBY = 33
"""Side in pixels of the square within which contrast is local."""

LEAST = 0.05
"""Local contrast below this, in powers of two, isn't strengthened any more."""

STRONGEST, SHARE = 4.0, 0.25
"""Local contrast is cut off at so many standard deviations, and scaled to the other's size."""

_LOGARITHM = np.log2(np.arange(256, dtype=np.float32) + np.float32(DARKEST))


def brightness(grey: Grey) -> NDArray[np.float32]:
    """The logarithm of grey levels, less its mean: half the light is then the same picture.

    uint8 (height, width) -> float32 of the same shape.
    """
    logarithm = np.asarray(cv2.LUT(grey, _LOGARITHM), np.float32)
    logarithm -= logarithm.mean()
    return logarithm


def with_local_contrast(logarithm: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brightness, and how it differs from its surroundings in their standard deviations.

    float32 (height, width), see `brightness` -> (height, width, 2). The second makes a faint stroke
    as plain as a strong one.
    """
    square = (NEARBY, NEARBY)
    differs = logarithm - cv2.blur(logarithm, square)
    deviation = np.asarray(cv2.blur(differs * differs, square), np.float32)
    deviation += np.float32(LEAST**2)
    np.sqrt(deviation, out=deviation)
    differs /= deviation
    np.clip(differs, -STRONGEST, STRONGEST, out=differs)
    differs *= np.float32(SHARE)
    return np.asarray(cv2.merge([logarithm, differs]), np.float32)
