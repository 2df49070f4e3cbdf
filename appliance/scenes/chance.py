"""Chance: the distributions that scenes are drawn from."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator


def log_uniform(rng: Generator, low: float, high: float) -> float:
    """A number between, small ones as often as large ones by ratio."""
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def happens(rng: Generator, chance: float) -> bool:
    """Whether something of a chance of 0..1 does; what never does takes no random number."""
    return chance > 0 and bool(rng.random() <= chance)


def pick(rng: Generator, shares: dict[str, float]) -> str:
    """A key, as often as its share says."""
    values = np.array(list(shares.values()))
    return list(shares)[int(rng.choice(len(values), p=values / values.sum()))]
