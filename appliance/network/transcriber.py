"""The transcriber: which digits stand on a line, told from all of it at once.

A convolutional network goes along the strip that a line is cut out as, and says for each column
which digit stands there, or none: it knows nothing of where the spotter and the recogniser see
digits. What its answers spell is told by `ctc`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.errors import WeightsError
from appliance.network.ctc import Logarithms, log_softmax
from appliance.network.layers import Array
from appliance.network.network import Network
from appliance.network.recogniser import BRIGHTNESS, FAINTEST
from appliance.network.weights import DIGITS, Weights, load, shipped_path
from appliance.values import AROUND, COLUMN, IN_STRIP, STRIP_HEIGHT

CLASSES = (*DIGITS, "between digits")
"""What a column can show."""

_WRITTEN = slice((STRIP_HEIGHT - IN_STRIP) // 2, (STRIP_HEIGHT + IN_STRIP) // 2)
"""The rows in which a digit is expected."""

NEAR = IN_STRIP
"""How far to the left and to the right brightness and contrast are measured, in pixels."""


class Transcriber:
    """Says which digits stand on lines."""

    def __init__(self, weights: Weights) -> None:
        """Raise WeightsError when the weights are another network's."""
        if weights.classes != CLASSES:
            raise WeightsError(
                f"the transcriber's weights must know {CLASSES}, not {weights.classes}; "
                "train them with `digit-appliance train-transcriber`"
            )
        if _shape(weights.network, 3) != (1, 1, 3, len(CLASSES)):
            raise WeightsError(
                f"the transcriber's network must take strips {STRIP_HEIGHT} pixels high; "
                "train it with `digit-appliance train-transcriber`"
            )
        self.weights = weights
        self._network = weights.network.frozen()

    @classmethod
    def load(cls, path: Path | None = None) -> Transcriber:
        """Read a weights file; None takes the shipped one. Raises WeightsError."""
        return cls(load(path or shipped_path("transcriber.npz")))

    def transcribe(self, strip: NDArray[np.uint8]) -> Logarithms:
        """Judge a strip, uint8 (STRIP_HEIGHT, W), grey.

        Returns float64 (columns, 11): the logarithms of the probabilities of the digits and of none
        in each column.
        """
        outputs = self._network.forward(relative(strip)[None, :, :, None])
        return log_softmax(outputs[0, 0] / self.weights.temperature)


def _shape(network: Network, columns: int) -> tuple[int, ...]:
    """Of what a network gives for a strip with so many columns; empty when the layers don't fit."""
    strip = np.zeros((1, STRIP_HEIGHT, columns * COLUMN + 2 * AROUND, 1), np.float32)
    try:
        return network.forward(strip).shape
    except (ValueError, ZeroDivisionError):  # a kernel may be larger than the picture
        return ()


def relative(strip: NDArray[np.uint8]) -> Array:
    """What the network is given of a strip (STRIP_HEIGHT, W): float32, the same shape.

    The logarithm of the brightness, less its mean, in parts of its standard deviation, both of the
    columns around.
    """
    logarithm: Array = BRIGHTNESS[strip]
    written = logarithm[_WRITTEN]
    mean, square = (_around(sums) for sums in (written.mean(axis=0), (written**2).mean(axis=0)))
    deviation = np.sqrt(np.maximum(square - mean**2, 0) + FAINTEST**2)
    return np.asarray((logarithm - mean) / deviation, np.float32)


def _around(columns: Array) -> Array:
    """The mean of each column and those NEAR it."""
    sums = np.concatenate([[0.0], np.cumsum(columns, dtype=np.float64)])
    places = np.arange(len(columns))
    low, high = np.maximum(places - NEAR, 0), np.minimum(places + NEAR + 1, len(columns))
    return np.asarray((sums[high] - sums[low]) / (high - low))
