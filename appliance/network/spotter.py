"""The spotter: sees a whole frame at once, and says where in it digits are written.

A piece of ink judged alone, or a digit that hangs together with a ruled line, a sheet's edge or a
finger, is hard to tell; where on the sheet writing stands is not. The network answers for every
cell of CELL pixels (as text detectors do, Baek et al. 2019, "Character Region Awareness").
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.errors import WeightsError
from appliance.network.context import DepthToSpace
from appliance.network.layers import logistic
from appliance.network.weights import Weights, channels_of, load, shipped_path

CLASSES = ("ink", "core")
"""What the two outputs for a cell mean: it holds a digit's ink; it lies in a digit's middle."""

SQUARE, CELL = 8, 4
"""Sides in pixels of the squares that it is given, and of the cells that it answers for."""

BLOCK = 8
"""Rows and columns of squares that it looks at are multiples of this: pictures are padded."""

AT_ONCE = 2 * SQUARE // CELL
"""Rows and columns of cells of which the last layer tells at one place: those of 2x2 squares."""

CHANNELS = SQUARE * SQUARE + 2
"""What it is given of a square: its pixels, its own brightness, and the contrast around it."""


class Spotter:
    """Says where in a picture digits are written."""

    def __init__(self, weights: Weights) -> None:
        """Raise WeightsError when the weights are another network's."""
        if weights.classes != CLASSES:
            raise WeightsError(
                f"the spotter's weights must know {CLASSES}, not {weights.classes}; "
                "train them with `digit-appliance train-spotter`"
            )
        last = weights.network.layers[-1]
        cells = isinstance(last, DepthToSpace) and last.block == AT_ONCE
        if channels_of(weights.network) != CHANNELS or not cells:
            raise WeightsError(
                "the spotter's weights are of an older version, for other squares or cells; "
                "train them with `digit-appliance train-spotter`"
            )
        self.weights = weights
        self._network = weights.network.frozen()

    @classmethod
    def load(cls, path: Path | None = None) -> Spotter:
        """Read a weights file; None takes the shipped one. Raises WeightsError."""
        return cls(load(path or shipped_path("spotter.npz")))

    def spot(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """Probabilities of CLASSES, float32 (2 rows, 2 columns, 2), for cells.

        picture: float32 (rows, columns, CHANNELS), squares of SQUARE pixels, of a picture as large
        as in training: the longer side 1024 pixels.
        """
        rows, columns, _ = picture.shape
        margins = (0, -rows % BLOCK), (0, -columns % BLOCK), (0, 0)
        padded = np.pad(picture, margins, mode="edge") if np.any(margins) else picture
        cells = SQUARE // CELL
        logits = self._network.forward(padded[None])[0, : cells * rows, : cells * columns]
        return np.asarray(logistic(logits), np.float32)
