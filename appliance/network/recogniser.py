"""The recogniser: which digit stands in a window of the grey frame, and where exactly.

The second stage of a detector of objects (as in Girshick 2015, "Fast R-CNN"): the spotter says
where a digit may be, and this network looks there, at grey levels, before anything is taken for
ink. It errs otherwise than the reading of ink does: both together are right more often.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.errors import WeightsError
from appliance.network.layers import Array, Reshape
from appliance.network.losses import softmax
from appliance.network.weights import CLASSES as TOLD
from appliance.network.weights import Weights, load, shipped_path
from appliance.values import WINDOW_SIZE

OFFSETS = ("right", "down", "height", "width")
"""How the digit differs from what the window was cut for: see `recognise`."""

CLASSES = (*TOLD, *OFFSETS)

FARTHEST, SMALLEST, LARGEST = 0.5, np.log(0.45), np.log(2.2)
"""Offsets beyond these are no better than a guess, and are cut to them."""

NARROWEST, WIDEST = np.log(0.08), np.log(2.5)
"""Logarithms of the narrowest and widest digit's width in heights."""

AT_ONCE = 16
"""Windows that are judged together: what 32 leave behind doesn't fit the cache, and takes a third
longer for each."""

FAINTEST = 0.03
"""Contrast, in powers of two, below which a window isn't strengthened any more."""

DARKEST = 8.0
"""Added to grey levels before their logarithm is taken: below it they are noise."""

BRIGHTNESS = np.log2(np.arange(256, dtype=np.float32) + np.float32(DARKEST))
"""The logarithm of each grey level."""


def _central() -> NDArray[np.float32]:
    """How much each pixel of a window counts for its brightness: the middle counts most."""
    from_middle = np.arange(WINDOW_SIZE) - (WINDOW_SIZE - 1) / 2
    bell = np.exp(-0.5 * (from_middle / (0.3 * WINDOW_SIZE)) ** 2)
    weight = np.outer(bell, bell)
    return np.asarray(weight / weight.sum(), np.float32)


_CENTRAL = _central()


class Recogniser:
    """Says which digit stands in a window, and where."""

    def __init__(self, weights: Weights) -> None:
        """Raise WeightsError when the weights are another network's."""
        if weights.classes != CLASSES:
            raise WeightsError(
                f"the recogniser's weights must know {CLASSES}, not {weights.classes}; "
                "train them with `digit-appliance train-recogniser`"
            )
        first = weights.network.layers[0]
        if not isinstance(first, Reshape) or first.shape != (WINDOW_SIZE, WINDOW_SIZE, 1):
            raise WeightsError(
                f"the recogniser's network must take windows of {WINDOW_SIZE} pixels; "
                "train it with `digit-appliance train-recogniser`"
            )
        self.weights = weights
        self._network = weights.network.frozen()

    @classmethod
    def load(cls, path: Path | None = None) -> Recogniser:
        """Read a weights file; None takes the shipped one. Raises WeightsError."""
        return cls(load(path or shipped_path("recogniser.npz")))

    def recognise(
        self, windows: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Judge windows, uint8 (N, WINDOW_SIZE, WINDOW_SIZE), grey.

        Returns the probabilities of the ten digits and of none, (N, 11), and where the digit is,
        (N, 4): how far its middle lies to the right of the window's and below it, and its height,
        all in heights of the digit that the window was cut for, and its width in its own heights.
        """
        if not len(windows):
            return np.zeros((0, len(TOLD)), np.float32), np.zeros((0, len(OFFSETS)))
        outputs = self._network.predict(relative_brightness(windows), AT_ONCE)
        says = softmax(outputs[:, : len(TOLD)], self.weights.temperature)
        offsets = outputs[:, len(TOLD) :].astype(np.float64)
        moved = np.clip(offsets[:, :2], -FARTHEST, FARTHEST)
        height = np.exp(np.clip(offsets[:, 2], SMALLEST, LARGEST))
        width = np.exp(np.clip(offsets[:, 3], NARROWEST, WIDEST))
        return says, np.column_stack([moved, height, width])


def relative_brightness(windows: NDArray[np.uint8]) -> Array:
    """What the network is given of windows (N, 48, 48): float32 (N, 48, 48, 1).

    The logarithm of the brightness, less its mean, in parts of its standard deviation; for both
    the window's middle counts most.
    """
    logarithm: Array = BRIGHTNESS[windows]
    logarithm -= (logarithm * _CENTRAL).sum(axis=(1, 2), keepdims=True)
    variance = (logarithm**2 * _CENTRAL).sum(axis=(1, 2), keepdims=True)
    logarithm /= np.sqrt(variance + np.float32(FAINTEST**2))
    return logarithm[..., None]
