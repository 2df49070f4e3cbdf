"""Brightness as the spotter sees it: by powers of two, over the whole picture and nearby."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.vision.ink import Grey

Pixel = TypeVar("Pixel", np.uint8, np.float32)

DARKEST = 8.0
"""Added to grey levels before their logarithm is taken: below it they are noise."""

SQUARE = 8
"""Side in pixels of the squares that a picture is cut into."""

CHANNELS = SQUARE * SQUARE + 2
"""What a square is given as: its pixels, its own brightness, and the contrast around it."""

NEARBY = 9
"""Squares across which contrast is local."""

LEAST = 0.05
"""Local contrast below this, in powers of two, isn't strengthened any more."""

STRONGEST, SHARE = 4.0, 0.25
"""Local contrast is cut off at so many standard deviations, and scaled to the other's size."""

_LOGARITHM = np.log2((np.arange(256) + DARKEST) / (128 + DARKEST)).astype(np.float32)
"""Of each grey level; 0 in the middle, so that little is lost when squares of it are added up."""


def brightness(grey: Grey) -> NDArray[np.float32]:
    """The logarithm of grey levels, uint8 (...) -> float32 of the same shape."""
    return np.asarray(cv2.LUT(grey, _LOGARITHM), np.float32)


def squares_of(grey: Grey) -> NDArray[np.float32]:
    """The same as `in_squares(brightness(grey))`, in less time."""
    grey = np.ascontiguousarray(_whole_squares(grey))
    # eight bytes at a time: a row of a square is one number
    rows = grey.view(np.uint64).reshape(-1, SQUARE, grey.shape[1] // SQUARE).transpose(0, 2, 1)
    squares = np.ascontiguousarray(rows).view(np.uint8)
    pixels = SQUARE * SQUARE
    return _told(brightness(squares.reshape(-1, pixels)).reshape(*squares.shape[:2], pixels))


def in_squares(logarithm: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squares of pixels, as they differ from their surroundings in their standard deviations.

    float32 (height, width), see `brightness` -> (height / SQUARE, width / SQUARE, CHANNELS),
    rounded up: what lies beyond the border is like it. A faint stroke is as plain as a strong one,
    and half the light gives the same picture: a square's own brightness is told as it differs from
    the mean.
    """
    picture = _whole_squares(logarithm)
    rows, columns = picture.shape[0] // SQUARE, picture.shape[1] // SQUARE
    squares = picture.reshape(rows, SQUARE, columns, SQUARE).transpose(0, 2, 1, 3)
    return _told(squares.copy().reshape(rows, columns, SQUARE * SQUARE))


def _told(squares: NDArray[np.float32]) -> NDArray[np.float32]:
    """What is told of squares of brightness, (rows, columns, SQUARE * SQUARE); they are lost."""
    pixels = squares.shape[-1]
    mean = squares @ np.full(pixels, 1 / pixels, np.float32)
    power = np.einsum("yxp,yxp->yx", squares, squares) / np.float32(pixels)
    around = np.asarray(cv2.blur(mean, (NEARBY, NEARBY)), np.float32)
    variance = np.asarray(cv2.blur(power, (NEARBY, NEARBY)), np.float32) - around**2
    deviation = np.sqrt(np.maximum(variance, 0) + np.float32(LEAST**2))
    squares -= around[..., None]
    squares *= (np.float32(SHARE) / deviation)[..., None]
    result = np.empty((*mean.shape, CHANNELS), np.float32)
    np.clip(squares, -STRONGEST * SHARE, STRONGEST * SHARE, out=result[..., :pixels])
    result[..., pixels], result[..., pixels + 1] = mean - mean.mean(), np.log2(deviation)
    return result


def _whole_squares(picture: NDArray[Pixel]) -> NDArray[Pixel]:
    """The picture, (height, width), with as much more of its border as fills the last squares."""
    below, beside = -picture.shape[0] % SQUARE, -picture.shape[1] % SQUARE
    if below or beside:
        return np.pad(picture, ((0, below), (0, beside)), mode="edge")
    return picture
