"""Optimizers: how the gradients move the parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from appliance.network.layers import Array

PIECE = 1 << 15
"""Numbers that an update works on at a time: five arrays of them fit the second-level cache."""


class Optimizer(Protocol):
    """Moves parameters in place."""

    def step(
        self, parameters: Sequence[Array], gradients: Sequence[Array], learning_rate: float
    ) -> None:
        """Take one step against the gradients; the same parameters in the same order each time."""
        ...


class SGD:
    """Gradient descent with momentum: velocity = momentum * velocity - rate * gradient.

    weight_decay: added to the gradient as weight_decay * parameter.
    nesterov: look ahead along the velocity (Sutskever et al. 2013).
    """

    def __init__(
        self, momentum: float = 0.9, *, nesterov: bool = False, weight_decay: float = 0.0
    ) -> None:
        self.momentum, self.nesterov, self.weight_decay = momentum, nesterov, weight_decay
        self._velocities: list[Array] = []
        self._scratch: dict[tuple[int, ...], Array] = {}

    def step(
        self, parameters: Sequence[Array], gradients: Sequence[Array], learning_rate: float
    ) -> None:
        """Move each parameter by its velocity."""
        if not self._velocities:
            self._velocities = [np.zeros_like(parameter) for parameter in parameters]
        for parameter, gradient, velocity in zip(
            parameters, gradients, self._velocities, strict=True
        ):
            push = self._push(parameter, gradient, learning_rate)
            velocity *= self.momentum
            velocity -= push
            parameter += self.momentum * velocity - push if self.nesterov else velocity

    def _push(self, parameter: Array, gradient: Array, learning_rate: float) -> Array:
        """The rate times the gradient, in memory that the next call uses again."""
        scratch = self._scratch.setdefault(parameter.shape, np.empty_like(parameter))
        np.multiply(gradient, learning_rate, out=scratch)
        if self.weight_decay:
            scratch += learning_rate * self.weight_decay * parameter
        return scratch


class Adam:
    """Adam (Kingma and Ba 2015) with decoupled weight decay (Loshchilov and Hutter 2019)."""

    def __init__(
        self,
        mean_decay: float = 0.9,
        square_decay: float = 0.999,
        *,
        epsilon: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        self.mean_decay, self.square_decay = mean_decay, square_decay
        self.epsilon, self.weight_decay = epsilon, weight_decay
        self._means: list[Array] = []
        self._squares: list[Array] = []
        self._steps = 0

    def step(
        self, parameters: Sequence[Array], gradients: Sequence[Array], learning_rate: float
    ) -> None:
        """Move each parameter by its mean gradient over the root of its mean square.

        The corrections for the start are moved into the rate and epsilon (section 2 of the paper).
        """
        if not self._means:
            self._means = [np.zeros_like(parameter) for parameter in parameters]
            self._squares = [np.zeros_like(parameter) for parameter in parameters]
        self._steps += 1
        unbias_square = (1 - self.square_decay**self._steps) ** 0.5
        rate = learning_rate * unbias_square / (1 - self.mean_decay**self._steps)
        epsilon = self.epsilon * unbias_square
        for places in zip(parameters, gradients, self._means, self._squares, strict=True):
            for parameter, gradient, mean, square in in_pieces(*places):
                work = gradient - mean
                work *= 1 - self.mean_decay
                mean += work
                np.multiply(gradient, gradient, out=work)
                work -= square
                work *= 1 - self.square_decay
                square += work
                np.sqrt(square, out=work)
                work += epsilon
                np.divide(mean, work, out=work)
                work *= rate
                if self.weight_decay:
                    parameter *= 1 - learning_rate * self.weight_decay
                parameter -= work


def in_pieces(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Cut arrays of one shape into views of some rows each, small enough to stay in the cache.

    Updates that pass over them many times are then faster than over whole arrays.
    """
    rows = max(1, PIECE // max(1, arrays[0][:1].size))
    for start in range(0, len(arrays[0]), rows):
        yield tuple(array[start : start + rows] for array in arrays)
