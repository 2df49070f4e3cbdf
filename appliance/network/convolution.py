"""Convolution as a matrix product for each row of the kernel, in pieces that stay in the cache."""

from __future__ import annotations

import math
from typing import Self

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import DTypeLike

from appliance.network.layers import Array, Layer, Spec, scaled_normal

PIECE_BYTES = 1 << 20
"""Runs and outputs worked on at a time: about the second-level cache."""


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
        """Multiply the runs under each kernel row by that row's weights, and add up."""
        inputs = np.ascontiguousarray(inputs)
        self._inputs = inputs if training else None
        weights = self.parameters["weights"]
        size, _, _, kernels = weights.shape
        count, height, width, _ = inputs.shape
        rows, columns = height - size + 1, width - size + 1
        outputs = np.empty((count, rows * columns, kernels), weights.dtype)
        first, *others = weights.reshape(size, -1, kernels)
        for piece in self._pieces(inputs):
            runs, *more = self._runs(inputs[piece])
            total = np.matmul(runs, first, out=outputs[piece])
            for runs, row in zip(more, others, strict=True):
                total += runs @ row
            if "bias" in self.parameters:
                total += self.parameters["bias"]
        return outputs.reshape(count, rows, columns, kernels)

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Copy the runs again rather than keep them: they are three times the picture."""
        assert self._inputs is not None
        inputs, weights = self._inputs, self.parameters["weights"]
        size, _, _, kernels = weights.shape
        gradient = np.ascontiguousarray(gradient)
        flat = gradient.reshape(len(gradient), -1, kernels)
        total = np.zeros((size, weights[0].size // kernels, kernels), weights.dtype)
        for piece in self._pieces(inputs):
            for row, runs in zip(total, self._runs(inputs[piece]), strict=True):
                row += np.matmul(runs.transpose(0, 2, 1), flat[piece]).sum(axis=0)
        self.gradients["weights"] = total.reshape(weights.shape)
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
        """Slices of the batch that fit the cache; at least one picture each."""
        size, _, channels, kernels = self.parameters["weights"].shape
        count, height, width, _ = inputs.shape
        numbers = height * (width - size + 1) * (size * channels + 2 * kernels)
        step = max(1, PIECE_BYTES // (numbers * inputs.itemsize))
        return [slice(start, start + step) for start in range(0, count, step)]

    def _runs(self, pictures: Array) -> list[Array]:
        """For each kernel row the pixels under it: (N, rows * columns, size * channels).

        Views of one copy, in which each pixel stands once for every column of the kernel: a kernel
        row further down the runs begin a row of the picture later.
        """
        size = self.parameters["weights"].shape[0]
        count, height, width, channels = pictures.shape
        if size == 1:
            return [pictures.reshape(count, height * width, channels)]
        rows, columns = height - size + 1, width - size + 1
        shape = (count, height, columns, size * channels)
        scratch = self._scratch
        if scratch is None or scratch.size < math.prod(shape) or scratch.dtype != pictures.dtype:
            scratch = self._scratch = np.empty(math.prod(shape), pictures.dtype)
        runs = scratch[: math.prod(shape)].reshape(shape)
        np.copyto(runs, as_strided(pictures, shape, pictures.strides, writeable=False))
        return [
            runs[:, row : row + rows].reshape(count, rows * columns, size * channels)
            for row in range(size)
        ]

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
