"""Ruled lines, grids and underlines: long thin ink that is no stroke, taken off.

A pixel belongs to a horizontal line when the ink above and below it is thin, and when such pixels
make a run much longer than they are high; a stroke that crosses the line is thick there and stays
(as staff lines are removed from sheet music). The same on its side for vertical lines.
"""

from __future__ import annotations

import cv2
import numpy as np

from appliance.vision.ink import Grey
from appliance.vision.pieces import connected_components

THICKEST = 0.01
"""Thickest ruled line, as a share of the frame's longer side; up to 10 pixels in small pictures."""

SHORTEST_ACROSS, SHORTEST_DOWN = 0.18, 0.45
"""Shortest ruled line, as a share of the frame's longer side; an upright one may be a large 1."""

THICKER = 1.7
"""Ink up to so many times as thick as the line is taken off with it; thicker ink is a stroke."""

FOLLOW_SIDE = 480
"""Longer side of the copy on which lines are followed, in pixels."""

STEEPEST = 0.5
"""Highest a line's box may be, as a share of its length: it is rolled with the sheet."""


def without_rulings(mask: Grey) -> Grey:
    """The ink, uint8 0 or 255, without ruled lines; the same object when there are none."""
    across = _lines_in(mask, SHORTEST_ACROSS)
    down = _lines_in(np.ascontiguousarray(mask.T), SHORTEST_DOWN)
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
    followed = _follow(thin, thick, shortest * longer)
    if followed is None:
        return None
    where, thickness = followed
    limit = round(THICKER * thickness + 1)
    if limit < thick:
        thin = _thinner(mask, limit)
    return np.asarray(cv2.bitwise_and(thin, where), np.uint8)


def _thinner(mask: Grey, thick: int) -> Grey:
    """The ink with at most `thick` pixels above each other."""
    tall = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thick + 1, 1), np.uint8))
    return np.asarray(cv2.subtract(mask, tall), np.uint8)


def _follow(thin: Grey, thick: int, shortest: float) -> tuple[Grey, float] | None:
    """Where the long runs are, uint8 0 or 255, and how thick they are in pixels; None without any.

    They are followed on a small copy, which is faster, and bridged where strokes cross them.
    """
    height, width = thin.shape
    scale = min(1.0, FOLLOW_SIDE / max(thin.shape))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    reduced = np.asarray(cv2.resize(thin, size, interpolation=cv2.INTER_AREA), np.uint8)
    bridge = np.ones((1, 2 * round(thick * scale) + 1), np.uint8)
    inky = (reduced > 40).astype(np.uint8)
    bridged = np.asarray(cv2.morphologyEx(inky, cv2.MORPH_CLOSE, bridge), np.uint8)
    labels, stats = connected_components(bridged)
    length, rise = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    straight = stats[:, cv2.CC_STAT_AREA] < 1.6 * max(2.0, thick * scale) * length
    lines = (length > shortest * scale) & (rise < STEEPEST * length) & straight
    lines[0] = False
    if not lines.any():
        return None
    chosen = np.where(lines, np.uint8(255), np.uint8(0))[labels]
    inked = float(reduced[chosen > 0].sum()) / 255 / scale
    where = cv2.resize(chosen, (width, height), interpolation=cv2.INTER_NEAREST)
    where = cv2.dilate(where, np.ones((3, 3), np.uint8))
    return np.asarray(where, np.uint8), inked / float(length[lines].sum())
