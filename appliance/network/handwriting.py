"""Digits drawn by strokes, in the ways of writing that MNIST, all American, hardly knows.

The 1 with a foot and a flag of any length, the crossed 7, the slashed 0, the open and the closed 4,
the 9 with a straight leg or a hook, the 6 with a straight back. Box: x and y in 0..1, y down.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from appliance.network.strokes import Stroke, arc, curve, draw, jittered, line

JITTER = 0.025
"""Standard deviation by which each point is displaced."""


def draw_digits(
    count: int, random: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Draw so many digits: glyphs (count, 28, 28), labels (count,)."""
    labels = random.integers(0, 10, count)
    drawings = [_jittered(WRITERS[label](random), random) for label in labels]
    return draw(drawings, random), labels


class WrittenDigits:
    """A supply of digits drawn by strokes: a pool, drawn once."""

    def __init__(self, random: np.random.Generator, drawn: int = 12000) -> None:
        self._glyphs, self._labels = draw_digits(drawn, random)

    def __call__(
        self, count: int, random: np.random.Generator
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Give glyphs (count, 28, 28) and their labels (count,)."""
        chosen = random.integers(0, len(self._labels), count)
        return self._glyphs[chosen], self._labels[chosen]


def _jittered(strokes: list[Stroke], random: np.random.Generator) -> list[Stroke]:
    """Displace the points, narrow or widen the whole, slant it."""
    width, slant = random.uniform(0.45, 0.95), random.uniform(-0.2, 0.3)
    return jittered(strokes, JITTER, width, slant, random)


def _zero(random: np.random.Generator) -> list[Stroke]:
    start = random.uniform(-140, -50)
    ring = arc((0.5, 0.5), (0.5, 0.5), start, start - 360 + random.uniform(-25, 15))
    if random.random() < 0.5:
        return [ring]
    out = random.uniform(-0.05, 0.2)
    return [ring, line((0.85 + out, 0.1 - out / 2), (0.15 - out, 0.9 + out / 2))]


def _one(random: np.random.Generator) -> list[Stroke]:
    reach, drop = _flag(random)
    lean = random.uniform(-0.2, 0.15)
    tip = (0.6, 0.0)
    flag, stem = (0.6 - reach, drop), (0.6 - lean, 1.0)
    strokes = [line(flag, tip, stem)]
    if random.random() < 0.3:
        strokes = [curve(flag, (0.6 - reach / 2, drop * 0.65), tip), line(tip, stem)]
    if random.random() < 0.4:
        half, tilt = random.uniform(0.15, 0.6), random.uniform(-0.06, 0.06)
        strokes.append(line((stem[0] - half, 1.0 + tilt), (stem[0] + half, 1.0 - tilt)))
    return strokes


def _flag(random: np.random.Generator) -> tuple[float, float]:
    """How far a 1's flag reaches to the left, and how far down."""
    kind = random.random()
    if kind < 0.25:  # so long that it reaches the middle or the ground
        return random.uniform(0.4, 0.9), random.uniform(0.3, 0.9)
    if kind < 0.5:  # as wide as a 7's bar, but always steeper than one
        return random.uniform(0.75, 1.25), random.uniform(0.28, 0.5)
    return random.uniform(0.25, 0.75), random.uniform(0.12, 0.5)


def _two(random: np.random.Generator) -> list[Stroke]:
    top = curve((0.05, 0.28), (0.3, 0.02), (0.75, 0.05), (0.9, 0.3), (0.6, 0.6), (0.05, 0.97))
    end = (1.0, random.uniform(0.88, 1.0))
    if random.random() < 0.3:
        return [top, curve((0.05, 0.97), (0.2, 0.8), (0.4, 0.9), (0.6, 0.98), end)]
    return [top, line((0.05, 0.97), end)]


def _three(random: np.random.Generator) -> list[Stroke]:
    waist = (random.uniform(0.35, 0.6), random.uniform(0.38, 0.48))
    belly = curve(waist, (0.85, 0.5), (0.95, 0.75), (0.6, 0.99), (0.0, 0.88))
    if random.random() < 0.4:
        return [line((0.05, 0.02), (0.9, 0.0), waist), belly]
    return [curve((0.05, 0.12), (0.45, 0.0), (0.85, 0.12), (0.75, 0.33), waist), belly]


def _four(random: np.random.Generator) -> list[Stroke]:
    bar, stem = random.uniform(0.55, 0.72), random.uniform(0.6, 0.8)
    if random.random() < 0.5:
        top = random.uniform(0.0, 0.3)
        corner = line((0.15, top), (0.0, bar), (1.0, bar - random.uniform(0, 0.08)))
        return [corner, line((stem, random.uniform(0.0, 0.3)), (stem - 0.05, 1.0))]
    return [line((stem, 0.0), (0.0, bar), (1.0, bar)), line((stem, 0.0), (stem, 1.0))]


def _five(random: np.random.Generator) -> list[Stroke]:
    belly = curve((0.15, 0.42), (0.55, 0.35), (0.9, 0.58), (0.75, 0.9), (0.35, 1.0), (0.0, 0.88))
    bar = line((0.22, 0.03), (random.uniform(0.75, 1.0), random.uniform(-0.05, 0.05)))
    return [line((0.22, 0.0), (0.15, 0.42)), belly, bar]


def _six(random: np.random.Generator) -> list[Stroke]:
    top = random.uniform(0.35, 0.8)
    size = random.uniform(0.2, 0.3)
    back = curve((top, 0.0), (0.2, 0.3), (0.05, 0.65))
    kind = random.random()
    if kind < 0.4:
        back = line((top, 0.0), (0.05, 1 - size))
    elif kind < 0.65:  # begun with a hook
        back = curve((0.9, random.uniform(0.1, 0.25)), (0.55, 0.0), (0.15, 0.25), (0.04, 0.7))
    gap = random.uniform(-10, 40)
    return [back, arc((0.45, 1 - size), (0.42, size), 180, 180 - 360 + gap)]


def _seven(random: np.random.Generator) -> list[Stroke]:
    foot = random.uniform(0.15, 0.5)
    corner = (0.95, random.uniform(-0.03, 0.05))
    strokes = [line((0.0, random.uniform(0.0, 0.1)), corner, (foot, 1.0))]
    if random.random() < 0.3:
        strokes = [line((0.0, 0.03), corner), curve(corner, (0.6, 0.45), (foot, 1.0))]
    if random.random() < 0.7:
        height, half = random.uniform(0.42, 0.6), random.uniform(0.15, 0.35)
        middle = corner[0] + (foot - corner[0]) * height
        tilt = random.uniform(-0.06, 0.06)
        strokes.append(line((middle - half, height + tilt), (middle + half, height - tilt)))
    if random.random() < 0.2:
        strokes.append(line((0.0, 0.02), (random.uniform(-0.05, 0.08), 0.18)))
    return strokes


def _eight(random: np.random.Generator) -> list[Stroke]:
    waist = random.uniform(0.4, 0.52)
    upper = arc((0.5, waist / 2), (random.uniform(0.3, 0.42), waist / 2), 90, 450)
    lower = arc((0.5, (1 + waist) / 2), (random.uniform(0.4, 0.5), (1 - waist) / 2), -90, 270)
    return [upper, lower]


def _nine(random: np.random.Generator) -> list[Stroke]:
    size = random.uniform(0.2, 0.3)
    ring = arc((0.45, size), (0.4, size), -30, -390 + random.uniform(-10, 40))
    foot = random.uniform(0.5, 0.9)
    if random.random() < 0.5:
        return [ring, line((0.85, random.uniform(0.0, size)), (foot, 1.0))]
    return [ring, curve((0.85, size), (0.82, 0.75), (0.55, 0.99), (0.05, 0.88))]


WRITERS: tuple[Callable[[np.random.Generator], list[Stroke]], ...] = (
    _zero, _one, _two, _three, _four, _five, _six, _seven, _eight, _nine,
)  # fmt: skip
"""What writes each digit."""
