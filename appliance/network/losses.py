"""Losses: how wrong the outputs are, and the gradient of that."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.network.layers import Array


def softmax(logits: Array, temperature: float = 1.0) -> Array:
    """Turn logits (N, classes) into probabilities that sum to 1 in each row."""
    scaled = logits / logits.dtype.type(temperature)
    exponentials = np.exp(scaled - scaled.max(axis=1, keepdims=True, initial=-np.inf))
    probabilities: Array = exponentials / exponentials.sum(axis=1, keepdims=True)
    return probabilities


def softmax_cross_entropy(
    logits: Array, labels: NDArray[np.integer], smoothing: float = 0.0
) -> tuple[float, Array]:
    """Mean cross-entropy of softmax(logits) with the labels, and its gradient by the logits.

    logits: (N, classes). labels: (N,) in 0..classes-1.
    smoothing: share of each target that is spread evenly over all classes (Szegedy et al. 2016).
    """
    count, classes = logits.shape
    targets = np.full(logits.shape, smoothing / classes, logits.dtype)
    targets[np.arange(count), labels] += logits.dtype.type(1 - smoothing)
    shifted = logits - logits.max(axis=1, keepdims=True)
    exponentials = np.exp(shifted)
    sums = exponentials.sum(axis=1, keepdims=True)
    loss = float(np.sum(targets * (np.log(sums) - shifted)) / count)
    gradient: Array = (exponentials / sums - targets) / logits.dtype.type(count)
    return loss, gradient


def mean_squared_error(outputs: Array, targets: Array) -> tuple[float, Array]:
    """Mean over the batch of half the squared distance, and its gradient by the outputs.

    outputs, targets: (N, features).
    """
    difference = outputs - targets
    loss = float(0.5 * np.sum(difference * difference) / len(outputs))
    gradient: Array = difference / outputs.dtype.type(len(outputs))
    return loss, gradient
