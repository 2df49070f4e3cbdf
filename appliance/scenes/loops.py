"""Loops: a broad pen fills them, or closes a bay, and what is left is another digit, or none."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from appliance.scenes.strokes import Stroke, bounds, rasterise

BROAD, FINE = 0.12, 0.06
"""Widths of a pen, in heights of a digit: finer ones than the first fill no loop, and the second
shows the loops that are meant."""

HIGH = 48.0
"""Pixels of height in which loops are counted."""

SMALLEST = 0.004
"""Area of the smallest loop that a reader sees, in squares of a digit's height."""

USUAL = {"0": 1, "4": 1, "6": 1, "8": 2, "9": 1}
"""Loops that make these digits: they may close, but not be filled. Of others, as of a curled 2, a
loop is an ornament: it may be filled, but not come to be."""

LIGHTER, TRIES = 0.88, 8
"""How much finer the line becomes when a writer presses less, and how often they do."""


def kept_open(strokes: list[Stroke], digit: str, pen: float) -> list[Stroke]:
    """A digit's strokes with lines so fine that its loops are those meant, or of 0.36 of the width.

    strokes: one or more, none of them empty, in heights of the digit. pen: width of their lines.
    """
    if pen <= BROAD:
        return strokes
    meant = _loops(_lighter(strokes, FINE / pen))
    fewest = meant if digit in USUAL else 0
    most = max(meant, USUAL.get(digit, 0))
    for _ in range(TRIES):
        if fewest <= _loops(strokes) <= most:
            break
        strokes = _lighter(strokes, LIGHTER)
    return strokes


def _lighter(strokes: Sequence[Stroke], factor: float) -> list[Stroke]:
    return [stroke * (1.0, 1.0, factor) for stroke in strokes]


def _loops(strokes: Sequence[Stroke]) -> int:
    """How many loops of some size the lines enclose."""
    left, top, right, bottom = bounds(strokes)
    large = [(stroke - (left, top, 0.0)) * HIGH for stroke in strokes]
    height, width = np.ceil(np.array([bottom - top, right - left]) * HIGH).astype(int)
    cover, _, _ = rasterise(large, int(height), int(width))
    bare = np.pad(cover < 128, 1, constant_values=True).view(np.uint8)
    _, _, found, _ = cv2.connectedComponentsWithStats(bare, connectivity=4)
    inside = found[2:, cv2.CC_STAT_AREA]  # after the ink and what is around the digit
    return int(np.sum(inside >= SMALLEST * HIGH**2))
