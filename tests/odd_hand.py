"""A child's 5, written as in a mirror: the networks take it for a 2."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import Frame

STROKE = ((0.1, 0), (0.8, 0), (0.85, 0.42), (0.4, 0.38), (0.1, 0.65), (0.3, 0.95), (0.9, 0.95))

MISREAD = 22, 3, 13, 40
"""Seeds of sheets on which it is read as a 2, by the weights that are shipped; what is said of the
first is understood of the others."""


def sheet(seed: int) -> NDArray[np.uint8]:
    """A sheet with it, each in another size, place, pen, lean and light."""
    random = np.random.default_rng(seed)
    height, lean = random.uniform(110, 160), np.radians(random.normal(0, 4))
    width = height * random.uniform(0.55, 0.68)
    points = np.array(STROKE) - 0.5 + random.normal(0, 0.02, (len(STROKE), 2))
    turn = np.array([[np.cos(lean), np.sin(lean)], [-np.sin(lean), np.cos(lean)]])
    middle = random.uniform(200, 440), random.uniform(160, 320)
    places = np.round(((points * (width, height)) @ turn + middle) * 16).astype(np.int32)
    paper = np.full((480, 640), 215, np.uint8)
    pen = int(random.integers(8, 14))
    cv2.polylines(paper, [places], False, 45, pen, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(paper, (0, 0), random.uniform(0.7, 1.5)).astype(np.float64)
    return np.clip(soft + random.normal(0, 3, paper.shape), 0, 255).astype(np.uint8)


def frame(seed: int) -> Frame:
    """The same as a camera gives it."""
    return Frame(sheet(seed))
