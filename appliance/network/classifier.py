"""The network as the reader uses it: glyphs in, predictions out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from appliance.errors import PictureError, WeightsError
from appliance.network.layers import Dense
from appliance.network.losses import softmax
from appliance.network.network import Network
from appliance.network.weights import CLASSES, DIGITS, Weights, load
from appliance.values import GLYPH_SIZE, Prediction


class Classifier:
    """Says of glyphs which digit they are, how sure that is, and whether they are one."""

    def __init__(self, weights: Weights) -> None:
        """Raise WeightsError when the weights are another network's."""
        if weights.classes not in ((), DIGITS, CLASSES):
            raise WeightsError(
                f"these weights know {', '.join(weights.classes)}, not the ten digits; "
                "train some with `digit-appliance train`"
            )
        self.weights = weights
        self._network = weights.network.frozen()
        try:
            self._network.predict(np.zeros((1, GLYPH_SIZE, GLYPH_SIZE), np.float32))
        except ValueError as error:
            raise WeightsError(
                "these weights' network takes no glyphs of 28 x 28; "
                "train some with `digit-appliance train`"
            ) from error
        layers = self._network.layers
        dense = [index for index, layer in enumerate(layers) if isinstance(layer, Dense)]
        self._hidden = Network(layers[: max(dense, default=len(layers))])

    @classmethod
    def load(cls, path: Path | None = None) -> Classifier:
        """Read a weights file; None takes the shipped one. Raises WeightsError."""
        return cls(load(path))

    def probabilities(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give float32 (N, 11) for glyphs (N, 28, 28): the ten digits, then not-a-digit.

        The last is 0 when the network doesn't know that class. Raises PictureError for another
        shape and for values that aren't finite.
        """
        if pixels.shape[1:] != (GLYPH_SIZE, GLYPH_SIZE):
            raise PictureError(f"glyphs must be (N, 28, 28), not {pixels.shape}")
        if not np.isfinite(pixels).all():
            raise PictureError("a glyph holds NaN or infinite values; they must be in 0..1")
        result = np.zeros((len(pixels), len(DIGITS) + 1), np.float32)
        if len(pixels):
            logits = self._network.predict(pixels.astype(np.float32, copy=False))
            result[:, : logits.shape[1]] = softmax(logits, self.weights.temperature)
        return result

    def features(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """What the last hidden layer answers to glyphs (N, 28, 28): (N, F), each of unit length.

        Glyphs that look alike to the network have like ones.
        """
        if not len(pixels):
            return np.zeros((0, 1), np.float32)
        seen = self._hidden.predict(pixels.astype(np.float32, copy=False))
        seen = seen.reshape(len(pixels), -1)
        length = np.linalg.norm(seen, axis=1, keepdims=True)
        return np.asarray(seen / np.maximum(length, 1e-6), np.float32)

    def classify(self, pixels: NDArray[np.float32]) -> list[Prediction]:
        """Give a prediction for each of the glyphs (N, 28, 28); none for none."""
        return [Prediction(row[:10], float(row[10])) for row in self.probabilities(pixels)]
