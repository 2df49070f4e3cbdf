"""Polarity: whether the ink is darker or lighter than what it is written on."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.vision.eye import View
from appliance.vision.ink import Polarity
from appliance.vision.spots import NARROWEST
from appliance.vision.window import cut_window

AROUND = 1.2
"""What is looked at, in widths and heights of the digit."""

SEEN = 0.1
"""Where the spotter sees no more ink than this, it hasn't said where the ink is."""


def polarity_at(seen: View, place: NDArray[np.float64]) -> Polarity:
    """How a digit is written: dark where its ink is darker than the rest of its place.

    place: x and y of its middle, its width and height, in pixels of the view. Where the ink is,
    the spotter has said; where it has seen none there, it is dark, as people write most.
    """
    if seen.heat is None:
        return "dark"
    x, y, width, height = place
    heat, cell = seen.heat, seen.heat.cell
    across, down = (max(3, round(AROUND * side / cell)) for side in (width, height))
    across = max(across, round(NARROWEST * down))
    side = max(across, down)
    grey = cut_window(seen.levels, x, y, cell, side).astype(np.float32)
    middle = (x - heat.left) / cell - 0.5, (y - heat.top) / cell - 0.5
    ink = np.asarray(cv2.getRectSubPix(heat.ink, (side, side), middle))
    part = (
        slice((side - down) // 2, (side + down) // 2),
        slice((side - across) // 2, (side + across) // 2),
    )
    if ink[part].max() < SEEN:
        return "dark"
    told = (ink[part] - ink[part].mean()) * (grey[part] - grey[part].mean())
    return "light" if told.sum() > 0 else "dark"
