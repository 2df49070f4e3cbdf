"""Affine and elastic deformation of glyphs, drawn afresh for each one of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from appliance.values import GLYPH_SIZE

Glyphs = NDArray[np.float32]


@dataclass(frozen=True)
class Deformation:
    """The largest deformations that are drawn; those of a glyph are independent of each other.

    rotation, in degrees, shear, as a share of the height, translation, in pixels, and scale, in
    log units, are uniform up to these values either way. aspect: difference of the log scales
    of width and height. elastic: standard deviation of the displacement, in pixels, with
    elastic_range, in pixels, as its smoothness (Simard et al. 2003).
    """

    rotation: float = 0.0
    scale: float = 0.0
    aspect: float = 0.0
    shear: float = 0.0
    translation: float = 0.0
    elastic: float = 0.0
    elastic_range: float = 4.0

    def __call__(self, glyphs: Glyphs, random: np.random.Generator) -> Glyphs:
        """Deform glyphs (N, 28, 28)."""
        return sample(glyphs, *self.places(len(glyphs), random))

    def places(
        self, count: int, random: np.random.Generator, size: int = GLYPH_SIZE
    ) -> tuple[Glyphs, Glyphs]:
        """Draw where each pixel's value comes from: x and y, (count, size, size), in pixels."""
        x, y = self._affine(count, random, size)
        if self.elastic:
            field = elastic_field(2 * count, self.elastic_range, random, size) * self.elastic
            x += field[:count]
            y += field[count:]
        return x, y

    def _affine(self, count: int, random: np.random.Generator, size: int) -> tuple[Glyphs, Glyphs]:
        def draw(limit: float) -> Glyphs:
            return random.uniform(-limit, limit, (count, 1, 1)).astype(np.float32)

        angle, shear = draw(np.radians(self.rotation)), draw(self.shear)
        scale, aspect = draw(self.scale), draw(self.aspect / 2)
        wide, high = np.exp(scale + aspect), np.exp(scale - aspect)
        middle = np.float32((size - 1) / 2)
        grid = np.arange(size, dtype=np.float32) - middle
        x, y = grid[None, None, :], grid[None, :, None]
        cos, sin = np.cos(angle), np.sin(angle)
        turned_x, turned_y = cos * x + sin * y, cos * y - sin * x
        source_x: Glyphs = (turned_x + shear * turned_y) * wide + (middle + draw(self.translation))
        source_y: Glyphs = turned_y * high + (middle + draw(self.translation))
        return source_x, source_y


@lru_cache(maxsize=8)
def _smoothing(range_: float, size: int) -> NDArray[np.float32]:
    """Matrix (size, size) that smooths white noise with a Gaussian and keeps its deviation at 1."""
    distance = np.subtract.outer(np.arange(size), np.arange(size))
    kernel = np.exp(-0.5 * (distance / range_) ** 2)
    return np.asarray(kernel / np.sqrt((kernel**2).sum(axis=1, keepdims=True)), np.float32)


def elastic_field(
    count: int, range_: float, random: np.random.Generator, size: int = GLYPH_SIZE
) -> Glyphs:
    """Draw smooth noise of deviation 1: (count, size, size)."""
    noise = random.standard_normal((count, size, size), np.float32)
    smoothing = _smoothing(range_, size)
    field: Glyphs = np.matmul(np.matmul(smoothing, noise), smoothing.T)
    return field


def sample(glyphs: Glyphs, x: Glyphs, y: Glyphs) -> Glyphs:
    """Take values at places between the pixels, bilinearly; outside there is no ink.

    glyphs: (N, size, size). x, y: (N, rows, columns), in pixels of the glyph.
    """
    count, size, _ = glyphs.shape
    side = size + 3
    padded = np.zeros((count, side, side), np.float32)
    padded[:, 1 : size + 1, 1 : size + 1] = glyphs
    x = np.clip(x + 1, 0, size + 1)
    y = np.clip(y + 1, 0, size + 1)
    left, top = x.astype(np.int32), y.astype(np.int32)
    x -= left
    y -= top
    first = np.arange(count, dtype=np.int32)[:, None, None] * (side * side)
    place = top * side + left + first
    ink = padded.ravel()
    upper = ink[place] + x * (ink[place + 1] - ink[place])
    lower = ink[place + side]
    lower += x * (ink[place + (side + 1)] - lower)
    result: Glyphs = upper + y * (lower - upper)
    return result
