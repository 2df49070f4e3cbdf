"""Shares of a batch for threads, each of which does its own arithmetic.

numpy lets them work side by side; the threads of its BLAS should then be one (OPENBLAS_NUM_THREADS):
several of them wait for each other at every small product.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
AnyType = TypeVar("AnyType", bound=np.generic)


def in_threads(work: Callable[[int], T], count: int, pool: ThreadPoolExecutor) -> list[T]:
    """Do work(0) here and work(1) to work(count - 1) in the pool, all at once."""
    others = [pool.submit(work, index) for index in range(1, count)]
    return [work(0), *(other.result() for other in others)]


def share_of(array: NDArray[AnyType], index: int, count: int) -> NDArray[AnyType]:
    """View one of `count` nearly equal parts of the rows."""
    return array[len(array) * index // count : len(array) * (index + 1) // count]
