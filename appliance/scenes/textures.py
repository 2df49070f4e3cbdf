"""Noise that everything is roughened with: made once, then cut at random places."""

from __future__ import annotations

import functools

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.scenes.strokes import Image

TILE = 1024
"""Height and width of a tile; its edges fit each other."""

SPREAD = 32.0
"""Standard deviation of a tile's grey values about 128."""


@functools.cache
def grain(softness: float, channels: int = 1) -> Image:
    """White noise softened by a blur of `softness` pixels: (TILE, TILE) or (TILE, TILE, 3)."""
    rng = np.random.default_rng([int(softness * 100), channels])
    noise = rng.standard_normal((TILE, TILE, channels), dtype=np.float32)
    if channels == 3:  # a sensor's noise is mostly brightness
        noise = noise * np.float32(0.6) + noise.mean(axis=2, keepdims=True)
    if softness > 0:
        around = np.pad(noise, ((16, 16), (16, 16), (0, 0)), mode="wrap")
        around = np.atleast_3d(cv2.GaussianBlur(around, (0, 0), softness))
        noise = around[16:-16, 16:-16]
    return _to_bytes(noise)


@functools.cache
def clouds(number: int = 0) -> Image:
    """Soft blotches of all sizes, (TILE, TILE); each number gives another pattern."""
    rng = np.random.default_rng([7, number])
    total = np.zeros((TILE, TILE), np.float32)
    for octave in range(2, 8):
        cells = 1 << octave
        coarse = rng.standard_normal((cells, cells), dtype=np.float32)
        coarse = np.pad(coarse, 2, mode="wrap")
        margin = 2 * TILE // cells
        fine = cv2.resize(coarse, (TILE + 2 * margin,) * 2, interpolation=cv2.INTER_CUBIC)
        total += np.asarray(fine)[margin:-margin, margin:-margin] / np.float32(1.8**octave)
    return _to_bytes(total)


def _to_bytes(noise: NDArray[np.float32]) -> Image:
    even = (noise - noise.mean()) * (SPREAD / noise.std()) + 128
    return np.asarray(np.clip(np.rint(even), 0, 255).astype(np.uint8)).squeeze()


def cut(rng: Generator, tile: Image, height: int, width: int) -> Image:
    """A piece of a tile from a random place, mirrored at random: (height, width[, 3])."""
    y, x = (int(start) for start in rng.integers(0, TILE, 2))
    mirror = tuple(slice(None, None, int(step)) for step in rng.choice((-1, 1), 2))
    if y + height <= TILE and x + width <= TILE:
        piece = tile[y : y + height, x : x + width]
    else:
        piece = tile.take(np.arange(y, y + height) % TILE, axis=0)
        piece = piece.take(np.arange(x, x + width) % TILE, axis=1)
    return np.ascontiguousarray(piece[mirror])


def field(rng: Generator, height: int, width: int, scale: float = 1.0) -> NDArray[np.float32]:
    """Clouds of mean 0 and deviation about 1, (height, width); scale above 1 makes them larger."""
    rows, columns = max(int(height / scale), 2), max(int(width / scale), 2)
    piece = cut(rng, clouds(int(rng.integers(0, 3))), rows, columns).astype(np.float32)
    piece = (piece - 128) / np.float32(SPREAD)
    if (rows, columns) != (height, width):
        piece = np.asarray(cv2.resize(piece, (width, height), interpolation=cv2.INTER_LINEAR))
    return piece
