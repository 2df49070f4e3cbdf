"""Shares of a batch for threads, each of which does its own arithmetic.

numpy lets them work side by side. Its BLAS should then have one (OPENBLAS_NUM_THREADS): several
wait for each other at every small product.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

T = TypeVar("T")
AnyType = TypeVar("AnyType", bound=np.generic)


def in_threads(work: Callable[[int], T], count: int, pool: ThreadPoolExecutor) -> list[T]:
    """Do work(0) here and work(1) to work(count - 1) in the pool, all at once."""
    others = [pool.submit(work, index) for index in range(1, count)]
    return [work(0), *(other.result() for other in others)]


def share_of(array: NDArray[AnyType], index: int, count: int) -> NDArray[AnyType]:
    """View one of `count` nearly equal parts of the rows."""
    return array[len(array) * index // count : len(array) * (index + 1) // count]
