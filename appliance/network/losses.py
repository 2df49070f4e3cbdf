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
    rows = np.arange(count)
    log_probabilities = logits - logits.max(axis=1, keepdims=True)
    gradient: Array = np.exp(log_probabilities)
    sums = gradient.sum(axis=1, keepdims=True)
    log_probabilities -= np.log(sums)
    loss = (smoothing - 1) * float(log_probabilities[rows, labels].sum())
    loss -= smoothing / classes * float(log_probabilities.sum())
    gradient /= sums
    gradient -= smoothing / classes
    gradient[rows, labels] -= 1 - smoothing
    gradient /= count
    return loss / count, gradient


def sigmoid_cross_entropy(logits: Array, targets: Array) -> tuple[float, Array]:
    """Mean binary cross-entropy of sigmoid(logits) with the targets, and its gradient.

    logits, targets: of one shape, any; targets in 0..1. The mean is over all numbers; the gradient
    is by the logits.
    """
    shrunk = np.exp(-np.abs(logits))  # never overflows
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(shrunk)
    gradient: Array = np.where(logits >= 0, 1, shrunk) / (1 + shrunk)
    gradient -= targets
    gradient /= logits.size
    return float(losses.mean(dtype=np.float64)), gradient


def mean_squared_error(outputs: Array, targets: Array) -> tuple[float, Array]:
    """Mean over the batch of half the squared distance, and its gradient by the outputs.

    outputs, targets: (N, features).
    """
    difference = outputs - targets
    loss = float(0.5 * np.sum(difference * difference) / len(outputs))
    gradient: Array = difference / outputs.dtype.type(len(outputs))
    return loss, gradient
