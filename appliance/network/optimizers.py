"""Optimizers: how the gradients move the parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from appliance.network.layers import Array

PIECE = 1 << 16
"""Numbers that an update works on at a time: four arrays of them fit the second-level cache."""

NEGLIGIBLE = 1e-30
"""What decayed below this moves no weight any more."""

CLEARING = 50
"""Steps between two clearings: at a decay of 0.9 what was just kept falls to 5e-33 meanwhile."""


class Optimizer(Protocol):
    """Moves parameters in place."""

    def step(
        self, parameters: Sequence[Array], gradients: Sequence[Array], learning_rate: float
    ) -> None:
        """Take one step against the gradients; the same parameters in the same order each time.

        The gradients' memory is worked in: they are lost.
        """
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
        self._steps = 0

    def step(
        self, parameters: Sequence[Array], gradients: Sequence[Array], learning_rate: float
    ) -> None:
        """Move each parameter by its velocity; without momentum by the gradient alone."""
        for parameter, gradient in zip(parameters, gradients, strict=True):
            if self.weight_decay:
                gradient += self.weight_decay * parameter
            gradient *= learning_rate
        if not self.momentum:
            for parameter, push in zip(parameters, gradients, strict=True):
                parameter -= push
            return
        if not self._velocities:
            self._velocities = [np.zeros_like(parameter) for parameter in parameters]
        for parameter, push, velocity in zip(parameters, gradients, self._velocities, strict=True):
            self._move(parameter, push, velocity)
        self._steps += 1
        if self._steps % CLEARING == 0:
            clear_negligible(self._velocities)

    def _move(self, parameter: Array, push: Array, velocity: Array) -> None:
        """Change the velocity by the push, and move; with `nesterov` one velocity further."""
        velocity *= self.momentum
        velocity -= push
        if self.nesterov:
            parameter -= push
            np.multiply(velocity, self.momentum, out=push)
            parameter += push
        else:
            parameter += velocity


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
        self._sums: list[Array] = []
        self._square_sums: list[Array] = []
        self._steps = 0

    def step(
        self, parameters: Sequence[Array], gradients: Sequence[Array], learning_rate: float
    ) -> None:
        """Move each parameter by its mean gradient over the root of its mean square.

        Kept are decaying sums, sum = decay * sum + gradient, which take fewer passes over the
        memory than the means of the paper; mean = sum * (1 - decay) / (1 - decay**steps) goes into
        the rate and epsilon.
        """
        if not self._sums:
            self._sums = [np.zeros_like(parameter) for parameter in parameters]
            self._square_sums = [np.zeros_like(parameter) for parameter in parameters]
        self._steps += 1
        weight = (1 - self.mean_decay) / (1 - self.mean_decay**self._steps)
        square_weight = (1 - self.square_decay) / (1 - self.square_decay**self._steps)
        rate = learning_rate * weight / square_weight**0.5
        epsilon = self.epsilon / square_weight**0.5
        for places in zip(parameters, gradients, self._sums, self._square_sums, strict=True):
            for parameter, gradient, total, squares in in_pieces(*places):
                total *= self.mean_decay
                total += gradient
                gradient *= gradient
                squares *= self.square_decay
                squares += gradient
                move = np.sqrt(squares, out=gradient)
                move += epsilon
                np.divide(total, move, out=move)
                move *= rate
                if self.weight_decay:
                    parameter *= 1 - learning_rate * self.weight_decay
                parameter -= move
        if self._steps % CLEARING == 0:
            clear_negligible(self._sums)
            clear_negligible(self._square_sums)


def clear_negligible(arrays: Sequence[Array]) -> None:
    """Set to zero what has decayed to nearly nothing.

    The moments of weights without a gradient, such as those of a hidden node that never fires,
    would decay to subnormal numbers (below 1e-38) and stay there, since rounding keeps the last of
    them up. Processors take many times longer over these: with one such weight in fifteen a step of
    the network 784-1200-800-10 took 1.6 times as long.
    """
    for array in arrays:
        for (piece,) in in_pieces(array):
            piece *= np.abs(piece) >= NEGLIGIBLE


def in_pieces(*arrays: Array) -> Iterator[tuple[Array, ...]]:
    """Cut arrays of one shape into views of some rows each, small enough to stay in the cache.

    Updates that pass over them many times are then faster than over whole arrays.
    """
    rows = max(1, PIECE // max(1, arrays[0][:1].size))
    for start in range(0, len(arrays[0]), rows):
        yield tuple(array[start : start + rows] for array in arrays)
