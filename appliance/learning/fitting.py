"""What the tasks of the networks that see grey frames share: examples of scenes, and judging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TypeVar

import numpy as np

from appliance.network.network import Network
from appliance.network.optimizers import Adam
from appliance.network.threads import in_threads, share_of
from appliance.network.training import Numbers, Plan, Task, Trainer

Example = TypeVar("Example")
Judge = Callable[[Network, Numbers], tuple[float, int, int]]
"""Tells of some held-out examples, one at least, by their numbers: the sum of a folded network's
losses, how many it tells rightly, and of how many."""


def fitter(network: Network, task: Task, plan: Plan, seed: int) -> Trainer:
    """A trainer with the optimizer that all of them use."""
    return Trainer(network, Adam(weight_decay=0.01), plan, task, seed=seed)


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


def judged_in_threads(
    judge: Judge, held_out: int, network: Network, threads: int
) -> tuple[float, float]:
    """What `Task.judged` tells; each thread judges its share of so many examples."""
    folded, numbers = network.folded(), np.arange(held_out)
    shares = [share for i in range(threads) if len(share := share_of(numbers, i, threads))]
    twins = [folded.twin() for _ in shares]
    with ThreadPoolExecutor(len(shares)) as pool:
        told = in_threads(lambda index: judge(twins[index], shares[index]), len(shares), pool)
    losses, right, of = np.sum(told, axis=0)
    return float(losses / held_out), float(right / max(1, of))
