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

WRONG_ALIKE = 0.5
"""Chance that two looks that are wrong read the same."""

LEAST_OTHER, MOST_UNREAD = 0.01, 0.3
"""Less than the first, or more than the second, says no more."""


def trust(sight: Sight) -> float:
    """The chance, 0..1, that what is held up are these digits and no others; 0 without lines."""
    return float(chances_of(signs(sight) @ SHARES)) if sight.lines else 0.0


def surer(first: Sight, second: Sight) -> tuple[Sight, float]:
    """The likelier of two looks at the same frame, and the chance, 0..1, that it is right.

    Bayes' rule, the two taken for independent: what both read alike is right, or both are wrong in
    the same way; of two that differ one is right at most.
    """
    one, other = trust(first), trust(second)
    better = second if other > one else first
    more, less = max(one, other), min(one, other)
    if first.text == second.text:
        right, wrong = more * less, (1 - more) * (1 - less) * WRONG_ALIKE
    else:
        right, wrong = more * (1 - less), 1 - more
    return better, right / (right + wrong)


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
