"""Truth: what a drawn scene says of what the eye sees in it."""

from __future__ import annotations

import cv2
import numpy as np

from appliance.learning.crops import NONE
from appliance.scenes import Scene
from appliance.vision.eye import View
from appliance.vision.ink import Polarity
from appliance.vision.spots import Spots

SAME, OTHER = 0.5, 0.3
"""A spot more alike to a digit's box than this is that digit; less than the second, it is none."""


def polarity_of(seen: View, scene: Scene) -> Polarity:
    """Whether the scene's digits are darker or lighter than the paper around them.

    Without digits: as which people write most, dark.
    """
    ink = cv2.resize(scene.ink, seen.grey.shape[::-1], interpolation=cv2.INTER_AREA)
    around = cv2.dilate(ink, np.ones((15, 15), np.uint8)) > 0
    if not (ink > 128).any():
        return "dark"
    written, paper = seen.grey[ink > 128].mean(), seen.grey[around & (ink == 0)].mean()
    return "dark" if written < paper else "light"


def label_of(spot: Spots, scene: Scene) -> int | None:
    """The digit that stands in a spot, one alone, NONE, or None where it is hard to say."""
    if not scene.boxes:
        return NONE
    digits = [int(digit) for line in scene.lines for digit in line]
    shares = [float(spot.alike(box)[0]) for box in scene.boxes]
    best = int(np.argmax(shares))
    if shares[best] < OTHER:
        return NONE
    return digits[best] if shares[best] > SAME else None
