"""Batch normalisation, and how it disappears from a trained network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import DTypeLike

from appliance.network.context import Context
from appliance.network.convolution import Convolution
from appliance.network.layers import Array, Dense, Layer, MaxPool, Spec

EPSILON = 1e-5
"""Added to the variance, so that a channel that is always the same divides by no zero."""


class BatchNorm(Layer):
    """Brings each channel to mean 0 and variance 1, then shifts it (Ioffe and Szegedy 2015).

    While training by the batch's own mean and variance, else by the `statistics`, which
    `training.measure_statistics` sets. There is no learned scale: a ReLU and a layer of weights
    follow, and they can take it over. Being always positive, the factor commutes with MaxPool,
    so `fold` can move it through one.
    """

    def __init__(self, channels: int, *, dtype: DTypeLike = np.float32) -> None:
        super().__init__()
        self.parameters["shift"] = np.zeros(channels, dtype)
        self.statistics["mean"] = np.zeros(channels, dtype)
        self.statistics["variance"] = np.ones(channels, dtype)
        self.batch_mean: Array = self.statistics["mean"]
        self.batch_variance: Array = self.statistics["variance"]
        self._normal: Array | None = None
        self._factor: Array | None = None

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Normalise over all axes but the last."""
        if not training:
            factor, offset = self.factor_and_offset()
            return inputs * factor + offset
        flat = inputs.reshape(-1, inputs.shape[-1])
        self.batch_mean = _column_sums(flat) / len(flat)
        normal = flat - self.batch_mean
        self.batch_variance = _column_sums(normal * normal) / len(flat)
        self._factor = 1 / np.sqrt(self.batch_variance + EPSILON)
        normal *= self._factor
        self._normal = normal
        outputs: Array = normal + self.parameters["shift"]
        return outputs.reshape(inputs.shape)

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """The batch's mean and variance depend on the inputs too: hence the two other terms."""
        assert self._normal is not None
        assert self._factor is not None
        flat = gradient.reshape(self._normal.shape)
        total = _column_sums(flat)
        self.gradients["shift"] = total
        result: Array = self._normal * (_column_sums(flat * self._normal) / -len(flat))
        result += flat
        result -= total / len(flat)
        result *= self._factor
        return result.reshape(gradient.shape)

    def factor_and_offset(self) -> tuple[Array, Array]:
        """Return the layer outside training as outputs = inputs * factor + offset."""
        factor: Array = 1 / np.sqrt(self.statistics["variance"] + EPSILON)
        offset: Array = self.parameters["shift"] - self.statistics["mean"] * factor
        return factor, offset

    def spec(self) -> Spec:
        """The number of channels."""
        return {"kind": "BatchNorm", "channels": len(self.parameters["shift"])}


def _column_sums(matrix: Array) -> Array:
    """Sum over the rows; as a product with ones it is several times faster than `sum`."""
    sums: Array = np.ones(len(matrix), matrix.dtype) @ matrix
    return sums


def fold(layers: Sequence[Layer]) -> list[Layer]:
    """Return plain layers that compute the same: each BatchNorm goes into the weights before it.

    Between the two may stand a MaxPool. Raises ValueError when something else does.
    """
    folded: list[Layer] = []
    for layer in layers:
        if isinstance(layer, BatchNorm):
            place = len(folded) - 1
            while place >= 0 and isinstance(folded[place], MaxPool):
                place -= 1
            folded[place] = _absorb(folded[place], layer)
        elif isinstance(layer, Context):
            folded.append(Context(fold(layer.layers)))
        else:
            folded.append(layer)
    return folded


def norms_of(layers: Sequence[Layer]) -> list[BatchNorm]:
    """Every BatchNorm among layers and within them."""
    found: list[BatchNorm] = []
    for layer in layers:
        if isinstance(layer, BatchNorm):
            found.append(layer)
        elif isinstance(layer, Context):
            found += norms_of(layer.layers)
    return found


def _absorb(weighted: Layer, norm: BatchNorm) -> Layer:
    """Return the layer with the normalisation in its weights and bias."""
    if not isinstance(weighted, Dense | Convolution):
        raise ValueError(f"BatchNorm can't be folded into {type(weighted).__name__}")  # noqa: TRY004
    factor, offset = norm.factor_and_offset()
    result = weighted.twin()
    bias = weighted.parameters.get("bias", np.zeros_like(offset))
    result.parameters = {
        "weights": weighted.parameters["weights"] * factor,
        "bias": bias * factor + offset,
    }
    return result
