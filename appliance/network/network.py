"""A network: layers, one after the other."""

from __future__ import annotations

import math
from collections import ChainMap
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from appliance.network.context import Context, DepthToSpace, Pad, SpaceToDepth
from appliance.network.convolution import Convolution
from appliance.network.layers import (
    Array,
    Dense,
    Dropout,
    Flatten,
    Layer,
    MaxPool,
    ReLU,
    Reshape,
    Sigmoid,
    Spec,
)
from appliance.network.normalization import BatchNorm, fold
from appliance.network.threads import in_threads

KINDS: dict[str, type[Layer]] = {
    kind.__name__: kind
    for kind in (
        BatchNorm, Context, Convolution, Dense, DepthToSpace, Dropout, Flatten, MaxPool, Pad, ReLU,
        Reshape, Sigmoid, SpaceToDepth,
    )
}  # fmt: skip
"""Every layer that a specification can name."""


class Network:
    """Layers, one after the other; what goes in and comes out is what they make of it.

    The project's networks take glyphs (N, 28, 28) in 0..1 and give logits (N, classes).
    """

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = list(layers)
        self._twins: list[Network] = []

    def forward(self, inputs: Array, training: bool = False) -> Array:
        """Compute the outputs of the last layer for a batch."""
        for layer in self.layers:
            inputs = layer.forward(inputs, training)
        return inputs

    def backward(self, gradient: Array, to_inputs: bool = False) -> Array:
        """Hand the gradient by the outputs back; fill every layer's `gradients`.

        With `to_inputs` returns the gradient by the inputs of the latest training `forward`;
        without, stops at the first layer that has parameters and what it returns has no meaning.
        The gradient's memory may be worked in: it is lost.
        """
        first = 0
        if not to_inputs:
            first = next((i for i, layer in enumerate(self.layers) if layer.parameters), 0)
        for index in range(len(self.layers) - 1, first - 1, -1):
            gradient = self.layers[index].backward(gradient, to_inputs or index > first)
        return gradient

    def parameters(self) -> list[Array]:
        """All trained arrays, in order; change them in place."""
        return [array for layer in self.layers for array in layer.parameters.values()]

    def gradients(self) -> list[Array]:
        """The gradients by `parameters()`, in the same order, from the latest `backward`."""
        return [layer.gradients[name] for layer in self.layers for name in layer.parameters]

    def predict(self, inputs: Array, batch_size: int = 256, threads: int = 1) -> Array:
        """Compute the outputs for any number of inputs, a batch at a time.

        threads: how many share the inputs, four each at least: to ask one takes as long as a glyph.
        """
        threads = min(threads, len(inputs) // 4)
        if threads > 1:
            return self._predict_in_threads(inputs, batch_size, threads)
        outputs = [self.forward(batch) for batch in batches(inputs, batch_size)]
        return np.concatenate(outputs) if outputs else self.forward(inputs)

    def _predict_in_threads(self, inputs: Array, batch_size: int, threads: int) -> Array:
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (4 ms of every start)

        while len(self._twins) < threads:
            self._twins.append(self.twin())
        size = min(batch_size, math.ceil(len(inputs) / (2 * threads)))
        waiting = iter(list(enumerate(batches(inputs, size))))  # who comes late does less

        def predict(index: int) -> dict[int, Array]:
            return {place: self._twins[index].forward(batch) for place, batch in waiting}

        with ThreadPoolExecutor(threads) as pool:
            done = ChainMap(*in_threads(predict, threads, pool))
        return np.concatenate([done[place] for place in sorted(done)])

    def twin(self) -> Network:
        """Return a network that shares the parameters, to be used in another thread."""
        return Network([layer.twin() for layer in self.layers])

    def frozen(self) -> Network:
        """Return a twin that is faster, for reading alone: the parameters must change no more."""
        return Network([layer.frozen() for layer in self.layers])

    def copy(self) -> Network:
        """Return a network with parameters and statistics of its own."""
        result = self.twin()
        for layer in result.layers:
            layer.parameters = {k: v.copy() for k, v in layer.parameters.items()}
            layer.statistics = {k: v.copy() for k, v in layer.statistics.items()}
        return result

    def folded(self) -> Network:
        """Return a network of plain layers with the same outputs, BatchNorm and Dropout gone."""
        return Network(fold([layer for layer in self.layers if not isinstance(layer, Dropout)]))

    def specs(self) -> list[Spec]:
        """Describe the layers in plain values, for `from_specs`."""
        return [layer.spec() for layer in self.layers]


def from_specs(specs: Sequence[Spec], random: np.random.Generator | None = None) -> Network:
    """Build a network from its layers' specifications; weights drawn, or zero without `random`.

    Raises KeyError, TypeError or ValueError for a specification that fits no layer.
    """
    return Network([_layer(dict(spec), random) for spec in specs])


def _layer(spec: dict[str, Any], random: np.random.Generator | None) -> Layer:
    kind = KINDS[spec.pop("kind")]
    if kind is Reshape:
        return Reshape(*spec["shape"])
    if kind is Context:
        return Context([_layer(dict(inner), random) for inner in spec["layers"]])
    if kind in (Convolution, Dense, Dropout):
        spec["random"] = random
    return kind(**spec)


def batches(array: Array, size: int) -> Iterator[Array]:
    """Cut into pieces of `size`, the last one as long as is left."""
    for start in range(0, len(array), size):
        yield array[start : start + size]
