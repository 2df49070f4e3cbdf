"""Views as another camera, hand and lamp would have shown them: no two epochs see the same."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.network.layers import Array
from appliance.network.spotter import CELL

Image = NDArray[np.uint8]

ZOOM = (-0.4, 0.3)
"""Logarithms of the least and the greatest factor by which a view is enlarged."""

TURN, SHIFT = 8.0, 120.0
"""Degrees by which a view is turned at most, and pixels by which it is shifted."""

SHRUNK, BLUR = 0.8, 0.35
"""A view that is enlarged by less than this is blurred before, by so many of the new pixels."""

CONTRAST, INVERTED = (0.45, 1.3), 0.15
"""Factors of a view's contrast, and the share of views that are turned light for dark."""

SHADED, SHADE = 0.4, 0.5
"""Share of the views that are shaded, and the deepest shade's deviation, in powers of two."""

BLURRED, SOFTNESS = 0.25, (0.4, 2.0)
"""Share of the views that are blurred, and the blur's standard deviations in pixels."""

NOISE = 0.3
"""Standard deviation of the strongest noise, in powers of two; most is far weaker."""

UNIFORM = np.float32(12**0.5)
"""Range of uniform noise with a standard deviation of one; normal noise takes far longer to draw,
and a square's pixels are added up anyway."""


def moved(grey: Image, targets: Image, random: Generator) -> tuple[Image, Image]:
    """Zoom, turn and shift a view, uint8 (H, W), and its targets, (H / CELL, W / CELL, classes).

    Beyond the view its border goes on, and there is nothing to find.
    """
    height, width = grey.shape
    zoom, angle = np.exp(random.uniform(*ZOOM)), np.radians(random.uniform(-TURN, TURN))
    cos, sin = zoom * np.cos(angle), zoom * np.sin(angle)
    turn = np.array([[cos, -sin], [sin, cos]])
    middle = np.array([width - 1, height - 1]) / 2
    shift = middle - turn @ middle + random.uniform(-SHIFT, SHIFT, 2)
    if zoom < SHRUNK:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), BLUR / zoom), np.uint8)
    view = cv2.warpAffine(
        grey, _matrix(turn, shift), (width, height), borderMode=cv2.BORDER_REPLICATE
    )
    first = np.full(2, (CELL - 1) / 2)  # the middle of the first cell, in pixels
    cells = _matrix(turn, (turn @ first + shift - first) / CELL)
    aims = cv2.warpAffine(targets, cells, (width // CELL, height // CELL))
    return np.asarray(view, np.uint8), np.asarray(aims, np.uint8)


def changed(logarithm: Array, random: Generator) -> Array:
    """Change the contrast and the light of a view's brightness, float32 (H, W), blur it, add noise.

    Returns another array of the same shape.
    """
    sign = -1 if random.random() < INVERTED else 1
    result: Array = logarithm * np.float32(sign * random.uniform(*CONTRAST))
    if random.random() < SHADED:
        result += _shade(result.shape, random)
    if random.random() < BLURRED:
        result = np.asarray(cv2.GaussianBlur(result, (0, 0), random.uniform(*SOFTNESS)), np.float32)
    noise = np.float32(NOISE * random.uniform() ** 3)
    result += (random.random(result.shape, np.float32) - np.float32(0.5)) * (noise * UNIFORM)
    return result


def _matrix(turn: NDArray[np.float64], shift: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack([turn, shift])


def _shade(shape: tuple[int, ...], random: Generator) -> Array:
    """Slow changes of the light over a view of (height, width)."""
    coarse = random.standard_normal((random.integers(2, 5), random.integers(2, 6)), np.float32)
    coarse *= np.float32(random.uniform(0, SHADE))
    shade = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(shade, np.float32)
