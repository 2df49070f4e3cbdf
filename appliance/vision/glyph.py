"""The glyph: a digit's ink as MNIST's makers normalised it.

LeCun, Cortes and Burges: size-normalised to fit a 20x20 box with the aspect ratio kept, grey levels
from the anti-aliasing, then centred in 28x28 by the centre of mass.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import GLYPH_SIZE

BOX_SIZE = 20
"""Longer side of the digit within the glyph."""

THINNEST = 1.8
"""Strokes thinner than this in the 20x20 box are widened to it: MNIST's are about 2 to 4."""

WORK_SIZE = 80
"""Digits larger than this are first reduced to it: four times the final size shows all there is."""


def normalise(soft: NDArray[np.float32], stroke_width: float | None = None) -> NDArray[np.float32]:
    """Fit a picture of one digit to 28x28 as MNIST does.

    soft: float32, (height, width), 0..1, ink bright.
    stroke_width: in pixels of `soft`, to widen hairlines; None leaves them.
    Returns float32, (28, 28), 0..1; all zero when there is no ink.
    """
    scale = min(1.0, WORK_SIZE / max(soft.shape))
    if scale < 1:
        size = (max(1, round(soft.shape[1] * scale)), max(1, round(soft.shape[0] * scale)))
        soft = np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_AREA), np.float32)
    soft = _trimmed(soft)
    if soft.size == 0:
        return np.zeros((GLYPH_SIZE, GLYPH_SIZE), np.float32)
    if stroke_width is not None:
        soft = _widened(soft, stroke_width * scale)
    fitted = _fitted(soft)
    peak = float(fitted.max())
    if peak > 0:
        fitted = np.minimum(1.0, fitted / peak * 1.05).astype(np.float32)
    return _centred(fitted)


def _trimmed(soft: NDArray[np.float32]) -> NDArray[np.float32]:
    x, y, width, height = cv2.boundingRect((soft > 0.3).view(np.uint8))
    return soft[y : y + height, x : x + width]


def _widened(soft: NDArray[np.float32], stroke_width: float) -> NDArray[np.float32]:
    """Widen strokes that would be hairlines in the 20x20 box."""
    wanted = THINNEST * max(soft.shape) / BOX_SIZE
    grow = round((wanted - stroke_width) / 2)
    if grow < 1:
        return soft
    padded = cv2.copyMakeBorder(soft, grow, grow, grow, grow, cv2.BORDER_CONSTANT, value=0)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * grow + 1, 2 * grow + 1))
    return np.asarray(cv2.dilate(padded, disc), np.float32)


def _fitted(soft: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scaled so that the longer side is 20."""
    height, width = soft.shape
    scale = BOX_SIZE / max(height, width)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(soft, size, interpolation=method), np.float32)


def _centred(fitted: NDArray[np.float32]) -> NDArray[np.float32]:
    """Placed in 28x28 with the centre of mass in the middle, as far as the digit stays whole."""
    height, width = fitted.shape
    result = np.zeros((GLYPH_SIZE, GLYPH_SIZE), np.float32)
    mass = cv2.moments(fitted)
    if mass["m00"] <= 0:
        return result
    row, column = mass["m01"] / mass["m00"], mass["m10"] / mass["m00"]
    top = min(max(0, round((GLYPH_SIZE - 1) / 2 - row)), GLYPH_SIZE - height)
    left = min(max(0, round((GLYPH_SIZE - 1) / 2 - column)), GLYPH_SIZE - width)
    result[top : top + height, left : left + width] = fitted
    return result
