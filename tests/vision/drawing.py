"""Pages drawn by hand for the tests of vision: every line of theirs is known."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.vision.ink import Grey

PAPER, INK = 220, 40

Strokes = Sequence[Sequence[tuple[float, float]]]
"""Polylines in a box of 0..1, y down."""

DIGITS: dict[str, Strokes] = {
    "1": [[(0.35, 0.2), (0.5, 0), (0.5, 1)]],
    "3": [[(0, 0), (0.6, 0), (0.25, 0.4), (0.6, 0.6), (0.5, 0.95), (0, 1)]],
    "4": [[(0.45, 0), (0, 0.65), (0.65, 0.65)], [(0.5, 0.35), (0.5, 1)]],
    "5": [[(0.1, 0), (0.6, 0)], [(0.05, 0), (0.05, 0.45), (0.5, 0.5), (0.5, 0.9), (0, 1)]],
    "7": [[(0, 0), (0.6, 0), (0.2, 1)]],
}  # fmt: skip


def paper(height: int = 240, width: int = 320, level: int = PAPER) -> Grey:
    return np.full((height, width), level, np.uint8)


def write(
    page: Grey, strokes: Strokes, x: float, y: float, height: float, *, pen: int = 5, ink: int = INK
) -> None:
    """Draw strokes with their box's upper left corner at (x, y), 1 being `height` pixels."""
    for stroke in strokes:
        points = np.rint(np.array(stroke) * height + (x, y)).astype(np.int32)
        cv2.polylines(page, [points], False, ink, pen, cv2.LINE_AA)


def write_text(page: Grey, text: str, x: float, y: float, height: float, *, pen: int = 5) -> None:
    """Draw the digits of a line side by side."""
    for number, digit in enumerate(text):
        write(page, DIGITS[digit], x + number * height, y, height, pen=pen)


def noisy(page: Grey, deviation: float, seed: int = 1) -> Grey:
    noise = np.random.default_rng(seed).normal(0, deviation, page.shape)
    noisy_page: NDArray[np.uint8] = np.clip(np.rint(page + noise), 0, 255).astype(np.uint8)
    return noisy_page
