"""The eye: from a frame to the lines of ink that may be digits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from appliance.values import Box, Frame
from appliance.vision.ink import SMALL_SIDE, Grey, Ink, Polarity, find_ink, noise_level
from appliance.vision.lines import Line, find_lines
from appliance.vision.pieces import Parts, Piece, find_pieces
from appliance.vision.ruling import without_rulings

LONGEST_SIDE = 1280
"""Larger frames are reduced to this: nothing that a person writes needs more."""

WINDOWS = {"fine": 0.09, "coarse": 0.4}
"""Share of the longer side beyond which a dark patch is no stroke: see `paper_brightness`."""

POLARITIES: tuple[Polarity, ...] = ("dark", "light")

COARSE_SIDE = 480
"""Longer side of the copy in which digits that fill the frame are looked for."""

SAME_PEN = 0.5
"""What stands near a line belongs to it with at least this share of its contrast."""

MOST_BODIES = 80
"""More pieces that could be digits than this are texture; the most prominent are looked at."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A frame as the eye works on it.

    grey: uint8, (height, width), at most LONGEST_SIDE long.
    scale: pixels of `grey` per pixel of the frame, at most 1.
    noise: standard deviation in grey levels.
    """

    grey: Grey
    scale: float
    noise: float


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """Ink of one polarity and size.

    bodies: the pieces that have the size and build of digits, the most prominent first.
    parts: other pieces, some of which may belong to digits.
    """

    view: View
    ink: Ink
    bodies: tuple[Piece, ...]
    parts: Parts


def view(frame: Frame) -> View:
    """The frame in grey, reduced to a workable size, freed of heavy noise."""
    grey = _grey(frame.pixels)
    longer = max(grey.shape)
    scale = min(1.0, LONGEST_SIDE / longer) if longer > SMALL_SIDE else SMALL_SIDE / longer
    if scale > 1:
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    if scale < 1:
        size = (max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale)))
        grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    noise = noise_level(grey)
    if noise > 2:
        grey = np.asarray(cv2.GaussianBlur(grey, (5, 5), 1.2), np.uint8)
        noise *= 0.3
    return View(grey, scale, noise)


def looks(seen: View) -> Iterator[list[Page]]:
    """All ways to look at a frame, the likeliest first; each with ruled lines and without."""
    for polarity in POLARITIES:
        for size in WINDOWS:
            page = look(seen, polarity, size)
            without = unruled(page)
            yield [page] if without is None else [page, without]


def look(seen: View, polarity: Polarity, size: str) -> Page:
    """Find the lines of ink.

    size: `fine` for writing on a page, `coarse` for a digit that fills the frame.
    """
    if size == "coarse":
        seen = _reduced(seen)
    return page_of(find_ink(seen.grey, polarity, seen.noise, WINDOWS[size]), seen)


def unruled(page: Page) -> Page | None:
    """The page without its ruled lines; None when it has none."""
    mask = without_rulings(page.ink.mask)
    if mask is page.ink.mask:
        return None
    return page_of(replace(page.ink, mask=mask), page.view)


def page_of(ink: Ink, seen: View) -> Page:
    """The pieces of some ink."""
    bodies, parts = find_pieces(ink)
    prominent = sorted(bodies, key=lambda body: body.strength * body.box.height, reverse=True)
    return Page(seen, ink, tuple(prominent[:MOST_BODIES]), parts)


def lines_of(page: Page, bodies: Sequence[Piece]) -> list[Line]:
    """The lines that some of a page's bodies make, with what stands close to them."""
    chosen = {body.box for body in bodies}
    rest = [body for body in page.bodies if body.box not in chosen]
    return [_with_parts(line, rest, page.parts) for line in find_lines(bodies)]


def _reduced(seen: View) -> View:
    factor = COARSE_SIDE / max(seen.grey.shape)
    if factor >= 1:
        return seen
    size = (max(1, round(seen.grey.shape[1] * factor)), max(1, round(seen.grey.shape[0] * factor)))
    grey = np.asarray(cv2.resize(seen.grey, size, interpolation=cv2.INTER_AREA), np.uint8)
    return View(grey, seen.scale * factor, seen.noise * factor)


def in_frame(box: Box, seen: View) -> Box:
    """A box of the view in pixels of the frame."""
    s = seen.scale
    x, y = int(box.x / s), int(box.y / s)
    right, bottom = round((box.x + box.width) / s), round((box.y + box.height) / s)
    return Box(x, y, max(1, right - x), max(1, bottom - y))


def _grey(pixels: NDArray[np.uint8]) -> Grey:
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels)
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), np.uint8)


def _with_parts(line: Line, rest: Sequence[Piece], parts: Parts) -> Line:
    """The line with the pieces near it that may belong to its digits."""
    strength = float(np.median([piece.strength for piece in line.pieces]))
    boxes = [piece.box for piece in line.pieces]
    distance, sizes = 0.25 * line.height, (0.1 * line.height, 1.3 * line.height)
    near = [
        piece
        for piece in rest
        if sizes[0] <= max(piece.box.width, piece.box.height) <= sizes[1]
        and any(_close(piece.box, box, distance) for box in boxes)
    ]
    near += parts.near(boxes, distance, sizes)
    same_pen = [piece for piece in near if piece.strength > SAME_PEN * strength]
    return replace(line, pieces=(*line.pieces, *same_pen))


def _close(a: Box, b: Box, distance: float) -> bool:
    across = max(a.x, b.x) - min(a.x + a.width, b.x + b.width)
    down = max(a.y, b.y) - min(a.y + a.height, b.y + b.height)
    return across <= distance and down <= distance
