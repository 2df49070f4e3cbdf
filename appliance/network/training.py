"""Training: mini-batches of a task, in threads; the best averaged weights are kept."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from appliance.errors import TrainingError
from appliance.network.datasets import Dataset
from appliance.network.heap import keep_freed_memory
from appliance.network.layers import Array
from appliance.network.network import Network
from appliance.network.normalization import norms_of
from appliance.network.optimizers import Optimizer, in_pieces
from appliance.network.threads import in_threads, share_of

Numbers = NDArray[np.int64]

MANY_WEIGHTS = 1 << 18
"""Weights from which on moving them in threads saves more than the 0.2 ms that it takes to ask."""

DIVERGED = 3.0
"""Training has diverged when the mean loss is so many times that of an untrained network."""


@dataclass(frozen=True)
class Plan:
    """How to train.

    learning_rate: its peak; it rises over `warm_up` epochs and falls to 0 as a cosine.
    averaging: decay per step of the exponential moving average of the weights, which is what is
    evaluated and kept; 0 keeps the latest weights.
    smoothing: of labels, for a task that has some; it is told that itself.
    threads: each takes a part of every batch, see `Task.least_share`, so there may be fewer; the
    result depends on their number, not on chance.
    """

    epochs: int
    batch_size: int = 64
    learning_rate: float = 2e-3
    warm_up: float = 0.2
    smoothing: float = 0.0
    averaging: float = 0.999
    threads: int = 1

    def rate(self, epoch: float) -> float:
        """Learning rate at a time in epochs: linear rise, then half a cosine to 0."""
        if epoch < self.warm_up:
            return self.learning_rate * max(epoch, 0.02) / self.warm_up
        done = (epoch - self.warm_up) / max(self.epochs - self.warm_up, 1e-9)
        return self.learning_rate * 0.5 * (1 + math.cos(math.pi * min(done, 1.0)))


@dataclass(frozen=True)
class Progress:
    """Where training stands after a batch.

    epoch: from 1. batch: from 1 to batches. loss: mean over the epoch so far.
    accuracy: on the held-out part, 0..1, after the epoch's last batch; None before.
    """

    epoch: int
    epochs: int
    batch: int
    batches: int
    loss: float
    accuracy: float | None = None


class Task(Protocol):
    """What a network is to learn, from numbered examples, and how well it does on others.

    held_out: how many examples there are that training never sees; one at least.
    clueless: about the mean loss of a network that has learnt nothing.
    least_share: examples of a batch that each thread has at least.
    advice: what to try when training diverges, after "try again with".
    """

    held_out: int
    clueless: float
    least_share: int
    advice: str

    def __len__(self) -> int:
        """How many examples an epoch shows."""
        ...

    def order(self, random: np.random.Generator) -> Numbers:
        """The numbers of an epoch's examples, as they are shown, (len(self),)."""
        ...

    def loss(
        self, network: Network, chosen: Numbers, random: np.random.Generator
    ) -> tuple[float, Array]:
        """Mean loss on some examples, changed at random, and its gradient by the outputs.

        The network is to be asked with training=True, once.
        """
        ...

    def samples(self, chance: np.random.Generator, random: np.random.Generator) -> Iterator[Array]:
        """Batches of inputs, on which the batch statistics are measured.

        random: changes them, and chooses them unless `chance`, that of the order, does.
        """
        ...

    def judged(self, network: Network, threads: int) -> tuple[float, float]:
        """Mean loss on the held-out examples, and the share of them, 0..1, that is told rightly."""
        ...


class Trainer:
    """Trains a network for a task, and keeps what did best on the held-out examples.

    best, best_accuracy: the averaged network so far with the least loss on the held-out examples,
    batch statistics measured, and the share of them that it tells rightly; before the first
    epoch's end the network as it was given. The loss chooses, because a few examples more or less
    that are told are chance.
    """

    def __init__(
        self, network: Network, optimizer: Optimizer, plan: Plan, task: Task, *, seed: int = 0
    ) -> None:
        self.network, self.task, self.plan = network, task, plan
        self.best, self.best_accuracy, self._best_loss = network.copy(), 0.0, math.inf
        self._averaged = network.copy() if plan.averaging else network
        self._batch_size = min(plan.batch_size, len(task))
        threads = min(plan.threads, max(1, self._batch_size // task.least_share))
        self._order = np.random.default_rng([seed, 0])
        self._randoms = [np.random.default_rng([seed, 1 + i]) for i in range(threads)]
        self._twins = [network.twin() for _ in range(threads)]
        weights = sum(parameter.size for parameter in network.parameters())
        movers = threads if weights >= MANY_WEIGHTS else 1
        self._optimizers = [copy.deepcopy(optimizer) for _ in range(movers)]
        self._steps = 0

    @property
    def has_learnt(self) -> bool:
        """Whether `best` holds what an epoch gave yet, and not the network as it was given."""
        return self._best_loss < math.inf

    def run(self) -> Iterator[Progress]:
        """Train, and say after each batch where it stands.

        May be left at any time; `best` holds what is worth keeping. Raises TrainingError when
        training diverges.
        """
        keep_freed_memory()
        with ThreadPoolExecutor(len(self._twins)) as pool:
            for epoch in range(1, self.plan.epochs + 1):
                yield from self._epoch(epoch, pool)

    def _epoch(self, epoch: int, pool: ThreadPoolExecutor) -> Iterator[Progress]:
        plan, size = self.plan, self._batch_size
        order = self.task.order(self._order)
        count, total = len(order) // size, 0.0
        for batch in range(1, count + 1):
            rate = plan.rate(epoch - 1 + (batch - 1) / count)
            total += self._step(order[(batch - 1) * size : batch * size], rate, pool)
            self._refuse_divergence(total / batch, epoch)
            if batch < count:
                yield Progress(epoch, plan.epochs, batch, count, total / batch)
        accuracy = self._keep_best(epoch)
        yield Progress(epoch, plan.epochs, count, count, total / count, accuracy)

    def _step(self, chosen: Numbers, rate: float, pool: ThreadPoolExecutor) -> float:
        """Train on one batch; returns the mean loss.

        Each thread takes its share of the batch, then its share of the weights.
        """
        self._steps += 1
        losses = in_threads(partial(self._gradients, chosen), len(self._twins), pool)
        in_threads(partial(self._update, rate), len(self._optimizers), pool)
        return sum(losses) / len(losses)

    @np.errstate(over="ignore", invalid="ignore")  # in a thread of its own; divergence is told
    def _gradients(self, chosen: Numbers, index: int) -> float:
        """Forward and backward through one twin with its share of the batch; returns the loss."""
        twin, count = self._twins[index], len(self._twins)
        share = share_of(chosen, index, count)
        loss, gradient = self.task.loss(twin, share, self._randoms[index])
        gradient /= count
        twin.backward(gradient)
        return loss

    @np.errstate(over="ignore", invalid="ignore")
    def _update(self, rate: float, index: int) -> None:
        """Add up the twins' gradients, move the weights and their average: one share of each."""

        def share(arrays: Sequence[Array]) -> list[Array]:
            return [share_of(array, index, len(self._optimizers)) for array in arrays]

        gradients, *others = (share(twin.gradients()) for twin in self._twins)
        for other in others:
            for total, more in zip(gradients, other, strict=True):
                total += more
        weights = share(self.network.parameters())
        self._optimizers[index].step(weights, gradients, rate)
        if self.plan.averaging:
            averages = share(self._averaged.parameters())
            move_averages(averages, weights, self.plan.averaging, self._steps)

    @np.errstate(over="ignore", invalid="ignore")
    def _keep_best(self, epoch: int) -> float:
        """Judge the averaged weights, keep them when no earlier ones were better."""
        measure_statistics(self._averaged, self.task.samples(self._order, self._randoms[0]))
        loss, accuracy = self.task.judged(self._averaged, self.plan.threads)
        self._refuse_divergence(loss, epoch)
        if loss <= self._best_loss:
            self.best, self.best_accuracy = self._averaged.copy(), accuracy
            self._best_loss = loss
        return accuracy

    def _refuse_divergence(self, loss: float, epoch: int) -> None:
        if not loss <= DIVERGED * self.task.clueless:
            raise TrainingError(
                f"training diverged in epoch {epoch}: the mean loss is {loss:.3g}; try again with "
                f"{self.task.advice}"
            )


def move_averages(
    averages: Sequence[Array], weights: Sequence[Array], averaging: float, steps: int
) -> None:
    """Move averages towards the weights; faster at the start, when they know nothing.

    averaging: see Plan. steps: taken so far.
    """
    decay = min(averaging, steps / (steps + 10))
    for average, latest in zip(averages, weights, strict=True):
        for kept, new in in_pieces(average, latest):
            kept += (1 - decay) * (new - kept)


def measure_statistics(network: Network, inputs: Iterable[Array]) -> None:
    """Set every BatchNorm's statistics to the mean over these batches of inputs."""
    norms = norms_of(network.layers)
    if not norms:
        return
    means: list[list[Array]] = [[] for _ in norms]
    variances: list[list[Array]] = [[] for _ in norms]
    for batch in inputs:
        network.forward(batch, training=True)
        for index, norm in enumerate(norms):
            means[index].append(norm.batch_mean)
            variances[index].append(norm.batch_variance)
    for norm, mean, variance in zip(norms, means, variances, strict=True):
        norm.statistics["mean"] = np.mean(mean, axis=0)
        norm.statistics["variance"] = np.mean(variance, axis=0) + np.var(mean, axis=0)


def accuracy_of(network: Network, dataset: Dataset) -> float:
    """Share of the data set, 0..1, whose most probable digit is its label."""
    logits = network.predict(dataset.glyphs)
    return float(np.mean(np.argmax(logits[:, :10], axis=1) == dataset.labels))
