"""Surroundings: where more digits may stand around those that were found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import Box, around
from appliance.vision.eye import View
from appliance.vision.heat import Heat, Places
from appliance.vision.ink import Grey, Ink, Polarity, find_ink, strength_of
from appliance.vision.spots import places_of, untaken

HEIGHT = 24
"""Height of the digits in pixels of the copy that is looked at."""

MOST_PIXELS, LEAST_HEIGHT = 300_000, 16
"""A copy of more pixels is made coarser, for the time that it takes, until it has no more, or the
digits are so high in it."""

ACROSS, DOWN = 3.0, 1.3
"""How far beside the digits is looked, and above and below them, in their heights."""

NEXT_LINE = 1.5
"""And where there are several lines, so many times as far as they are apart."""

WIDEST_STROKE = 0.6
"""In heights of the digits; wider ink is taken for paper."""

LOWEST, HIGHEST, WIDEST = 0.45, 1.8, 2.2
"""Size of what may be a digit, or two that touch, in heights of the digits."""

THICKEST = 0.3
"""Mean thickness of what may be a digit's strokes, in heights of the digits."""

AS_STRONG = 0.5
"""Ink of the same pen has at least this share of the digits' contrast."""

MARGIN = 0.12
"""What lies this near to a digit's box, in its heights, is its own."""

MORE = 0.3
"""Ink beyond the digits' is more, when it has more cells than a row of them has that is so long, in
heights of the digits."""

UNREAD = 2.0
"""Ink of digits no farther from others than this, in their heights, may belong to them."""

MOST = 24
"""Places that are looked at; the warmest of them, as the spotter sees them."""

FAINT = 0.3
"""How sure the spotter is of a middle that is looked at: the size of a faint one says little."""

SMALLER, LARGER = 0.8, 1.6
"""Heights of another digit, in those of the digits."""


def places_beside(seen: View, boxes: Sequence[Box], polarity: Polarity, strength: float) -> Places:
    """Where more digits may stand: the spotter sees their ink or middles, or there is ink like it.

    boxes: of the digits in pixels of the view, at least one. strength: contrast of their ink.
    Returns places in pixels of the view, about as high as the digits: of many MOST, the warmest as
    the spotter sees them, which aren't the first ones: these may be looked at twice, and a warm
    place needs that least.
    """
    usual = median([box.height for box in boxes])
    writing = _other_writing(seen, boxes, polarity, usual)
    places = writing.places()
    if seen.heat is not None:
        places = np.vstack([places, _warm(seen.heat, boxes, usual)])
    places[:, 3] = _about(places[:, 3], usual)
    # a contrast takes long, and the heat's places, which come last, have none
    of_theirs = (
        index
        for index in _warmest(places, seen)
        if index >= len(writing.labels) or writing.strength(index) > AS_STRONG * strength
    )
    return places[sorted(islice(of_theirs, MOST))]


def _warm(heat: Heat, boxes: Sequence[Box], usual: float) -> Places:
    """Where in all of the view the spotter sees more ink of digits than that in boxes of some, then
    where it sees more middles, each taken to be about as high as the digits: `usual`.
    """
    least = MORE * usual / heat.cell
    more = [box for box, cells in heat.beyond(boxes) if cells > least]
    middles = heat.peaks(FAINT)
    middles[:, 3] = _about(middles[:, 3], usual)
    return np.vstack([places_of(more), middles[untaken(middles, places_of(boxes))]])


def _about(heights: NDArray[np.float64], usual: float) -> NDArray[np.float64]:
    """Heights of other digits that stand beside some."""
    return np.asarray(np.clip(heights, SMALLER * usual, LARGER * usual))


def _warmest(places: Places, seen: View) -> list[int]:
    """Indices of places of the view, the warmest first."""
    if seen.heat is None:
        return list(range(len(places)))
    order: list[int] = np.argsort(-seen.heat.near(places), kind="stable").tolist()
    return order


def unread(seen: View, boxes: Sequence[Box]) -> float:
    """How much ink of digits the spotter sees near some that are none of theirs.

    boxes: of the digits in pixels of the view, at least one. Returns the largest area that hangs
    together, in squares as high as the digits.
    """
    if seen.heat is None:
        return 0.0
    usual = median([box.height for box in boxes])
    places = sorted(seen.heat.beyond(boxes), key=lambda found: -found[1])
    near = (
        cells
        for place, cells in places
        if any(max(place.gaps(box)) < UNREAD * usual for box in boxes)
    )
    return next(near, 0) * (seen.heat.cell / usual) ** 2


@dataclass(frozen=True, slots=True, eq=False)
class _Writing:
    """Parts of the ink in a region of the view that are like digits, and none of those known.

    region: in pixels of the view. scale: how many pixels of a copy of it are one of the view.
    ink: of that copy; its mask has lost the known digits'.
    parts: (height, width) of the copy, the number of the part that each pixel belongs to.
    table: (all parts, 5), x, y, width, height and area in pixels of the copy.
    labels: (N,), the numbers of those like digits.
    """

    region: Box
    scale: float
    ink: Ink
    parts: NDArray[np.int32]
    table: NDArray[np.int64]
    labels: NDArray[np.int64]

    def places(self) -> Places:
        """Where they are, (N, 4), in pixels of the view."""
        boxes = np.rint(self.table[self.labels, :4] / self.scale)
        boxes += (self.region.x, self.region.y, 0, 0)
        sizes = np.maximum(1, boxes[:, 2:])
        return np.hstack([boxes[:, :2] + sizes / 2, sizes])

    def strength(self, index: int) -> float:
        """Contrast of one of them in grey levels."""
        label = self.labels[index]
        x, y, width, height = self.table[label, :4]
        place = slice(y, y + height), slice(x, x + width)  # to search all of it takes long
        return strength_of(self.ink.contrast[place][self.parts[place] == label])


def _other_writing(seen: View, boxes: Sequence[Box], polarity: Polarity, usual: float) -> _Writing:
    """What is written around digits that is none of theirs.

    boxes: of the digits in pixels of the view, at least one. usual: their height.
    """
    region, grey, scale = _region(seen.levels, boxes, usual)
    window = WIDEST_STROKE * usual * scale / max(grey.shape)
    ink = find_ink(grey, polarity, seen.noise, min(0.5, window))
    mask = ink.mask
    for box in boxes:
        margin = MARGIN * box.height
        x, y = (box.x - margin - region.x) * scale, (box.y - margin - region.y) * scale
        width, height = (box.width + 2 * margin) * scale, (box.height + 2 * margin) * scale
        own = Box(round(x), round(y), round(width), round(height))
        mask[_within(own, mask.shape[1], mask.shape[0])] = 0
    parts, table = _parts(mask)
    labels = np.flatnonzero(_like_digits(table, usual * scale))
    return _Writing(region, scale, ink, parts, table, labels)


def _region(levels: Sequence[Grey], boxes: Sequence[Box], usual: float) -> tuple[Box, Grey, float]:
    """The place around boxes, its picture, and how many of its pixels are one of the view."""
    level = int(np.clip(np.floor(np.log2(usual / HEIGHT)), 0, len(levels) - 1))
    own, across = around(boxes), round(ACROSS * usual)
    down = round(max(DOWN * usual, NEXT_LINE * _spacing(boxes, usual)))
    grown = Box(own.x - across, own.y - down, own.width + 2 * across, own.height + 2 * down)
    rows, columns = _within(grown, levels[0].shape[1], levels[0].shape[0])
    region = Box(columns.start, rows.start, columns.stop - columns.start, rows.stop - rows.start)
    size = 2**level
    grey = levels[level][
        rows.start // size : max(rows.start // size + 1, rows.stop // size),
        columns.start // size : max(columns.start // size + 1, columns.stop // size),
    ]
    wanted, least = (min(1.0, height * size / usual) for height in (HEIGHT, LEAST_HEIGHT))
    scale = max(least, min(wanted, (MOST_PIXELS / grey.size) ** 0.5))
    shape = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    copy = cv2.resize(grey, shape, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    return region, np.ascontiguousarray(copy, np.uint8), scale / size


def _spacing(boxes: Sequence[Box], usual: float) -> float:
    """How far lines are apart; 0 when there is one."""
    apart = np.diff(sorted(box.y + box.height / 2 for box in boxes))
    lines = apart[apart > usual / 2]
    return float(median(lines)) if len(lines) else 0.0


def _like_digits(stats: NDArray[np.int64], digit: float) -> NDArray[np.bool_]:
    """Which parts of the ink have a digit's size and strokes; the first is the paper."""
    width, height, area = stats[:, 2:5].T
    sized = (height > LOWEST * digit) & (height < HIGHEST * digit) & (width < WIDEST * digit)
    # the area over the length; of a ring, the longest that fits, that is about width and height
    thin = area < THICKEST * digit * (width + height)
    inked = area > 0.1 * width * height
    found = np.asarray(sized & thin & inked, np.bool_)
    found[0] = False
    return found


def _within(box: Box, width: int, height: int) -> tuple[slice, slice]:
    """Rows and columns of a box, as far as it lies in a picture."""
    rows = slice(max(0, box.y), max(0, min(height, box.y + box.height)))
    return rows, slice(max(0, box.x), max(0, min(width, box.x + box.width)))


def _parts(mask: Grey) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Label the connected parts of a mask, 8 neighbours, with OpenCV's table; 0 is the paper.

    OpenCV's own choice of algorithm takes three times as long as Grana's when asked for the table.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStatsWithAlgorithm(
        mask, 8, cv2.CV_32S, cv2.CCL_GRANA
    )
    return np.asarray(labels, np.int32), np.asarray(stats, np.int64)
