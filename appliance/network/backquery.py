"""Backwards queries: the picture that a network has in mind for a digit."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from appliance.network.book import BookNetwork, make_targets
from appliance.network.layers import Array
from appliance.network.network import Network
from appliance.values import GLYPH_SIZE

LOWEST, HIGHEST = 0.01, 0.99
"""Range of a sigmoid's output that has an inverse of sensible size."""
STEPS, RATE = 150, 0.05
"""Of the ascent, and how far each goes."""

SHIFTS = ((0, 0), (2, 2), (2, -2), (-2, 2), (-2, -2))
"""Pixels down and right."""
PULL = np.float32(0.2)
"""Strength of the pull towards blank, relative to the strongest gradient."""


def backquery_book(network: BookNetwork, digit: int) -> Array:
    """Run the book's network backwards: from the digit's target to an input (28, 28).

    The input is in 0.01..0.99. Layer by layer: the inverse of the sigmoid, then the transposed
    weights, then a rescaling to 0.01..0.99, because what comes out of the weights lies in no
    sigmoid's range.
    """
    outputs = make_targets(np.array([digit]))[0].astype(np.float64)
    hidden = _rescale(network.hidden_output.T @ logit(outputs))
    inputs = _rescale(network.input_hidden.T @ logit(hidden))
    return inputs.reshape(GLYPH_SIZE, GLYPH_SIZE)


def logit(outputs: Array) -> Array:
    """Invert the sigmoid: log(outputs / (1 - outputs)), for outputs between 0 and 1."""
    result: Array = np.log(outputs / (1 - outputs))
    return result


def _rescale(values: Array) -> Array:
    """Bring to 0.01..0.99; values that are all the same to the middle."""
    low, high = values.min(), values.max()
    if low == high:
        return np.full_like(values, (LOWEST + HIGHEST) / 2)
    result: Array = LOWEST + (values - low) / (high - low) * (HIGHEST - LOWEST)
    return result


def ascend(
    network: Network, digits: NDArray[np.integer], steps: Iterable[int] = range(STEPS)
) -> Array:
    """Climb from grey to the input that a network prefers: digits (N,) -> (N, 28, 28) in 0..1.

    steps: one for each of these, so that somebody can watch it.

    Each step raises the digit's logit above the mean of the others. Three things keep out the fine
    noise that convinces a network and shows nothing (Olah et al. 2017, "Feature Visualization"):
    the gradient is the sum over a few shifts of the picture, it is smoothed, and a pull towards
    blank paper takes away what the gradient doesn't hold up.
    """
    plain = network.folded()
    pictures = np.full((len(digits), GLYPH_SIZE, GLYPH_SIZE), 0.5, np.float32)
    for _ in steps:
        uphill = smooth(smooth(_uphill(plain, pictures, digits)))
        uphill /= np.abs(uphill).max(axis=(1, 2), keepdims=True) + uphill.dtype.type(1e-12)
        pictures = np.clip(pictures + np.float32(RATE) * (uphill - PULL * pictures), 0, 1)
    return pictures


def _uphill(network: Network, pictures: Array, digits: NDArray[np.integer]) -> Array:
    """Sum of the gradients by the picture, over its shifts."""
    total = np.zeros_like(pictures)
    for shift in SHIFTS:
        logits = network.forward(np.roll(pictures, shift, axis=(1, 2)), training=True)
        gradient = np.full_like(logits, -1 / (logits.shape[1] - 1))
        gradient[np.arange(len(digits)), digits] = 1
        back = network.backward(gradient, to_inputs=True)
        total += np.roll(back, (-shift[0], -shift[1]), axis=(1, 2))
    return total


def smooth(pictures: Array) -> Array:
    """Blur (N, H, W) with the binomial kernel 1 4 6 4 1 both ways; outside counts as 0."""
    size = pictures.shape[-1]
    matrix = sum(
        weight * np.eye(size, k=shift)
        for weight, shift in zip((1, 4, 6, 4, 1), range(-2, 3), strict=True)
    )
    kernel = np.asarray(matrix / 16, pictures.dtype)
    result: Array = kernel @ pictures @ kernel
    return result
