"""Trust: how likely it is that a reading is right as a whole.

A digit may be another one, or none, or one is left out. What
speaks for that is known, and how much it says was fitted to readings of drawn scenes by logistic
regression (`benchmarks/trust.py`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.sight import Sight
from appliance.vision.odds import LEAST, chances_of, log_odds

SHARES = (-1.15, 0.85, -0.27, 0.72, -2.6)
"""What each of the signs counts for in the log-odds."""

LEAST_OTHER, MOST_UNREAD = 0.01, 0.3
"""Less than the first, or more than the second, says no more."""


def trust(sight: Sight) -> float:
    """The chance, 0..1, that what is held up are these digits and no others.

    sight: with one line at least.
    """
    return float(chances_of(signs(sight) @ SHARES))


def signs(sight: Sight) -> NDArray[np.float64]:
    """What speaks for a reading and against it, (len(SHARES),).

    A one; the log-odds of the least sure digit; the logarithms of the chances that something else
    is one, and that nothing is; the ink of digits that is part of none, as the side of a square in
    digits' heights.
    """
    sure = min(digit.confidence for line in sight.lines for digit in line.digits)
    return np.array(
        [
            1.0,
            float(log_odds(sure)),
            np.log(max(sight.other, LEAST_OTHER)),
            np.log(1 - min(sight.other, 1 - LEAST)),
            min(sight.unread, MOST_UNREAD) ** 0.5,
        ]
    )
