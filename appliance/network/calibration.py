"""Calibration: how far a network's probabilities can be believed, and the temperature for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.network.layers import Array
from appliance.network.losses import softmax_cross_entropy

GOLDEN = (5**0.5 - 1) / 2


def fit_temperature(logits: Array, labels: NDArray[np.integer]) -> float:
    """Find the temperature, 0.1..10, with the least cross-entropy (Guo et al. 2017).

    logits: (N, classes) of glyphs that weren't trained on. labels: (N,).
    The loss has one minimum over the logarithm of the temperature: golden-section search.
    """

    def loss(log_temperature: float) -> float:
        scaled = logits.astype(np.float64) / np.exp(log_temperature)
        return softmax_cross_entropy(scaled, labels)[0]

    low, high = np.log(0.1), np.log(10.0)
    while high - low > 1e-4:
        lower, upper = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
        if loss(lower) < loss(upper):
            high = upper
        else:
            low = lower
    return float(np.exp((low + high) / 2))


def expected_calibration_error(
    probabilities: Array, labels: NDArray[np.integer], bins: int = 15
) -> float:
    """Mean distance between confidence and share of right answers, over bins of confidence.

    probabilities: (N, classes). Weighted by the bins' sizes (Naeini et al. 2015); 0..1.
    """
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = np.bincount(place, right - confidence.astype(np.float64), bins)
    return float(np.abs(gap).sum() / len(labels))


def separation(positives: Array, negatives: Array) -> float:
    """Area under the ROC curve: how often a positive's score is above a negative's.

    positives, negatives: (N,) and (M,) scores; ties count half (Mann-Whitney U / NM).
    """
    ordered = np.sort(negatives)
    below = np.searchsorted(ordered, positives, "left")
    not_above = np.searchsorted(ordered, positives, "right")
    return float((below + not_above).sum() / (2 * len(positives) * len(negatives)))
