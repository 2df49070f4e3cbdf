"""Other people's digits as strokes: the middle lines of small pictures such as MNIST's."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from appliance.scenes.strokes import Points, Stroke

ZOOM = 3
"""A picture is enlarged so much before its middle line is sought."""

TRIES = 4
"""Pictures that are tried until one is legible in the writer's pen."""

KEPT = (0.7, 1.0)
"""Least and greatest share of a picture's blots and thin places that stay: a loop that is filled is
a part of the digit."""

SHORTEST = 0.1
"""Branches shorter than this are the pen's round ends; in heights of the digit."""

Legible = Callable[[list[Stroke], int], bool]
"""Whether strokes, one unit high, show a digit."""

Spot = tuple[int, int]
"""Row and column of a pixel."""

_RING = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))


class Samples:
    """Labelled pictures of digits, turned into strokes when one is asked for.

    glyphs: (N, 28, 28) in 0..1, ink bright. labels: (N,), 0..9.
    legible: tells of strokes whether they show a digit; None believes it of all.
    """

    def __init__(
        self,
        glyphs: NDArray[np.float32],
        labels: NDArray[np.int64],
        legible: Legible | None = None,
    ) -> None:
        self._glyphs, self._legible = glyphs, legible
        self._places = [np.flatnonzero(labels == digit) for digit in range(10)]

    def has(self, digit: int) -> bool:
        """Whether there is a picture of the digit."""
        return len(self._places[digit]) > 0

    def write(self, rng: Generator, digit: int, pen: float) -> list[Stroke]:
        """One of the pictures as strokes one unit high, written with a pen of that width.

        No stroke when nothing that was tried is legible.
        """
        places = self._places[digit]
        for _ in range(TRIES):
            strokes = trace(self._glyphs[places[rng.integers(len(places))]])
            if strokes:
                strokes = _rewritten(strokes, pen, float(rng.uniform(*KEPT)))
                if self._legible is None or self._legible(strokes, digit):
                    return strokes
        return []


def _rewritten(strokes: list[Stroke], pen: float, kept: float) -> list[Stroke]:
    """Strokes with another pen; kept: how much of their unevenness stays, 0..1."""
    typical = float(np.median(np.vstack(strokes)[:, 2]))
    written = []
    for stroke in strokes:
        old = stroke[:, 2]
        thinner = np.minimum(old / typical, 1.0) ** kept
        blots = kept * np.maximum(old - typical, 0.0)
        written.append(np.column_stack([stroke[:, :2], pen * thinner + blots]))
    return written


def trace(glyph: NDArray[np.float32]) -> list[Stroke]:
    """The strokes of a glyph (28, 28), their middle lines scaled to one unit of height, from x = 0.

    A dot becomes a short line; an empty glyph gives no stroke.
    """
    side = glyph.shape[0] * ZOOM
    large = cv2.resize(glyph.astype(np.float32), (side, side), interpolation=cv2.INTER_CUBIC)
    smooth = np.asarray(cv2.GaussianBlur(large, (0, 0), ZOOM * 0.5))
    inked = smooth > 0.45 * float(smooth.max())
    if not inked.any() or smooth.max() <= 0:
        return []
    rows = np.flatnonzero(inked.any(axis=1))
    height = float(rows[-1] - rows[0] + 1)
    widths = _widths(inked)
    paths = _walk(thin(inked), SHORTEST * height)
    strokes = [_smoothed(_with_widths(path, widths)) for path in paths]
    every = np.concatenate(strokes)[:, :2]
    (left, top), tall = every.min(axis=0), max(float(np.ptp(every[:, 1])), 0.3 * height)
    return [(stroke - (left, top, 0.0)) / tall for stroke in strokes]


def _widths(inked: NDArray[np.bool_]) -> NDArray[np.float32]:
    """How wide a shape is around each of its pixels: twice the way out of it."""
    way = cv2.distanceTransform(np.pad(inked, 1).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(2 * way[1:-1, 1:-1], np.float32)


def _with_widths(path: Points, widths: NDArray[np.float32]) -> Stroke:
    """A path through pixels with the width of the shape at each of them."""
    x, y = path.astype(np.intp).T
    return np.column_stack([path, np.maximum(widths[y, x], 1.0)])


def thin(inked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Peel a shape to lines one pixel wide (Zhang and Suen, 1984)."""
    skeleton = np.pad(inked, 1)
    while True:
        before = skeleton.sum()
        for step in (0, 1):
            skeleton &= ~_removable(skeleton, step)
        if skeleton.sum() == before:
            return np.asarray(skeleton[1:-1, 1:-1])


def _removable(skeleton: NDArray[np.bool_], step: int) -> NDArray[np.bool_]:
    ring = [np.roll(skeleton, (-dy, -dx), (0, 1)) for dy, dx in _RING]
    count = np.sum(ring, axis=0)
    crossings = np.sum([~a & b for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)], axis=0)
    north, east, south, west = ring[0], ring[2], ring[4], ring[6]
    if step == 0:
        edge = ~(north & east & south) & ~(east & south & west)
    else:
        edge = ~(north & east & west) & ~(north & south & west)
    return np.asarray(skeleton & (count >= 2) & (count <= 6) & (crossings == 1) & edge)


def _walk(skeleton: NDArray[np.bool_], shortest: float) -> list[Points]:
    """Follow the lines from their ends, straight on at crossings; short branches are left out."""
    left = {(int(y), int(x)) for y, x in np.argwhere(skeleton)}
    ends = sorted(spot for spot in left if len(_beside(spot, left)) == 1)
    paths: list[list[Spot]] = []
    while left:
        start = next((spot for spot in ends if spot in left), None) or min(left)
        path = _follow(start, left)
        seen = set(path)
        # the inner corners of staircases, which thinning leaves, are no branches
        left -= {spot for spot in left if len(_beside(spot, seen)) >= 2}
        before, after = _joint(path[0], paths), _joint(path[-1], paths)
        paths.append(before + path + (after if len(path) > 1 else []))
    long = [path for path in paths if len(path) >= shortest] or [max(paths, key=len)]
    return [np.array([(x, y) for y, x in _closed(path)], np.float64) for path in long]


def _joint(spot: Spot, paths: list[list[Spot]]) -> list[Spot]:
    """Where a branch that ends at `spot` touches an earlier path; empty when it doesn't."""
    spots = [other for path in paths for other in path]
    near = min(spots, key=lambda s: np.hypot(s[0] - spot[0], s[1] - spot[1]), default=spot)
    return [near] if 0 < np.hypot(near[0] - spot[0], near[1] - spot[1]) < 3 else []


def _closed(path: list[Spot]) -> list[Spot]:
    """A ring gets its first point again; a single point becomes a line."""
    near = max(abs(path[0][0] - path[-1][0]), abs(path[0][1] - path[-1][1])) <= 1
    return [*path, path[0]] if near else path


def _follow(start: Spot, left: set[Spot]) -> list[Spot]:
    path = [start]
    left.discard(start)
    while options := _beside(path[-1], left):
        back = path[max(len(path) - 6, 0)]
        ahead = (path[-1][0] - back[0], path[-1][1] - back[1])
        spot = max(options, key=lambda s: _straightness(path[-1], s, ahead))
        left.discard(spot)
        path.append(spot)
    return path


def _straightness(at: Spot, to: Spot, ahead: Spot) -> float:
    dy, dx = to[0] - at[0], to[1] - at[1]
    return float((dy * ahead[0] + dx * ahead[1]) / np.hypot(dy, dx))


def _beside(spot: Spot, spots: set[Spot]) -> list[Spot]:
    around = ((spot[0] + dy, spot[1] + dx) for dy, dx in _RING)
    return [neighbour for neighbour in around if neighbour in spots]


def _smoothed(path: Stroke) -> Stroke:
    """The staircase of pixels made a line, its ends where they were, with a third of its points."""
    reach = min(4, (len(path) - 1) // 2)
    if reach < 1:
        return path
    closed = bool(np.array_equal(path[0], path[-1]))
    ends = ((reach, reach), (0, 0))
    if closed:
        padded = np.pad(path[:-1], ends, mode="wrap")
    else:
        padded = np.pad(path, ends, mode="reflect", reflect_type="odd")
    window = np.hanning(2 * reach + 3)[1:-1]
    line = np.column_stack(
        [np.convolve(padded[:, i], window / window.sum(), "valid") for i in range(3)]
    )
    line = np.concatenate([line[:-1:3], line[-1:]])
    return np.concatenate([line[:-1], line[:1]]) if closed else line
