"""Margin: a tiny picture, cut as close as MNIST's are, is read as if its paper went on around."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from appliance.values import Box, Frame
from appliance.vision.spots import boxes_of, places_of

TINY = 64
"""Longer side in pixels of a frame that gets one: no camera gives such, but learners draw them."""

SHARE = 0.4
"""Width of the margin in longer sides of the frame."""


def with_margin(frame: Frame) -> tuple[Frame, int]:
    """The frame, on each side so many pixels larger, which are blank as most of it is.

    0 for all but tiny ones, which stay as they are.
    """
    pixels = frame.pixels
    height, width = pixels.shape[:2]
    longer = max(height, width)
    margin = round(SHARE * longer) if longer <= TINY else 0
    if not margin:
        return frame, 0
    larger = np.empty((height + 2 * margin, width + 2 * margin, *pixels.shape[2:]), np.uint8)
    larger[...] = np.median(pixels, axis=(0, 1))
    larger[margin:-margin, margin:-margin] = pixels
    return replace(frame, pixels=larger), margin


def without_margin(box: Box, margin: int, size: tuple[int, int]) -> Box:
    """Where a box of the larger frame is in the frame of this (width, height), at least a pixel."""
    [within] = boxes_of(places_of([box]) - (margin, margin, 0, 0), size)
    return within
