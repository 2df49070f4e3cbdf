"""Pieces: the connected parts of the ink, the ones that could belong to a digit."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import Box, around
from appliance.vision.ink import Grey, Ink

LeftOver = Literal["beside", "unread"]
"""Ink that stands beside a line or crosses it, or that looks like its digits' own."""

Stats = NDArray[np.int64]
"""OpenCV's table of connected components: left, top, width, height and area of each."""

SMALLEST = 14
"""Height in pixels of the smallest thing read as a digit."""

SMALLEST_PART = 5
"""Longer side in pixels of the smallest thing kept as a part of a digit: a bar, a foot."""

UNREAD = 0.5
"""Ink of the digits' own pen no farther than this many digit heights is part of the writing."""

BESIDE = 1.0
"""What stands no farther from a line than this many digit heights may belong to it."""

ABOVE = 0.15
"""And what stands no farther above or below it than this many."""

LONG = 4.0
"""What is longer than this many digit heights is none: a ruled line, an edge, a hand."""

MOST_CLUTTER = 0.5
"""Writing stands on bare paper: at most this share of its surroundings is other ink."""

MOST = 96
"""More pieces than this are texture; the largest are kept."""


SAMPLE_SIDE = 48
"""Contrast is measured on some so many by so many places of a large piece's box."""


@dataclass(frozen=True, eq=False)
class Piece:
    """A connected part of the ink.

    mask: bool, (box.height, box.width): its pixels.
    area: number of its pixels.
    strength: contrast that nine tenths of its pixels stay below, in grey levels.
    writing: probability that it is a digit's ink, 0..1, as the detector says; 1 before it is asked.
    """

    box: Box
    mask: NDArray[np.bool_]
    area: int
    strength: float
    writing: float = 1.0

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y) of the box's middle."""
        return self.box.x + self.box.width / 2, self.box.y + self.box.height / 2

    @property
    def traits(self) -> tuple[float, float, float]:
        """Height, contrast and width of stroke, by which `kinship` tells."""
        return self.box.height, self.strength, self.stroke_width

    @cached_property
    def stroke_width(self) -> float:
        """Mean width of its strokes in pixels, from the area and the length of the outline.

        A stroke of length L and width w covers L*w pixels and has an outline of 2*(L+w).
        """
        half = _outline_length(self.mask) / 2
        root = half * half - 4 * self.area
        return (half - float(root) ** 0.5) / 2 if root > 0 else half / 2


class Parts:
    """The connected parts of the ink that are too small for a digit, or not built like one.

    There may be thousands: they are cut out only where a line of digits may need them.
    """

    def __init__(
        self, chosen: NDArray[np.bool_], labels: NDArray[np.int32], stats: Stats, ink: Ink
    ) -> None:
        self._indices = np.flatnonzero(chosen)
        self._labels, self._stats, self._ink = labels, stats, ink

    def left_over(self, boxes: Sequence[Box]) -> bool:
        """Whether one of them crosses a line's boxes or stands beside them: see `left_over`."""
        height, width = self._labels.shape
        rows, columns = within(vicinity(boxes), width, height)
        labels = self._labels[rows, columns]
        present = np.zeros(len(self._stats), np.bool_)
        present[labels[::2, ::2]] = True  # what is large enough to matter is met
        near = self._indices[present[self._indices]]

        def inked(index: int) -> Box:
            return ink_box(labels == near[index], columns.start, rows.start)

        return left_over(self._stats[near, :4], boxes, inked)

    def near(
        self, boxes: Sequence[Box], distance: float, sizes: tuple[float, float]
    ) -> list[Piece]:
        """The parts no farther than `distance` from a box, their longer side within `sizes`."""
        x, y, width, height = self._stats[self._indices, :4].T
        longer = np.maximum(width, height)
        close = np.zeros(len(x), np.bool_)
        for box in boxes:
            across = np.maximum(x, box.x) - np.minimum(x + width, box.x + box.width)
            down = np.maximum(y, box.y) - np.minimum(y + height, box.y + box.height)
            close |= (across <= distance) & (down <= distance)
        chosen = self._indices[close & (longer >= sizes[0]) & (longer <= sizes[1])]
        return _cut_all(chosen, self._labels, self._stats, self._ink)

    def like(self, boxes: Sequence[Box], strength: float) -> list[Piece]:
        """The parts beside or across a line's boxes that were written with the same pen.

        strength: contrast of the line's digits. Such ink is as strong, its strokes are thin but
        fill some of their box, as those of digits do, and it is as high as one or a few.
        """
        digit = float(np.median([box.height for box in boxes]))
        overlap, gap = _beside(self._stats[self._indices, :4], boxes)
        width, height, area = self._stats[self._indices, 2:5].T
        close = (overlap > 0.4 * digit) & (gap < UNREAD * digit)
        sized = (width > 0.25 * digit) & (height > 0.4 * digit) & (height < 3.2 * digit)
        chosen = self._indices[close & sized & (area > 0.1 * width * height)]
        pieces = _cut_all(chosen, self._labels, self._stats, self._ink)
        return [
            piece
            for piece in pieces
            if 0.7 < piece.strength / max(1.0, strength) < 1.5 and piece.stroke_width < 0.2 * digit
        ]


def vicinity(boxes: Sequence[Box]) -> Box:
    """Where ink may belong to a line of digits: its own place and what is beside it."""
    digit = float(np.median([box.height for box in boxes]))
    across, down = math.ceil(BESIDE * digit), math.ceil(ABOVE * digit)
    own = around(boxes)
    return Box(own.x - across, own.y - down, own.width + 2 * across, own.height + 2 * down)


def within(box: Box, width: int, height: int) -> tuple[slice, slice]:
    """Rows and columns of a box, as far as it lies in a picture."""
    rows = slice(max(0, box.y), max(0, min(height, box.y + box.height)))
    return rows, slice(max(0, box.x), max(0, min(width, box.x + box.width)))


def ink_box(mask: NDArray[np.bool_], left: int, top: int) -> Box:
    """What a mask, whose corner lies at (left, top), holds of ink; there must be some."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    x, y = int(columns[0]), int(rows[0])
    return Box(left + x, top + y, int(columns[-1]) + 1 - x, int(rows[-1]) + 1 - y)


def left_over(found: Stats, boxes: Sequence[Box], inked: Callable[[int], Box]) -> bool:
    """Whether something crosses a line's boxes, or as high as half a digit stands next to them.

    It may be a digit that hangs together with a ruled line, a finger or the sheet's edge, or the
    other half of a digit that a thin place has parted.
    found: (N, 4): left, top, width, height of what is asked about; all have ink in the vicinity.
    inked: box of that ink of one of them: an edge's whole box may hold what its ink is far from.
    """
    digit = float(np.median([box.height for box in boxes]))
    overlap, gap = _beside(found, boxes)
    long = np.flatnonzero((found[:, 2] > LONG * digit) & (overlap > 0) & (gap < 0))
    near = [inked(int(index)) for index in long]
    overlap_near, gap_near = _beside(table(near), boxes)
    if ((overlap_near > 0) & (gap_near < 0)).any():
        return True
    beside = (overlap > digit / 2) & (gap < BESIDE * digit)
    stacked = (overlap > -ABOVE * digit) & (gap < 0) & (found[:, 3] > 0.4 * digit)
    return bool((beside | stacked).any())


def table(boxes: Sequence[Box]) -> Stats:
    """Left, top, width and height of boxes: (N, 4)."""
    rows = [(box.x, box.y, box.width, box.height) for box in boxes]
    return np.array(rows, np.int64).reshape(-1, 4)


def _beside(found: Stats, boxes: Sequence[Box]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """By how many pixels each of (N, 4) overlaps a line in height, and how far beside it stands."""
    x, y, width, height = found.T
    line = around(boxes)
    overlap = np.minimum(y + height, line.y + line.height) - np.maximum(y, line.y)
    return overlap, np.maximum(x, line.x) - np.minimum(x + width, line.x + line.width)


def find_pieces(ink: Ink) -> tuple[list[Piece], Parts]:
    """The connected parts of the ink: those that may be digits, and the others.

    The former have the size and build of a digit, or of a few that touch, and bare paper around.
    """
    labels, stats = connected_components(ink.mask)
    bodies = _digit_like(stats, ink.mask.shape)
    bodies[bodies] = clutter(stats[bodies], ink) < MOST_CLUTTER
    longer = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    parts = (longer >= SMALLEST_PART) & (stats[:, cv2.CC_STAT_AREA] >= SMALLEST_PART) & ~bodies
    bodies[:1] = parts[:1] = False  # label 0 is the paper
    pieces = _cut_all(np.flatnonzero(bodies), labels, stats, ink)
    solid = [piece for piece in pieces if piece.stroke_width < 0.42 * piece.box.height]
    return solid, Parts(parts, labels, stats, ink)


def connected_components(mask: Grey) -> tuple[NDArray[np.int32], Stats]:
    """Label the connected parts of a mask, 8 neighbours; 0 is what isn't ink.

    OpenCV's own choice of algorithm takes three times as long as Grana's when asked for the table.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask, 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    return np.asarray(labels, np.int32), np.asarray(stats, np.int64)


def _digit_like(stats: Stats, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which parts have the size and build of a digit or a few that touch."""
    width, height = stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT]
    fill = stats[:, cv2.CC_STAT_AREA] / np.maximum(1, width * height)  # no paper, no box
    slender = (width <= 8 * height) & (height <= 12 * width)
    blob = (fill > 0.7) & (width > 0.45 * height)
    whole = (width < 0.97 * shape[1]) & (height < 0.99 * shape[0])
    return np.asarray((height >= SMALLEST) & slender & (fill > 0.025) & ~blob & whole, np.bool_)


def clutter(stats: Stats, ink: Ink) -> NDArray[np.float64]:
    """Share of other ink around each part, within a third of its height."""
    total = cv2.integral(ink.mask)
    x, y, width, height, area = stats[:, :5].T
    margin = np.rint(0.3 * np.maximum(height, width / 2)).astype(np.int64)
    top, left = np.maximum(0, y - margin), np.maximum(0, x - margin)
    bottom = np.minimum(ink.mask.shape[0], y + height + margin)
    right = np.minimum(ink.mask.shape[1], x + width + margin)
    corners = ((bottom, right, 1), (top, right, -1), (bottom, left, -1), (top, left, 1))
    inked = sum(sign * total[row, column].astype(np.int64) for row, column, sign in corners)
    around = (bottom - top) * (right - left) - area
    return np.asarray((inked / 255 - area) / np.maximum(1, around), np.float64)


def _cut_all(
    indices: NDArray[np.intp], labels: NDArray[np.int32], stats: Stats, ink: Ink
) -> list[Piece]:
    largest = indices[np.argsort(-stats[indices, cv2.CC_STAT_AREA], kind="stable")][:MOST]
    return [_cut(labels, stats[label], int(label), ink) for label in largest]


def _cut(labels: NDArray[np.int32], stats: Stats, label: int, ink: Ink) -> Piece:
    x, y, width, height, area = stats.tolist()
    window = (slice(y, y + height), slice(x, x + width))
    mask = labels[window] == label
    step = max(1, math.isqrt(width * height) // SAMPLE_SIDE)
    values = ink.contrast[window][::step, ::step][mask[::step, ::step]]
    if not values.size:
        values = ink.contrast[window][mask]
    tenth = max(0, int(0.9 * values.size) - 1)
    values.partition(tenth)
    return Piece(Box(x, y, width, height), mask, area, float(values[tenth]))


def _outline_length(mask: NDArray[np.bool_]) -> float:
    """Length of the outline in pixels: changes along rows and columns, times pi/4 for slant."""
    changes = np.count_nonzero(mask[1:] != mask[:-1]) + np.count_nonzero(
        mask[:, 1:] != mask[:, :-1]
    )
    for border in (mask[0], mask[-1], mask[:, 0], mask[:, -1]):
        changes += np.count_nonzero(border)
    return changes * np.pi / 4
