"""Layers of networks that answer for every place of a picture, instead of once for all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

import numpy as np

from appliance.network.layers import Array, Layer, Spec


class Pad(Layer):
    """Lays a margin of zeros around each picture, so that a convolution doesn't shrink it."""

    def __init__(self, margin: int) -> None:
        super().__init__()
        self.margin = margin

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """(N, H, W, C) -> (N, H + 2 * margin, W + 2 * margin, C)."""
        count, height, width, channels = inputs.shape
        around = 2 * self.margin
        outputs = np.zeros((count, height + around, width + around, channels), inputs.dtype)
        outputs[:, self.margin : -self.margin, self.margin : -self.margin] = inputs
        return outputs

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Cut the margin off."""
        return gradient[:, self.margin : -self.margin, self.margin : -self.margin]

    def spec(self) -> Spec:
        """The width of the margin."""
        return {"kind": "Pad", "margin": self.margin}


class SpaceToDepth(Layer):
    """Each square of pixels becomes the channels of one: (N, H, W, C) -> (N, H/b, W/b, b*b*C).

    block: b, the square's side; it must divide height and width.
    """

    def __init__(self, block: int) -> None:
        super().__init__()
        self.block = block

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Rearrange."""
        return _to_depth(inputs, self.block)

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Rearrange back."""
        return _to_space(gradient, self.block)

    def spec(self) -> Spec:
        """The square's side."""
        return {"kind": "SpaceToDepth", "block": self.block}


class DepthToSpace(Layer):
    """The other way: (N, H, W, b*b*C) -> (N, H*b, W*b, C), as Shi et al. 2016 enlarge pictures."""

    def __init__(self, block: int) -> None:
        super().__init__()
        self.block = block

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Rearrange."""
        return _to_space(inputs, self.block)

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Rearrange back."""
        return _to_depth(gradient, self.block)

    def spec(self) -> Spec:
        """The square's side."""
        return {"kind": "DepthToSpace", "block": self.block}


def _to_depth(pictures: Array, block: int) -> Array:
    count, height, width, channels = pictures.shape
    squares = pictures.reshape(count, height // block, block, width // block, block, channels)
    shape = (count, height // block, width // block, block * block * channels)
    return squares.transpose(0, 1, 3, 2, 4, 5).reshape(shape)


def _to_space(pictures: Array, block: int) -> Array:
    count, height, width, depth = pictures.shape
    channels = depth // block**2
    squares = pictures.reshape(count, height, width, block, block, channels)
    shape = (count, height * block, width * block, channels)
    return squares.transpose(0, 1, 3, 2, 4, 5).reshape(shape)


class Context(Layer):
    """Adds to each place what layers see in the picture at half its size.

    outputs = inputs + enlarged(layers(halved(inputs))), with the mean of each 2x2 square when
    halved and each pixel four times when enlarged (a U-Net, Ronneberger et al. 2015, whose paths
    are added, not joined). Layers may hold a Context again. Height and width must be even, and the
    layers must leave the shape as it is.
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)

    @property
    def parameters(self) -> dict[str, Array]:
        """The inner layers' parameters by `<layer>.<name>`."""
        return _joined([layer.parameters for layer in self.layers])

    @parameters.setter
    def parameters(self, arrays: Mapping[str, Array]) -> None:
        for index, layer in enumerate(self.layers):
            layer.parameters = _part(arrays, index)

    @property
    def gradients(self) -> dict[str, Array]:  # type: ignore[override]
        """The inner layers' gradients by `<layer>.<name>`."""
        return _joined([layer.gradients for layer in self.layers])

    @property
    def statistics(self) -> dict[str, Array]:
        """The inner layers' statistics by `<layer>.<name>`."""
        return _joined([layer.statistics for layer in self.layers])

    @statistics.setter
    def statistics(self, arrays: Mapping[str, Array]) -> None:
        for index, layer in enumerate(self.layers):
            layer.statistics = _part(arrays, index)

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Halve, ask the layers, enlarge, add."""
        seen = _halved(inputs)
        for layer in self.layers:
            seen = layer.forward(seen, training)
        return _added(inputs, seen, 1.0)

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """It goes straight on, and through the layers as well."""
        inner = 4 * _halved(gradient)
        for layer in reversed(self.layers):
            inner = layer.backward(inner)
        return _added(gradient, inner, 0.25)

    def spec(self) -> Spec:
        """The inner layers' specifications."""
        return {"kind": "Context", "layers": [layer.spec() for layer in self.layers]}

    def twin(self) -> Self:
        """Twins of the inner layers."""
        return type(self)([layer.twin() for layer in self.layers])

    def frozen(self) -> Self:
        """Twins of the inner layers that are frozen."""
        return type(self)([layer.frozen() for layer in self.layers])


def _joined(parts: Sequence[Mapping[str, Array]]) -> dict[str, Array]:
    return {f"{i}.{name}": array for i, part in enumerate(parts) for name, array in part.items()}


def _part(arrays: Mapping[str, Array], index: int) -> dict[str, Array]:
    start = f"{index}."
    return {k.removeprefix(start): array for k, array in arrays.items() if k.startswith(start)}


def _halved(pictures: Array) -> Array:
    """The mean of each 2x2 square."""
    halved: Array = pictures[:, ::2, ::2] + pictures[:, ::2, 1::2]
    halved += pictures[:, 1::2, ::2]
    halved += pictures[:, 1::2, 1::2]
    halved *= pictures.dtype.type(0.25)
    return halved


def _added(pictures: Array, small: Array, weight: float) -> Array:
    """The pictures, and each pixel of the half as large ones added to its 2x2 square."""
    small = small * pictures.dtype.type(weight) if weight != 1 else small
    result = np.empty_like(pictures, order="C")
    for y, x in np.ndindex(2, 2):
        np.add(pictures[:, y::2, x::2], small, out=result[:, y::2, x::2])
    return result
