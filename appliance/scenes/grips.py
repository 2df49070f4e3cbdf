"""Where hands take hold of a page without hiding what is written on it."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.scenes.hands import Hand, new_hand
from appliance.scenes.strokes import Points, Stroke

TRIES = 12

EDGES = (0.06, 0.27, 0.4, 0.27)
"""How often a hand holds the page's upper, right, lower and left edge."""


def grip_page(
    rng: Generator,
    page: Points,
    size: tuple[int, int],
    keep_off: NDArray[np.float64],
    count: int,
) -> list[Hand]:
    """Up to `count` hands that hold a page with corners `page` (4, 2) in a frame of `size`.

    keep_off: (N, 4), left, top, right and bottom of what a thumb must not cover.
    """
    hands: list[Hand] = []
    taken: list[int] = []
    thickness = _thickness(rng, page, size)
    for _ in range(TRIES * count):
        if len(hands) == count:
            break
        edge = int(rng.choice(4, p=EDGES))
        hand = _try_edge(rng, page, edge, thickness)
        seen = _inside(hand.thumb, size, -thickness)
        if edge not in taken and seen and _clear(hand.thumb, keep_off):
            hands.append(hand)
            taken.append(edge)
    return hands


def _thickness(rng: Generator, page: Points, size: tuple[int, int]) -> float:
    short = float(np.hypot(*(page - np.roll(page, 1, axis=0)).T).min())
    return float(np.clip(short * rng.uniform(0.12, 0.26), 0.045 * size[0], 0.15 * size[0]))


def _try_edge(rng: Generator, page: Points, edge: int, thickness: float) -> Hand:
    start, end = page[edge], page[(edge + 1) % 4]
    along = (end - start) / np.hypot(*(end - start))
    inwards = np.array([-along[1], along[0]])
    lean = rng.normal(0, 0.3)
    turned = inwards * np.cos(lean) + along * np.sin(lean)
    grip = start + (end - start) * rng.uniform(0.08, 0.92)
    return new_hand(rng, grip, turned, thickness)


def _inside(thumb: Stroke, size: tuple[int, int], margin: float) -> bool:
    x, y = thumb[0, :2]
    return bool(margin < x < size[1] - margin and margin < y < size[0] - margin)


def _clear(thumb: Stroke, keep_off: NDArray[np.float64]) -> bool:
    """Whether the thumb stays off all boxes by a tenth of its own width."""
    if not len(keep_off):
        return True
    x, y, reach = thumb[:, :1], thumb[:, 1:2], thumb[:, 2:] * 0.62
    dx = np.maximum(np.maximum(keep_off[:, 0] - x, x - keep_off[:, 2]), 0)
    dy = np.maximum(np.maximum(keep_off[:, 1] - y, y - keep_off[:, 3]), 0)
    return bool((np.hypot(dx, dy) > reach).all())
