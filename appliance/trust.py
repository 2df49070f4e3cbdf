"""Trust: how likely it is that a reading is right as a whole.

A digit may be another one, or none; or something else is a digit, too. How much each sign says was
fitted to readings of drawn scenes by logistic regression (`benchmarks/trust.py`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.sight import Sight
from appliance.vision.odds import LEAST, chances_of, log_odds

SHARES = (-1.15, 0.85, -2.6, -0.27, 0.72)
"""What each of the signs counts for in the log-odds. Fitted without MOST_SURE: with it a sure digit
counts for more again, and digit-free pictures are read more often."""

MOST_SURE = 0.98
"""A surer digit says no more: however sure they are, one more digit beside them is one more."""

LEAST_OTHER, MOST_UNREAD = 0.01, 0.3
"""Less than the first, or more than the second, says no more."""


def trust(sight: Sight) -> float:
    """The chance, 0..1, that what is held up are these digits and no others.

    sight: with one line at least.
    """
    return float(chances_of(signs(sight) @ SHARES))


def signs(sight: Sight) -> NDArray[np.float64]:
    """What speaks for a reading and against it, (5,).

    A one; the log-odds of the least sure digit; the ink of digits that is part of none, as the side
    of a square in digits' heights; the logarithms of the chance that something else is a digit, and
    of the chance that nothing is.
    """
    sure = min(digit.confidence for digit in sight.digits)
    return np.array(
        [
            1.0,
            float(log_odds(min(sure, MOST_SURE))),
            min(sight.unread, MOST_UNREAD) ** 0.5,
            np.log(max(sight.other, LEAST_OTHER)),
            np.log(1 - min(sight.other, 1 - LEAST)),
        ]
    )
