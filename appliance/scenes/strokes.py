"""Pen strokes: from a few control points to a smooth line, and from the line to pixels."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Points = NDArray[np.float64]
"""(N, 2): x to the right, y downwards."""

Stroke = NDArray[np.float64]
"""(N, 3): x, y and the width of the pen there, in the same unit."""

Controls = tuple[Points, tuple[int, ...]]
"""Control points of a stroke and the indices of those that are corners."""

SAMPLES = 7
"""Points of the line for each pair of control points."""

_FRACTION_BITS = 4


@functools.cache
def parse(form: str) -> tuple[Controls, ...]:
    """Control points of a form, such as "5,4 95,2! 45,100 / 25,52 82,48".

    A form is written in per cent of the letter's box; " / " lifts the pen, "!" marks a corner.
    Returns for each stroke its points, (N, 2) in 0..1, and the indices of its corners.
    """
    strokes = []
    for stroke in form.split("/"):
        words = stroke.split()
        corners = tuple(index for index, word in enumerate(words) if word.endswith("!"))
        pairs = [[float(part) for part in word.rstrip("!").split(",")] for word in words]
        strokes.append((np.array(pairs) / 100.0, corners))
    return tuple(strokes)


def spline(points: Points, corners: Sequence[int] = ()) -> Points:
    """A smooth line through all points (Catmull and Rom, 1974), bent sharply at the corners.

    Returns (M, 2). A line that ends where it began is smooth there too.
    """
    bounds = [0, *(corner for corner in corners if 0 < corner < len(points) - 1), len(points) - 1]
    runs = [_smooth(points[a : b + 1]) for a, b in itertools.pairwise(bounds)]
    return np.concatenate([runs[0], *(run[1:] for run in runs[1:])])


def _smooth(points: Points) -> Points:
    if len(points) < 3:
        steps = np.linspace(0.0, 1.0, SAMPLES + 1)[:, None]
        return points[:1] * (1 - steps) + points[-1:] * steps
    closed = bool(np.hypot(*(points[0] - points[-1])) < 0.02)
    before = points[-2:-1] if closed else 2 * points[:1] - points[1:2]
    after = points[1:2] if closed else 2 * points[-1:] - points[-2:-1]
    p = np.concatenate([before, points, after])
    t = np.linspace(0.0, 1.0, SAMPLES, endpoint=False)[None, :, None]
    p0, p1, p2, p3 = (p[i : len(p) - 3 + i, None, :] for i in range(4))
    curve = 0.5 * (
        2 * p1
        + (p2 - p0) * t
        + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2
        + (3 * p1 - p0 - 3 * p2 + p3) * t**3
    )
    return np.concatenate([curve.reshape(-1, 2), points[-1:]])


def bounds(strokes: Sequence[Stroke]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the strokes, their width included."""
    every = np.concatenate(strokes)
    half = every[:, 2:] / 2
    low, high = (every[:, :2] - half).min(axis=0), (every[:, :2] + half).max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def rasterise(strokes: Sequence[Stroke], height: int, width: int) -> tuple[Image, int, int]:
    """Draw strokes with round ends, anti-aliased to a quarter of a pixel or better.

    strokes: in pixels of a picture of (height, width).
    Returns the coverage 0..255, as large as the strokes need within the picture, and the x and y of
    its upper left corner; an empty picture when the strokes lie outside.
    """
    left, top, right, bottom = bounds(strokes)
    x0, y0 = max(int(np.floor(left)) - 1, 0), max(int(np.floor(top)) - 1, 0)
    x1, y1 = min(int(np.ceil(right)) + 2, width), min(int(np.ceil(bottom)) + 2, height)
    if x1 <= x0 or y1 <= y0:
        return np.zeros((0, 0), np.uint8), x0, y0
    finest = min(float(stroke[:, 2].min()) for stroke in strokes)
    zoom = 8 if finest < 3 else 4 if max(x1 - x0, y1 - y0) < 400 else 2
    canvas = np.zeros(((y1 - y0) * zoom, (x1 - x0) * zoom), np.uint8)
    for stroke in strokes:
        # pixel centres lie half a pixel into the pixel, on both grids
        spots = (stroke[:, :2] - (x0, y0) + 0.5) * zoom - 0.5
        _line(canvas, spots, _thickness(stroke[:, 2] * zoom))
    return np.asarray(cv2.resize(canvas, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)), x0, y0


def _thickness(widths: NDArray[np.float64]) -> NDArray[np.int_]:
    """OpenCV's thickness for lines of given widths: it draws an even one a pixel too wide.

    An odd one it draws like the next even one, except 1.
    """
    even = 2 * np.rint((widths - 0.7) / 2).astype(int)
    return np.asarray(np.maximum(even, 1))


def _line(canvas: Image, spots: Points, widths: NDArray[np.int_]) -> None:
    fixed = np.rint(spots * (1 << _FRACTION_BITS)).astype(np.int32)
    starts = [0, *(np.flatnonzero(np.diff(widths[:-1])) + 1), len(fixed) - 1]
    for a, b in itertools.pairwise(starts):
        run = fixed[a : b + 1].reshape(-1, 1, 2)
        cv2.polylines(canvas, [run], False, 255, int(widths[a]), cv2.LINE_8, _FRACTION_BITS)
