"""Painting on a frame: anti-aliased shapes, and one picture laid over another."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from appliance.scenes.strokes import Image, Points

Colour = tuple[float, float, float]
"""Blue, green and red, 0..255."""

_BITS = 4


def shade(colour: Colour, factor: float) -> Colour:
    """The colour made darker (below 1) or lighter, kept within 0..255."""
    blue, green, red = (float(np.clip(part * factor, 0, 255)) for part in colour)
    return blue, green, red


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """A colour between two; share 0 gives the first."""
    blue, green, red = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return blue, green, red


def flat(height: int, width: int, colour: Colour) -> Image:
    """A picture of one colour, (height, width, 3)."""
    picture = np.empty((height, width, 3), np.uint8)
    blue, green, red = (round(part) for part in colour)
    # OpenCV fills several times faster than numpy repeats three numbers
    cv2.rectangle(picture, (0, 0), (width, height), (blue, green, red), cv2.FILLED)
    return picture


def fixed(points: ArrayLike) -> NDArray[np.int32]:
    """Points as OpenCV's fixed-point coordinates, for drawing with `shift`."""
    spots = np.clip(np.asarray(points, np.float64), -20_000, 20_000)
    return np.asarray(np.rint(spots * (1 << _BITS)).astype(np.int32).reshape(-1, 1, 2))


def fill(picture: Image, points: ArrayLike, colour: float | Colour) -> None:
    """Fill a polygon, (N, 2) pixels, anti-aliased."""
    cv2.fillPoly(picture, [fixed(points)], _scalar(colour), cv2.LINE_AA, _BITS)


def lines(
    picture: Image, paths: Sequence[Points], colour: float | Colour, width: float = 1.0
) -> None:
    """Draw open lines, each (N, 2) pixels, anti-aliased, of whole-pixel width."""
    spots = [fixed(path) for path in paths]
    cv2.polylines(picture, spots, False, _scalar(colour), max(round(width), 1), cv2.LINE_AA, _BITS)


def ellipse(
    picture: Image, centre: ArrayLike, axes: ArrayLike, turn: float, colour: Colour
) -> None:
    """Fill an ellipse with half-axes in pixels, turned by degrees."""
    fill(picture, oval(centre, axes, turn), colour)


def oval(centre: ArrayLike, axes: ArrayLike, turn: float = 0.0) -> Points:
    """The outline of an ellipse: (48, 2)."""
    t = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    circle = np.column_stack([np.cos(t), np.sin(t)]) * np.asarray(axes, np.float64)
    angle = np.deg2rad(turn)
    turned = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(circle @ turned + np.asarray(centre, np.float64))


def rectangle(x: float, y: float, width: float, height: float) -> Points:
    """The corners of an upright rectangle, clockwise from the upper left: (4, 2)."""
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float64)


def _scalar(colour: float | Colour) -> tuple[float, ...]:
    return colour if isinstance(colour, tuple) else (float(colour),)


def window(points: Points, shape: Sequence[int], margin: float = 2.0) -> tuple[slice, slice]:
    """Rows and columns of a picture of `shape` that the points span; empty when outside."""
    low = np.floor(points.min(axis=0) - margin).astype(int)
    high = np.ceil(points.max(axis=0) + margin).astype(int) + 1
    x0, x1 = np.clip((low[0], high[0]), 0, shape[1])
    y0, y1 = np.clip((low[1], high[1]), 0, shape[0])
    return slice(int(y0), int(y1)), slice(int(x0), int(x1))


def to_bytes(values: ArrayLike) -> Image:
    """Numbers rounded and kept within 0..255: uint8 of the same shape."""
    return np.asarray(np.clip(np.rint(np.asarray(values)), 0, 255), np.uint8)


def enlarge(picture: Image | NDArray[np.float32], height: int, width: int) -> Image:
    """A picture stretched to (height, width), smoothly; numbers are rounded to uint8."""
    wide = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(wide).astype(np.uint8, copy=False)


def lay(picture: Image, over: Image | Colour, cover: Image) -> None:
    """Lay a picture or a colour over another one in place, as much as `cover` (0..255) says."""
    if isinstance(over, tuple):
        over = flat(picture.shape[0], picture.shape[1], over)
    share = cover.astype(np.float32) * np.float32(1 / 255)
    picture[...] = cv2.blendLinear(over, picture, share, 1 - share)
