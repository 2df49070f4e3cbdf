"""Convolution as one matrix product over unrolled windows, in pieces that stay in the cache."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import DTypeLike

from appliance.network.layers import Array, Layer, Spec, scaled_normal

SCRATCH_BYTES = 2 << 20
"""Unrolled windows held at a time. Measured: 2 to 4 MB is fastest; all at once takes twice."""


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
        self._scratch: Array | None = None

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Unroll the windows of a few pictures, multiply, go on."""
        inputs = np.ascontiguousarray(inputs)
        self._inputs = inputs if training else None
        weights = self.parameters["weights"]
        size, _, _, kernels = weights.shape
        count, height, width, _ = inputs.shape
        outputs = np.empty((count, height - size + 1, width - size + 1, kernels), weights.dtype)
        matrix = weights.reshape(-1, kernels)
        for piece in self._pieces(inputs):
            windows = self._unroll(inputs[piece])
            np.matmul(windows, matrix, out=outputs[piece].reshape(-1, kernels))
        if "bias" in self.parameters:
            outputs += self.parameters["bias"]
        return outputs

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Unroll again rather than keep the windows: they are nine times the picture."""
        assert self._inputs is not None
        inputs, weights = self._inputs, self.parameters["weights"]
        kernels = weights.shape[-1]
        gradient = np.ascontiguousarray(gradient)
        total = np.zeros((kernels, weights.size // kernels), weights.dtype)
        for piece in self._pieces(inputs):
            rows = gradient[piece].reshape(-1, kernels)
            total += rows.T @ self._unroll(inputs[piece])
        self.gradients["weights"] = total.T.reshape(weights.shape)
        if "bias" in self.parameters:
            self.gradients["bias"] = gradient.sum(axis=(0, 1, 2))
        return self._to_inputs(gradient) if to_inputs else gradient

    def _to_inputs(self, gradient: Array) -> Array:
        """Add each tap's share at its place; a product per tap keeps the additions in runs."""
        assert self._inputs is not None
        weights = self.parameters["weights"]
        size, _, channels, kernels = weights.shape
        rows, columns = gradient.shape[1:3]
        taps = np.ascontiguousarray(weights.reshape(-1, channels, kernels).transpose(0, 2, 1))
        result = np.zeros(self._inputs.shape, weights.dtype)
        for piece in self._pieces(self._inputs):
            shares = np.matmul(gradient[piece].reshape(-1, kernels), taps)
            shares = shares.reshape(size, size, -1, rows, columns, channels)
            for y, x in np.ndindex(size, size):
                result[piece, y : y + rows, x : x + columns] += shares[y, x]
        return result

    def _pieces(self, inputs: Array) -> list[slice]:
        """Slices of the batch whose windows fit the scratch memory; at least one picture each."""
        size = self.parameters["weights"].shape[0]
        count, height, width, channels = inputs.shape
        windows = (height - size + 1) * (width - size + 1)
        each = windows * size * size * channels * inputs.itemsize
        step = max(1, SCRATCH_BYTES // each)
        return [slice(start, start + step) for start in range(0, count, step)]

    def _unroll(self, pictures: Array) -> Array:
        """Copy each window into a row: (N * rows * columns, size * size * channels)."""
        size = self.parameters["weights"].shape[0]
        count, height, width, channels = pictures.shape
        rows, columns = height - size + 1, width - size + 1
        by_picture, by_row, by_column, by_channel = pictures.strides
        windows = as_strided(
            pictures,
            (count, rows, columns, size, size * channels),
            (by_picture, by_row, by_column, by_row, by_channel),
            writeable=False,
        )
        scratch = self._scratch
        if scratch is None or scratch.size < windows.size or scratch.dtype != pictures.dtype:
            scratch = self._scratch = np.empty(windows.size, pictures.dtype)
        unrolled = scratch[: windows.size].reshape(windows.shape)
        np.copyto(unrolled, windows)
        return unrolled.reshape(count * rows * columns, -1)

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
        twin._scratch = None
        return twin
