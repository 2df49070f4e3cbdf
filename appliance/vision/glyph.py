"""The glyph: a digit's ink as MNIST's makers normalised it.

LeCun, Cortes and Burges: size-normalised to fit a 20x20 box with the aspect ratio kept, grey levels
from the anti-aliasing, then centred in 28x28 by the centre of mass.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import GLYPH_SIZE, Box, Glyph, around
from appliance.vision.ink import Grey
from appliance.vision.pieces import Piece

BOX_SIZE = 20
"""Longer side of the digit within the glyph."""

THINNEST = 1.8
"""Strokes thinner than this in the 20x20 box are widened to it: MNIST's are about 2 to 4."""

WORK_SIZE = 80
"""Digits larger than this are first reduced to it: four times the final size shows all there is."""


def cut_glyph(contrast: Grey, pieces: Sequence[Piece], angle: float = 0.0) -> Glyph:
    """Cut the ink of some pieces out of the frame.

    contrast: uint8, (height, width): see `Ink`.
    pieces: parts of one digit, at least one.
    angle: roll of the writing in degrees, turned back.
    """
    box = bounding_box(pieces)
    step = max(1, max(box.width, box.height) // WORK_SIZE)
    soft = _soft_ink(contrast, pieces, box, step)
    width = statistics.median(piece.stroke_width for piece in pieces) / step
    return Glyph(normalise(soft, width, angle), box)


def bounding_box(pieces: Sequence[Piece]) -> Box:
    """The smallest box around some pieces."""
    return around([piece.box for piece in pieces])


def normalise(
    soft: NDArray[np.float32], stroke_width: float | None = None, angle: float = 0.0
) -> NDArray[np.float32]:
    """Fit a picture of one digit to 28x28 as MNIST does.

    soft: float32, (height, width), 0..1, ink bright.
    stroke_width: in pixels of `soft`, to widen hairlines; None leaves them.
    angle: in degrees, turned back.
    Returns float32, (28, 28), 0..1; all zero when there is no ink.
    """
    scale = min(1.0, WORK_SIZE / max(soft.shape))
    if scale < 1:
        size = (max(1, round(soft.shape[1] * scale)), max(1, round(soft.shape[0] * scale)))
        soft = np.asarray(cv2.resize(soft, size, interpolation=cv2.INTER_AREA), np.float32)
    if angle:
        soft = _turned(soft, angle)
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


def _soft_ink(
    contrast: Grey, pieces: Sequence[Piece], box: Box, step: int = 1
) -> NDArray[np.float32]:
    """Ink of the pieces alone, 0..1, with the soft edge that the optics gave it.

    step: how many times smaller than the frame it is returned.
    """
    level = np.zeros((box.height + 2, box.width + 2), np.uint8)
    for piece in pieces:
        y, x = piece.box.y - box.y + 1, piece.box.x - box.x + 1
        window = level[y : y + piece.box.height, x : x + piece.box.width]
        np.maximum(window, piece.mask * np.uint8(max(1, piece.strength)), out=window)
    level = np.asarray(cv2.dilate(level, np.ones((3, 3), np.uint8)), np.uint8)
    around = _window(contrast, box)
    if step > 1:
        size = (-(-level.shape[1] // step), -(-level.shape[0] // step))
        level = np.asarray(cv2.resize(level, size, interpolation=cv2.INTER_NEAREST), np.uint8)
        around = np.asarray(cv2.resize(around, size, interpolation=cv2.INTER_AREA), np.uint8)
    soft = around / np.maximum(level, 1).astype(np.float32)
    soft -= 0.2
    soft /= 0.6
    soft[level == 0] = 0
    return np.asarray(np.clip(soft, 0, 1, out=soft), np.float32)


def _window(contrast: Grey, box: Box) -> Grey:
    """The contrast in the box and one pixel around it, zero outside the frame."""
    frame_height, frame_width = contrast.shape
    result = np.zeros((box.height + 2, box.width + 2), np.uint8)
    top, left = max(0, box.y - 1), max(0, box.x - 1)
    bottom, right = (
        min(frame_height, box.y + box.height + 1),
        min(frame_width, box.x + box.width + 1),
    )
    y, x = top - box.y + 1, left - box.x + 1
    result[y : y + bottom - top, x : x + right - left] = contrast[top:bottom, left:right]
    return result


def _turned(soft: NDArray[np.float32], angle: float) -> NDArray[np.float32]:
    height, width = soft.shape
    side = int(np.ceil(np.hypot(height, width)))
    matrix = cv2.getRotationMatrix2D(((width - 1) / 2, (height - 1) / 2), angle, 1.0)
    matrix[0, 2] += (side - width) / 2
    matrix[1, 2] += (side - height) / 2
    return np.asarray(
        cv2.warpAffine(soft, matrix, (side, side), flags=cv2.INTER_LINEAR), np.float32
    )


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
