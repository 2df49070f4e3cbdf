"""Layers: each computes its outputs, and hands the loss's gradient back through itself.

Arrays are float32, batch first: (N, features) for dense layers, (N, height, width, channels) for
pictures. Everything takes its dtype from the parameters, so that gradients can be checked in
float64.
"""

from __future__ import annotations

import copy
import math
from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

Array = NDArray[np.floating[Any]]
Spec = dict[str, Any]


class Layer(ABC):
    """What all layers share.

    parameters: the trained arrays by name; optimizers change them in place.
    gradients: of the loss by each parameter, from the latest `backward`.
    statistics: arrays that are measured, not trained (see BatchNorm); saved with the parameters.
    """

    def __init__(self) -> None:
        self.parameters: dict[str, Array] = {}
        self.gradients: dict[str, Array] = {}
        self.statistics: dict[str, Array] = {}

    @abstractmethod
    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Compute the outputs for a batch. `training` keeps what `backward` needs."""

    @abstractmethod
    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Turn the gradient by the outputs into the one by the inputs; fill `gradients`.

        Follows a `forward(..., training=True)` of the same batch. With `to_inputs` false only
        `gradients` are needed, and what is returned has no meaning. The gradient's memory may be
        worked in: it is lost.
        """

    def spec(self) -> Spec:
        """Describe the layer in plain values: `kind` and the constructor's arguments."""
        return {"kind": type(self).__name__}

    def twin(self) -> Self:
        """Return a layer that shares the parameters and has working memory of its own."""
        twin = copy.copy(self)
        twin.gradients = {}
        return twin

    def frozen(self) -> Self:
        """Return a twin that may keep what follows from the parameters: these change no more."""
        return self.twin()


def scaled_normal(
    shape: tuple[int, ...], fan_in: int, random: np.random.Generator | None, dtype: DTypeLike
) -> Array:
    """Draw initial weights: normal, variance 2 / fan_in (He et al. 2015); zeros without random."""
    if random is None:
        return np.zeros(shape, dtype)
    drawn: Array = (random.standard_normal(shape) * np.sqrt(2.0 / fan_in)).astype(dtype)
    return drawn


WORTH_GATHERING = 0.8
"""Share of used inputs up to which leaving the others out saves more than gathering costs."""

GLANCE = 8
"""Rows that show at little cost whether nearly all inputs are used, as after a ReLU."""


class Dense(Layer):
    """Fully connected: outputs = inputs @ weights + bias; (N, inputs) -> (N, outputs).

    An input that is zero in the whole batch adds nothing, and its weights have no gradient, so
    training multiplies only the rest: of MNIST's pixels two thirds in a batch of 64.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        *,
        bias: bool = True,
        random: np.random.Generator | None = None,
        dtype: DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        self.parameters["weights"] = scaled_normal((inputs, outputs), inputs, random, dtype)
        if bias:
            self.parameters["bias"] = np.zeros(outputs, dtype)
        self._inputs: Array | None = None
        self._used: NDArray[np.bool_] | None = None

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """One matrix product and the bias."""
        weights = self.parameters["weights"]
        if training:
            self._used = _used_columns(inputs)
            if self._used is not None:
                places = np.flatnonzero(self._used)
                inputs = inputs.take(places, axis=1, mode="clip")  # faster than [:, places]
                weights = weights.take(places, axis=0, mode="clip")
        self._inputs = inputs if training else None
        outputs = inputs @ weights
        if "bias" in self.parameters:
            outputs += self.parameters["bias"]
        return outputs

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Gradients by weights, bias and inputs: three products of the chain rule."""
        assert self._inputs is not None
        # into the same memory each time: fresh pages would cost a tenth of the product's time
        weights = self.gradients.setdefault("weights", np.empty_like(self.parameters["weights"]))
        if self._used is None:
            np.matmul(self._inputs.T, gradient, out=weights)
        else:
            weights[~self._used] = 0
            weights[self._used] = self._inputs.T @ gradient
        if "bias" in self.parameters:
            self.gradients["bias"] = gradient.sum(axis=0)
        return gradient @ self.parameters["weights"].T if to_inputs else gradient

    def spec(self) -> Spec:
        """Sizes, and whether there is a bias."""
        inputs, outputs = self.parameters["weights"].shape
        return {
            "kind": "Dense",
            "inputs": inputs,
            "outputs": outputs,
            "bias": "bias" in self.parameters,
        }


def _used_columns(inputs: Array) -> NDArray[np.bool_] | None:
    """Which columns aren't zero throughout; None when they are nearly all."""
    few = WORTH_GATHERING * inputs.shape[1]
    for rows in (inputs[:GLANCE], inputs):
        used: NDArray[np.bool_] = (rows != 0).any(axis=0)
        if np.count_nonzero(used) > few:
            return None
    return used


class Reshape(Layer):
    """Gives each example another shape with as many numbers, such as (28, 28, 1)."""

    def __init__(self, *shape: int) -> None:
        super().__init__()
        self.shape = shape
        self._before: tuple[int, ...] = ()

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Reshape all but the batch axis."""
        self._before = inputs.shape
        return inputs.reshape(len(inputs), *self.shape)

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Reshape back."""
        return gradient.reshape(self._before)

    def spec(self) -> Spec:
        """The shape of one example."""
        return {"kind": "Reshape", "shape": list(self.shape)}


class Flatten(Layer):
    """(N, ...) -> (N, features)."""

    def __init__(self) -> None:
        super().__init__()
        self._before: tuple[int, ...] = ()

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Join all but the batch axis."""
        self._before = inputs.shape
        return inputs.reshape(len(inputs), math.prod(inputs.shape[1:]))

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Reshape back."""
        return gradient.reshape(self._before)


class ReLU(Layer):
    """max(inputs, 0).

    The inputs, which are another layer's outputs, are lost: fresh memory takes as long again.
    """

    def __init__(self) -> None:
        super().__init__()
        self._positive: NDArray[np.bool_] | None = None

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Cut off what is negative."""
        self._positive = inputs > 0 if training else None
        # zeros for a picture's row, or a batch of features: a single one takes twice as long
        return np.maximum(inputs, np.zeros(inputs.shape[-2:], inputs.dtype), out=inputs)

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Pass the gradient where the input was positive."""
        assert self._positive is not None
        gradient *= self._positive  # in place: fresh memory would take twice the time
        return gradient


def logistic(inputs: Array) -> Array:
    """1 / (1 + exp(-inputs)) of floats, through tanh, which can't overflow."""
    outputs: Array = np.tanh(inputs * inputs.dtype.type(0.5))
    outputs += 1
    outputs *= 0.5
    return outputs


class Sigmoid(Layer):
    """The logistic function of each input."""

    def __init__(self) -> None:
        super().__init__()
        self._outputs: Array | None = None

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """See `logistic`."""
        outputs = logistic(inputs)
        self._outputs = outputs if training else None
        return outputs

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """The derivative is outputs * (1 - outputs)."""
        assert self._outputs is not None
        result: Array = gradient * self._outputs * (1 - self._outputs)
        return result


class MaxPool(Layer):
    """The largest of each 2x2 square: (N, H, W, C) -> (N, H // 2, W // 2, C).

    An odd last row or column is left out.
    """

    def __init__(self) -> None:
        super().__init__()
        self._inputs: Array | None = None
        self._outputs: Array | None = None

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Three elementwise maxima of strided views, which copy nothing."""
        a, b, c, d = _corners(inputs)
        outputs: Array = np.maximum(a, b)
        np.maximum(outputs, c, out=outputs)
        np.maximum(outputs, d, out=outputs)
        self._inputs, self._outputs = (inputs, outputs) if training else (None, None)
        return outputs

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Each square's gradient goes to its largest input; of equal ones to the first."""
        assert self._inputs is not None
        assert self._outputs is not None
        result = np.zeros_like(self._inputs)
        left = np.ones(gradient.shape, bool)
        *others, (_, last) = zip(_corners(self._inputs), _corners(result), strict=True)
        for source, target in others:
            largest = source == self._outputs
            largest &= left
            left ^= largest
            np.multiply(gradient, largest, out=target)
        np.multiply(gradient, left, out=last)
        return result


def _corners(pictures: Array) -> tuple[Array, Array, Array, Array]:
    """Views of the four corners of all 2x2 squares."""
    height, width = (size // 2 * 2 for size in pictures.shape[1:3])
    a = pictures[:, 0:height:2, 0:width:2]
    b = pictures[:, 0:height:2, 1:width:2]
    c = pictures[:, 1:height:2, 0:width:2]
    d = pictures[:, 1:height:2, 1:width:2]
    return a, b, c, d


class Dropout(Layer):
    """While training, sets a share of the inputs to zero and scales up the rest."""

    def __init__(self, share: float, *, random: np.random.Generator | None = None) -> None:
        super().__init__()
        self.share = share
        self._random = random if random is not None else np.random.default_rng(0)
        self._mask: Array | None = None

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Draw afresh which inputs stay."""
        if not training:
            return inputs
        kept = self._random.random(inputs.shape, np.float32) >= self.share
        self._mask = kept * inputs.dtype.type(1 / (1 - self.share))
        return inputs * self._mask

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Pass the gradient where the input stayed."""
        assert self._mask is not None
        return gradient * self._mask

    def spec(self) -> Spec:
        """The share of inputs that are dropped."""
        return {"kind": "Dropout", "share": self.share}

    def twin(self) -> Self:
        """Give the twin draws of its own, that follow from this layer's."""
        twin = super().twin()
        twin._random = np.random.default_rng(self._random.integers(2**63))
        return twin
