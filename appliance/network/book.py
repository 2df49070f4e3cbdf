"""The network of Tariq Rashid's "Make Your Own Neural Network" (2016), exactly, and fast.

784 inputs, one hidden layer, 10 outputs; sigmoids; no bias; the weights move after each example.
Two things of the book are kept although a textbook would do otherwise: the hidden error is the
output error split by the weights *before* the output's derivative is applied, and initial weights
are drawn with the standard deviation nodes ** -0.5 of the layer that *receives* them (the book's
first printing; the author's later notebooks use the layer that sends).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from appliance.errors import TrainingError
from appliance.network.datasets import Dataset
from appliance.network.layers import Array, Dense, Flatten, Sigmoid, logistic
from appliance.network.network import Network
from appliance.network.rotation import Rotation
from appliance.values import GLYPH_SIZE

INPUTS, OUTPUTS = 784, 10
BLOCK = 32
"""Examples per matrix product in `train_block`. Measured: 24 to 48 are fastest."""


_unflagged = np.errstate(over="ignore", invalid="ignore")
"""What diverges is told by its weights (`_epochs`): floating-point flags tell too much. OpenBLAS
0.3.31 on AVX-512 raises "invalid" for finite matrices of five columns, though the product is right:
in all calls of one process in a hundred, in none of the others."""


@dataclass(frozen=True)
class BookRecipe:
    """The book's settings for one run.

    rotation: degrees; each example is followed by its copies turned by +rotation and -rotation.
    """

    hidden: int = 100
    rate: float = 0.3
    epochs: int = 1
    rotation: float = 0.0


class BookNetwork:
    """The book's weights.

    input_hidden: (hidden, 784), hidden_output: (10, hidden); the book's `wih` and `who`.
    """

    def __init__(self, input_hidden: Array, hidden_output: Array) -> None:
        self.input_hidden, self.hidden_output = input_hidden, hidden_output

    @classmethod
    def drawn(
        cls, hidden: int, random: np.random.Generator, dtype: DTypeLike = np.float32
    ) -> BookNetwork:
        """Draw initial weights as the book's first printing does."""
        input_hidden = random.normal(0.0, hidden**-0.5, (hidden, INPUTS))
        hidden_output = random.normal(0.0, OUTPUTS**-0.5, (OUTPUTS, hidden))
        return cls(input_hidden.astype(dtype), hidden_output.astype(dtype))

    @_unflagged
    def query(self, inputs: Array) -> Array:
        """Ask: inputs (N, 784) in 0.01..1 -> outputs (N, 10) in 0..1."""
        return logistic(logistic(inputs @ self.input_hidden.T) @ self.hidden_output.T)

    def train(self, inputs: Array, targets: Array, rate: float) -> None:
        """Learn one example, step by step as printed: inputs (784,), targets (10,)."""
        hidden = logistic(self.input_hidden @ inputs)
        outputs = logistic(self.hidden_output @ hidden)
        output_errors = targets - outputs
        hidden_errors = self.hidden_output.T @ output_errors
        self.hidden_output += rate * np.outer(output_errors * outputs * (1 - outputs), hidden)
        self.input_hidden += rate * np.outer(hidden_errors * hidden * (1 - hidden), inputs)

    @_unflagged
    def train_block(self, inputs: Array, targets: Array, rate: float) -> None:
        """Learn examples one after the other, with the big products done for all at once.

        inputs: (B, 784), targets: (B, 10). In exact arithmetic the same as `train` for each row:
        after s examples the weights are W + sum_s push_s x_s', so what example t sees is
        W x_t + sum_s push_s (x_s . x_t), and the scalar products of all pairs are one product too.
        """
        signals = inputs @ self.input_hidden.T
        pairs = inputs @ inputs.T
        pushes = np.empty_like(signals)
        for index, target in enumerate(targets):
            hidden = signals[index]
            if index:
                hidden += pairs[index, :index] @ pushes[:index]
            _sigmoid_in_place(hidden)
            outputs = self.hidden_output @ hidden
            _sigmoid_in_place(outputs)
            target -= outputs
            np.matmul(target, self.hidden_output, out=pushes[index])
            pushes[index] *= hidden * (1 - hidden) * rate
            target *= outputs * (1 - outputs) * rate
            self.hidden_output += target[:, None] * hidden
        self.input_hidden += pushes.T @ inputs

    def to_network(self) -> Network:
        """Return plain layers that take glyphs in 0..1 and give the signals into the outputs.

        The scaling of the inputs becomes a factor and a bias of the first layer; the last sigmoid
        is left out, because it changes no order.
        """
        hidden = len(self.input_hidden)
        first = Dense(INPUTS, hidden, dtype=self.input_hidden.dtype)
        weights = self.input_hidden
        first.parameters["weights"] = np.ascontiguousarray(weights.T) * _as(weights, 0.99)
        first.parameters["bias"] = self._bias
        last = Dense(hidden, OUTPUTS, bias=False, dtype=self.hidden_output.dtype)
        last.parameters["weights"] = np.ascontiguousarray(self.hidden_output.T)
        return Network([Flatten(), first, Sigmoid(), last])

    @property
    def _bias(self) -> Array:
        """What inputs of 0.01 for empty pixels add to the hidden nodes' signals, (hidden,)."""
        bias: Array = self.input_hidden.sum(axis=1) * _as(self.input_hidden, 0.01)
        return bias

    @classmethod
    def from_network(cls, network: Network) -> BookNetwork:
        """Take the book's weights out of what `to_network` made.

        Raises TrainingError when the layers are others.
        """
        kinds = [type(layer) for layer in network.layers]
        if kinds != [Flatten, Dense, Sigmoid, Dense]:
            names = ", ".join(kind.__name__ for kind in kinds)
            raise TrainingError(f"this isn't the book's network: its layers are {names}")
        first, last = (network.layers[index].parameters for index in (1, 3))
        weights = first["weights"]
        book = cls(weights.T / _as(weights, 0.99), last["weights"].T.copy())
        nodes = len(weights), last["weights"].shape[1]
        rounding = 1e-5 * np.abs(weights).sum(axis=0).max()  # of a sum, in half precision
        bias = first.get("bias", np.nan)
        plain = "bias" not in last and np.allclose(bias, book._bias, 1e-3, rounding)
        if nodes != (INPUTS, OUTPUTS) or not plain:
            raise TrainingError("this isn't the book's network: it has other nodes, or biases")
        return book


def _as(like: Array, number: float) -> np.floating[Any]:
    """Return the number in the array's type, so that float32 stays float32 in numpy 1 too."""
    return like.dtype.type(number)


def _sigmoid_in_place(signals: Array) -> None:
    signals *= 0.5
    np.tanh(signals, out=signals)
    signals += 1
    signals *= 0.5


def scale_inputs(glyphs: Array) -> Array:
    """Bring glyphs (N, 28, 28) in 0..1 to the book's inputs: (N, 784) in 0.01..1."""
    inputs: Array = glyphs.reshape(len(glyphs), INPUTS) * _as(glyphs, 0.99)
    inputs += _as(glyphs, 0.01)
    return inputs


def to_glyphs(inputs: Array) -> Array:
    """The way back: the book's inputs, (N, 784) or (N, 28, 28) in 0.01..1, to glyphs in 0..1."""
    scaled: Array = (inputs - _as(inputs, 0.01)) / _as(inputs, 0.99)
    return np.clip(scaled, 0, 1).reshape(len(inputs), GLYPH_SIZE, GLYPH_SIZE)


def make_targets(labels: NDArray[np.integer]) -> Array:
    """Turn labels (N,) in 0..9 into (N, 10) float32: 0.99 for the digit, 0.01 for the others."""
    targets = np.full((len(labels), OUTPUTS), 0.01, np.float32)
    targets[np.arange(len(labels)), labels] = 0.99
    return targets


def train_book(
    recipe: BookRecipe, dataset: Dataset, random: np.random.Generator
) -> Iterator[tuple[int, BookNetwork]]:
    """Train in the order of the data set, as the book does; yields (epoch, network) after each.

    Raises TrainingError when the data can't teach anything, and for weights that aren't finite any
    more.
    """
    dataset.check_teaches()
    return _epochs(recipe, dataset, random)


def _epochs(
    recipe: BookRecipe, dataset: Dataset, random: np.random.Generator
) -> Iterator[tuple[int, BookNetwork]]:
    network = BookNetwork.drawn(recipe.hidden, random)
    for epoch in range(1, recipe.epochs + 1):
        for inputs, targets in _blocks(recipe.rotation, dataset):
            network.train_block(inputs, targets, recipe.rate)
        if not np.isfinite(network.input_hidden).all():
            raise TrainingError(f"training diverged in epoch {epoch}; take a smaller rate")
        yield epoch, network


def _blocks(rotation: float, dataset: Dataset) -> Iterator[tuple[Array, Array]]:
    """Give inputs and targets in blocks; with rotation each example is followed by two copies."""
    turns = [Rotation(rotation), Rotation(-rotation)] if rotation else []
    step = max(1, BLOCK // (1 + len(turns)))
    for start in range(0, len(dataset), step):
        inputs = scale_inputs(dataset.glyphs[start : start + step])
        targets = make_targets(dataset.labels[start : start + step])
        if turns:
            copies = [inputs, *(turn(inputs, background=0.01) for turn in turns)]
            inputs = np.stack(copies, axis=1).reshape(-1, INPUTS)
            targets = np.repeat(targets, len(copies), axis=0)
        yield inputs, targets
