"""Kernels that slide over pictures, with fewer multiplications than one for each output and tap.

From Winograd, "Arithmetic Complexity of Computations" (1980), which Lavin and Gray brought to
networks ("Fast Algorithms for Convolutional Neural Networks", 2016): the inputs under some
neighbouring outputs are added up in a few ways, each sum is multiplied once, and the outputs are
sums of these products. Of kernels with three rows F(6, 3) makes six rows of outputs from eight
products, where each row alone takes three. Within a row the taps are multiplied as they are, in
one matrix product; the sums are products with small constant matrices. All is done in pieces
that stay in the cache.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import DTypeLike

from appliance.network.layers import Array

PIECE_BYTES = 1 << 20
"""What is worked on at a time: about the second-level cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Scheme:
    """How neighbouring outputs come about: outputs @ ((taps @ kernel) * (inputs @ signal)).

    inputs: (products, rows + size - 1). taps: (products, size). outputs: (rows, products); size is
    the kernel's, rows are how many rows of outputs there are at once.
    """

    inputs: Array
    taps: Array
    outputs: Array

    @property
    def size(self) -> int:
        """Rows of the kernel."""
        return int(self.taps.shape[1])

    @property
    def rows(self) -> int:
        """Rows of outputs at once."""
        return len(self.outputs)

    def factors(self, weights: Array) -> Array:
        """What sums are multiplied by: (size, size, channels, kernels) -> (products, run, kernels).

        A run is what lies under one row of a kernel, size * channels numbers.
        """
        flat: Array = self.taps @ weights.reshape(self.size, -1)
        return flat.reshape(len(self.taps), -1, weights.shape[-1])


F_2_3 = Scheme(
    inputs=np.array([[1, 0, -1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, 1, 0, -1]]),
    taps=np.array([[2, 0, 0], [1, 1, 1], [1, -1, 1], [0, 0, 2]]) / 2,
    outputs=np.array([[1, 1, 1, 0], [0, 1, -1, -1]]),
)
F_4_3 = Scheme(
    inputs=np.array(
        [
            [4, 0, -5, 0, 1, 0],
            [0, -4, -4, 1, 1, 0],
            [0, 4, -4, -1, 1, 0],
            [0, -2, -1, 2, 1, 0],
            [0, 2, -1, -2, 1, 0],
            [0, 4, 0, -5, 0, 1],
        ]
    ),
    taps=np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24,
    outputs=np.array(
        [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]]
    ),
)
F_6_3 = Scheme(
    inputs=np.array(
        [
            [4, 0, -21, 0, 21, 0, -4, 0],
            [0, 4, 4, -17, -17, 4, 4, 0],
            [0, -4, 4, 17, -17, -4, 4, 0],
            [0, 2, 1, -10, -5, 8, 4, 0],
            [0, -2, 1, 10, -5, -8, 4, 0],
            [0, 8, 16, -10, -20, 2, 4, 0],
            [0, -8, 16, 10, -20, -2, 4, 0],
            [0, -4, 0, 21, 0, -21, 0, 4],
        ]
    )
    / 4,
    taps=np.array(
        [
            [90, 0, 0],
            [-20, -20, -20],
            [-20, 20, -20],
            [1, 2, 4],
            [1, -2, 4],
            [64, 32, 16],
            [64, -32, 16],
            [0, 0, 90],
        ]
    )
    / 90,
    outputs=np.array(
        [
            [32, 32, 32, 32, 32, 32, 32, 0],
            [0, 32, -32, 64, -64, 16, -16, 0],
            [0, 32, 32, 128, 128, 8, 8, 0],
            [0, 32, -32, 256, -256, 4, -4, 0],
            [0, 32, 32, 512, 512, 2, 2, 0],
            [0, 32, -32, 1024, -1024, 1, -1, 32],
        ]
    )
    / 32,
)
"""F(rows, size), the first two as Lavin and Gray give them, the third as Lavin does later (NNPACK,
issue 8): the points 0, 1, -1, infinity, then 2 and -2, too, then 1/2 and -1/2."""


@cache
def scheme_for(size: int, rows: int, dtype: DTypeLike) -> Scheme:
    """The scheme for kernels of this size with the fewest products for so many rows of outputs.

    Its numbers are of the dtype. Where none is known each row comes about alone. The same scheme
    is the same object, so that what follows from it can be kept.
    """
    fit = [known for known in (F_2_3, F_4_3, F_6_3) if known.size == size and known.rows <= rows]
    best = min(
        [*fit, _alone(size)], key=lambda known: math.ceil(rows / known.rows) * len(known.inputs)
    )
    return _typed(best, np.dtype(dtype))


@cache
def _alone(size: int) -> Scheme:
    """Each tap is multiplied by what lies under it."""
    return Scheme(np.eye(size), np.eye(size), np.ones((1, size)))


@cache
def _typed(scheme: Scheme, dtype: np.dtype[np.floating[Any]]) -> Scheme:
    parts = scheme.inputs, scheme.taps, scheme.outputs
    return Scheme(*(part.astype(dtype) for part in parts))


class Scratch:
    """Working memory that is used again: fresh pages would take a good part of the time."""

    def __init__(self) -> None:
        self._taken: dict[str, Array] = {}

    def take(self, name: str, shape: tuple[int, ...], dtype: DTypeLike) -> Array:
        """Memory of that name, with whatever is in it: the last that was taken is lost."""
        taken = self._taken.get(name)
        if taken is not None and taken.shape == shape and taken.dtype == dtype:
            return taken  # mostly the same as last time
        size, memory = math.prod(shape), None if taken is None else taken.base
        if memory is None or memory.size < size or memory.dtype != dtype:
            memory = np.empty(size, dtype)
        taken = self._taken[name] = memory[:size].reshape(shape)
        return taken


class _Piece(NamedTuple):
    """Rows of outputs from the first to before the last, of some pictures: whole blocks."""

    pictures: slice
    first: int
    last: int

    def of(self, outputs: Array) -> Array:
        """A view of these (N, rows, columns, kernels)."""
        return outputs[self.pictures, self.first : self.last]


def slide(
    inputs: Array, scheme: Scheme, factors: Array, bias: Array | None, scratch: Scratch
) -> Array:
    """Put kernels at every place of pictures, without padding.

    inputs: (N, height, width, channels), in C's order. scheme: of no more rows than the outputs
    have, see `scheme_for`. factors: the scheme's, of the inputs' dtype. bias: (kernels,).
    Returns (N, height - size + 1, width - size + 1, kernels). Raises ValueError for kernels that
    are more than a pixel larger than the pictures.
    """
    count, height, width, _ = inputs.shape
    rows, columns, kernels = height - scheme.size + 1, width - scheme.size + 1, factors.shape[-1]
    outputs = np.empty((count, rows, columns, kernels), factors.dtype)
    for piece in _pieces(inputs.shape, scheme, kernels, PIECE_BYTES // inputs.itemsize):
        runs = _runs(inputs, piece, scheme, scratch)
        products = scratch.take("products", (*runs.shape[:2], kernels), factors.dtype)
        np.matmul(runs, factors, out=products)
        part = piece.of(outputs)
        blocks = _in_blocks(part, scheme)
        products = products.reshape(len(runs), *blocks.shape[:2], -1).transpose(1, 2, 0, 3)
        np.matmul(scheme.outputs, products, out=blocks)
        if bias is not None:
            part += bias
    return outputs


def by_weights(inputs: Array, gradient: Array, scheme: Scheme, scratch: Scratch) -> Array:
    """The gradient by the kernels' weights, (size, size, channels, kernels).

    inputs: of `slide`. gradient: by its outputs, (N, rows, columns, kernels). Each of its steps is
    taken the other way round.
    """
    channels, kernels = inputs.shape[-1], gradient.shape[-1]
    by_factors = np.zeros((len(scheme.taps), scheme.size * channels, kernels), gradient.dtype)
    done = 0
    for piece in _pieces(inputs.shape, scheme, kernels, PIECE_BYTES // inputs.itemsize):
        part = piece.of(gradient)
        if 0 < piece.first < done:  # rows that come twice count once
            part = part.copy()
            part[:, : done - piece.first] = 0
        done = piece.last
        products = np.matmul(scheme.outputs.T, _in_blocks(part, scheme)).transpose(2, 0, 1, 3)
        products = np.ascontiguousarray(products).reshape(len(by_factors), -1, kernels)
        by_factors += _runs(inputs, piece, scheme, scratch).transpose(0, 2, 1) @ products
    weights = scheme.taps.T @ by_factors.reshape(len(by_factors), -1)
    return np.asarray(weights.reshape(scheme.size, scheme.size, channels, kernels))


def _in_blocks(rows: Array, scheme: Scheme) -> Array:
    """A view of rows, (N, height, width, kernels), as (N, blocks, scheme.rows, numbers)."""
    count, height, width, kernels = rows.shape
    return rows.reshape(count, height // scheme.rows, scheme.rows, width * kernels)


def _runs(inputs: Array, piece: _Piece, scheme: Scheme, scratch: Scratch) -> Array:
    """The sums of runs under kernel rows: (products, N * blocks * columns, run)."""
    _, height, width, channels = inputs.shape
    products, under = scheme.inputs.shape
    count = piece.pictures.stop - piece.pictures.start
    blocks = (piece.last - piece.first) // scheme.rows
    # not the array's own strides: they say nothing of a side of one
    number, column = inputs.itemsize, channels * inputs.itemsize
    row, picture = width * column, height * width * column
    start, block = piece.pictures.start * picture + piece.first * row, scheme.rows * row
    source = inputs
    if scheme.rows > 1:
        shape = count, blocks, under, width * channels
        rows = _view(inputs, start, shape, (picture, block, row, number))
        source = scratch.take("sums", (count, blocks, products, width * channels), inputs.dtype)
        np.matmul(scheme.inputs, rows, out=source)
        start, (picture, block, _, _) = 0, source.strides
    run = scheme.size * channels
    runs = scratch.take(
        "runs", (products, count, blocks, width - scheme.size + 1, run), inputs.dtype
    )
    np.copyto(runs, _view(source, start, runs.shape, (row, picture, block, column, number)))
    return runs.reshape(products, -1, run)


def _view(array: Array, start: int, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """A view from a byte on, which may overlap itself; `as_strided` takes eight times as long."""
    return np.ndarray(shape, array.dtype, array, start, strides)


@lru_cache(maxsize=512)  # mostly the same shapes come again
def _pieces(shape: tuple[int, ...], scheme: Scheme, kernels: int, most: int) -> tuple[_Piece, ...]:
    """What fits the cache, one after the other.

    shape: of the inputs. most: numbers that are worked on at a time. Rows at the end that make no
    block of their own come with some of those before once more.
    """
    count, height, width, channels = shape
    rows = height - scheme.size + 1
    numbers = len(scheme.inputs) * width * ((1 + scheme.size) * channels + kernels)
    fit = max(1, most // numbers) * scheme.rows
    whole = rows // scheme.rows * scheme.rows
    pictures = max(1, fit // max(1, whole))
    found = list[_Piece]()
    for start in range(0, count, pictures):
        chosen = slice(start, min(count, start + pictures))
        found += [_Piece(chosen, at, min(whole, at + fit)) for at in range(0, whole, fit)]
        if whole < rows:
            found.append(_Piece(chosen, rows - scheme.rows, rows))
    return tuple(found)
