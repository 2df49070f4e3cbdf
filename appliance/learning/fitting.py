"""Fitting of the networks that see grey frames: epochs, threads, averages, and keeping the best."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from appliance.errors import TrainingError
from appliance.network.heap import keep_freed_memory
from appliance.network.layers import Array
from appliance.network.network import Network
from appliance.network.optimizers import Adam
from appliance.network.threads import in_threads, share_of
from appliance.network.training import (
    DIVERGED,
    Plan,
    Progress,
    measure_statistics,
    move_averages,
)

Numbers = NDArray[np.int64]
Example = TypeVar("Example")


def parted(
    scenes: Sequence[Sequence[Example]], held_out: float
) -> tuple[list[Example], list[Example]]:
    """What the first scenes show, to train on, and what the last ones show, for judging."""
    kept = trained_on(len(scenes), held_out)
    training, others = (list(chain.from_iterable(some)) for some in (scenes[:kept], scenes[kept:]))
    return training, others


def trained_on(count: int, held_out: float) -> int:
    """How many of the scenes are trained on: all but a share of them, one at least."""
    return count - max(1, round(held_out * count))


class Task(Protocol):
    """What a network is to learn, from numbered examples, and how well it does on others.

    held_out: how many examples there are that training never sees, numbered from 0; one at least.
    clueless: about the mean loss of a network that has learnt nothing.
    """

    held_out: int
    clueless: float

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

    def samples(self, random: np.random.Generator) -> Iterator[Array]:
        """Batches of inputs, on which the batch statistics are measured."""
        ...

    def judged(self, network: Network, chosen: Numbers) -> tuple[float, int, int]:
        """Sum of the losses on some held-out examples, how many are told rightly, and of how many.

        network: folded. chosen: one example at least.
        """
        ...


class Fitter:
    """Trains a network for a task, and keeps what did best on the held-out examples.

    best, best_accuracy: the averaged network so far with the least loss on the held-out examples,
    batch statistics measured, and the share of them that it tells rightly; before the first
    epoch's end the network as it was given.
    """

    def __init__(self, network: Network, task: Task, plan: Plan, seed: int = 0) -> None:
        self.network, self.task, self.plan = network, task, plan
        self.best, self.best_accuracy, self._best_loss = network.copy(), 0.0, math.inf
        self._averaged = network.copy()
        self._batch_size = min(plan.batch_size, len(task))
        threads = min(plan.threads, self._batch_size)
        self._order = np.random.default_rng([seed, 0])
        self._randoms = [np.random.default_rng([seed, 1 + i]) for i in range(threads)]
        self._twins = [network.twin() for _ in range(threads)]
        self._optimizer = Adam(weight_decay=0.01)
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
        accuracy = self._keep_best(epoch, pool)
        yield Progress(epoch, plan.epochs, count, count, total / count, accuracy)

    @np.errstate(over="ignore", invalid="ignore")
    def _step(self, chosen: Numbers, rate: float, pool: ThreadPoolExecutor) -> float:
        """Train on one batch; returns the mean loss."""
        losses = in_threads(partial(self._gradients, chosen), len(self._twins), pool)
        gradients, *others = (twin.gradients() for twin in self._twins)
        for other in others:
            for total, more in zip(gradients, other, strict=True):
                total += more
        weights = self.network.parameters()
        self._optimizer.step(weights, gradients, rate)
        self._steps += 1
        averages = self._averaged.parameters()
        move_averages(averages, weights, self.plan.averaging, self._steps)
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
    def _keep_best(self, epoch: int, pool: ThreadPoolExecutor) -> float:
        """Evaluate the averaged weights, keep them when no earlier ones were better."""
        measure_statistics(self._averaged, self.task.samples(self._randoms[0]))
        loss, accuracy = self._evaluated(pool)
        self._refuse_divergence(loss, epoch)
        if loss <= self._best_loss:
            self.best, self.best_accuracy = self._averaged.copy(), accuracy
            self._best_loss = loss
        return accuracy

    def _evaluated(self, pool: ThreadPoolExecutor) -> tuple[float, float]:
        """Mean loss on the held-out examples, and the share of them that is told rightly."""
        network, count = self._averaged.folded(), len(self._twins)
        twins, numbers = [network.twin() for _ in range(count)], np.arange(self.task.held_out)

        def judge(index: int) -> tuple[float, int, int]:
            share = share_of(numbers, index, count)
            return self.task.judged(twins[index], share) if len(share) else (0.0, 0, 0)

        losses, right, of = np.sum(in_threads(judge, count, pool), axis=0)
        return float(losses / self.task.held_out), float(right / max(1, of))

    def _refuse_divergence(self, loss: float, epoch: int) -> None:
        if not loss <= DIVERGED * self.task.clueless:
            raise TrainingError(
                f"training diverged in epoch {epoch}: the mean loss is {loss:.3g}; try again with "
                "another seed"
            )
