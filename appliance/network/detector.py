"""The detector: tells a piece of writing from an edge, a shadow, a texture, by its surroundings."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.errors import WeightsError
from appliance.network.layers import Reshape
from appliance.network.losses import softmax
from appliance.network.weights import Weights, load, shipped_path
from appliance.values import GLYPH_SIZE

CLASSES = ("clutter", "writing")
"""What the network's two outputs mean."""


class Detector:
    """Gives patches the probability of being a digit's ink."""

    def __init__(self, weights: Weights) -> None:
        """Raise WeightsError when the weights are another network's."""
        if weights.classes != CLASSES:
            raise WeightsError(
                f"the detector's weights must know {CLASSES}, not {weights.classes}; "
                "train them with `digit-appliance train-detector`"
            )
        self.weights = weights

    @classmethod
    def load(cls, path: Path | None = None) -> Detector:
        """Read a weights file; None takes the shipped one. Raises WeightsError."""
        return cls(load(path or shipped_path("detector.npz")))

    @property
    def size(self) -> int:
        """Height and width in pixels of the patches that it judges."""
        first = self.weights.network.layers[0]
        return first.shape[0] if isinstance(first, Reshape) else GLYPH_SIZE

    def writing(self, patches: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give float32 (N,), 0..1, for patches (N, size, size, 3); see `vision.patch`."""
        if not len(patches):
            return np.zeros(0, np.float32)
        logits = self.weights.network.predict(patches)
        return softmax(logits, self.weights.temperature)[:, 1]
