"""Ordinary digits: drawn ones, as many people write them, that a memory's reach is bounded by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from appliance.learning.samples import glyph_of
from appliance.network.deformation import Deformation
from appliance.scenes.writer import new_writer, write_sign

DRAWN, VARIED = 300, 7
"""Digits that are drawn, each by another writer, and how often each is deformed: to draw takes
longer."""

VARIATION = Deformation(
    rotation=8, scale=0.05, aspect=0.15, shear=0.2, translation=0.5, elastic=0.7
)

PENS = 0.06, 0.16
"""Thinnest and broadest line, in heights of a digit."""


def ordinary_digits(
    drawn: int = DRAWN, varied: int = VARIED
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Glyphs (N, 28, 28) of all digits, the same ones each time, and which they are, (N,)."""
    random = np.random.default_rng(1)
    glyphs = np.stack([_drawn(number % 10, random) for number in range(drawn)])
    labels = np.arange(drawn, dtype=np.int64) % 10
    return VARIATION(np.repeat(glyphs, varied, axis=0), random), np.repeat(labels, varied)


def _drawn(digit: int, random: np.random.Generator) -> NDArray[np.float32]:
    return glyph_of(
        write_sign(random, new_writer(random), str(digit), float(random.uniform(*PENS)))
    )
