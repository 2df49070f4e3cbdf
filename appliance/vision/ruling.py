"""Ruled lines, grids and underlines: long thin ink that is no stroke, taken off.

A ruled line is straight, thin, and goes on where strokes cross it: thin ink votes for straight
lines (the Hough transform), and those that are inked all along are taken off, but not where the
ink is thicker than the line: there a stroke crosses it, and stays (as staff lines are removed from
sheet music). The same on its side for vertical lines.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.vision.ink import Grey

Parts = NDArray[np.float64]
"""(N, 4): x and y of the start and the end of straight parts, in pixels."""

THICKEST = 0.01
"""Thickest ruled line, as a share of the frame's longer side; up to 10 pixels in small pictures."""

SHORTEST_ACROSS, SHORTEST_DOWN = 0.26, 0.45
"""Shortest straight part of a ruled line, as a share of the frame's longer side: longer than the
bar of a digit; an upright one may be a large 1."""

LONGER_ACROSS, LONGER_DOWN = 2.8, 4.0
"""The same as a multiple of a digit's height, where that is known and makes it less."""

THICKER = 1.7
"""Ink up to so many times as thick as the line is taken off with it; thicker ink is a stroke."""

SEARCH_SIDE = 320
"""Longer side of the copy on which lines are sought, in pixels."""

STEEPEST = 0.5
"""Steepest line, in pixels down per pixel across: it is rolled with the sheet."""

GAP = 0.7
"""Strokes that cross a line hide no more of it than this share of its shortest length."""

INKED, THIN = 0.93, 0.5
"""Share of a straight part that must be ink, and thin: the tops of digits in a row are no line."""


def without_rulings(mask: Grey, digit: float = np.inf) -> Grey:
    """The ink, uint8 0 or 255, without ruled lines; the same object when there are none.

    digit: height in pixels of the digits that stand on them, when it is known.
    """
    longer = max(mask.shape)
    across = _lines_in(mask, min(SHORTEST_ACROSS * longer, LONGER_ACROSS * digit))
    upright = np.ascontiguousarray(mask.T)
    down = _lines_in(upright, min(SHORTEST_DOWN * longer, LONGER_DOWN * digit))
    if across is None and down is None:
        return mask
    left = mask
    if across is not None:
        left = np.asarray(cv2.subtract(left, across), np.uint8)
    if down is not None:
        left = np.asarray(cv2.subtract(left, np.ascontiguousarray(down.T)), np.uint8)
    return left


def _lines_in(mask: Grey, shortest: float) -> Grey | None:
    """The pixels of the long, nearly horizontal lines; None when there are none."""
    longer = max(mask.shape)
    thick = round(max(THICKEST * longer, min(10, 0.03 * longer)))
    thin = _thinner(mask, thick)
    parts = _straight_parts(thin, shortest)
    inked, _ = _measured(mask, parts, thick)
    share, thickness = _measured(thin, parts, thick)
    lines = (inked >= INKED) & (share >= THIN)
    parts, thickness = parts[lines], thickness[lines]
    if not len(parts):
        return None
    usual = float(np.median(thickness))
    limit = round(THICKER * usual + 1)
    if limit < thick:
        thin = _thinner(mask, limit)
    return np.asarray(cv2.bitwise_and(thin, _bands(parts, round(usual) + 2, mask.shape)), np.uint8)


def _thinner(mask: Grey, thick: int) -> Grey:
    """The ink with at most `thick` pixels above each other."""
    tall = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thick + 1, 1), np.uint8))
    return np.asarray(cv2.subtract(mask, tall), np.uint8)


def _straight_parts(thin: Grey, shortest: float) -> Parts:
    """Straight runs of thin ink, by the Hough transform of a small copy."""
    scale = min(1.0, SEARCH_SIDE / max(thin.shape))
    size = (max(1, round(thin.shape[1] * scale)), max(1, round(thin.shape[0] * scale)))
    reduced = np.asarray(cv2.resize(thin, size, interpolation=cv2.INTER_AREA), np.uint8)
    # of what is as steep as strokes nothing is left: it would only take time
    flat = cv2.morphologyEx(
        (reduced > 40).view(np.uint8), cv2.MORPH_OPEN, np.ones((1, 3), np.uint8)
    )
    length = shortest * scale
    found = cv2.HoughLinesP(
        flat,
        1,
        np.pi / 180,
        max(1, round(0.45 * length)),
        minLineLength=length,
        maxLineGap=GAP * length,
    )
    ends = np.zeros((0, 4)) if found is None else np.asarray(found, np.float64).reshape(-1, 4)
    level = np.abs(ends[:, 3] - ends[:, 1]) < STEEPEST * np.abs(ends[:, 2] - ends[:, 0])
    return np.asarray((ends[level] + 0.5) / scale, np.float64)


def _measured(thin: Grey, parts: Parts, thick: int) -> tuple[Parts, Parts]:
    """Which share of each straight part is ink, and its mean thickness there, in pixels."""
    along = np.linspace(0, 1, 64)
    x, y = (parts[:, i, None] + (parts[:, i + 2] - parts[:, i])[:, None] * along for i in (0, 1))
    rows = np.rint(y)[..., None].astype(np.int64) + np.arange(-thick, thick + 1)
    height, width = thin.shape
    columns = np.clip(np.rint(x).astype(np.int64), 0, width - 1)[..., None]
    ink = thin[np.clip(rows, 0, height - 1), columns] > 0
    deep = ink.sum(axis=2)
    inked = ink[:, :, thick - 2 : thick + 3].any(axis=2)
    return inked.mean(axis=1), _medians(deep, inked)


def _medians(values: NDArray[np.int64], chosen: NDArray[np.bool_]) -> Parts:
    """The median of the chosen values of each row, 0 where there are none."""
    if not len(values):
        return np.zeros(0)
    largest = values.max() + 1
    ordered = np.sort(np.where(chosen, values, largest), axis=1)
    count = chosen.sum(axis=1)
    rows = np.arange(len(values))
    middle = (
        ordered[rows, np.maximum(count - 1, 0) // 2]
        + ordered[rows, np.minimum(count // 2, values.shape[1] - 1)]
    )
    return np.where(count > 0, middle / 2, 0.0)


def _bands(parts: Parts, thickness: int, shape: tuple[int, ...]) -> Grey:
    """Where the lines run, uint8 0 or 255: each part, and as long again on both sides."""
    bands = np.zeros(shape, np.uint8)
    steps = parts[:, 2:] - parts[:, :2]
    for start, end in zip(parts[:, :2] - steps, parts[:, 2:] + steps, strict=True):
        a, b = ((round(float(x)), round(float(y))) for x, y in (start, end))
        cv2.line(bands, a, b, 255, thickness)
    return bands
