"""Company: whether ink close beside what may be a digit belongs to no digit.

Letters stand among letters. One that is like a digit, in a word by the hand that wrote the digits,
is akin to them in all that `kinship` compares; what stands beside it isn't. How much that says was
fitted to spots in drawn scenes (`benchmarks/company.py`), of which those of notes count most.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.vision.heat import Places

STRANGE, MOST = -2.5, 0.1
"""Log-likelihood ratio of being a digit where there is so much such ink on one side, in squares as
high as the digit; more ink says no more, less in proportion less."""

DIGIT = 0.2
"""What is a digit with a greater chance explains the ink on its side."""

NEXT, LEVEL, LIKE = (0.2, 1.5), 0.6, 2.0
"""How far beside the digit's middle it may stand, and how much higher or lower, in heights; and by
which factor they may differ in height."""


def company(
    places: Places, chances: NDArray[np.float64], beside: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Log-likelihood ratio of being a digit, (N,), at most 0: what strokes beside each say.

    places, chances, beside: see `strange`.
    """
    return STRANGE / MOST * np.minimum(strange(places, chances, beside), MOST)


def strange(
    places: Places, chances: NDArray[np.float64], beside: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Ink of strokes beside each spot that belongs to no digit, (N,), on the side with more.

    places: middles, widths and heights, (N, 4). chances: of being digits, (N,). beside: ink left
    and right of each, (N, 2), see `Cut`; so is what is returned, in squares as high as the spot.
    """
    x, y, _, height = places.T
    across = (x[None] - x[:, None]) / height[:, None]
    near = np.abs(y[None] - y[:, None]) < LEVEL * height[:, None]
    near &= np.abs(np.log(height[None] / height[:, None])) < np.log(LIKE)
    near &= chances[None] > DIGIT
    sides = [near & (way * across > NEXT[0]) & (way * across < NEXT[1]) for way in (-1, 1)]
    explained = np.stack([side.any(axis=1) for side in sides], axis=1)
    return np.asarray(np.where(explained, 0.0, beside).max(axis=1), np.float64)
