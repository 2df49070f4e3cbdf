"""Trust: how likely it is that a reading is right as a whole.

A digit may be another one; or one is left out, or none, or there are more than are shown. What
speaks for that is known, and how much it says was fitted to readings of drawn scenes by logistic
regression (`benchmarks/trust.py`).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from appliance.sight import Sight
from appliance.values import Box
from appliance.vision.odds import LEAST, chances_of, log_odds

SHARES = (-1.15, 0.78, -0.34, 0.87, -2.98, -1.55)
"""What each of the signs counts for in the log-odds."""

LEAST_OTHER, MOST_UNREAD, MOST_OVERLAP = 0.01, 0.3, 0.6
"""Less than the first, or more than the others, says no more."""

NARROWEST = 0.3
"""Digits count as at least so wide, in heights, when it is measured how they overlap."""


def trust(sight: Sight) -> float:
    """The chance, 0..1, that what is held up are these digits and no others.

    sight: with one line at least.
    """
    return float(chances_of(signs(sight) @ SHARES))


def signs(sight: Sight) -> NDArray[np.float64]:
    """What speaks for a reading and against it, (len(SHARES),).

    A one; the log-odds of the least sure digit; the logarithms of the chances that something else
    is one, and that nothing is; the ink of digits that is part of none, as the side of a square in
    digits' heights; how far two digits overlap.
    """
    digits = [digit for line in sight.lines for digit in line.digits]
    boxes = [digit.box for digit in digits]
    return np.array(
        [
            1.0,
            float(log_odds(min(digit.confidence for digit in digits))),
            np.log(max(sight.other, LEAST_OTHER)),
            np.log(1 - min(sight.other, 1 - LEAST)),
            min(sight.unread, MOST_UNREAD) ** 0.5,
            min(max((_overlap(*two) for two in combinations(boxes, 2)), default=0), MOST_OVERLAP),
        ]
    )


def _overlap(a: Box, b: Box) -> float:
    """The area that two boxes share, in parts of the smaller one."""
    across, down = a.gaps(b)
    smaller = min(max(box.width, NARROWEST * box.height) * box.height for box in (a, b))
    return max(0, -across) * max(0, -down) / smaller
