"""Odds: opinions add up as the logarithms of theirs, where they err independently of each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEAST = 1e-4
"""No opinion is surer than this."""


def log_odds(chances: ArrayLike) -> NDArray[np.float64]:
    """The logarithms of p / (1 - p) of chances 0..1."""
    sober = np.clip(np.asarray(chances, np.float64), LEAST, 1 - LEAST)
    return np.asarray(np.log(sober / (1 - sober)), np.float64)


def chances_of(told: ArrayLike) -> NDArray[np.float64]:
    """The chances, 0..1, whose log-odds these are."""
    half = np.asarray(told, np.float64) / 2
    return np.asarray((1 + np.tanh(half)) / 2, np.float64)  # can't overflow
