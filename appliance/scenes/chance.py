"""Chance: the distributions that scenes are drawn from."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator


def log_uniform(rng: Generator, low: float, high: float) -> float:
    """A number between, small ones as often as large ones by ratio."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def pick(rng: Generator, shares: dict[str, float]) -> str:
    """A key, as often as its share says."""
    values = np.array(list(shares.values()))
    return list(shares)[int(rng.choice(len(values), p=values / values.sum()))]
