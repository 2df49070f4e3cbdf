"""Kinship: whether two digits are from the same pen and hand.

Digits of one sheet are alike in height, contrast, width of stroke and what they are written on;
clutter beside them is like them in all four only by chance. How much each difference tells was
fitted by logistic regression: of the first three to pairs of pieces of ink that an earlier eye
found in drawn scenes, of the ground by `benchmarks/kinship.py` to pairs of spots, of which far
fewer are clutter.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

ALIKE = 4.1
"""Log-likelihood ratio of two that don't differ at all."""

UNLIKE = (5.3, 4.6, 6.2, 2.4)
"""What a difference by a factor e takes from it: in height, contrast, width of stroke, ground."""

LEAST = (1e-3, 1e-3, 1e-3, 16.0)
"""What is less counts as this: of two dark boards one isn't twice as bright."""

MOST = 3.0
"""No likeness says more than this: two pieces of a pattern are alike, too."""


TOLD = 0.7
"""Share of the likeness of neighbours that counts: people write less evenly than we draw."""


def agreed(chances: NDArray[np.float64], alike: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chances of being writing, (N,), informed by each other.

    Writing stands beside writing of the same hand. What another's likeness says of one counts as
    far as the other itself is writing (Bayes' rule). alike: (N, N), what `kinship` says.
    """
    if len(chances) < 2:
        return chances
    chances = np.clip(chances, 1e-4, 1 - 1e-4)
    likeness = np.exp(TOLD * alike)
    others = np.where(np.eye(len(chances), dtype=bool), 0.0, chances)
    sure = others.max(axis=1)
    told = sure * (others * likeness).sum(axis=1) / others.sum(axis=1) + 1 - sure
    odds = chances / (1 - chances) * told
    return np.asarray(odds / (1 + odds), np.float64)


def hanging_together(first: int, akin: NDArray[np.bool_]) -> list[int]:
    """The first, and whatever is akin to it or to one that is, in rising order.

    akin: (N, N): whether one, the row, joins another. Light that fades over a sheet makes each
    digit fainter than the one before.
    """
    found, rest = [first], [index for index in range(len(akin)) if index != first]
    for member in found:
        found += [index for index in rest if akin[index, member]]
        rest = [index for index in rest if not akin[index, member]]
    return sorted(found)


def kinship(traits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Log-likelihood ratio, (N, N): of one pen and hand, to writing beside clutter.

    traits: (N, 4): height, contrast and width of stroke of each, and the ground's brightness.
    """
    logs = np.log(np.maximum(traits, LEAST))
    apart = np.abs(logs[:, None] - logs[None, :]) @ np.array(UNLIKE)
    return np.asarray(np.minimum(MOST, ALIKE - apart), np.float64)
