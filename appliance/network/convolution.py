"""Convolution: kernels at every place of a picture."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import DTypeLike

from appliance.network.context import Pad
from appliance.network.layers import Array, Layer, Spec, scaled_normal
from appliance.network.winograd import Scheme, Scratch, by_weights, scheme_for, slide


class Convolution(Layer):
    """Square kernels at every place of the picture, with no padding.

    (N, height, width, channels) -> (N, height - size + 1, width - size + 1, kernels).
    weights: (size, size, channels, kernels), so that with channels last each kernel row
    (size * channels numbers) is one run of memory in the picture.
    """

    def __init__(
        self,
        channels: int,
        kernels: int,
        size: int = 3,
        *,
        bias: bool = True,
        random: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        shape = (size, size, channels, kernels)
        self.parameters["weights"] = scaled_normal(shape, size * size * channels, random, dtype)
        if bias:
            self.parameters["bias"] = np.zeros(kernels, dtype)
        self._inputs: Array | None = None
        self._scratch = Scratch()
        self._frozen_weights: Array | None = None
        self._kept: dict[Scheme, Array] = {}

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """One matrix product for a kernel of one pixel; else see `slide`."""
        weights, bias = self.parameters["weights"], self.parameters.get("bias")
        assert not training or weights is not self._frozen_weights, "frozen weights don't learn"
        inputs = np.ascontiguousarray(inputs, weights.dtype)
        self._inputs = inputs if training else None
        count, height, width, channels = inputs.shape
        if len(weights) == 1:
            outputs: Array = inputs.reshape(-1, channels) @ weights[0, 0]
            if bias is not None:
                outputs += bias
            return outputs.reshape(count, height, width, weights.shape[-1])
        scheme = scheme_for(len(weights), height - len(weights) + 1, weights.dtype)
        return slide(inputs, scheme, self._factors(scheme), bias, self._scratch)

    def _factors(self, scheme: Scheme) -> Array:
        """What the scheme multiplies by; of frozen weights it is kept."""
        weights = self.parameters["weights"]
        if weights is not self._frozen_weights:
            return scheme.factors(weights)
        if scheme not in self._kept:
            self._kept[scheme] = scheme.factors(weights)
        return self._kept[scheme]

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """The gradient by the inputs is a convolution of the outputs' with the kernels turned."""
        assert self._inputs is not None
        inputs, weights = self._inputs, self.parameters["weights"]
        size, _, channels, kernels = weights.shape
        gradient = np.ascontiguousarray(gradient, weights.dtype)
        if "bias" in self.parameters:
            self.gradients["bias"] = gradient.sum(axis=(0, 1, 2))
        if size == 1:
            flat = gradient.reshape(-1, kernels)
            by_kernels = inputs.reshape(-1, channels).T @ flat
            self.gradients["weights"] = by_kernels.reshape(weights.shape)
            return (flat @ weights[0, 0].T).reshape(inputs.shape) if to_inputs else gradient
        scheme = scheme_for(size, gradient.shape[1], weights.dtype)
        self.gradients["weights"] = by_weights(inputs, gradient, scheme, self._scratch)
        return self._to_inputs(gradient) if to_inputs else gradient

    def _to_inputs(self, gradient: Array) -> Array:
        """Slide the turned kernels over the gradient in a margin of zeros.

        With one row of gradient this takes twice as long as adding up each tap's share at its
        place, with two as long, with more less.
        """
        weights = self.parameters["weights"]
        margin = len(weights) - 1
        padded = Pad(margin).forward(gradient)
        turned = np.ascontiguousarray(weights[::-1, ::-1].transpose(0, 1, 3, 2))
        scheme = scheme_for(len(weights), gradient.shape[1] + margin, weights.dtype)
        return slide(padded, scheme, scheme.factors(turned), None, self._scratch)

    def spec(self) -> Spec:
        """Sizes, and whether there is a bias."""
        size, _, channels, kernels = self.parameters["weights"].shape
        return {
            "kind": "Convolution",
            "channels": channels,
            "kernels": kernels,
            "size": size,
            "bias": "bias" in self.parameters,
        }

    def twin(self) -> Self:
        """Give the twin scratch memory of its own."""
        twin = super().twin()
        twin._scratch = Scratch()
        return twin

    def frozen(self) -> Self:
        """Return a twin that keeps what it makes of the weights."""
        twin = self.twin()
        twin._frozen_weights, twin._kept = self.parameters["weights"], {}
        return twin
