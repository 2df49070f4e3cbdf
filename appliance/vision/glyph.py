"""The glyph: a digit's ink as MNIST's makers normalised it.

LeCun, Cortes and Burges: size-normalised to fit a 20x20 box with the aspect ratio kept, grey levels
from the anti-aliasing, then centred in 28x28 by the centre of mass.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import GLYPH_SIZE, Box, Glyph
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
    soft = _soft_ink(contrast, pieces, box)
    width = float(np.median([piece.stroke_width for piece in pieces]))
    return Glyph(normalise(soft, width, angle), box)


def bounding_box(pieces: Sequence[Piece]) -> Box:
    """The smallest box around some pieces."""
    left = min(piece.box.x for piece in pieces)
    top = min(piece.box.y for piece in pieces)
    right = max(piece.box.x + piece.box.width for piece in pieces)
    bottom = max(piece.box.y + piece.box.height for piece in pieces)
    return Box(left, top, right - left, bottom - top)


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


def _soft_ink(contrast: Grey, pieces: Sequence[Piece], box: Box) -> NDArray[np.float32]:
    """Ink of the pieces alone, 0..1, with the soft edge that the optics gave it."""
    height, width = box.height + 2, box.width + 2
    inside = np.zeros((height, width), np.uint8)
    level = np.zeros((height, width), np.float32)
    for piece in pieces:
        y, x = piece.box.y - box.y + 1, piece.box.x - box.x + 1
        window = (slice(y, y + piece.box.height), slice(x, x + piece.box.width))
        inside[window] |= piece.mask.astype(np.uint8)
        level[window] = np.maximum(level[window], piece.mask * np.float32(piece.strength))
    reach = np.ones((3, 3), np.uint8)
    inside = np.asarray(cv2.dilate(inside, reach), np.uint8)
    level = np.asarray(cv2.dilate(level, reach), np.float32)
    around = _window(contrast, box)
    soft = (around / np.maximum(level, 1) - 0.2) / 0.6
    return np.asarray(np.clip(soft, 0, 1) * inside, np.float32)


def _window(contrast: Grey, box: Box) -> NDArray[np.float32]:
    """The contrast in the box and one pixel around it, zero outside the frame."""
    frame_height, frame_width = contrast.shape
    result = np.zeros((box.height + 2, box.width + 2), np.float32)
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
    ink = soft > 0.3
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if rows.size == 0:
        return soft[:0, :0]
    return soft[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


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
    total = float(fitted.sum())
    if total <= 0:
        return result
    row = float((fitted.sum(axis=1) * np.arange(height)).sum()) / total
    column = float((fitted.sum(axis=0) * np.arange(width)).sum()) / total
    top = int(np.clip(round((GLYPH_SIZE - 1) / 2 - row), 0, GLYPH_SIZE - height))
    left = int(np.clip(round((GLYPH_SIZE - 1) / 2 - column), 0, GLYPH_SIZE - width))
    result[top : top + height, left : left + width] = fitted
    return result
