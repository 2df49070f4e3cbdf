"""Classification: the task of a network that tells digits, from glyphs and their labels."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from appliance.network.calibration import fit_temperature
from appliance.network.datasets import Dataset
from appliance.network.layers import Array
from appliance.network.losses import softmax_cross_entropy
from appliance.network.network import Network
from appliance.network.training import Numbers

Glyphs = NDArray[np.float32]
Augment = Callable[[Glyphs, np.random.Generator], Glyphs]
Draw = Callable[[int, np.random.Generator], tuple[Glyphs, NDArray[np.int64]]]
"""Gives so many glyphs (N, 28, 28) and their labels (N,)."""

MEASURED, PARTS = 4096, 16
"""Glyphs on which batch statistics are measured, in so many batches."""


class Classification:
    """Learns one part of the data and is judged by the other: see `Task`.

    It is judged by the loss at the best temperature, which is fitted afterwards in any case:
    confidence grows with every epoch, and the few that stay wrong would make early ones look best.
    """

    clueless = math.log(11)  # with a class for what is no digit; without it hardly less
    least_share = 8  # of fewer glyphs batch statistics mean little
    advice = "another seed, or with a recipe of a lower learning rate"

    def __init__(
        self,
        training: Dataset,
        held_out: Dataset,
        *,
        smoothing: float = 0.0,
        augment: Augment | None = None,
        supplies: Sequence[tuple[float, Draw]] = (),
    ) -> None:
        """Raise TrainingError when the data can't teach anything.

        smoothing: see `Plan`. augment: changes each batch at random. supplies: what is added to
        each batch, in shares of its size, and where it comes from.
        """
        training.check_teaches()
        self._training, self._others = training, held_out
        self._smoothing, self._augment, self._supplies = smoothing, augment, supplies
        self.held_out = len(held_out)

    def __len__(self) -> int:
        return len(self._training)

    def order(self, random: np.random.Generator) -> Numbers:
        """All glyphs."""
        return random.permutation(len(self))

    def loss(
        self, network: Network, chosen: Numbers, random: np.random.Generator
    ) -> tuple[float, Array]:
        """See `softmax_cross_entropy`."""
        glyphs, labels = self._batch(chosen, random)
        logits = network.forward(glyphs, training=True)
        return softmax_cross_entropy(logits, labels, self._smoothing)

    def samples(self, chance: np.random.Generator, random: np.random.Generator) -> Iterator[Array]:
        """Some of the glyphs."""
        chosen = self.order(chance)[:MEASURED]
        for part in np.array_split(chosen, PARTS):
            if len(part):
                yield self._batch(part, random)[0]

    def judged(self, network: Network, threads: int) -> tuple[float, float]:
        """The loss at the best temperature, and how many glyphs are told."""
        labels = self._others.labels
        logits = network.predict(self._others.glyphs, threads=threads)
        temperature = logits.dtype.type(fit_temperature(logits, labels))
        loss, _ = softmax_cross_entropy(logits / temperature, labels)
        return loss, float(np.mean(np.argmax(logits[:, :10], axis=1) == labels))

    def _batch(
        self, chosen: Numbers, random: np.random.Generator
    ) -> tuple[Glyphs, NDArray[np.int64]]:
        """Take glyphs, add those of the supplies, change all at random."""
        glyphs, labels = self._training.glyphs.take(chosen, axis=0), self._training.labels[chosen]
        added = [draw(round(len(chosen) * share), random) for share, draw in self._supplies]
        if added:
            glyphs = np.concatenate([glyphs, *(more for more, _ in added)])
            labels = np.concatenate([labels, *(more for _, more in added)])
        if self._augment:
            glyphs = self._augment(glyphs, random)
        return glyphs, labels
