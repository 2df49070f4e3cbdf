"""What processes that draw scenes share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.progress import track

from appliance.learning.samples import read_samples
from appliance.network.datasets import read_mnist
from appliance.scenes import Difficulty, Samples, Scene, generate

T = TypeVar("T")

KINDS: tuple[Difficulty, ...] = (
    "easy", "crop", "medium", "negative", "hard",
    "page", "crop", "screen", "medium", "hard",
    "easy", "crop", "negative", "empty crop", "page",
    "screen", "crop", "medium", "negative", "hard",
    "small", "small", "small", "sparse", "sparse", "empty sparse", "dense", "dense", "list",
    "notes",
)  # fmt: skip
"""Kinds of scenes, in turn."""


def drawn(seed: int, number: int, mnist: Path | None) -> tuple[Scene, np.random.Generator]:
    """Draw one of a seed's scenes; also returns the random numbers that follow.

    mnist: folder with MNIST's training files, from which most of the digits are taken.
    """
    random = np.random.default_rng([seed, number])
    return generate(random, KINDS[number % len(KINDS)], samples=_samples(mnist)), random


def require_samples(mnist: Path | None) -> None:
    """Raise DatasetError when there is no MNIST in a folder, before long work begins."""
    if mnist is not None:
        read_mnist(mnist)  # which the processes that draw read again: here it isn't kept


def each(work: Callable[[int], T], scenes: int, jobs: int) -> Iterator[T]:
    """Do work for the scenes 0 to scenes - 1 in so many processes, and show how far it is.

    work: a function of a module, perhaps in a `partial`.
    """
    console = Console(stderr=True)
    # fresh processes: a forked one may wait for ever for threads, which it doesn't inherit
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        found = pool.map(work, range(scenes), chunksize=8)
        yield from track(found, total=scenes, description="drawing", console=console)


@cache
def _samples(mnist: Path | None) -> Samples | None:
    """Other people's digits, read once in each process."""
    return None if mnist is None else read_samples(mnist)
