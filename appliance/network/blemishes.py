"""What camera, pen and paper do to a glyph beside deforming it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from appliance.network.deformation import Glyphs
from appliance.values import GLYPH_SIZE


@dataclass(frozen=True)
class Blemishes:
    """Each figure is the share of glyphs, 0..1, that gets the blemish, independently.

    thinner, thicker: strokes. blur: of the optics. noise: of the sensor. gap: a broken stroke.
    residue: a piece of ruled line or a speck. neighbour: the edge of the next digit.
    contrast: faint ink or hard edges.
    """

    thinner: float = 0.0
    thicker: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    gap: float = 0.0
    residue: float = 0.0
    neighbour: float = 0.0
    contrast: float = 0.0

    def __call__(self, glyphs: Glyphs, random: np.random.Generator) -> Glyphs:
        """Return glyphs (N, 28, 28) with blemishes, in 0..1."""
        result = glyphs.copy()
        steps = (
            (self.thinner, _thinner),
            (self.thicker, _thicker),
            (self.gap, _gap),
            (self.residue, _residue),
            (self.blur, _blur),
            (self.contrast, _contrast),
            (self.noise, _noise),
        )
        if self.neighbour:
            chosen = np.flatnonzero(random.random(len(result)) < self.neighbour)
            others = glyphs[random.permutation(len(glyphs))[: len(chosen)]]
            result[chosen] = _neighbour(result[chosen], others, random)
        for share, blemish in steps:
            chosen = np.flatnonzero(random.random(len(result)) < share)
            if len(chosen):
                result[chosen] = blemish(result[chosen], random)
        return np.clip(result, 0, 1, out=result)


def _uniform(low: float, high: float, count: int, random: np.random.Generator) -> Glyphs:
    """Draw a number for each glyph, to be multiplied with it: (count, 1, 1)."""
    return random.uniform(low, high, (count, 1, 1)).astype(np.float32)


def _around(glyphs: Glyphs) -> tuple[Glyphs, Glyphs, Glyphs, Glyphs]:
    """Give the pixels left, right, above and below; outside there is no ink."""
    padded = np.pad(glyphs, ((0, 0), (1, 1), (1, 1)))
    inner = slice(1, -1)
    return (
        padded[:, inner, :-2],
        padded[:, inner, 2:],
        padded[:, :-2, inner],
        padded[:, 2:, inner],
    )


def _thinner(glyphs: Glyphs, random: np.random.Generator) -> Glyphs:
    """Part of the way to the grey erosion by a cross; less for strokes that are thin already."""
    eroded = np.minimum.reduce([glyphs, *_around(glyphs)])
    kept = eroded.sum(axis=(1, 2), keepdims=True) / np.maximum(
        glyphs.sum(axis=(1, 2), keepdims=True), 1e-6
    )
    share = _uniform(0.2, 1.0, len(glyphs), random) * np.minimum(1, kept * 3)
    result: Glyphs = glyphs + share * (eroded - glyphs)
    return result


def _thicker(glyphs: Glyphs, random: np.random.Generator) -> Glyphs:
    """Part of the way to the grey dilation by a cross."""
    dilated = np.maximum.reduce([glyphs, *_around(glyphs)])
    result: Glyphs = glyphs + _uniform(0.2, 1.0, len(glyphs), random) * (dilated - glyphs)
    return result


def _blur(glyphs: Glyphs, random: np.random.Generator) -> Glyphs:
    """Part of the way to the mean of a cross, once or twice."""
    share = _uniform(0.2, 0.8, len(glyphs), random)
    for _ in range(int(random.integers(1, 3))):
        left, right, above, below = _around(glyphs)
        mean = (left + right + above + below) * np.float32(0.25)
        glyphs = glyphs + share * (mean - glyphs)
    return glyphs


def _noise(glyphs: Glyphs, random: np.random.Generator) -> Glyphs:
    """Gaussian, everywhere or only where there is ink."""
    noise = random.standard_normal(glyphs.shape, np.float32)
    noise *= _uniform(0.02, 0.15, len(glyphs), random)
    only_ink = random.random((len(glyphs), 1, 1)) < 0.5
    return glyphs + noise * np.where(only_ink, glyphs > 0.1, np.float32(1))


def _contrast(glyphs: Glyphs, random: np.random.Generator) -> Glyphs:
    """A power below 1 makes edges hard, above 1 soft; then fainter ink."""
    power = np.exp(_uniform(-0.9, 0.7, len(glyphs), random))
    bright = _uniform(0.6, 1.0, len(glyphs), random)
    result: Glyphs = np.maximum(glyphs, 0) ** power * bright
    return result


def _lines(
    count: int, offset: tuple[float, float], width: tuple[float, float], random: np.random.Generator
) -> Glyphs:
    """Draw a soft straight line for each glyph, at a distance from the middle, in pixels."""
    angle = _uniform(0, np.pi, count, random)
    middle = np.float32((GLYPH_SIZE - 1) / 2)
    y, x = np.indices((GLYPH_SIZE, GLYPH_SIZE), dtype=np.float32) - middle
    distance = np.abs(np.cos(angle) * x + np.sin(angle) * y - _uniform(*offset, count, random))
    result: Glyphs = np.clip(_uniform(*width, count, random) - distance, 0, 1)
    return result


def _gap(glyphs: Glyphs, random: np.random.Generator) -> Glyphs:
    """Break strokes where a narrow line crosses them."""
    return glyphs * (1 - _lines(len(glyphs), (-8, 8), (0.7, 1.4), random))


def _residue(glyphs: Glyphs, random: np.random.Generator) -> Glyphs:
    """Add a faint piece of a ruled line at the edge, or a speck."""
    count = len(glyphs)
    rule = _lines(count, (10.5, 13), (0.6, 1.2), random)
    rule *= _lines(count, (-8, 8), (4, 14), random)
    centre = _uniform(-13, 13, 2 * count, random)
    middle = np.float32((GLYPH_SIZE - 1) / 2)
    y, x = np.indices((GLYPH_SIZE, GLYPH_SIZE), dtype=np.float32) - middle
    distance = np.hypot(x - centre[:count], y - centre[count:])
    speck = np.clip(_uniform(0.6, 1.6, count, random) - distance, 0, 1)
    added = np.where(random.random((count, 1, 1)) < 0.5, rule, speck)
    return np.maximum(glyphs, added * _uniform(0.3, 1.0, count, random))


def _neighbour(glyphs: Glyphs, others: Glyphs, random: np.random.Generator) -> Glyphs:
    """Let the edge of another digit reach into the glyph, two to four pixels of it."""
    result = glyphs.copy()
    columns = int(random.integers(2, 5))
    start = int(random.integers(4, 8))
    flip = random.random(len(glyphs)) < 0.5
    piece = others[:, :, start : start + columns]
    right, left = np.flatnonzero(~flip), np.flatnonzero(flip)
    result[right, :, -columns:] = np.maximum(result[right, :, -columns:], piece[right])
    result[left, :, :columns] = np.maximum(result[left, :, :columns], piece[left, :, ::-1])
    return result
