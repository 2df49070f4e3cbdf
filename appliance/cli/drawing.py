"""What processes that draw scenes share."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import cache
from multiprocessing import active_children, get_context
from pathlib import Path
from signal import SIG_IGN, SIGINT
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.progress import track

from appliance.errors import TrainingError
from appliance.learning.samples import read_samples
from appliance.network.datasets import read_mnist
from appliance.scenes import Difficulty, Samples, Scene, generate

T = TypeVar("T")

AHEAD = 4
"""Scenes that are begun for each process before anybody asks for them."""

KINDS: tuple[Difficulty, ...] = (
    "easy", "crop", "medium", "negative", "hard",
    "page", "crop", "screen", "medium", "hard",
    "easy", "crop", "negative", "empty crop", "page",
    "screen", "crop", "medium", "negative", "hard",
    "small", "small", "small", "sparse", "sparse", "empty sparse", "dense", "dense", "list",
    "notes", "ringed",
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


def each(work: Callable[[int], T], scenes: int, jobs: int) -> Generator[T, None, None]:
    """Do work for the scenes 0 to scenes - 1 in so many processes, and show how far it is.

    work: a function of a module, perhaps in a `partial`. Raises TrainingError when a process is
    killed. Ctrl-C ends all of them at once.
    """
    console = Console(stderr=True)
    # fresh processes: a forked one may wait for ever for threads, which it doesn't inherit
    with ProcessPoolExecutor(
        jobs, get_context("spawn"), initializer=signal.signal, initargs=(SIGINT, SIG_IGN)
    ) as pool:
        try:
            found = _in_order(pool, work, scenes, AHEAD * jobs)
            yield from track(found, total=scenes, description="drawing", console=console)
        except BrokenProcessPool as error:
            raise TrainingError(
                "a process that draws was killed, probably because the memory is full; "
                "try fewer --scenes, or fewer --jobs"
            ) from error
        except BaseException:  # nobody waits for what is begun
            for process in active_children():
                process.terminate()
            raise


def _in_order(
    pool: ProcessPoolExecutor, work: Callable[[int], T], count: int, ahead: int
) -> Iterator[T]:
    """What work gives for 0 to count - 1; no more than `ahead` are begun before they are asked for.

    They aren't cancelled when it is left: those who end the processes couldn't tell them so.
    """
    begun: deque[Future[T]] = deque()
    for number in range(count):
        begun.append(pool.submit(work, number))
        if len(begun) > ahead:
            yield begun.popleft().result()
    while begun:
        yield begun.popleft().result()


@cache
def _samples(mnist: Path | None) -> Samples | None:
    """Other people's digits, read once in each process."""
    return None if mnist is None else read_samples(mnist)
