"""Again: what of a view is looked at once more where a look left doubt, and how large."""

from __future__ import annotations

from statistics import median

import numpy as np

from appliance.values import Box
from appliance.vision.eye import View
from appliance.vision.heat import Places
from appliance.vision.spots import LEAST, NO_SPOTS

CLOSER, A_LITTLE_FARTHER, FARTHER = 1.5, 0.75, 0.6
"""How many times as large as in the first look it is seen: a page's small digits are plainer so;
noise hides less from farther away, a large digit looks whole, and that is quicker."""

MANY, FEW = 12, 5
"""More digits are a page's, which are small; more middles around fewer digits are mostly words, and
another look at them takes too long. Where no digit was found, a closer look takes few middles."""

SIDE, AREA = 0.57, 0.26
"""Width of the part in the longer side of the view, and its area in the square of that; writing
that is wider or higher makes it another shape, not larger."""

MARGIN = 0.6
"""What is seen around the digits' middles at least, in heights of a digit."""


def other_look(seen: View, digits: int) -> tuple[Box, float] | None:
    """The part of a view to look at, in its pixels, and how many times as large; None for no look.

    digits: how many the first look found.
    """
    if digits > MANY:
        return seen.all, CLOSER
    peaks = seen.heat.peaks(LEAST) if seen.heat is not None else NO_SPOTS.places
    if digits:
        return None if len(peaks) > MANY else (seen.all, A_LITTLE_FARTHER)
    part = _writing(seen, peaks)
    return (part, CLOSER) if part else (seen.all, FARTHER)


def _writing(seen: View, peaks: Places) -> Box | None:
    """Where the spotter sees middles of digits, and as much around it as there is time to look at.

    peaks: those middles, in pixels of the view. None where it sees none or more than FEW, and where
    they are too far from each other.
    """
    if not 0 < len(peaks) <= FEW:
        return None
    margin = MARGIN * float(median(peaks[:, 3]))
    size = np.array(seen.grey.shape[::-1])
    places = np.clip(peaks[:, :2], 0, size)  # the last cells reach beyond the border
    low = np.maximum(places.min(axis=0) - margin, 0)
    high = np.minimum(places.max(axis=0) + margin, size)
    (across, down), longer = high - low, float(size.max())
    area = AREA * longer**2
    width = max(across, min(SIDE * longer, size[0], area / down))
    if area / width < down:
        return None
    shape = np.minimum((width, area / width), size)
    corner = np.clip((low + high - shape) / 2, 0, size - shape)
    x, y, columns, rows = np.concatenate([corner, shape]).astype(int).tolist()
    return Box(x, y, columns, rows)
