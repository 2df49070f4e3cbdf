"""Ruled lines, grids and underlines: long thin ink that is no stroke, taken off.

A pixel belongs to a horizontal line when the ink above and below it is thin, and when such pixels
make a run much longer than they are high; a stroke that crosses the line is thick there and stays
(as staff lines are removed from sheet music). The same on its side for vertical lines.
"""

from __future__ import annotations

import cv2
import numpy as np

from appliance.vision.ink import Grey

THICKEST = 0.01
"""Thickest ruled line, as a share of the frame's longer side; up to 10 pixels in small pictures."""

SHORTEST = 0.16
"""Shortest ruled line, as a share of the frame's longer side."""

STEEPEST = 0.5
"""Highest a line's box may be, as a share of its length: it is rolled with the sheet."""


def without_rulings(mask: Grey) -> Grey:
    """The ink, uint8 0 or 255, without ruled lines; the same object when there are none."""
    across = _rulings(mask)
    down = _rulings(np.ascontiguousarray(mask.T)).T
    if not (across.any() or down.any()):
        return mask
    lines = cv2.bitwise_or(across, np.ascontiguousarray(down))
    return np.asarray(cv2.subtract(mask, lines), np.uint8)


def _rulings(mask: Grey) -> Grey:
    """The pixels of the long, thin, nearly horizontal runs."""
    longer = max(mask.shape)
    thick = round(max(THICKEST * longer, min(10, 0.03 * longer)))
    tall = cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((thick + 1, 1), np.uint8))
    thin = cv2.subtract(mask, tall)
    bridged = cv2.morphologyEx(thin, cv2.MORPH_CLOSE, np.ones((1, 2 * thick + 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bridged, connectivity=8)
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    straight = stats[:, cv2.CC_STAT_AREA] < 1.6 * thick * width
    lines = (width > SHORTEST * longer) & (height < STEEPEST * width) & straight
    lines[0] = False
    if not lines.any():
        return np.zeros_like(mask)
    return np.asarray(
        cv2.bitwise_and(thin, lines.astype(np.uint8)[labels] * np.uint8(255)), np.uint8
    )
