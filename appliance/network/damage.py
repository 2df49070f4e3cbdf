"""Damage: how much a trained network can lose before it loses its answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from appliance.network.datasets import Dataset
from appliance.network.layers import Array, Layer, ReLU, Sigmoid
from appliance.network.network import Network
from appliance.network.training import accuracy_of

Kind = Literal["neurons", "input"]
SHARES = (0.0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True)
class Wound:
    """What some damage does.

    kind: `neurons` (removed) or `input` (blanked). share: how much of them, 0..1.
    accuracies: share of right answers, 0..1, of each repetition.
    """

    kind: Kind
    share: float
    accuracies: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Mean accuracy over the repetitions."""
        return float(np.mean(self.accuracies))


class Silence(Layer):
    """Sets some neurons' outputs to 0, as if they and their links were gone.

    alive: bool (neurons,), along the last axis: a neuron of a convolution is a whole kernel.
    """

    def __init__(self, alive: NDArray[np.bool_]) -> None:
        super().__init__()
        self.alive = alive

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Silence the dead."""
        return inputs * self.alive.astype(inputs.dtype)

    def backward(self, gradient: Array, to_inputs: bool = True) -> Array:
        """Nothing flows back through the dead."""
        return gradient * self.alive.astype(gradient.dtype)


def remove_neurons(network: Network, share: float, random: np.random.Generator) -> Network:
    """Return a network without this share of its hidden neurons, drawn in each layer.

    The inputs and the ten answers stay. `network` itself isn't changed.
    """
    layers: list[Layer] = []
    neurons = 0
    for layer in network.layers:
        if "weights" in layer.parameters:
            neurons = layer.parameters["weights"].shape[-1]
        layers.append(layer.twin())
        if isinstance(layer, ReLU | Sigmoid):
            alive = np.ones(neurons, bool)
            alive[random.permutation(neurons)[: round(share * neurons)]] = False
            layers.append(Silence(alive))
    return Network(layers)


def blank_input(glyphs: Array, share: float, random: np.random.Generator) -> Array:
    """Return glyphs (N, 28, 28) with a square of this share of each one's area blanked.

    The square lies anywhere inside, drawn for each glyph; its side is rounded to pixels.
    """
    result = glyphs.copy()
    size = glyphs.shape[-1]
    side = min(size, round(size * share**0.5))
    corners = random.integers(0, size - side + 1, (len(glyphs), 2))
    for glyph, (y, x) in zip(result, corners, strict=True):
        glyph[y : y + side, x : x + side] = 0
    return result


def measure_damage(
    network: Network,
    dataset: Dataset,
    kind: Kind,
    random: np.random.Generator,
    *,
    shares: Sequence[float] = SHARES,
    repeats: int = 5,
) -> Iterator[Wound]:
    """Damage the network or its input more and more; yields what each share does."""
    plain = network.folded()
    for share in shares:
        accuracies = []
        for _ in range(repeats if share else 1):
            if kind == "neurons":
                accuracies.append(accuracy_of(remove_neurons(plain, share, random), dataset))
            else:
                blanked = blank_input(dataset.glyphs, share, random)
                accuracies.append(accuracy_of(plain, Dataset(blanked, dataset.labels)))
        yield Wound(kind, share, tuple(accuracies))
